"""Cards and wires: what they tell at each zoom, and that they follow the store."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nn_designer.app.activation_menu import ActivationMenu
from nn_designer.app.canvas import steps
from nn_designer.app.canvas.card_layout import CardLayouts
from nn_designer.app.canvas.look import level_at
from nn_designer.app.canvas.navigation import MINIMUM_ZOOM
from nn_designer.app.widgets.stats import short_count
from nn_designer.design import edits
from nn_designer.design.document import Document, Layer
from nn_designer.layers import KINDS
from tests.helpers.canvas import POPUPS_OFFSCREEN, Hand, chain, dragged, loose, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

Opened = Callable[[Document], Hand]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""
    return partial(open_canvas, qtbot)


def zoom_of(hand: Hand) -> float:
    return hand.canvas.navigator.zoom


def test_cards_show_shapes_parameters_and_settings(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    content = hand.scene.cards["dense_1"].content
    assert (content.subtitle, content.output, content.parameters) == ("10 units", "10", "30 params")
    hand.store.edit("Set units", edits.set_setting, ["dense_1"], "units", 32)
    content = hand.scene.cards["dense_1"].content
    assert (content.subtitle, content.output, content.parameters) == ("32 units", "32", "96 params")
    assert hand.scene.wires[hand.wire("dense_1", "output_1")].label == "32"


def test_a_wrong_layer_carries_the_sentence(opened: Opened) -> None:
    document = edits.set_setting(chain("input", "dense", "output"), ["input_1"], "shape", (4, 4))
    document = edits.set_setting(document, ["dense_1"], "units", 2)
    document = edits.set_setting(document, ["dense_1"], "activation", "softmax")
    hand = opened(document)
    card = hand.scene.cards["dense_1"]
    assert card.content.severity == "error"
    assert "Flatten" in card.content.problem
    badge = card._layouts.badges[level_at(1.0)]
    assert " ".join(badge.lines) == card.content.problem, "the way out is part of the sentence"
    assert not card.badge.isNull()
    assert card.boundingRect().contains(card.badge)
    at = hand.at(card.pos() + card.badge.center())
    QApplication.sendEvent(
        hand.canvas.viewport(),
        QHelpEvent(QHelpEvent.Type.ToolTip, at, hand.canvas.viewport().mapToGlobal(at)),
    )
    assert card.content.problem in QToolTip.text()
    QToolTip.hideText()
    hand.store.edit("Set shape", edits.set_setting, ["input_1"], "shape", (2,))
    assert card.content.problem == ""
    assert card.badge.isNull()


def failing() -> Document:
    """Dense 1 takes a picture, which it can't."""
    return edits.set_setting(chain("input", "dense", "output"), ["input_1"], "shape", (4, 4))


@pytest.mark.parametrize("zoom", [0.1, 0.2, 0.4])
def test_a_problem_is_marked_in_red_however_far_away(opened: Opened, zoom: float) -> None:
    hand = opened(failing())
    card = hand.scene.cards["dense_1"]
    hand.canvas.navigator.show(card.body_in_scene().center(), zoom)
    mark = card.badge_at(zoom).translated(card.pos())
    assert mark.width() * zoom >= 15
    at = hand.at(mark.center())
    assert hand.canvas.mouse.hit(at).part == "problem"
    picture = hand.canvas.grab().toImage()
    beside = picture.pixelColor(at - QPoint(5, 0))
    assert beside == QColor(hand.canvas.themes.theme.error)


