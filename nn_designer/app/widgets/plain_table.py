"""Tables and lists that are only looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QTableWidget

ROW_PX = 28


def plain_table(name: str, title: str) -> QTableWidget:
    """A table to look at, named for tests and screen readers."""
    table = QTableWidget()
    table.setObjectName(name)
    table.setAccessibleName(title)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    return table


def fit_height(table: QTableWidget, most_rows: int) -> None:
    """As high as its rows, up to a number of rows; then it scrolls."""
    rows = min(table.rowCount(), most_rows)
    height = table.horizontalHeader().sizeHint().height() + rows * ROW_PX + 4
    if table.horizontalHeader().length() > table.width():
        height += table.horizontalScrollBar().sizeHint().height()
    table.setFixedHeight(height)


def listed(sentences: Sequence[str], most: int) -> str:
    """Sentences as a list; of more than ``most``, the first."""
    more = len(sentences) - most
    lines = [f"• {sentence}" for sentence in sentences[:most]]
    return "\n".join([*lines, f"• And {more:,} more."] if more > 0 else lines)
