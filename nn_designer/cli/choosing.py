"""From the words of a command to a design and its data."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from nn_designer.cli.errors import CommandError, UsageError
from nn_designer.cli.output import remark
from nn_designer.data import SOURCES, DataChoice
from nn_designer.design import codec
from nn_designer.design.document import Document

TABLE = "table"


def load_design(path: str) -> Document:
    """The design in a file; what could not be read as it stands there is remarked."""
    loaded = codec.load(path)
    for problem in loaded.problems:
        remark(f"note: {problem}")
    return loaded.document


def choose_data(own: DataChoice, name: str | None, target: str | None) -> DataChoice:
    """The data that ``--data`` and ``--target`` name, else the design's own.

    Raises:
        CommandError: there is no such data; UsageError: the two do not go together.
    """
    choice = own if name is None else data_called(name, own)
    if target is None:
        return choice
    if choice.source == TABLE:
        settings = dict(choice.settings)
        if settings.get("target") != target:
            settings.pop("task", None)  # whether it holds classes or numbers, it says itself
        return DataChoice(TABLE, {**settings, "target": target})
    from nn_designer.data import summary

    if target in summary(choice).target_names:
        return choice
    fixed = summary(choice).target_text
    raise UsageError(
        f"--target chooses the column of an own table; {choice.source!r} always predicts {fixed}"
    )


def data_called(name: str, own: DataChoice) -> DataChoice:
    """The data set called ``name``, or the table in the file ``name``.

    A name of the design's own data keeps the design's settings of it. A file in the folder does
    not hide a data set of the same name; ``./iris`` means the file.
    """
    if name in SOURCES and name != TABLE:
        return own if own.source == name else DataChoice(name, {})
    path = Path(name)
    try:
        if path.is_file():
            return own if _is_file_of(own, path) else DataChoice(TABLE, {"path": name})
        if path.is_dir():
            raise CommandError(
                f"{name} is a folder, and a table (CSV, TSV, Excel or JSON) was expected. Name a "
                "file in it."
            )
    except (OSError, ValueError) as error:
        raise CommandError(f"{name[:80]!r} can't be read as a file: {error}.") from error
    names = [key for key in SOURCES if key != TABLE]
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise CommandError(
        f"There is no data set and no file called {name[:200]!r}. The data sets are "
        f"{', '.join(names)}.{hint}"
    )


def _is_file_of(choice: DataChoice, path: Path) -> bool:
    own = Path(str(choice.settings.get("path", "")))
    return choice.source == TABLE and own.is_file() and own.samefile(path)
