"""Cards and view glide to their places; the document is there at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas import steps
from nn_designer.app.canvas.motion import DURATION_MS, MOST_CARDS, animation_ms
from nn_designer.design.document import Document
from tests.helpers.canvas import Hand, chain, loose, open_canvas

Opened = Callable[[Document], Hand]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas where things glide, and gives a hand for it."""

    def open_gliding(document: Document) -> Hand:
        hand = open_canvas(qtbot, document)
        hand.canvas.animation_ms = 80
        return hand

    return open_gliding


def place(hand: Hand, layer_id: str) -> QPointF:
    return hand.scene.cards[layer_id].pos()


def test_arranged_cards_glide_and_the_document_is_there_at_once(
    opened: Opened, qtbot: QtBot
) -> None:
    hand = opened(chain("input", "dense", "output", gap=500.0))
    before = place(hand, "output_1")
    hand.canvas.action("arrange").trigger()
    assert place(hand, "output_1") == before
    goal = QPointF(*hand.position("output_1"))
    assert goal.x() < before.x()
    seen = []
    hand.canvas.canvas_scene.motion._glide._animation.valueChanged.connect(
        lambda _value: seen.append(place(hand, "output_1").x())
    )
    qtbot.waitUntil(lambda: place(hand, "output_1") == goal, timeout=2000)
    assert any(goal.x() < x < before.x() for x in seen)
    assert hand.output("dense_1") == hand.scene.wires[hand.wire("dense_1", "output_1")].start


def test_everything_is_in_sight_when_an_arrangement_has_arrived(
    opened: Opened, qtbot: QtBot
) -> None:
    hand = opened(chain("input", "dense", "output", gap=2000.0))
    hand.canvas.action("arrange").trigger()
    qtbot.waitUntil(lambda: not hand.canvas.canvas_scene.motion.goals, timeout=2000)
    rect = hand.scene.content_rect()
    qtbot.waitUntil(lambda: hand.canvas.shown_rect().contains(rect), timeout=2000)


def test_undo_in_the_middle_of_the_way_brings_all_back(opened: Opened, qtbot: QtBot) -> None:
    hand = opened(chain("input", "dense", "output", gap=500.0))
    before = hand.store.document
    hand.canvas.action("arrange").trigger()
    hand.store.undo_stack.undo()
    assert hand.store.document == before
    goal = QPointF(*hand.position("output_1"))
    qtbot.waitUntil(lambda: place(hand, "output_1") == goal, timeout=2000)
    hand.store.undo_stack.redo()
    hand.store.undo_stack.undo()
    qtbot.waitUntil(lambda: place(hand, "output_1") == goal, timeout=2000)


def test_a_press_finds_the_cards_where_they_belong(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output", gap=500.0))
    hand.store.edit("Arrange", steps.arranged, None)
    hand.click(QPointF(*hand.position("output_1")) + QPointF(60, 40))
    assert hand.store.selection == {"output_1"}


def test_a_dragged_and_a_nudged_card_do_not_glide(opened: Opened) -> None:
    hand = opened(loose("dense"))
    hand.drag(hand.card("dense_1"), hand.card("dense_1") + QPointF(130, 70))
    assert place(hand, "dense_1") == QPointF(*hand.position("dense_1"))
    hand.key(Qt.Key.Key_Right)
    assert place(hand, "dense_1") == QPointF(*hand.position("dense_1"))
    assert hand.canvas.animation_ms == 80


def test_zooming_ends_the_way_of_the_view(opened: Opened, qtbot: QtBot) -> None:
    hand = opened(chain("input", "dense", "output", gap=2000.0))
    hand.canvas.action("fit").trigger()
    hand.canvas.navigator.set_zoom(2.0)
    qtbot.wait(150)
    assert hand.canvas.navigator.zoom == 2.0
    assert not hand.canvas.navigator.fitted


class _Still(QProxyStyle):
    """A platform that asks for no animation."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, returned)


def test_nothing_glides_where_the_platform_asks_for_no_animation(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert animation_ms(widget) == DURATION_MS
    still = _Still()
    widget.setStyle(still)
    assert animation_ms(widget) == 0


def test_hundreds_of_cards_are_there_at_once(opened: Opened) -> None:
    hand = opened(loose(*["dense"] * (MOST_CARDS + 2)))
    hand.store.edit("Arrange", steps.arranged, None)
    assert not hand.canvas.canvas_scene.motion.goals
    assert all(place(hand, i) == QPointF(*hand.position(i)) for i in hand.ids)
