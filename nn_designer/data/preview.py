"""A first look at a table file, for the data panel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn_designer.data.columns import FoundColumn, number_text
from nn_designer.data.dataset import Task
from nn_designer.data.reading import read_start
from nn_designer.data.reading_options import ReadingOptions
from nn_designer.data.targets import find_task, guess_target


@dataclass(frozen=True)
class ColumnPreview:
    """A column of a previewed table.

    ``kind`` is number, category or date; ``cells`` are the first cells as they were understood
    (a missing one is empty, a date its year); ``suggested_task`` is what predicting this column
    would be.
    """

    name: str
    kind: str
    cells: tuple[str, ...]
    n_missing: int
    n_distinct: int
    suggested_task: Task


@dataclass(frozen=True)
class TablePreview:
    """The first rows of a table file and what was found out about it.

    ``n_rows`` is how many rows were looked at (of a huge file, not all).
    """

    columns: tuple[ColumnPreview, ...]
    suggested_target: str
    n_rows: int
    has_header: bool
    notes: tuple[str, ...]


def read_preview(
    path: str | Path, n: int = 50, options: ReadingOptions | None = None
) -> TablePreview:
    """The first ``n`` rows of a table file, with the types found from its first few MiB.

    Raises:
        DataError: it can't be read; the sentence says why and what to do.
    """
    table = read_start(path, options)
    return TablePreview(
        columns=tuple(_preview(column, n) for column in table.columns),
        suggested_target=guess_target([column.name for column in table.columns]),
        n_rows=table.n_rows,
        has_header=table.has_header,
        notes=table.notes,
    )


def _preview(found: FoundColumn, n: int) -> ColumnPreview:
    column = found.column
    if column.kind == "category":
        cells = tuple("" if c < 0 else column.categories[int(c)] for c in column.values[:n])
    else:
        cells = tuple(number_text(round(float(value), 6)) for value in column.values[:n])
    present = column.values[~column.missing]
    return ColumnPreview(
        name=found.name,
        kind=column.kind,
        cells=cells,
        n_missing=found.n_missing,
        n_distinct=len(np.unique(present)),
        suggested_task=find_task(found),
    )
