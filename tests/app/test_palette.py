"""The palette: search, append by double click and Enter, drag out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from nn_designer.app import kind_texts
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.drops import kind_in
from nn_designer.app.palette import Palette
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.design.document import Document
from nn_designer.layers import KINDS
from tests.helpers.canvas import chain


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    palette = Palette(Store(Document()), ThemeManager())
    qtbot.addWidget(palette)
    palette.resize(220, 700)
    palette.show()
    palette.activateWindow()
    with qtbot.waitActive(palette):
        pass
    return palette


def titles(palette: Palette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


def row(palette: Palette, title: str) -> QListWidgetItem:
    items = palette.list.findItems(title, Qt.MatchFlag.MatchExactly)
    return next(item for item in items if item.flags() & Qt.ItemFlag.ItemIsEnabled)


def wires(palette: Palette) -> set[tuple[str, str]]:
    return {(wire.source, wire.target) for wire in palette.store.document.wires}


def test_every_kind_is_there_under_its_category(palette: Palette) -> None:
    shown = titles(palette)
    heading = ""
    under: dict[str, str] = {}
    for index in range(palette.list.count()):
        item = palette.list.item(index)
        if item.flags() & Qt.ItemFlag.ItemIsSelectable:
            under[item.text()] = heading
        else:
            heading = item.text().capitalize()
    assert under == {kind.title: kind.category.value for kind in KINDS.values()}
    assert len(shown) == len(set(shown)) + (1 if shown.count("Activation") == 2 else 0)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_has_a_drawing_and_one_line_of_help(palette: Palette, kind: type) -> None:
    assert glyph_name(kind.key) == f"layers/{kind.key}"
    item = row(palette, kind.title)
    assert item.toolTip() == kind_texts.one_line_help(kind)
    assert item.toolTip() and "\n" not in item.toolTip()


def test_the_search_filters_and_puts_titles_first(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "dense")
    shown = titles(palette)
    assert shown[0] == "Dense"
    assert "Flatten" in shown  # its help speaks of Dense
    assert "Output" not in shown
    palette.search.clear()
    assert "Output" in titles(palette)


def test_a_search_for_nothing_says_so(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "zebra")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.store.document.layers == ()


def test_enter_in_the_search_appends_the_first_find(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "inp")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    palette.search.clear()
    QTest.keyClicks(palette.search, "dense")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert [layer.id for layer in palette.store.document.layers] == [
        "input_1",
        "dense_1",
        "dense_2",
    ]
    assert wires(palette) == {("input_1", "dense_1"), ("dense_1", "dense_2")}
    assert palette.store.selection == {"dense_2"}


def test_the_keyboard_walks_the_list_and_enter_appends(palette: Palette) -> None:
    palette.list.setFocus()
    palette.list.setCurrentItem(row(palette, "Input"))
    QTest.keyClick(palette.list, Qt.Key.Key_Return)
    palette.list.setCurrentItem(row(palette, "Output"))
    QTest.keyClick(palette.list, Qt.Key.Key_Down)
    assert palette.list.currentItem().text() == "Dense"
    QTest.keyClick(palette.list, Qt.Key.Key_Return)
    assert wires(palette) == {("input_1", "dense_1")}


def test_down_from_the_search_goes_into_the_list(palette: Palette) -> None:
    palette.search.setFocus()
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.hasFocus()
    assert palette.list.currentItem().text() == "Input"


def test_a_double_click_appends_after_the_selected_layer(palette: Palette) -> None:
    palette.store.replace_document(chain("input", "dense", "output"))
    palette.store.select(["dense_1"])
    place = palette.list.visualItemRect(row(palette, "Dropout")).center()
    viewport = palette.list.viewport()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(viewport, left, none, place)
    QTest.mouseDClick(viewport, left, none, place)
    assert wires(palette) == {
        ("input_1", "dense_1"),
        ("dense_1", "dropout_1"),
        ("dropout_1", "output_1"),
    }
    assert palette.store.undo_stack.count() == 1


def test_what_is_dragged_carries_the_kind(palette: Palette) -> None:
    mime = palette.list.mimeData([row(palette, "Concatenate")])
    assert kind_in(mime) == "concatenate"


def test_headings_are_neither_dragged_nor_chosen(palette: Palette) -> None:
    heading = palette.list.item(0)
    assert heading.flags() == Qt.ItemFlag.NoItemFlags
    palette.list.itemActivated.emit(heading)
    assert palette.store.document.layers == ()


def test_it_paints_in_both_themes(palette: Palette) -> None:
    palette.list.setCurrentItem(row(palette, "Dense"))
    light = palette.grab().toImage()
    palette.themes.set_mode("dark")
    dark = palette.grab().toImage()
    palette.themes.set_mode("light")
    assert light != dark
