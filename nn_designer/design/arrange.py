"""Where to put the cards: longest-path columns from left to right, few crossings, straight lines."""

from __future__ import annotations

from collections.abc import Iterable

from nn_designer.design.document import Document

CARD_WIDTH = 200.0
CARD_HEIGHT = 104.0
COLUMN_GAP = 80.0
ROW_GAP = 40.0
GRID = 20.0


def arrange(
    document: Document, ids: Iterable[str] | None = None
) -> dict[str, tuple[float, float]]:
    """New positions, id → (x, y) of the top left corner, for ``edits.move``."""
    raise NotImplementedError
