"""Wires go around cards that would hide them, and no farther than they must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from nn_designer.app.canvas.routing import Box, plain_path, routed_path

START, END = QPointF(0, 0), QPointF(600, 0)


def card(left: float, top: float) -> Box:
    return (left, top, left + 180, top + 112)


def is_hidden(path: object, boxes: list[Box]) -> bool:
    points = [path.pointAtPercent(step / 200) for step in range(201)]
    return any(
        left < point.x() < right and top < point.y() < bottom
        for point in points
        for left, top, right, bottom in boxes
    )


def test_a_wire_with_nothing_in_its_way_is_the_plain_curve():
    path, routed = routed_path(START, END, [card(200, 100), card(200, -300)])
    assert not routed
    assert path == plain_path(START, END)


def test_a_wire_goes_around_a_card_in_its_way():
    boxes = [card(200, -56)]
    assert is_hidden(plain_path(START, END), boxes)
    path, routed = routed_path(START, END, boxes)
    assert routed
    assert not is_hidden(path, boxes)
    assert path.pointAtPercent(0) == START
    assert path.pointAtPercent(1) == END


def test_it_stays_in_the_row_of_an_end_if_that_row_is_free():
    """The last part of a branch: up to the merge only behind the card that stands above it."""
    path, routed = routed_path(QPointF(0, 160), QPointF(300, 0), [card(60, -56)])
    assert routed
    assert path.pointAtPercent(0.5).y() == pytest.approx(160)


def test_it_passes_between_two_rows():
    boxes = [card(60 + 240 * column, -56 + 160 * row) for column in range(4) for row in (0, 1)]
    path, _ = routed_path(QPointF(0, 0), QPointF(1000, 0), boxes)
    assert not is_hidden(path, boxes)


def test_wires_along_the_same_card_keep_apart():
    heights = {
        routed_path(START, END, [card(200, -56)], lane)[0].pointAtPercent(0.5).y()
        for lane in (0, 1, 2)
    }
    assert len(heights) == 3


def test_a_wire_that_leads_backwards_turns_around_its_own_cards():
    """From a card to one at its left, a row below."""
    source, target = card(420, -56), card(0, 104)
    start, end = QPointF(600, 0), QPointF(0, 160)
    path, routed = routed_path(start, end, [source, target])
    assert routed
    assert not is_hidden(path, [source, target])
    assert path.pointAtPercent(1) == end


def test_a_wire_that_leads_backwards_along_others_passes_between_rows():
    boxes = [card(240 * column, -56 + 160 * row) for column in range(4) for row in (0, 1)]
    path, _ = routed_path(QPointF(900, 0), QPointF(0, 160), boxes)
    assert not is_hidden(path, boxes)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(-3, 3)).filter(lambda place: place[1] != 0),
        max_size=12,
    ),
    st.integers(0, 2),
)
def test_in_a_tidy_design_every_wire_is_in_sight(places, lane):
    """Cards at arranged places: columns 240 and rows 160 apart, the wire's own row and all."""
    boxes = [card(60 + 240 * column, -56 + 160 * row) for column, row in {*places, (1, 0), (3, 0)}]
    path, _ = routed_path(QPointF(0, 0), QPointF(1500, 0), boxes, lane)
    assert not is_hidden(path, boxes)
