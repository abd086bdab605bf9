"""The mouse on the canvas: selecting, moving, wiring, with real events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas.quick_add import QuickAdd
from nn_designer.design import edits
from nn_designer.design.document import Document
from tests.helpers.canvas import POPUPS_OFFSCREEN, Hand, chain, loose, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

Opened = Callable[[Document], Hand]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""

    return partial(open_canvas, qtbot)


# ---- selecting


def test_a_click_selects_and_a_click_on_nothing_clears(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.click(hand.card("dense_1"))
    assert hand.store.selection == {"dense_1"}
    assert hand.scene.cards["dense_1"].selected
    hand.click(QPointF(400, 500))
    assert hand.store.selection == frozenset()
    assert not hand.scene.cards["dense_1"].selected


def test_shift_adds_and_ctrl_toggles(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.click(hand.card("input_1"))
    hand.click(hand.card("dense_1"), SHIFT)
    assert hand.store.selection == {"input_1", "dense_1"}
    hand.click(hand.card("input_1"), CTRL)
    assert hand.store.selection == {"dense_1"}
    hand.click(hand.card("output_1"), CTRL)
    assert hand.store.selection == {"dense_1", "output_1"}


def test_a_click_on_one_of_several_selected_keeps_only_it(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(["input_1", "dense_1"])
    hand.click(hand.card("dense_1"))
    assert hand.store.selection == {"dense_1"}


def test_the_marquee_selects_what_it_touches(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.drag(QPointF(20, 220), QPointF(400, 80))
    assert hand.store.selection == {"input_1", "dense_1"}
    hand.drag(QPointF(580, 220), QPointF(700, 80), SHIFT)
    assert hand.store.selection == {"input_1", "dense_1", "output_1"}
    hand.drag(QPointF(20, 220), QPointF(200, 80), CTRL)
    assert hand.store.selection == {"dense_1", "output_1"}
    assert not hand.scene.marquee.isVisible()
    assert hand.store.undo_stack.count() == 0


def test_escape_takes_a_marquee_back(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    hand.press(QPointF(20, 220))
    hand.move(QPointF(200, 80))
    assert hand.store.selection == {"input_1"}
    hand.key(Qt.Key.Key_Escape)
    assert hand.store.selection == {"dense_1"}


# ---- moving


def test_a_drag_moves_the_selection_in_one_undo_step(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(["input_1", "dense_1"])
    hand.drag(hand.card("dense_1"), hand.card("dense_1") + QPointF(30, 250), steps=9)
    assert hand.position("dense_1") == (330.0, 310.0)
    assert hand.position("input_1") == (70.0, 310.0)
    assert hand.position("output_1") == (560.0, 60.0)
    assert hand.store.undo_stack.count() == 1
    hand.store.undo_stack.undo()
    assert hand.position("input_1") == (40.0, 60.0)
    assert hand.scene.cards["dense_1"].pos() == QPointF(300, 60)
    hand.store.undo_stack.redo()
    assert hand.scene.cards["dense_1"].pos() == QPointF(330, 310)


def test_wires_follow_a_card_while_it_is_dragged(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.press(hand.card("dense_1"))
    hand.move(hand.card("dense_1") + QPointF(0, 200))
    wire = hand.scene.wires[hand.wire("input_1", "dense_1")]
    assert wire.end == hand.input("dense_1")
    assert hand.position("dense_1") == (300.0, 60.0)  # the document waits for the release
    hand.key(Qt.Key.Key_Escape)
    assert hand.scene.cards["dense_1"].pos() == QPointF(300, 60)
    assert wire.end == hand.input("dense_1")
    hand.release(QPointF(400, 300))
    assert hand.store.undo_stack.count() == 0


def test_a_trembling_click_moves_nothing(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    start = hand.card("dense_1")
    hand.drag(start, start + QPointF(2, 1))
    assert hand.position("dense_1") == (300.0, 60.0)
    assert hand.store.undo_stack.count() == 0


def test_cards_snap_into_line_with_others(opened: Opened) -> None:
    hand = opened(loose("input", "dense"))
    start = hand.card("dense_1")
    hand.press(start)
    hand.move(start + QPointF(20, 200))
    hand.move(start + QPointF(20, 5))
    assert hand.scene.guides.isVisible()
    hand.release(start + QPointF(20, 5))
    assert hand.position("dense_1") == (320.0, 60.0)
    assert not hand.scene.guides.isVisible()


def test_shift_snaps_to_the_grid(opened: Opened) -> None:
    hand = opened(loose("input", "dense"))
    start = hand.card("dense_1")
    hand.press(start)
    hand.move(start + QPointF(27, 213), SHIFT)
    hand.release(start + QPointF(27, 213), SHIFT)
    assert hand.position("dense_1") == (320.0, 280.0)


def test_a_free_card_goes_into_the_wire_it_is_dropped_on(opened: Opened) -> None:
    document = chain("input", "output", gap=520.0)
    document, dense = edits.add_layer(document, "dense", 300, 300)
    hand = opened(document)
    start = hand.card(dense)
    hand.press(start)
    hand.move(start + QPointF(0, -120))
    hand.move(start + QPointF(0, -235))
    wire = hand.wire("input_1", "output_1")
    assert hand.scene.wires[wire].target
    hand.release(start + QPointF(0, -235))
    assert hand.wires == {("input_1", dense, 0), (dense, "output_1", 0)}
    assert hand.store.undo_stack.count() == 1
    hand.store.undo_stack.undo()
    assert hand.wires == {("input_1", "output_1", 0)}
    assert hand.position(dense) == (300.0, 300.0)


def test_a_wired_card_is_not_spliced(opened: Opened) -> None:
    document = chain("input", "output", gap=520.0)
    document, dense = edits.add_layer(document, "dense", 300, 300)
    document = edits.connect(document, "input_1", dense)
    hand = opened(document)
    start = hand.card(dense)
    hand.drag(start, start + QPointF(0, -235))
    assert ("input_1", "output_1", 0) in hand.wires


# ---- wiring


def test_a_wire_drawn_from_output_to_the_middle_of_a_card(opened: Opened) -> None:
    hand = opened(loose("input", "dense"))
    hand.drag(hand.output("input_1"), hand.card("dense_1"))
    assert hand.wires == {("input_1", "dense_1", 0)}
    assert hand.store.undo_stack.undoText() == "Connect"


def test_a_wire_drawn_backwards_from_an_input(opened: Opened) -> None:
    hand = opened(loose("input", "dense"))
    hand.drag(hand.input("dense_1"), hand.card("input_1"))
    assert hand.wires == {("input_1", "dense_1", 0)}


def test_targets_light_up_and_others_dim_with_the_reason(opened: Opened) -> None:
    hand = opened(loose("dense", "dense", "input"))
    refused: list[str] = []
    hand.store.refused.connect(refused.append)
    hand.press(hand.output("dense_1"))
    hand.move(hand.output("dense_1") + QPointF(40, 10))
    assert hand.scene.cards["dense_2"].target
    assert not hand.scene.cards["dense_2"].dimmed
    assert not hand.scene.cards["input_1"].target
    assert hand.scene.cards["input_1"].dimmed
    hand.move(hand.card("input_1"))
    assert hand.canvas.tip.isVisible()
    assert "Input 1" in hand.canvas.tip.text()
    assert hand.scene.preview.state == "invalid"
    hand.move(hand.card("dense_2"))
    assert not hand.canvas.tip.isVisible()
    assert hand.scene.preview.state == "valid"
    hand.move(hand.card("input_1"))
    hand.release(hand.card("input_1"))
    assert hand.wires == set()
    assert len(refused) == 1
    assert not hand.scene.preview.isVisible()
    assert not hand.scene.cards["input_1"].dimmed


def test_a_cycle_is_refused_with_a_sentence(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense"))
    refused: list[str] = []
    hand.store.refused.connect(refused.append)
    hand.drag(hand.output("dense_2"), hand.card("dense_1"))
    assert hand.wires == {("input_1", "dense_1", 0), ("dense_1", "dense_2", 0)}
    assert refused and refused[0].endswith(".")


def test_a_new_wire_replaces_the_one_of_a_single_input(opened: Opened) -> None:
    document = chain("input", "dense", "output")
    document, other = edits.add_layer(document, "dense", 300, 300)
    hand = opened(document)
    hand.drag(hand.output(other), hand.card("output_1"))
    assert (other, "output_1", 0) in hand.wires
    assert ("dense_1", "output_1", 0) not in hand.wires
    assert hand.store.undo_stack.count() == 1


def test_a_merge_takes_several_wires_and_offers_a_free_input(opened: Opened) -> None:
    hand = opened(loose("dense", "dense", "add"))
    assert hand.scene.cards["add_1"].content.input_count == 2
    hand.drag(hand.output("dense_1"), hand.card("add_1"))
    hand.drag(hand.output("dense_2"), hand.card("add_1"))
    assert hand.wires == {("dense_1", "add_1", 0), ("dense_2", "add_1", 1)}
    assert hand.scene.cards["add_1"].content.input_count == 3
    wire = hand.scene.wires[hand.wire("dense_2", "add_1", 1)]
    assert wire.end == hand.input("add_1", 1)


def test_the_input_end_of_a_wire_moves_to_another_card(opened: Opened) -> None:
    document, other = edits.add_layer(chain("input", "dense"), "dense", 300, 300)
    hand = opened(document)
    hand.press(hand.input("dense_1"))
    hand.move(hand.input("dense_1") + QPointF(-30, 60))
    assert not hand.scene.wires[hand.wire("input_1", "dense_1")].isVisible()
    hand.move(hand.card(other))
    hand.release(hand.card(other))
    assert hand.wires == {("input_1", other, 0)}
    assert hand.store.undo_stack.count() == 1


def test_the_input_end_released_on_nothing_takes_the_wire_away(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.drag(hand.input("dense_1"), QPointF(260, 400))
    assert hand.wires == set()
    hand.store.undo_stack.undo()
    assert hand.wires == {("input_1", "dense_1", 0)}
    assert hand.scene.wires[hand.wire("input_1", "dense_1")].isVisible()


def test_a_click_on_a_connected_input_leaves_the_wire(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.click(hand.input("dense_1"))
    assert hand.wires == {("input_1", "dense_1", 0)}
    assert hand.scene.wires[hand.wire("input_1", "dense_1")].isVisible()


def test_escape_leaves_a_detached_wire_where_it_was(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.press(hand.input("dense_1"))
    hand.move(QPointF(200, 400))
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(200, 400))
    assert hand.wires == {("input_1", "dense_1", 0)}
    assert hand.scene.wires[hand.wire("input_1", "dense_1")].isVisible()
    assert hand.store.undo_stack.count() == 0


def test_a_wire_taken_near_its_start_gets_another_source(opened: Opened) -> None:
    document, other = edits.add_layer(chain("input", "dense", gap=400.0), "input", 40, 300)
    hand = opened(document)
    wire = hand.scene.wires[hand.wire("input_1", "dense_1")]
    hand.drag(wire.start + QPointF(40, 0), hand.card(other))
    assert hand.wires == {(other, "dense_1", 0)}


def test_a_wire_is_selected_and_deleted(opened: Opened) -> None:
    hand = opened(chain("input", "dense", gap=400.0))
    hand.click(hand.middle("input_1", "dense_1") + QPointF(0, 2))
    assert hand.scene.selected_wires == {hand.wire("input_1", "dense_1")}
    hand.key(Qt.Key.Key_Delete)
    assert hand.wires == set()
    assert hand.scene.selected_wires == frozenset()
    assert hand.ids == ["input_1", "dense_1"]


def test_alt_click_cuts_a_wire(opened: Opened) -> None:
    hand = opened(chain("input", "dense", gap=400.0))
    hand.click(hand.middle("input_1", "dense_1"), ALT)
    assert hand.wires == set()


def test_a_wire_released_on_nothing_asks_which_layer(opened: Opened) -> None:
    hand = opened(loose("input"))
    hand.drag(hand.output("input_1"), QPointF(400, 300))
    popup = hand.canvas.findChild(QuickAdd)
    assert popup.isVisible()
    keys = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert keys[0] == "Dense"
    assert "Input" not in keys
    popup.search.setText("drop")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert hand.wires == {("input_1", "dropout_1", 0)}
    assert hand.store.undo_stack.count() == 1


# ---- other


def test_undo_is_not_possible_in_the_middle_of_a_drag(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    hand.press(hand.card("dense_1"))
    hand.move(hand.card("dense_1") + QPointF(0, 100))
    hand.key(Qt.Key.Key_Delete)
    assert hand.ids == ["input_1", "dense_1"]
    hand.release(hand.card("dense_1"))


def test_a_change_from_elsewhere_ends_the_gesture(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.press(hand.card("dense_1"))
    hand.move(hand.card("dense_1") + QPointF(0, 100))
    hand.store.edit("Delete", edits.delete, ["dense_1"])
    hand.move(QPointF(500, 300))
    hand.release(QPointF(500, 300))
    assert hand.ids == ["input_1"]
    assert list(hand.scene.cards) == ["input_1"]


def test_a_drag_at_the_edge_moves_the_canvas(opened: Opened, qtbot: QtBot) -> None:
    hand = opened(chain("input", "dense"))
    edge = hand.canvas.mapToScene(hand.canvas.viewport().width() - 4, 300)
    before = hand.canvas.shown_rect().left()
    hand.press(hand.card("dense_1"))
    hand.move(hand.card("dense_1") + QPointF(0, 50))
    hand.move(edge)
    qtbot.waitUntil(lambda: hand.canvas.shown_rect().left() > before + 30)
    hand.release(hand.canvas.mapToScene(600, 300))
    assert hand.store.undo_stack.count() == 1
