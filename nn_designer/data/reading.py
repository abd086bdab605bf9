"""Reading a table from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nn_designer.data.columns import FoundColumn
from nn_designer.data.errors import DataError

SEPARATORS = {
    "auto": "Found by itself",
    "comma": "Comma",
    "semicolon": "Semicolon",
    "tab": "Tab",
    "pipe": "Vertical bar",
    "space": "Spaces",
}
ENCODINGS = {
    "auto": "Found by itself",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "Latin-1",
}


@dataclass(frozen=True)
class ReadingOptions:
    """How to read a file; ``auto`` finds it out."""

    separator: str = "auto"
    decimal: str = "auto"
    encoding: str = "auto"
    header: str = "auto"
    sheet: str = ""


@dataclass(frozen=True, eq=False)
class TableData:
    """A table as read: its columns and how it was read."""

    columns: tuple[FoundColumn, ...]
    has_header: bool = True
    notes: tuple[str, ...] = ()


def file_stamp(path: str) -> tuple[object, ...]:
    """Changes when the file does."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return ()
    return (status.st_mtime_ns, status.st_size)


def read_table(path: str | Path, options: ReadingOptions | None = None) -> TableData:
    """Read a table from a file."""
    raise DataError(f"{path} can't be read yet.")
