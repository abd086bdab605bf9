"""Names of columns: never empty, never twice."""

from __future__ import annotations

from collections.abc import Sequence

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
