"""Names of columns: never empty, never twice; and the nearest one to a name that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

LONGEST_NAME = 200


def column_names(
    written: Sequence[str], n_columns: int, *, row_names: bool = False
) -> tuple[list[str], list[bool]]:
    """(names, which ones were made up) for ``n_columns`` columns from what the header says.

    A column without a name is called by its place, "column 3", and the first one "row" if it has
    no name while others have (as pandas and R write row names). A repeated name gets a number.
    """
    given = ["", *written] if row_names else list(written)
    given += [""] * (n_columns - len(given))
    names: list[str] = []
    generated: list[bool] = []
    used: set[str] = set()
    for place, text in enumerate(given[:n_columns], start=1):
        plain = " ".join(text.split())[:LONGEST_NAME]
        made_up = not plain
        if made_up:
            plain = "row" if place == 1 and any(given) else f"column {place}"
        name = plain
        count = 2
        while name in used:
            name = f"{plain} ({count})"
            count += 1
        used.add(name)
        names.append(name)
        generated.append(made_up)
    return names, generated


def no_such_column(name: str, names: Sequence[str]) -> str:
    """What to say of a name that none of the ``names`` is."""
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(repr(n) for n in names[:12]) + (", …" if len(names) > 12 else "")
    return f"There is no column {name[:80]!r}; choose one of {shown}.{hint}"
