"""A column of a table that says what each row counts in training; the network never sees it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.columns import FoundColumn, to_numbers
from nn_designer.data.errors import DataError


def held_back(
    columns: Sequence[FoundColumn], name: str, targets: Sequence[str]
) -> tuple[list[FoundColumn], FoundColumn | None]:
    """The columns without the one of weights, and that one; no ``name``: there is none.

    Raises:
        DataError: the column is also a target.
    """
    if not name:
        return list(columns), None
    if name in targets:
        raise DataError(
            f"The column {name!r} can't be both predicted and the weights of the rows. Choose "
            "another one for either."
        )
    others = [column for column in columns if column.name != name]
    return others, next(column for column in columns if column.name == name)


def row_weights(
    column: FoundColumn | None, rows: NDArray[np.intp] | None
) -> NDArray[np.float64] | None:
    """The weights of ``rows`` (None: of all), float64 (rows,); None without a column.

    Raises:
        DataError: a weight is missing, infinite or below zero, or all are zero.
    """
    if column is None:
        return None
    found = to_numbers(column) if column.column.kind == "category" else column
    values = np.asarray(found.column.values, np.float64)
    chosen = values if rows is None else values[rows]
    for wrong, what in (
        (~np.isfinite(chosen), "holds no number"),
        (chosen < 0, "is below zero"),
    ):
        if wrong.any():
            place = int(np.argmax(wrong))
            row = place if rows is None else int(rows[place])
            raise DataError(
                f"The weights {column.name!r} must be numbers of 0 or more, but row {row + 1:,} "
                f"{what}. Correct the cell, or train without weights."
            )
    if not chosen.any():
        raise DataError(
            f"The weights {column.name!r} are 0 in every row, so that no row counts. Choose "
            "another column, or train without weights."
        )
    return chosen
