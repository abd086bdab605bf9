"""The canvas as a view: zoom, pan, keys, drops, and following the store."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas.clipboard import LAYERS_MIME
from nn_designer.app.canvas.tip import EmptyHint
from nn_designer.design import edits
from nn_designer.design.document import Document
from tests.helpers.canvas import POPUPS_OFFSCREEN, Hand, chain, dragged, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

Opened = Callable[[Document], Hand]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
MIDDLE = Qt.MouseButton.MiddleButton


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""
    return partial(open_canvas, qtbot)


def zoom_of(hand: Hand) -> float:
    assert hand.canvas.transform().m11() == pytest.approx(hand.canvas.navigator.zoom)
    return hand.canvas.navigator.zoom


# ---- zoom and pan


def test_the_wheel_zooms_and_what_is_under_the_mouse_stays(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    at = QPoint(300, 200)
    place = hand.canvas.mapToScene(at)
    for _ in range(5):
        hand.wheel(hand.canvas.mapToScene(at), 120)
    assert zoom_of(hand) == pytest.approx(1.2**5)
    assert (hand.canvas.mapToScene(at) - place).manhattanLength() < 1.5


def test_small_wheel_steps_of_a_trackpad_add_up(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    for _ in range(24):
        hand.wheel(QPointF(300, 200), 5)
    assert zoom_of(hand) == pytest.approx(1.2, rel=1e-6)


def test_zoom_is_clamped_and_never_nan(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.wheel(QPointF(300, 200), 120 * 200)
    assert zoom_of(hand) == 4.0
    hand.wheel(QPointF(300, 200), -120 * 200)
    for _ in range(40):
        hand.wheel(QPointF(300, 200), -120)
    assert zoom_of(hand) == pytest.approx(0.05)
    hand.canvas.navigator.set_zoom(math.nan)
    hand.canvas.navigator.set_zoom(math.inf)
    assert zoom_of(hand) == pytest.approx(0.05)


def test_zoom_keys(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    told: list[float] = []
    hand.canvas.zoomed.connect(told.append)
    hand.key(Qt.Key.Key_Equal, CTRL)
    assert zoom_of(hand) == pytest.approx(1.25)
    hand.key(Qt.Key.Key_Minus, CTRL)
    hand.key(Qt.Key.Key_Minus, CTRL)
    assert zoom_of(hand) == pytest.approx(0.8)
    hand.key(Qt.Key.Key_0, CTRL)
    assert zoom_of(hand) == 1.0
    assert told == pytest.approx([1.25, 1.0, 0.8, 1.0])


def test_the_wheel_scrolls_when_told_to_and_ctrl_still_zooms(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.canvas.wheel_zooms = False
    top = hand.canvas.shown_rect().top()
    hand.wheel(QPointF(300, 200), -120)
    assert zoom_of(hand) == 1.0
    assert hand.canvas.shown_rect().top() == top + 120
    hand.wheel(QPointF(300, 200), 120, CTRL)
    assert zoom_of(hand) == pytest.approx(1.2)


def test_home_fits_everything_and_f_the_selection(opened: Opened) -> None:
    hand = opened(chain("input", *["dense"] * 20, "output"))
    hand.key(Qt.Key.Key_Home)
    assert hand.canvas.shown_rect().contains(hand.scene.content_rect())
    assert zoom_of(hand) < 0.5
    hand.store.select(["dense_3", "dense_4"])
    hand.key("f")
    assert zoom_of(hand) == 1.0
    assert hand.canvas.shown_rect().contains(hand.scene.content_rect(["dense_3", "dense_4"]))


def test_a_design_in_sight_stays_in_sight_when_the_window_shrinks(opened: Opened) -> None:
    hand = opened(chain("input", *["dense"] * 4, "output"))
    hand.key(Qt.Key.Key_Home)
    hand.canvas.resize(hand.canvas.width() // 2, hand.canvas.height())
    assert hand.canvas.shown_rect().contains(hand.scene.content_rect())


def test_a_design_in_sight_stays_in_sight_as_it_grows(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense", "dense", "output"))
    hand.canvas.commands.fit()
    for _ in range(3):
        hand.store.edit("Add", edits.append_after, "dense", "dense_1")
        assert hand.canvas.shown_rect().contains(hand.scene.content_rect())


def test_a_layer_appended_out_of_sight_is_shown(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.canvas.navigator.show(QPointF(40, 60), 2.0)
    hand.store.edit("Add", edits.append_after, "output", "dense_1")
    assert hand.canvas.shown_rect().contains(hand.scene.cards["output_1"].body_in_scene())
    assert zoom_of(hand) == 2.0


def test_a_place_chosen_by_hand_is_kept_when_the_window_shrinks(opened: Opened) -> None:
    hand = opened(chain("input", *["dense"] * 4, "output"))
    hand.canvas.action("zoom_in").trigger()
    before = zoom_of(hand)
    hand.canvas.resize(hand.canvas.width() // 2, hand.canvas.height())
    assert zoom_of(hand) == before


def test_the_middle_button_and_space_drag_pan(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    start = hand.canvas.shown_rect().topLeft()
    place = hand.card("dense_1")
    at = hand.at(place)
    hand.press(place, button=MIDDLE)
    QTest.mouseMove(hand.canvas.viewport(), at + QPoint(60, 40))
    QTest.mouseRelease(
        hand.canvas.viewport(), MIDDLE, Qt.KeyboardModifier.NoModifier, at + QPoint(60, 40)
    )
    assert hand.canvas.shown_rect().topLeft() == start - QPointF(60, 40)
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    at = hand.at(hand.card("dense_1"))
    hand.press(hand.card("dense_1"))
    QTest.mouseMove(hand.canvas.viewport(), at - QPoint(60, 40))
    QTest.mouseRelease(
        hand.canvas.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        at - QPoint(60, 40),
    )
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    assert hand.canvas.shown_rect().topLeft() == start
    assert hand.position("dense_1") == (300.0, 60.0)
    assert hand.store.selection == frozenset()


def test_arrows_pan_when_nothing_is_selected(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    left = hand.canvas.shown_rect().left()
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.shown_rect().left() == left + 40


# ---- keys that edit


def test_arrows_nudge_the_selection_as_one_undo_step(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert hand.position("dense_1") == (340.0, 260.0)
    assert hand.store.undo_stack.count() == 1
    hand.store.undo_stack.undo()
    assert hand.position("dense_1") == (300.0, 60.0)


def test_delete_and_delete_with_reconnecting(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense", "output"))
    hand.store.select(["dense_1"])
    hand.key(Qt.Key.Key_Delete)
    assert hand.wires == {("dense_2", "output_1", 0)}
    hand.store.undo_stack.undo()
    hand.store.select(["dense_1"])
    hand.key(Qt.Key.Key_Delete, CTRL)
    assert hand.wires == {("input_1", "dense_2", 0), ("dense_2", "output_1", 0)}


def test_select_all_none_next_and_previous(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.key("a", CTRL)
    assert hand.store.selection == {"input_1", "dense_1", "output_1"}
    hand.key("a", CTRL | SHIFT)
    assert hand.store.selection == frozenset()
    hand.key(Qt.Key.Key_Right, ALT)
    assert hand.store.selection == {"input_1"}
    hand.key(Qt.Key.Key_Right, ALT)
    assert hand.store.selection == {"dense_1"}
    hand.key(Qt.Key.Key_Left, ALT)
    hand.key(Qt.Key.Key_Left, ALT)
    assert hand.store.selection == {"output_1"}


def test_copy_and_paste_keep_the_wires_between_copies(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(["input_1", "dense_1"])
    hand.key("c", CTRL)
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasFormat(LAYERS_MIME)
    assert json.loads(mime.text())
    hand.key("v", CTRL)
    assert len(hand.store.document.layers) == 5
    assert len(hand.store.document.wires) == 3
    assert len(hand.store.selection) == 2
    first = {hand.position(one) for one in hand.store.selection}
    hand.key("v", CTRL)
    second = {hand.position(one) for one in hand.store.selection}
    assert first.isdisjoint(second)  # not on top of each other
    assert hand.store.undo_stack.undoText() == "Paste"


def test_cut_paste_and_duplicate(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    hand.key("x", CTRL)
    assert hand.ids == ["input_1"]
    hand.key("v", CTRL)
    assert [layer.kind for layer in hand.store.document.layers] == ["input", "dense"]
    hand.key("d", CTRL)
    assert [layer.kind for layer in hand.store.document.layers] == ["input", "dense", "dense"]


def test_pasting_something_else_is_refused_with_a_sentence(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    said: list[str] = []
    hand.store.refused.connect(said.append)
    hand.store.noted.connect(said.append)
    QGuiApplication.clipboard().setText("Dear Ada, see you on Monday.")
    hand.key("v", CTRL)
    assert len(said) == 1 and said[0].endswith(".")
    QGuiApplication.clipboard().clear()
    hand.key("v", CTRL)
    assert len(said) == 2
    assert hand.ids == ["input_1", "dense_1"]


def test_arrange_is_one_undo_step(opened: Opened) -> None:
    document = edits.move(chain("input", "dense", "output"), {"dense_1": (0, 400)})
    hand = opened(document)
    hand.key("l")
    assert hand.position("input_1")[0] < hand.position("dense_1")[0]
    assert hand.position("dense_1")[1] == hand.position("output_1")[1]
    assert hand.store.undo_stack.count() == 1
    hand.store.undo_stack.undo()
    assert hand.position("dense_1") == (0.0, 400.0)


def test_every_action_has_a_name_a_text_and_a_tip(opened: Opened) -> None:
    hand = opened(Document())
    actions = hand.canvas.actions()
    names = {action.objectName() for action in actions}
    needed = "delete copy cut paste duplicate select_all zoom_in zoom_out zoom_reset fit arrange"
    assert {f"canvas_{key}" for key in needed.split()} <= names
    assert len(names) == len(actions)
    assert all(action.text() and action.toolTip() and action.statusTip() for action in actions)
    shortcuts = [one.toString() for action in actions for one in action.shortcuts()]
    assert len(shortcuts) == len(set(shortcuts))


def test_enter_opens_the_selected_layer(opened: Opened, qtbot: QtBot) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    with qtbot.waitSignal(hand.canvas.opened) as caught:
        hand.key(Qt.Key.Key_Return)
    assert caught.args == ["dense_1"]
    with qtbot.waitSignal(hand.canvas.opened) as caught:
        hand.double_click(hand.card("input_1"))
    assert caught.args == ["input_1"]


# ---- drops


def test_a_layer_dropped_on_the_canvas_lands_under_the_mouse(opened: Opened) -> None:
    hand = opened(Document())
    assert hand.canvas.findChild(EmptyHint).isVisible()
    assert hand.drag_in(dragged("dense"), QPointF(400, 300))
    assert hand.scene.ghost.isVisible()
    hand.drop(dragged("dense"), QPointF(400, 300))
    assert hand.ids == ["dense_1"]
    card = hand.scene.cards["dense_1"]
    assert (card.body_in_scene().center() - QPointF(400, 300)).manhattanLength() < 2
    assert hand.store.selection == {"dense_1"}
    assert not hand.scene.ghost.isVisible()
    assert not hand.canvas.findChild(EmptyHint).isVisible()
    hand.store.undo_stack.undo()
    assert hand.canvas.findChild(EmptyHint).isVisible()


def test_a_layer_dropped_on_a_wire_goes_into_it(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=520.0))
    place = hand.middle("input_1", "output_1")
    assert hand.drag_in(dragged("dense"), place + QPointF(0, 10))
    assert hand.scene.wires[hand.wire("input_1", "output_1")].target
    hand.drop(dragged("dense"), place + QPointF(0, 10))
    assert hand.wires == {("input_1", "dense_1", 0), ("dense_1", "output_1", 0)}
    assert hand.store.undo_stack.count() == 1


def test_an_input_does_not_fit_into_a_wire(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=520.0))
    place = hand.middle("input_1", "output_1")
    hand.drop(dragged("input"), place)
    assert hand.wires == {("input_1", "output_1", 0)}
    assert len(hand.ids) == 3


def test_a_drag_that_leaves_changes_nothing(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=520.0))
    hand.drag_in(dragged("dense"), hand.middle("input_1", "output_1"))
    hand.drag_out()
    assert not hand.scene.ghost.isVisible()
    assert not hand.scene.wires[hand.wire("input_1", "output_1")].target
    assert len(hand.ids) == 2


def test_foreign_drags_are_not_taken(opened: Opened) -> None:
    hand = opened(chain("input"))
    assert not hand.drag_in(dragged("no such kind"), QPointF(400, 300))
    mime = dragged("dense")
    mime.clear()
    mime.setText("a file name")
    assert not hand.drag_in(mime, QPointF(400, 300))
