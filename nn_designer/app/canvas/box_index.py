"""Which cards are near a place, without looking at all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from math import floor

from nn_designer.app.canvas.routing import Box

CELL_PX = 480.0
"""About the width and height of a card with the room around it, twice."""
MANY_CELLS = 400
"""A place that covers more cells is compared with all boxes instead."""


class BoxIndex:
    """Boxes by the cells of a grid that they touch."""

    def __init__(self, boxes: Iterable[tuple[Hashable, Box]]) -> None:
        self._boxes = list(boxes)
        self._cells: dict[tuple[int, int], list[int]] = {}
        for number, (_key, box) in enumerate(self._boxes):
            for cell in _cells(box):
                self._cells.setdefault(cell, []).append(number)

    def meeting(self, place: Box, without: Iterable[Hashable] = ()) -> tuple[Box, ...]:
        """The boxes that overlap ``place``, in the order they came, but not those of ``without``."""
        left, top, right, bottom = place
        numbers: Iterable[int] = range(len(self._boxes))
        if _count(place) <= MANY_CELLS:
            cells = self._cells
            numbers = sorted({number for cell in _cells(place) for number in cells.get(cell, ())})
        near = [self._boxes[number] for number in numbers]
        return tuple(
            box
            for key, box in near
            if box[0] < right
            and box[2] > left
            and box[1] < bottom
            and box[3] > top
            and key not in without
        )


def _count(box: Box) -> float:
    across = floor(box[2] / CELL_PX) - floor(box[0] / CELL_PX) + 1
    return across * (floor(box[3] / CELL_PX) - floor(box[1] / CELL_PX) + 1)


def _cells(box: Box) -> Iterable[tuple[int, int]]:
    for column in range(floor(box[0] / CELL_PX), floor(box[2] / CELL_PX) + 1):
        for row in range(floor(box[1] / CELL_PX), floor(box[3] / CELL_PX) + 1):
            yield column, row
