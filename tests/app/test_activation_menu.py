"""The menu of activation curves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nn_designer.app.activation_menu import ActivationMenu, curve_path
from nn_designer.app.theme import ThemeManager
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers import KINDS
from nn_designer.params import Choice
from tests.helpers.canvas import POPUPS_OFFSCREEN, loose, open_canvas

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)


@pytest.fixture
def menu(qtbot: QtBot) -> ActivationMenu:
    menu = ActivationMenu(ThemeManager())
    qtbot.addWidget(menu)
    return menu


def test_each_activation_has_a_cell_with_its_curve(menu: ActivationMenu) -> None:
    menu.open_at(QPoint(50, 50), "gelu")
    shown = [menu.grid.item(row).text() for row in range(menu.grid.count())]
    assert shown == [activation.title for activation in ACTIVATIONS.values()]
    assert all(not menu.grid.item(row).icon().isNull() for row in range(menu.grid.count()))
    assert menu.grid.currentItem().text() == "GELU"
    assert menu.formula.text() == ACTIVATIONS["gelu"].formula


def test_arrows_walk_and_enter_chooses_once(menu: ActivationMenu, qtbot: QtBot) -> None:
    chosen: list[str] = []
    menu.chosen.connect(chosen.append)
    menu.open_at(QPoint(50, 50), "linear")
    QTest.keyClick(menu.grid, Qt.Key.Key_Right)
    assert menu.title.text() == ACTIVATIONS["sigmoid"].title
    QTest.keyClick(menu.grid, Qt.Key.Key_Down)
    QTest.keyClick(menu.grid, Qt.Key.Key_Return)
    assert chosen == ["elu"]
    assert not menu.isVisible()


def test_a_click_chooses_and_escape_does_not(menu: ActivationMenu) -> None:
    chosen: list[str] = []
    menu.chosen.connect(chosen.append)
    menu.open_at(QPoint(50, 50), "relu")
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible() and chosen == []
    menu.open_at(QPoint(50, 50), "relu")
    item = menu.grid.findItems("Softmax", Qt.MatchFlag.MatchExactly)[0]
    place = menu.grid.visualItemRect(item).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(menu.grid.viewport(), left, none, place)
    assert chosen == ["softmax"]


def test_an_unknown_activation_marks_no_cell(menu: ActivationMenu) -> None:
    menu.open_at(QPoint(50, 50), "no such function")
    assert menu.isVisible()
    assert menu.grid.selectedItems() == []


def test_the_menu_stays_on_the_screen(menu: ActivationMenu) -> None:
    screen = menu.screen().availableGeometry()
    menu.open_at(screen.bottomRight(), "relu")
    assert screen.contains(menu.geometry())


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_curves_fill_their_place(key: str) -> None:
    place = QRectF(10, 20, 60, 30)
    bounds = curve_path(key, place).boundingRect()
    assert place.adjusted(-0.01, -0.01, 0.01, 0.01).contains(bounds)
    assert bounds.width() > 50
    assert bounds.height() > 25


def test_the_curve_of_relu_is_flat_then_rises() -> None:
    path = curve_path("relu", QRectF(0, 0, 100, 50))
    left = path.elementAt(0)
    middle = path.elementAt(path.elementCount() // 2)
    right = path.elementAt(path.elementCount() - 1)
    assert (left.x, left.y) == (0.0, 50.0)
    assert middle.y == pytest.approx(50.0)
    assert (right.x, right.y) == (100.0, 0.0)


def test_an_unknown_activation_has_no_curve() -> None:
    assert curve_path("no such function", QRectF(0, 0, 10, 10)).isEmpty()


def test_only_what_the_layer_allows_is_offered(qtbot: QtBot) -> None:
    hand = open_canvas(qtbot, loose("dense", "lstm"))
    menu = hand.canvas.findChild(ActivationMenu)
    assert menu is not None
    for layer in hand.canvas.store.document.layers:
        hand.canvas.open_activation_menu(layer.id)
        offered = [menu.grid.item(row).text() for row in range(menu.grid.count())]
        param = KINDS[layer.kind].params["activation"]
        assert isinstance(param, Choice)
        assert offered == list(param.choices.values())
        menu.close()
    assert "Softmax" not in offered  # the gates of an LSTM look at each number alone
