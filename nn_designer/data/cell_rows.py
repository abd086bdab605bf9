"""Tables that come as rows of cells with values in them: Excel and JSON."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nn_designer.data.columns import FoundColumn, column_from_cells
from nn_designer.data.errors import DataError
from nn_designer.data.names import column_names
from nn_designer.data.text_format import looks_like_header, to_utf8

LARGEST_WORKBOOK_BYTES = 2 * 2**30
"""Unpacked; a small file that unpacks to more is refused."""

# What reading a damaged workbook raises: zip, XML (ParseError is a SyntaxError) and openpyxl's
# own stumbling over parts that are not there.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
)


def read_workbook(
    path: Path, sheet: str, header: str, most_rows: int | None = None
) -> tuple[list[FoundColumn], bool, list[str]]:
    """The columns of one sheet of an Excel file.

    Raises:
        DataError: it can't be read, or has no such sheet.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > LARGEST_WORKBOOK_BYTES:
            raise DataError(
                f"{path.name} unpacks to {size / 2**30:.1f} GiB, and at most "
                f"{LARGEST_WORKBOOK_BYTES / 2**30:.0f} GiB were expected. Save it as CSV."
            )
        # As an open file: openpyxl judges a path by its ending.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                names = [str(found.title) for found in workbook.worksheets]
                if sheet and sheet not in names:
                    raise DataError(
                        f"{path.name} has no sheet {sheet!r}; choose one of {', '.join(names)}."
                    )
                worksheet = workbook.worksheets[names.index(sheet) if sheet else 0]
                # Sheets may claim any size; what is really there counts.
                worksheet.reset_dimensions()
                rows: list[tuple[Any, ...]] = []
                for row in worksheet.iter_rows(values_only=True):
                    rows.append(tuple(row))
                    if most_rows is not None and len(rows) > most_rows:
                        break
            finally:
                workbook.close()
    except DataError:
        raise
    except _DAMAGED as error:
        raise DataError(
            f"{path.name} can't be read as an Excel file ({_first_line(error)}). Open it in a "
            "spreadsheet program and save it again as .xlsx or CSV."
        ) from error
    notes: list[str] = []
    others = ", ".join(map(repr, names[1:6])) + (", …" if len(names) > 6 else "")
    if others and not sheet:
        notes.append(f"Read from the sheet {names[0]!r}; there is also {others}.")
    try:
        columns, has_header = columns_from_rows(rows, header, path.name)
    except DataError as error:
        if not others or sheet:
            raise
        raise DataError(
            f"{error} This was read from the sheet {names[0]!r}; there is also {others}: to read "
            "it, give its name as the sheet."
        ) from None
    return columns, has_header, notes


def columns_from_rows(
    rows: Sequence[Sequence[Any]], header: str, name: str
) -> tuple[list[FoundColumn], bool]:
    """Columns from rows of cells; empty rows and empty columns at the edges are passed over."""
    filled = [row for row in rows if any(_is_filled(cell) for cell in row)]
    if not filled:
        raise DataError(f"{name} is empty. Choose a file with a header and rows of data.")
    width = max(max(i + 1 for i, cell in enumerate(row) if _is_filled(cell)) for row in filled)
    first = min(next(i for i, cell in enumerate(row) if _is_filled(cell)) for row in filled)
    table = [[row[i] if i < len(row) else None for i in range(first, width)] for row in filled]
    shown = [["" if cell is None else str(cell).strip() for cell in row] for row in table[:200]]
    has_header = looks_like_header(shown) if header == "auto" else header == "yes"
    body = table[1:] if has_header else table
    if not body:
        raise DataError(
            f"{name} holds only the names of columns and no row of data. Add rows, or say that "
            "the file has no header."
        )
    names, generated = column_names(shown[0] if has_header else (), width - first)
    columns = [
        column_from_cells(names[i], (row[i] for row in body)).renamed(
            names[i], generated=generated[i]
        )
        for i in range(width - first)
    ]
    return columns, has_header


def _is_filled(cell: object) -> bool:
    return cell is not None and cell != ""


def read_json(content: bytes, name: str, encoding: str) -> list[FoundColumn]:
    """The columns of a JSON table.

    It may be a list of records, one record per line, a record of columns, or one of these under
    the only key that holds a list.

    Raises:
        DataError: it is not JSON, or no table.
    """
    content, _ = to_utf8(content, encoding, name)
    text = content.decode("utf-8")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            data = [json.loads(line) for line in lines] if len(lines) > 1 else None
        except (ValueError, RecursionError):
            data = None
        if data is None:
            raise DataError(
                f"{name} is not readable JSON ({_first_line(error)}). Save it again as a list of "
                "records, or as CSV."
            ) from error
    records = _records(data)
    if records is None:
        raise DataError(
            f"{name} is JSON, but no table: a list of records such as "
            '[{"height": 1.8, "name": "Ann"}] was expected. Save it like that, or as CSV.'
        )
    keys = list(dict.fromkeys(key for record in records for key in record))
    if not keys:
        raise DataError(f"{name} is empty. Choose a file with records in it.")
    names, generated = column_names(keys, len(keys))
    return [
        column_from_cells(column, (_plain(record.get(key)) for record in records)).renamed(
            column, generated=made_up
        )
        for key, column, made_up in zip(keys, names, generated, strict=True)
    ]


def _records(data: object) -> list[dict[str, Any]] | None:
    if isinstance(data, list):
        if all(isinstance(item, dict) for item in data):
            return data
        if data and all(isinstance(item, list) for item in data):
            return _records_of_lists(data)
        return None
    if not isinstance(data, dict) or not data:
        return None
    lists = {key: value for key, value in data.items() if isinstance(value, list)}
    # One key with a list of records is a wrapping, not a column.
    if len(lists) == len(data) and not (len(lists) == 1 and _holds_tables(lists)):
        return _records_of_columns(lists)
    if all(isinstance(value, dict) for value in data.values()):
        # As pandas writes: {"column": {"0": cell, …}}.
        keys = dict.fromkeys(key for value in data.values() for key in value)
        return [{column: cells.get(key) for column, cells in data.items()} for key in keys]
    if len(lists) == 1:
        return _records(next(iter(lists.values())))
    return None


def _holds_tables(lists: dict[str, list[Any]]) -> bool:
    return any(isinstance(item, (dict, list)) for items in lists.values() for item in items)


def _records_of_lists(rows: Iterable[list[Any]]) -> list[dict[str, Any]] | None:
    first, *rest = rows
    if not rest or len(set(map(len, rest))) != 1 or len(first) != len(rest[0]):
        return None
    if all(isinstance(cell, str) for cell in first):
        names, _ = column_names(first, len(first))
        return [dict(zip(names, row, strict=True)) for row in rest]
    names, _ = column_names((), len(first))
    return [dict(zip(names, row, strict=True)) for row in [first, *rest]]


def _records_of_columns(columns: dict[str, list[Any]]) -> list[dict[str, Any]] | None:
    if len(set(map(len, columns.values()))) != 1:
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(cell: object) -> object:
    """A cell of JSON; lists and records inside become text, which is then left out."""
    return json.dumps(cell)[:200] if isinstance(cell, (dict, list)) else cell


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160]


def is_regular_file(path: Path) -> bool:
    """Not a folder, pipe or device, which might never end."""
    return stat.S_ISREG(path.stat().st_mode)
