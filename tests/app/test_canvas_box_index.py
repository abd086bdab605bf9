"""Finding the cards near a place without looking at all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nn_designer.app.canvas.box_index import BoxIndex
from nn_designer.app.canvas.routing import Box

PLACES = st.floats(-5_000, 5_000)
SIZES = st.floats(1, 6_000)
BOXES = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), PLACES, PLACES, SIZES, SIZES)


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


@given(boxes=st.lists(BOXES, max_size=20), place=BOXES, without=st.sets(st.integers(0, 19)))
def test_it_finds_what_comparing_with_all_finds(
    boxes: list[Box], place: Box, without: set[int]
) -> None:
    expected = [box for key, box in enumerate(boxes) if key not in without and overlap(box, place)]
    assert list(BoxIndex(enumerate(boxes)).meeting(place, without)) == expected


def test_a_place_as_wide_as_the_canvas_is_searched_at_once() -> None:
    boxes: list[Box] = [(0.0, 0.0, 1.0, 1.0), (9e5, 0.0, 9e5 + 1, 1.0)]
    assert BoxIndex(enumerate(boxes)).meeting((-1e6, -1e6, 1e6, 1e6)) == tuple(boxes)
