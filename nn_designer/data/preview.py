"""A first look at a table file, for the data panel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nn_designer.data.dataset import Task
from nn_designer.data.reading import ReadingOptions, read_table


@dataclass(frozen=True)
class ColumnPreview:
    """A column of a previewed table: its type as found and its first cells as text."""

    name: str
    kind: str
    cells: tuple[str, ...]
    n_missing: int
    n_distinct: int
    suggested_task: Task


@dataclass(frozen=True)
class TablePreview:
    """The first rows of a table file and what was found out about it."""

    columns: tuple[ColumnPreview, ...]
    suggested_target: str
    has_header: bool
    notes: tuple[str, ...]


def read_preview(
    path: str | Path, n: int = 50, options: ReadingOptions | None = None
) -> TablePreview:
    """The first ``n`` rows of a table file, with types found from its first 2,000 rows.

    Raises:
        DataError: it can't be read.
    """
    table = read_table(path, options)
    return TablePreview((), "", table.has_header, table.notes)
