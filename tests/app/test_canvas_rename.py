"""Renaming a layer on its card."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas.rename import NameEditor
from nn_designer.app.canvas.tip import CursorTip
from nn_designer.design.document import Document
from tests.helpers.canvas import Hand, chain, open_canvas

Opened = Callable[[Document], Hand]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    """Opens a document on a canvas and gives a hand for it."""
    return partial(open_canvas, qtbot)


def editor(hand: Hand) -> NameEditor:
    return hand.canvas.findChild(NameEditor)


def name_of(hand: Hand, layer_id: str = "dense_1") -> str:
    return hand.store.document.layer(layer_id).name


def type_name(hand: Hand, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type over what is there."""
    QTest.keyClicks(editor(hand), text)
    QTest.keyClick(editor(hand), end)


def test_f2_renames_the_selected_layer_in_one_undo_step(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.store.select(["dense_1"])
    hand.key(Qt.Key.Key_F2)
    assert editor(hand).isVisible()
    assert editor(hand).hasFocus()
    assert editor(hand).selectedText() == "Dense 1"
    type_name(hand, "Hidden")
    assert not editor(hand).isVisible()
    assert hand.canvas.hasFocus()
    assert name_of(hand) == "Hidden"
    assert hand.scene.cards["dense_1"].content.name == "Hidden"
    assert hand.store.undo_stack.undoText() == "Rename"
    hand.store.undo_stack.undo()
    assert name_of(hand) == "Dense 1"
    assert not hand.store.undo_stack.canUndo()


def test_f2_without_a_selected_layer_says_what_to_do(opened: Opened) -> None:
    hand = opened(chain())
    told: list[str] = []
    hand.store.noted.connect(told.append)
    hand.canvas.commands.rename()
    assert told == ["Select the layer to rename, one only."]


@pytest.mark.parametrize("zoom", [0.2, 0.4, 0.7, 1.0])
def test_a_double_click_on_the_name_renames(opened: Opened, zoom: float) -> None:
    hand = opened(chain("input", "dense", "output"))
    card = hand.scene.cards["dense_1"]
    hand.canvas.navigator.show(card.body_in_scene().center(), zoom)
    hand.double_click(card.pos() + card.name_at(zoom).center())
    assert editor(hand).isVisible()
    place = hand.at(card.pos() + card.name_at(zoom).center())
    assert editor(hand).geometry().contains(place)
    type_name(hand, "Seen")
    assert name_of(hand) == "Seen"


def test_a_double_click_beside_the_name_opens_the_settings(opened: Opened, qtbot: QtBot) -> None:
    hand = opened(chain("input", "dense", "output"))
    with qtbot.waitSignal(hand.canvas.opened):
        hand.double_click(hand.card("dense_1", 100, 96))
    assert not editor(hand).isVisible()


def test_escape_leaves_the_old_name(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "output"))
    hand.canvas.rename("dense_1")
    type_name(hand, "Nothing", Qt.Key.Key_Escape)
    assert not editor(hand).isVisible()
    assert name_of(hand) == "Dense 1"
    assert hand.store.selection == frozenset()
    assert not hand.store.undo_stack.canUndo()


def test_a_name_that_is_taken_stays_to_be_corrected_with_the_reason(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense"))
    hand.canvas.rename("dense_1")
    type_name(hand, "Dense 2")
    tip = hand.canvas.findChild(CursorTip)
    assert editor(hand).isVisible()
    assert "taken" in tip.text() and tip.isVisible()
    assert editor(hand).property("invalid")
    QTest.keyClick(editor(hand), Qt.Key.Key_0)
    assert not tip.isVisible()
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    assert name_of(hand) == "Dense 20"


def test_a_click_elsewhere_takes_the_name(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.canvas.rename("dense_1")
    QTest.keyClicks(editor(hand), "Other")
    hand.click(QPointF(600, 500))
    hand.canvas.setFocus()
    assert name_of(hand) == "Other"
    assert not editor(hand).isVisible()


def test_leaving_with_a_refused_name_says_why_and_keeps_the_old_one(opened: Opened) -> None:
    hand = opened(chain("input", "dense", "dense"))
    refused: list[str] = []
    hand.store.refused.connect(refused.append)
    hand.canvas.rename("dense_1")
    QTest.keyClicks(editor(hand), "Dense 2")
    other = QLineEdit(hand.canvas)
    other.show()
    other.setFocus()
    assert len(refused) == 1 and "taken" in refused[0]
    assert name_of(hand) == "Dense 1"
    assert not editor(hand).isVisible()


def test_keys_go_into_the_name_and_not_to_the_canvas(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.store.select(["dense_1"])
    hand.key(Qt.Key.Key_F2)
    QTest.keyClicks(editor(hand), "Fall? a l w")
    QTest.keyClick(editor(hand), Qt.Key.Key_Backspace)
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    assert hand.ids == ["input_1", "dense_1"]
    assert name_of(hand) == "Fall? a l"


def test_the_line_follows_the_card_and_goes_with_it(opened: Opened) -> None:
    hand = opened(chain("input", "dense"))
    hand.canvas.rename("dense_1")
    before = editor(hand).geometry()
    hand.canvas.navigator.pan_by(60, 40)
    assert editor(hand).geometry() == before.translated(60, 40)
    hand.store.edit("Delete", lambda document: Document())
    assert not editor(hand).isVisible()
