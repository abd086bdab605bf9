"""Reading CSV, TSV and the like. pandas parses; what it would pass over in silence is checked."""

from __future__ import annotations

import csv
import io
import warnings
from typing import Any

import numpy as np

from nn_designer.data.columns import (
    MISSING,
    FoundColumn,
    column_from_cells,
    column_from_numbers,
)
from nn_designer.data.errors import DataError
from nn_designer.data.names import column_names
from nn_designer.data.text_format import SIGNS, TextFormat, find_format, split_rows, to_utf8

MOST_COLUMNS = 20_000

_SIGN_NAMES = {sign: name for name, sign in SIGNS.items()}


def read_delimited(
    content: bytes,
    name: str,
    *,
    separator: str = "auto",
    decimal: str = "auto",
    encoding: str = "auto",
    header: str = "auto",
) -> tuple[list[FoundColumn], bool, list[str]]:
    """The columns of a text table, whether it has a header, and notes on how it was read.

    Raises:
        DataError: it is empty, no text, or its rows have different lengths.
    """
    content, note = to_utf8(content, encoding, name)
    if not content.strip():
        raise DataError(f"{name} is empty. Choose a file with a header and rows of data.")
    form = find_format(content, name, separator=separator, decimal=decimal, header=header)
    notes = [note] if note else []
    body = content[form.body_start :]
    if not body.strip():
        raise DataError(
            f"{name} holds only the names of columns and no row of data. Add rows, or say that "
            "the file has no header."
        )
    if form.n_columns > MOST_COLUMNS:
        raise DataError(
            f"{name} has {form.n_columns:,} columns, and at most {MOST_COLUMNS:,} were expected. "
            "If the cells were not parted rightly, choose the separator."
        )
    n_columns, row_names, spare = _check_lengths(body, form, name)
    columns = _parse(body, form, name, n_columns)
    names, generated = column_names(form.names, n_columns, row_names=row_names)
    columns = [
        column.renamed(names[index], generated=generated[index])
        for index, column in enumerate(columns)
    ]
    if spare:
        columns.pop()
    if not form.has_header:
        notes.append("The file has no header; its columns are named by their place.")
    if form.separator not in (",", "\t"):
        notes.append(f"Cells are parted by {_SIGN_NAMES.get(form.separator, form.separator)}.")
    if form.decimal == "comma":
        notes.append("Numbers are written with a decimal comma.")
    return columns, form.has_header, notes


def _check_lengths(body: bytes, form: TextFormat, name: str) -> tuple[int, bool, bool]:
    """(columns, first one holds row names, last one is spare); refuses rows of other lengths."""
    n_lines = body.count(b"\n") + (not body.endswith(b"\n"))
    sign = form.separator.encode()
    plain = form.separator != " " and b'"' not in body and not _has_blank_line(body)
    # pandas itself refuses longer rows, so if the number of signs is right, then all rows are.
    if plain and body.count(sign) == n_lines * (form.n_columns - 1):
        return form.n_columns, False, False
    return _check_lengths_row_by_row(body, form, name)


def _has_blank_line(body: bytes) -> bool:
    # Also a lone \\r, which ends a line on very old computers, makes the count of \\n wrong.
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    return body.startswith(b"\n") or b"\n\n" in body or b"\r" in body


def _check_lengths_row_by_row(body: bytes, form: TextFormat, name: str) -> tuple[int, bool, bool]:
    seen: dict[int, int] = {}  # length of a row → the line where it was first seen
    last_empty = True
    lines = _CountedLines(body)
    try:
        line = form.first_line
        for row in split_rows(lines, form.separator):
            if row and not (len(row) == 1 and not row[0].strip()):
                seen.setdefault(len(row), line)
                last_empty = last_empty and not row[-1].strip()
            line = form.first_line + lines.n_lines
    except csv.Error as error:
        raise DataError(
            f"{name} can't be read from line {line:,} on ({error}); a quotation mark may be "
            "missing its partner. Correct that line."
        ) from error
    if not seen:
        raise DataError(f"{name} holds no row of data. Add rows.")
    expected = form.n_columns
    if set(seen) == {expected}:
        return expected, False, False
    if form.has_header and set(seen) == {expected + 1}:
        # One cell more than names: a separator at the end of the line, or names of rows as R
        # writes them.
        return expected + 1, not last_empty, last_empty
    odd_line, odd_length = min(
        (line, length) for length, line in seen.items() if length != expected
    )
    like = "as the header has" if form.has_header else "as most lines have"
    raise DataError(
        f"Line {odd_line:,} of {name} has {odd_length:,} {'cell' if odd_length == 1 else 'cells'}, "
        f"and {expected:,} were expected, {like}. Correct that line, or choose another separator."
    )


class _CountedLines:
    """Lines of text, counting what was handed out (a quoted cell may span several)."""

    def __init__(self, body: bytes) -> None:
        self._lines = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")
        self.n_lines = 0

    def __iter__(self) -> _CountedLines:
        return self

    def __next__(self) -> str:
        self.n_lines += 1
        return next(self._lines)


def _parse(body: bytes, form: TextFormat, name: str, n_columns: int) -> list[FoundColumn]:
    import pandas

    decimal = "," if form.decimal == "comma" else "."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame: Any = pandas.read_csv(
                io.BytesIO(body),
                sep=r"\s+" if form.separator == " " else form.separator,
                header=None,
                names=list(range(n_columns)),
                index_col=False,
                decimal=decimal,
                na_values=sorted(MISSING),
                keep_default_na=False,
                skipinitialspace=True,
                encoding="utf-8",
                low_memory=False,
                engine="c",
            )
    except (ValueError, OverflowError, pandas.errors.ParserError) as error:
        if "Expected" in str(error):
            # A short row had made up for a long one; this names the first of them.
            _check_lengths_row_by_row(body, form, name)
        raise DataError(_pandas_sentence(str(error), name)) from error
    if not len(frame):
        raise DataError(f"{name} holds no row of data. Add rows.")
    # Taken out one by one, so that text and codes of only one column are held at a time; from a
    # list, as taking a column out of a frame looks at all the others.
    rest = [series for _name, series in frame.items()][::-1]
    del frame
    return [_found(str(index), rest.pop(), form.decimal) for index in range(n_columns)]


def _pandas_sentence(message: str, name: str) -> str:
    if "EOF inside string" in message:
        return (
            f"{name} ends inside a quoted cell; a quotation mark is missing its partner. "
            "Correct the file, or save it again."
        )
    return (
        f"{name} can't be read as a table ({message.strip()[:200]}). Save it again as CSV with a "
        "header and one row per line."
    )


def _found(name: str, series: Any, decimal: str) -> FoundColumn:
    """A pandas column as a column of ours."""
    if series.dtype.kind in "iuf":
        return column_from_numbers(name, series.to_numpy(dtype=np.float64))
    return column_from_cells(name, series.to_numpy(dtype=object), decimal=decimal)
