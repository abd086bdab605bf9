"""Reading a table from a file, whatever kind it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from nn_designer.data.cell_rows import is_regular_file, read_json, read_workbook
from nn_designer.data.columns import FoundColumn
from nn_designer.data.delimited import read_delimited
from nn_designer.data.errors import DataError
from nn_designer.data.reading_options import ReadingOptions

_START_BYTES = 4 * 2**20
_ZIP = b"PK\x03\x04"
_JSON_ENDINGS = (".json", ".jsonl", ".ndjson")

TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", *_JSON_ENDINGS)
"""How names of tables usually end; files with other endings are read too."""

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"\x1f\x8b": "packed with gzip",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy file",
    b"<!DOCTYPE html": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}


@dataclass(frozen=True, eq=False)
class TableData:
    """A table as read: its columns, and notes on how it was read."""

    columns: tuple[FoundColumn, ...]
    has_header: bool = True
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].column)


_lock = threading.Lock()
_latest: tuple[object, TableData] | None = None


def file_stamp(path: str | Path) -> tuple[object, ...]:
    """A value that changes when the file does; empty if it can't be looked at."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return ()
    return (status.st_mtime_ns, status.st_size)


def read_table(path: str | Path, options: ReadingOptions | None = None) -> TableData:
    """All columns of a table file: CSV, TSV and the like, Excel (.xlsx) or JSON.

    The latest table is kept, so that choosing another target does not read it again.

    Raises:
        DataError: it can't be read; the sentence says why and what to do.
    """
    global _latest
    options = options or ReadingOptions()
    key = (str(path), file_stamp(path), options)
    with _lock:
        if _latest is not None and _latest[0] == key:
            return _latest[1]
    table = _read(Path(path), options, start_only=False)
    with _lock:
        _latest = (key, table)
    return table


def read_start(path: str | Path, options: ReadingOptions | None = None) -> TableData:
    """The first rows of a table file (4 MiB of text, 2,000 rows of Excel), quick however big it is.

    Raises:
        DataError: as :func:`read_table`.
    """
    return _read(Path(path), options or ReadingOptions(), start_only=True)


def forget_latest() -> None:
    """Give the memory of the latest table back."""
    global _latest
    with _lock:
        _latest = None


def _read(path: Path, options: ReadingOptions, *, start_only: bool) -> TableData:
    name = (path.name or str(path))[:200]
    try:
        regular = is_regular_file(path)
        content = _content(path, start_only) if regular else b""
    except FileNotFoundError as error:
        raise DataError(f"There is no file {str(path)[:300]!r}. Choose the file again.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{name} can't be opened ({reason}). Check that you may read it, or choose another "
            "file."
        ) from error
    if not regular:
        raise DataError(f"{name} is not a file. Choose a CSV, TSV, Excel or JSON file.")
    _refuse_foreign(content, name)
    if content.startswith(_ZIP):
        most_rows = 2_000 if start_only else None
        columns, has_header, notes = read_workbook(path, options.sheet, options.header, most_rows)
        return TableData(tuple(columns), has_header, tuple(notes))
    if _is_json(path, content):
        return TableData(tuple(read_json(content, name, options.encoding)))
    columns, has_header, notes = read_delimited(
        content,
        name,
        separator=options.separator,
        decimal=options.decimal,
        encoding=options.encoding,
        header=options.header,
    )
    return TableData(tuple(columns), has_header, tuple(notes))


def _content(path: Path, start_only: bool) -> bytes:
    """The bytes of the file; of a workbook only the first, as it is read by parts."""
    with path.open("rb") as file:
        start = file.read(len(_ZIP))
        if start == _ZIP:
            return start
        if not start_only or path.suffix.lower() in _JSON_ENDINGS:
            return start + file.read()
        content = start + file.read(_START_BYTES)
    return content if len(content) < _START_BYTES else _whole_rows(content)


def _whole_rows(content: bytes) -> bytes:
    """The start of a text without its last, cut row, which may span lines if quoted."""
    end = len(content)
    for _ in range(100):
        end = content.rfind(b"\n", 0, end)
        if end < 0:
            return content
        if content.count(b'"', 0, end) % 2 == 0:
            return content[: end + 1]
    return content


def _refuse_foreign(content: bytes, name: str) -> None:
    """Say by name what a file is that is no table, rather than that it holds odd bytes."""
    for start, what in _FOREIGN.items():
        if content.startswith(start):
            raise DataError(
                f"{name} is {what}, and a table was expected. Choose a CSV, TSV, Excel (.xlsx) or "
                "JSON file."
            )


def _is_json(path: Path, content: bytes) -> bool:
    if path.suffix.lower() in _JSON_ENDINGS:
        return True
    # JSON under another name; a CSV that starts with a bracket is not followed by these.
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"[") and start[1:].lstrip().startswith((b"{", b"["))
