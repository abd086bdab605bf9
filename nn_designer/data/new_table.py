"""A new table for a trained network: the columns it knows, read as they were in training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn_designer.data.columns import FoundColumn, column_from_cells, to_categories, to_numbers
from nn_designer.data.dataset import Column, Dataset
from nn_designer.data.dates import swap_day_and_month
from nn_designer.data.errors import DataError
from nn_designer.data.reading import TableData, read_table
from nn_designer.data.reading_options import AUTOMATIC, ReadingOptions

if TYPE_CHECKING:
    from nn_designer.data.preprocessing import ColumnInput, Preprocessing

_LABEL_NAMES = frozenset(("label", "class", "target", "digit", "y"))

NewTable = str | Path | Dataset | Mapping[str, ArrayLike]


def columns_for_prediction(
    preprocessing: Preprocessing, table: NewTable, notes: list[str], reading: ReadingOptions
) -> list[Column]:
    """The columns that the network was trained on, from a new table, in their order.

    Raises:
        DataError: a column is missing, or holds something else than in training.
    """
    wanted = [column.name for column in preprocessing.columns]
    data, name = _read(table, (reading, preprocessing.reading), wanted)
    by_name = {column.name: column for column in data.columns}
    absent = [column for column in wanted if column not in by_name]
    if absent and not data.has_header and len(data.columns) == len(wanted):
        notes.append(f"{name} has no header; its columns were taken by their place.")
        by_name = dict(zip(wanted, data.columns, strict=True))
    elif absent:
        sentence = _absent_sentence(absent, list(by_name), name, table)
        raise DataError(" ".join((sentence, *data.notes)))
    return [
        _as_trained(declared, by_name[declared.name], notes) for declared in preprocessing.columns
    ]


def samples_for_prediction(
    preprocessing: Preprocessing, table: NewTable, notes: list[str], reading: ReadingOptions
) -> NDArray[np.float64]:
    """Pictures as a table, one per row, one column per pixel: (N, *sample_shape), not scaled.

    Raises:
        DataError: there are too few or too many columns, or cells that are no numbers.
    """
    data, name = _read(table, (reading, preprocessing.reading), ())
    size = math.prod(preprocessing.sample_shape)
    columns = list(data.columns)
    if len(columns) == size + 1:
        labels = [c for c in columns if c.name.casefold() in _LABEL_NAMES]
        if labels:
            columns.remove(labels[0])
            notes.append(f"The column {labels[0].name!r} was passed over.")
    if len(columns) != size:
        raise DataError(
            f"{name} has {len(columns):,} columns, and {size:,} were expected: one for each pixel, "
            "row by row. Leave other columns out."
        )
    values = np.empty((data.n_rows, size), dtype=np.float64)
    for index, found in enumerate(columns):
        column = _numbers(found, notes)
        values[:, index] = np.nan_to_num(column.values, nan=0.0)
    return values.reshape(-1, *preprocessing.sample_shape)


def _read(
    table: NewTable, ways: Sequence[ReadingOptions], wanted: Sequence[str]
) -> tuple[TableData, str]:
    """The table and what to call it. A file is read in the first of these ways, or else as found
    fit, that gives the columns wanted."""
    if isinstance(table, (str, Path)):
        name = Path(table).name
        for way in dict.fromkeys(way for way in ways if way != AUTOMATIC):
            with suppress(DataError):  # it may be written otherwise: Excel before, CSV now
                data = read_table(table, way)
                if set(wanted) <= {column.name for column in data.columns}:
                    return data, name
        return read_table(table), name
    if isinstance(table, Dataset):
        if table.x is not None:
            raise DataError(
                f"The network was trained on the columns {', '.join(map(repr, wanted[:12]))}, and "
                f"{table.title!r} holds pictures. Choose data of the same kind."
            )
        return TableData(tuple(map(FoundColumn, table.columns))), table.title
    cells: dict[str, Sequence[Any]] = {str(key): _cells(table[key]) for key in table.keys()}  # noqa: SIM118
    if not cells:
        raise DataError("The table has no columns. Give the columns of the training data.")
    lengths = set(map(len, cells.values()))
    if len(lengths) > 1:
        raise DataError(
            f"The columns of the table have different lengths ({min(lengths):,} to "
            f"{max(lengths):,} cells). Give every column one cell per row."
        )
    columns = [column_from_cells(name, values) for name, values in cells.items()]
    return TableData(tuple(columns)), "The table"


def _cells(values: Any) -> Sequence[Any]:
    array = np.asarray(values, dtype=object)
    if array.ndim != 1:
        raise DataError(
            "Every column of the table must be a list of cells. Give one list per name."
        )
    return list(array)


def _absent_sentence(
    absent: Sequence[str], given: Sequence[str], name: str, table: NewTable
) -> str:
    near = get_close_matches(absent[0], given, n=1)
    hint = f" Did you mean to rename {near[0]!r}?" if near else ""
    shown = ", ".join(repr(column) for column in absent[:8])
    more = f" and {len(absent) - 8:,} more" if len(absent) > 8 else ""
    what = "the column" if len(absent) == 1 else "the columns"
    advice = f"Add {what}, with a header that names {'it' if len(absent) == 1 else 'them'}."
    if isinstance(table, Dataset):
        advice, hint = "Choose data of the same kind.", ""
    found = ", ".join(repr(column) for column in given[:8]) + (", …" if len(given) > 8 else "")
    return (
        f"{name} misses {what} {shown}{more} that the network was trained on; it has {found}. "
        f"{advice}{hint}"
    )


def _as_trained(declared: ColumnInput, found: FoundColumn, notes: list[str]) -> Column:
    if declared.kind == "category":
        return _categories(declared, found, notes)
    column = _dates(declared, found) if declared.kind == "date" else _numbers(found, notes)
    missing = int(column.missing.sum())
    if missing:
        notes.append(f"{declared.name}: {missing:,} missing, filled with the training mean.")
    return Column(declared.name, declared.kind, column.values)


def _numbers(found: FoundColumn, notes: list[str]) -> Column:
    """A column as numbers; cells that are none are missing, and said."""
    if found.kind != "number":
        n_missing = found.n_missing
        found = to_numbers(found)
        slips = found.n_missing - n_missing
    else:
        slips = found.n_slips
    if slips:
        cells = "1 cell is not a number" if slips == 1 else f"{slips:,} cells are not numbers"
        notes.append(f"{found.name}: {cells} (such as {found.first_slip[:60]!r}).")
    return found.column


def _dates(declared: ColumnInput, found: FoundColumn) -> Column:
    column = found.column
    if column.kind == "number" or found.n_missing == len(column):
        # Plain years, as they are written in many tables.
        return column
    if column.kind == "date":
        either = {column.date_order, declared.date_order} == {"dmy", "mdy"}
        swapped = swap_day_and_month(column.values.astype(np.float64)) if either else None
        # 03/04/2020 is read as training found it to be meant; 25/12/2020 can be only one.
        return column if swapped is None else Column(column.name, "date", swapped)
    first = int(np.argmax(column.values >= 0))
    raise DataError(
        f"The column {declared.name!r} held dates in training, and now not all of its cells are "
        f"dates (row {first + 1:,} holds {column.categories[int(column.values[first])][:60]!r}). "
        "Write dates in the same way as in the training data."
    )


def _categories(declared: ColumnInput, found: FoundColumn, notes: list[str]) -> Column:
    column = to_categories(found.column)
    places = {category: place for place, category in enumerate(declared.categories)}
    # Rare values of training share the last input; so do values never seen.
    fallback = len(declared.categories) - 1 if declared.has_other else -1
    lookup = np.array(
        [*(places.get(text, fallback) for text in column.categories), -1], dtype=np.int32
    )
    codes = lookup[column.values.astype(np.intp)]
    unknown = [text for text in column.categories if text not in places]
    if unknown and not declared.has_other:
        shown = ", ".join(repr(text[:60]) for text in unknown[:5])
        notes.append(f"{declared.name}: not seen in training: {shown}; all its inputs are 0 there.")
    if found.n_missing:
        notes.append(f"{declared.name}: {found.n_missing:,} missing; all its inputs are 0 there.")
    return Column(declared.name, "category", codes, declared.categories, declared.has_other)
