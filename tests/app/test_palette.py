"""The palette: search, fold, append by double click and Enter, drag out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from nn_designer.app import kind_texts
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.drops import kind_in
from nn_designer.app.main_window import MainWindow
from nn_designer.app.palette import BASICS, Palette
from nn_designer.app.palette_tree import KEY_ROLE, kind_font
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.design.document import Document
from nn_designer.layers import KINDS, Category
from nn_designer.layers.base import LayerKind
from tests.helpers.canvas import chain
from tests.helpers.person import palette_row

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


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


def rows(palette: Palette) -> list[QTreeWidgetItem]:
    """All rows that are not folded away, from top to bottom."""
    found, row = [], palette.list.topLevelItem(0)
    while row is not None:
        found.append(row)
        row = palette.list.itemBelow(row)
    return found


def titles(palette: Palette) -> list[str]:
    """The titles of the kinds that are not folded away."""
    return [row.text(0) for row in rows(palette) if row.data(0, KEY_ROLE)]


def under(heading: QTreeWidgetItem) -> list[str]:
    return [heading.child(index).text(0) for index in range(heading.childCount())]


def click(palette: Palette, row: QTreeWidgetItem) -> None:
    QTest.mouseClick(palette.list.viewport(), LEFT, NONE, palette.list.visualItemRect(row).center())


def wires(palette: Palette) -> set[tuple[str, str]]:
    return {(wire.source, wire.target) for wire in palette.store.document.wires}


# ---- what is there


def test_every_kind_is_under_its_category_or_among_the_basics(palette: Palette) -> None:
    headings = palette.list.headings()
    for kind in KINDS.values():
        heading = headings.get(kind.category.name.lower())
        assert kind.title in under(heading or headings[BASICS])
    for name, heading in headings.items():
        expected = [
            kind.title
            for kind in KINDS.values()
            if (kind.basic if name == BASICS else kind.category is Category[name.upper()])
        ]
        assert under(heading) == expected


def test_at_first_a_beginner_sees_what_a_beginner_needs(palette: Palette) -> None:
    shown = titles(palette)
    assert {"Dense", "Activation", "Dropout", "Flatten", "Conv2D", "MaxPooling2D"} <= set(shown)
    assert len(shown) < 12
    assert palette.opened == {BASICS}


def test_in_a_small_window_all_basics_are_in_sight(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    tree = window.palette_panel.list
    basics = tree.headings()[BASICS]
    last = basics.child(basics.childCount() - 1)
    assert tree.viewport().rect().contains(tree.visualItemRect(last))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_has_a_drawing_and_one_line_of_help(
    palette: Palette, kind: type[LayerKind]
) -> None:
    assert glyph_name(kind.key) == f"layers/{kind.key}"
    item = palette_row(palette, kind.title)
    assert item.toolTip(0) == kind_texts.one_line_help(kind)
    assert item.toolTip(0) and "\n" not in item.toolTip(0)


def test_no_title_is_cut_however_narrow_the_panel_is_made(palette: Palette, qtbot: QtBot) -> None:
    palette.open_only([category.name.lower() for category in Category])
    palette.resize(palette.minimumWidth(), 300)
    tree = palette.list
    qtbot.waitUntil(tree.verticalScrollBar().isVisible)
    metrics = QFontMetrics(kind_font(tree.font()))
    for row in rows(palette):
        if row.data(0, KEY_ROLE):
            room = tree.viewport().width() - tree.visualItemRect(row).x() - 39
            assert metrics.horizontalAdvance(row.text(0)) <= room, row.text(0)


def test_a_heading_tells_a_screen_reader_what_it_is(palette: Palette) -> None:
    heading = palette.list.headings()["pooling"]
    said = heading.data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"Pooling, layer kinds: {heading.childCount()}"


def test_it_paints_in_both_themes(palette: Palette) -> None:
    palette.list.setCurrentItem(palette_row(palette, "Dense"))
    light = palette.grab().toImage()
    palette.themes.set_mode("dark")
    dark = palette.grab().toImage()
    palette.themes.set_mode("light")
    assert light != dark


# ---- folding


def test_a_click_on_a_heading_opens_and_folds_it(palette: Palette) -> None:
    heading = palette.list.headings()["pooling"]
    click(palette, heading)
    assert "GlobalAveragePooling2D" in titles(palette)
    assert palette.opened == {BASICS, "pooling"}
    click(palette, palette.list.headings()["pooling"])
    assert "GlobalAveragePooling2D" not in titles(palette)


def test_the_keyboard_folds(palette: Palette) -> None:
    tree = palette.list
    tree.setFocus()
    tree.setCurrentItem(tree.headings()["merge"])
    for opener, folder in (
        (Qt.Key.Key_Right, Qt.Key.Key_Left),
        (Qt.Key.Key_Return, Qt.Key.Key_Return),
        (Qt.Key.Key_Space, Qt.Key.Key_Space),
    ):
        QTest.keyClick(tree, opener)
        assert "merge" in palette.opened
        QTest.keyClick(tree, folder)
        assert "merge" not in palette.opened
    assert palette.store.document.layers == ()


def test_a_search_leaves_the_folds_as_they_were(palette: Palette) -> None:
    click(palette, palette.list.headings()["merge"])
    QTest.keyClicks(palette.search, "pool")
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    assert palette.opened == {BASICS, "merge"}
    assert palette.list.headings()["merge"].isExpanded()
    assert not palette.list.headings()["pooling"].isExpanded()


def test_what_is_open_is_remembered(window: MainWindow, settings: AppSettings) -> None:
    palette = window.palette_panel
    palette.open_only(["shape", "a name of another version"])
    assert palette.opened == {"shape"}
    window.workspace.remember(settings)
    assert settings.palette_opened == ["shape"]
    palette.open_only([])
    window.workspace.restore(settings, 1280, 800)
    assert palette.opened == {"shape"}
    assert palette.list.headings()["shape"].isExpanded()


# ---- searching


def test_the_search_filters_and_puts_titles_first(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "dense")
    shown = titles(palette)
    assert shown[0] == "Dense"
    assert "Flatten" in shown  # its help speaks of Dense
    assert "Output" not in shown
    palette.search.clear()
    assert "Output" in titles(palette)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("conv", "Conv1D"),
        ("cnn", "Conv1D"),
        ("pool", "MaxPooling1D"),
        ("gap2d", "GlobalAveragePooling2D"),
        ("cnv2d", "Conv2D"),
        ("max pool", "MaxPooling1D"),
        ("residual", "Add"),
        ("mlp", "Dense"),
    ],
)
def test_words_initials_and_letters_find_a_kind(palette: Palette, typed: str, first: str) -> None:
    QTest.keyClicks(palette.search, typed)
    assert titles(palette)[0] == first


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


def test_enter_in_an_empty_search_adds_nothing(palette: Palette) -> None:
    palette.list.setCurrentItem(palette_row(palette, "Dense"))
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.store.document.layers == ()


def test_typing_in_the_list_searches(palette: Palette) -> None:
    palette.list.setFocus()
    QTest.keyClick(palette.list, Qt.Key.Key_F)
    assert palette.search.hasFocus()
    QTest.keyClicks(palette.search, "lat")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert [layer.kind for layer in palette.store.document.layers] == ["flatten"]


# ---- adding


def test_the_keyboard_walks_the_list_and_enter_appends(palette: Palette) -> None:
    palette.list.setFocus()
    palette.list.setCurrentItem(palette_row(palette, "Input"))
    QTest.keyClick(palette.list, Qt.Key.Key_Return)
    QTest.keyClick(palette.list, Qt.Key.Key_Down)
    assert palette.list.currentItem().text(0) == "Dense"
    QTest.keyClick(palette.list, Qt.Key.Key_Return)
    assert wires(palette) == {("input_1", "dense_1")}


def test_down_from_the_search_goes_into_the_list_and_up_comes_back(palette: Palette) -> None:
    palette.search.setFocus()
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.hasFocus()
    assert palette.list.currentItem().text(0) == "Input"
    QTest.keyClick(palette.list, Qt.Key.Key_Up)
    assert palette.list.currentItem() is palette.list.headings()[BASICS]
    QTest.keyClick(palette.list, Qt.Key.Key_Up)
    assert palette.search.hasFocus()


def test_a_double_click_appends_after_the_selected_layer(palette: Palette) -> None:
    palette.store.replace_document(chain("input", "dense", "output"))
    palette.store.select(["dense_1"])
    place = palette.list.visualItemRect(palette_row(palette, "Dropout")).center()
    viewport = palette.list.viewport()
    QTest.mouseClick(viewport, LEFT, NONE, place)
    QTest.mouseDClick(viewport, LEFT, NONE, place)
    assert wires(palette) == {
        ("input_1", "dense_1"),
        ("dense_1", "dropout_1"),
        ("dropout_1", "output_1"),
    }
    assert palette.store.undo_stack.count() == 1


def test_what_is_dragged_carries_the_kind(palette: Palette) -> None:
    mime = palette.list.mimeData([palette_row(palette, "Concatenate")])
    assert kind_in(mime) == "concatenate"


def test_headings_are_neither_dragged_nor_added(palette: Palette) -> None:
    heading = palette.list.headings()["shape"]
    assert not heading.flags() & (Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsSelectable)
    QTest.mouseDClick(
        palette.list.viewport(), LEFT, NONE, palette.list.visualItemRect(heading).center()
    )
    assert palette.store.document.layers == ()
