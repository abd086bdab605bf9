"""Popups of the canvas: activations on the card, adding by name, menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nn_designer.app.activation_menu import ActivationMenu
from nn_designer.app.canvas.quick_add import QuickAdd
from nn_designer.design.document import Document
from tests.helpers.canvas import POPUPS_OFFSCREEN, Hand, chain, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

Opened = Callable[[Document], Hand]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""
    return partial(open_canvas, qtbot)


def test_the_activation_is_chosen_on_the_card(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.click(hand.card("dense_1", 100, 62))
    menu = hand.canvas.findChild(ActivationMenu)
    assert menu.isVisible()
    assert menu.grid.currentItem().text() == "ReLU"
    QTest.keyClick(menu.grid, Qt.Key.Key_Left)
    QTest.keyClick(menu.grid, Qt.Key.Key_Return)
    assert not menu.isVisible()
    assert hand.store.document.layer("dense_1").settings["activation"] == "tanh"
    assert hand.scene.cards["dense_1"].content.activation_title == "Tanh"
    assert hand.store.undo_stack.undoText() == "Set activation to Tanh"


def test_a_double_click_on_nothing_finds_a_layer_by_name(opened: Opened) -> None:
    hand = opened(Document())
    hand.double_click(QPointF(300, 200))
    popup = hand.canvas.findChild(QuickAdd)
    QTest.keyClicks(popup.search, "conc")
    assert popup.list.count() == 1
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert hand.ids == ["concatenate_1"]
    assert not popup.isVisible()


def test_the_quick_list_is_walked_with_the_arrows(opened: Opened) -> None:
    hand = opened(Document())
    hand.key("a")
    popup = hand.canvas.findChild(QuickAdd)
    assert popup.isVisible()
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Up)
    assert popup.list.currentItem().text() == "Dense"
    QTest.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert hand.ids == []


def test_a_double_click_on_a_wire_inserts(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=520.0))
    hand.double_click(hand.middle("input_1", "output_1"))
    popup = hand.canvas.findChild(QuickAdd)
    titles = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert "Input" not in titles and "Output" not in titles
    QTest.keyClicks(popup.search, "dense")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert hand.wires == {("input_1", "dense_1", 0), ("dense_1", "output_1", 0)}


def context_menu(hand: Hand, place: QPointF) -> QMenu:
    at = hand.at(place)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, at, hand.canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(hand.canvas.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, name: str) -> None:
    found = [action for action in menu.findChildren(object) if action.objectName() == name]
    found[0].trigger()
    menu.close()


def test_the_menu_of_a_card_selects_it_and_replaces_it(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    menu = context_menu(hand, hand.card("dense_1"))
    assert menu.objectName() == "canvas_card_menu"
    assert hand.store.selection == {"dense_1"}
    choose(menu, "canvas_card_replace_dropout")
    assert hand.store.document.layer("dense_1").kind == "dropout"
    assert len(hand.wires) == 2


def test_the_menu_of_a_wire_inserts_and_deletes(opened: Opened) -> None:
    hand = opened(chain("input", "output", gap=520.0))
    menu = context_menu(hand, hand.middle("input_1", "output_1"))
    assert menu.objectName() == "canvas_wire_menu"
    choose(menu, "canvas_wire_insert_dense")
    assert ("input_1", "dense_1", 0) in hand.wires
    wire = hand.scene.wires[hand.wire("input_1", "dense_1")]
    menu = context_menu(hand, wire.middle)
    choose(menu, "canvas_wire_delete")
    assert ("input_1", "dense_1", 0) not in hand.wires


def test_the_menu_of_the_canvas_adds_and_arranges(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    menu = context_menu(hand, QPointF(300, 400))
    assert menu.objectName() == "canvas_menu"
    names = [action.objectName() for action in menu.actions()]
    assert "canvas_quick_add" in names and "canvas_arrange" in names
    menu.close()
