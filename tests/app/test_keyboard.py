"""The window without a mouse: Tab, wiring, help on all keys, names for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas.quick_add import LayerChooser
from nn_designer.app.canvas.tip import FocusFrame, HintLine
from nn_designer.app.keys_dialog import KeysDialog
from nn_designer.app.main_window import MainWindow
from nn_designer.design.document import Document
from tests.helpers.canvas import POPUPS_OFFSCREEN, Hand, chain, loose, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

Opened = Callable[[Document], Hand]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""
    return partial(open_canvas, qtbot)


def stops(window: MainWindow, key: Qt.Key) -> list[QWidget]:
    """Where the focus goes from the canvas until it is there again."""
    window.activateWindow()
    window.canvas.setFocus()
    found: list[QWidget] = []
    while len(found) < 100:
        QTest.keyClick(window.focusWidget(), key)
        focused = window.focusWidget()
        assert focused is not None
        if focused is window.canvas:
            return found
        found.append(focused)
    raise AssertionError(f"the focus goes round: {[one.objectName() for one in found[:20]]}")


def names(widgets: list[QWidget]) -> list[str]:
    return [one.objectName() for one in widgets if one.objectName()]


@pytest.mark.parametrize("panel", ["settings of a layer", "settings of training"])
def test_tab_walks_through_the_window_as_one_reads(window: MainWindow, panel: str) -> None:
    window.files.new_from_template("xor")
    dense = window.store.document.of_kind("dense")[0]
    if panel == "settings of a layer":
        window.store.select((dense.id,))
        expected = ["right_tabs_bar", "layer_name", "setting_units", "setting_activation"]
    else:
        expected = ["right_tabs_bar", "choose_data", "setting_loss", "setting_optimizer"]
    found = names(stops(window, Qt.Key.Key_Tab))
    places = [found.index(name) for name in (*expected, "below_tabs_bar", "palette_search")]
    assert places == sorted(places)
    assert found[-1] == "palette_list"
    back = names(stops(window, Qt.Key.Key_Backtab))
    assert set(back) == set(found)


def test_everything_that_takes_the_focus_has_a_name(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.store.select((window.store.document.of_kind("dense")[0].id,))
    nameless = [
        repr(one)
        for one in stops(window, Qt.Key.Key_Tab)
        if not one.accessibleName() and not (isinstance(one, QAbstractButton) and one.text())
    ]
    assert nameless == []


def test_the_canvas_shows_that_the_keys_go_there(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.activateWindow()
    frame = window.canvas.findChild(FocusFrame)
    hint = window.canvas.findChild(HintLine)
    window.palette_panel.list.setFocus()
    QTest.keyClick(window.palette_panel.list, Qt.Key.Key_Tab)
    assert window.canvas.hasFocus()
    assert frame.isVisible() and "W" in hint.text() and hint.isVisible()
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton)
    assert not frame.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    assert not hint.isVisible()


def test_the_palette_shows_its_row_when_the_focus_comes(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.activateWindow()
    window.palette_panel.search.setFocus()
    QTest.keyClick(window.palette_panel.search, Qt.Key.Key_Tab)
    assert window.palette_panel.list.hasFocus()
    assert window.palette_panel.list.currentItem().text(0) == "Input"


# ---- wiring


def test_a_wire_is_drawn_with_the_keyboard(opened: Opened) -> None:
    hand = opened(loose("input", "dense", "dense", "output"))
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert hand.store.selection == {"input_1"}
    hand.key("w")
    chooser = hand.canvas.findChild(LayerChooser)
    assert chooser.isVisible()
    shown = [chooser.list.item(row).text() for row in range(chooser.list.count())]
    assert shown == ["Dense 1", "Dense 2", "Output 1"]
    QTest.keyClicks(chooser.search, "out")
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert hand.wires == {("input_1", "output_1", 0)}
    assert hand.store.undo_stack.undoText() == "Connect"


def test_layers_that_lack_an_input_come_first_and_loops_are_not_offered(opened: Opened) -> None:
    document = chain("input", "dense", "dense")
    hand = opened(document)
    hand.store.edit("Add", lambda d: loose_output(d))
    hand.store.select(["dense_1"])
    hand.canvas.action("connect").trigger()
    chooser = hand.canvas.findChild(LayerChooser)
    shown = [chooser.list.item(row).text() for row in range(chooser.list.count())]
    assert shown == ["Output 1"]  # Dense 2 is fed by it already, Input takes no wire
    chooser.close()


def loose_output(document: Document) -> Document:
    from nn_designer.design import edits

    return edits.add_layer(document, "output", 900.0, 60.0)[0]


def test_two_selected_layers_are_wired_at_once(opened: Opened) -> None:
    hand = opened(loose("input", "dense"))
    hand.store.select(["dense_1", "input_1"])
    hand.key("w")
    assert hand.wires == {("input_1", "dense_1", 0)}


def test_where_no_wire_may_lead_the_reason_is_said(opened: Opened) -> None:
    hand = opened(loose("output", "dense"))
    refused: list[str] = []
    hand.store.refused.connect(refused.append)
    hand.store.select(["output_1"])
    hand.key("w")
    assert "where the network ends" in refused[0]
    hand.store.select(())
    noted: list[str] = []
    hand.store.noted.connect(noted.append)
    hand.key("w")
    assert "Select the layer" in noted[0]


# ---- help


def test_the_help_lists_every_shortcut_and_gesture(window: MainWindow) -> None:
    window.actions_by_name["help_shortcuts"].trigger()
    dialog = window.findChild(KeysDialog)
    text = dialog.text.toPlainText()
    for action in [*window.actions_by_name.all(), *window.canvas.actions()]:
        for keys in action.shortcuts():
            assert keys.toString(keys.SequenceFormat.NativeText) in text, action.objectName()
    assert "Alt and a click" in text
    QTest.keyClicks(dialog.search, "wire")
    assert "Wire to" in dialog.text.toPlainText()
    assert "Duplicate" not in dialog.text.toPlainText()
    window.actions_by_name["help_shortcuts"].trigger()
    assert len(window.findChildren(KeysDialog)) == 1
    dialog.close()
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    window.actions_by_name["help_shortcuts"].trigger()
    window.findChild(KeysDialog).close()


def test_a_question_mark_opens_the_help_but_can_be_typed(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.activateWindow()
    window.palette_panel.search.setFocus()
    QTest.keyClicks(window.palette_panel.search, "?")
    assert window.findChild(KeysDialog) is None
    assert window.palette_panel.search.text() == "?"
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Question)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    dialog.close()


def test_labels_of_forms_belong_to_their_fields(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    labels = [one for one in window.training_panel.findChildren(QLabel) if one.buddy() is not None]
    assert {label.buddy().accessibleName() for label in labels} >= {"Loss", "Epochs"}


def type_into_popup(text: str) -> None:
    for letter in text:
        QTest.keyClick(QApplication.focusWidget(), letter)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_a_network_from_nothing_with_keys_only(window: MainWindow) -> None:
    window.activateWindow()
    blank = window.welcome.findChild(QAbstractButton, "welcome_blank")
    blank.setFocus()
    QTest.keyClick(blank, Qt.Key.Key_Return)
    assert not window.at_welcome and window.focusWidget() is window.canvas
    for kind in ("input", "dense", "dense", "output"):
        QTest.keyClick(window.canvas, "A")
        type_into_popup(kind)
    document = window.store.document
    assert [layer.id for layer in document.layers] == ["input_1", "dense_1", "dense_2", "output_1"]
    assert {(wire.source, wire.target) for wire in document.wires} == {
        ("input_1", "dense_1"),
        ("dense_1", "dense_2"),
        ("dense_2", "output_1"),
    }
    assert len({(layer.x, layer.y) for layer in document.layers}) == 4


def test_a_layer_added_with_keys_goes_behind_the_selected_one(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(("dense_1",))
    hand.key("A")
    type_into_popup("dropout")
    assert hand.wires == {
        ("input_1", "dense_1", 0),
        ("dense_1", "dropout_1", 0),
        ("dropout_1", "output_1", 0),
    }


def test_what_a_message_offers_is_one_tab_away(window: MainWindow) -> None:
    window.activateWindow()
    window.files.restore(chain("input", "dense", "output"), "")
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F5)
    assert "can't begin" in window.message_bar.text
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    offered = window.focusWidget()
    assert offered is not None and offered.objectName() == "message_action"
    QTest.keyClick(offered, Qt.Key.Key_Return)
    assert window.store.report.ok