def test_huge_counts_stay_short(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense", "output"))
    hand.store.edit("Units", edits.set_setting, ["dense_1", "dense_2"], "units", 10**9)
    assert hand.scene.cards["dense_2"].content.parameters == "1 × 10¹⁸ params"
    assert short_count(15 * 10**17) == "1.5 × 10¹⁸"
    assert short_count(3 * 10**12) == "3 trillion"


def test_the_mark_of_a_problem_lies_within_what_is_repainted(opened: Opened) -> None:
    hand = opened(loose("dense"))
    card = hand.scene.cards["dense_1"]
    for zoom in (MINIMUM_ZOOM, 0.1, 0.25, 1.0):
        assert card.boundingRect().contains(card.badge_at(zoom)), zoom


def test_cards_tell_everything_at_the_zoom_of_a_fitted_design(opened: Opened) -> None:
    """Five cards in the canvas of a window of 1280 × 800 pixels."""
    hand = opened(chain("input", "dense", "dense", "dense", "output"))
    hand.store.edit("Arrange", steps.arranged, None)
    hand.canvas.resize(770, 390)
    hand.canvas.commands.fit()
    zoom = zoom_of(hand)
    assert zoom > 0.65
    layouts = CardLayouts(hand.scene.cards["dense_1"].content, hand.scene.look)
    words = layouts.at(level_at(zoom)).words
    assert [word.text for word in words] == ["Dense 1", "10 units", "ReLU", "30 params", "10"]
    assert all(word.font.pixelSize() * zoom >= 9.5 for word in words)


@pytest.mark.parametrize("zoom", [0.35, 0.6, 1.0, 2.0])
def test_the_curve_opens_the_menu_wherever_it_is_seen(opened: Opened, zoom: float) -> None:
    hand = opened(chain("input", "dense", "output"))
    card = hand.scene.cards["dense_1"]
    hand.canvas.navigator.show(card.body_in_scene().center(), zoom)
    hand.click(card.pos() + card.chip_at(zoom).center())
    menu = hand.canvas.findChild(ActivationMenu)
    assert menu.isVisible()
    menu.close()


def test_a_short_wire_can_be_taken_between_two_ports(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output", gap=240.0))
    hand.canvas.navigator.show(hand.middle("input_1", "dense_1"), 0.5)
    assert hand.canvas.mouse.hit(hand.at(hand.middle("input_1", "dense_1"))).part == "wire"
    assert hand.canvas.mouse.hit(hand.at(hand.output("input_1"))).part == "output"
    assert hand.canvas.mouse.hit(hand.at(hand.input("dense_1"))).part == "input"


def test_a_wire_goes_around_a_card_put_in_its_way(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=700.0))
    hand.store.edit("Add", edits.add_layer, "dense", 300.0, 60.0)
    item = hand.scene.wires[hand.wire("input_1", "output_1")]
    assert item.routed
    assert not hand.scene.cards["dense_1"].body_in_scene().contains(item.middle)
    hand.store.edit("Move", edits.move, {"dense_1": (300.0, 400.0)})
    assert not item.routed


def test_an_unknown_kind_is_shown_and_can_be_deleted(opened: Opened) -> None:
    document = Document(layers=(Layer("spin_1", "spin_glass", "Spin", {"j": 3}, 100, 100),))
    hand = opened(document)
    assert "spin_glass" in hand.scene.cards["spin_1"].content.subtitle
    hand.canvas.grab()
    hand.click(hand.card("spin_1"))
    hand.key(Qt.Key.Key_Delete)
    assert hand.ids == []


def test_places_that_no_screen_has_do_not_break_the_view(opened: Opened) -> None:
    layers = (
        Layer("dense_1", "dense", "One", {}, math.nan, math.inf),
        Layer("dense_2", "dense", "Two", {}, 1e300, -1e300),
    )
    hand = opened(Document(layers=layers))
    hand.canvas.commands.fit()
    assert math.isfinite(zoom_of(hand))
    assert hand.scene.cards["dense_1"].pos() == QPointF(0, 0)
    hand.canvas.grab()


def test_undo_to_empty_and_redo_bring_the_same_cards(opened: Opened) -> None:
    hand = opened(Document())
    hand.drop(dragged("input"), QPointF(150, 200))
    hand.drop(dragged("dense"), QPointF(450, 200))
    hand.drag(hand.output("input_1"), hand.card("dense_1"))
    while hand.store.undo_stack.canUndo():
        hand.store.undo_stack.undo()
    assert hand.scene.cards == {} and hand.scene.wires == {}
    while hand.store.undo_stack.canRedo():
        hand.store.undo_stack.redo()
    assert set(hand.scene.cards) == {"input_1", "dense_1"}
    assert [(wire.source, wire.target) for wire in hand.scene.wires] == [("input_1", "dense_1")]
    assert hand.scene.wires[hand.wire("input_1", "dense_1")].end == hand.input("dense_1")


def test_another_document_replaces_all_and_is_fitted(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    other = edits.move(loose("dense", "dense"), {"dense_1": (9000, 9000), "dense_2": (9300, 9000)})
    hand.store.replace_document(other)
    assert set(hand.scene.cards) == {"dense_1", "dense_2"}
    assert hand.canvas.shown_rect().contains(hand.scene.content_rect())


def test_screen_readers_hear_what_is_selected(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(["dense_1"])
    hand.store.edit("Set units", edits.set_setting, ["dense_1"], "units", 2)
    told = hand.canvas.accessibleDescription()
    assert told.startswith("Selected: Dense 1, 2 units, ReLU, output 2, 6 params")
    hand.store.select([])
    assert "layers" in hand.canvas.accessibleDescription()


def test_a_theme_change_repaints_everything(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    light = hand.canvas.grab().toImage().pixelColor(5, 5)
    hand.canvas.themes.set_mode("dark")
    dark = hand.canvas.grab().toImage().pixelColor(5, 5)
    assert light.lightness() > 200 > 60 > dark.lightness()
    assert all(card.look is hand.scene.look for card in hand.scene.cards.values())
    hand.canvas.themes.set_mode("light")


@pytest.mark.parametrize("zoom", [0.1, 0.25, 0.4, 0.7, 1.0, 4.0])
def test_it_paints_at_every_zoom(opened: Opened, zoom: float) -> None:
    hand = opened(chain("input", "dense", "flatten", "activation", "add", "output"))
    hand.store.select(["dense_1"])
    centre = hand.scene.cards["dense_1"].body_in_scene().center()
    hand.canvas.navigator.show(centre, zoom)
    picture = hand.canvas.grab().toImage()
    colours = {
        picture.pixelColor(x, y).rgb()
        for x in range(picture.width() // 2 - 60, picture.width() // 2 + 60, 3)
        for y in range(picture.height() // 2 - 40, picture.height() // 2 + 40, 3)
    }
    assert len(colours) > 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zoom", [1.0, 0.6, 0.4])
def test_what_a_card_says_of_a_new_layer_is_not_cut(opened: Opened, kind: str, zoom: float) -> None:
    hand = opened(loose(kind))
    (card,) = hand.scene.cards.values()
    layout = card._layouts.at(level_at(zoom))
    shown = [word.text for word in layout.words]
    room = card.body.adjusted(0, 0, -4, 0)
    if zoom > 0.5:  # farther away, long names may be
        assert not [text for text in shown if "…" in text]
        assert card.content.name in (shown[0], *(shown[0] + gap + shown[1] for gap in ("", " ")))
    for word in layout.words:
        width = word.prepared.size().width()
        assert word.corner.x() + width <= room.right() + 1, word.text
    assert layout.name.isNull() or layout.name.height() < 45
