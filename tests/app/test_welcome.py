"""The welcome page: templates with pictures, recent files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.theme import ThemeManager
from nn_designer.app.welcome import TemplateCard, WelcomePage, _columns, _RecentRow
from nn_designer.design.templates import TEMPLATES, Group

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[WelcomePage]:
    made = WelcomePage(ThemeManager())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    made.background.wait()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_each_template_has_a_picture_a_title_and_one_sentence(
    page: WelcomePage, qtbot: QtBot, template: object
) -> None:
    card = page.findChild(TemplateCard, f"template_{template.key}")  # type: ignore[attr-defined]
    texts = [label.text() for label in card.findChildren(QLabel)]
    assert texts == [card.template.title, card.template.sentence]
    assert card.accessibleName() == card.template.title
    picture = card.picture.grab().toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    }
    assert len(colours) > 5, "nothing was drawn"


@pytest.mark.parametrize(
    ("room_px", "columns"), [(200, 1), (464, 2), (700, 3), (950, 4), (2500, 4)]
)
def test_cards_are_neither_narrow_nor_are_there_more_columns_than_cards(
    room_px: int, columns: int
) -> None:
    assert _columns(room_px) == columns


def test_at_the_usual_size_the_first_groups_are_in_sight(page: WelcomePage) -> None:
    page.resize(1280, 772)  # the menu bar takes the rest of 800
    QTest.qWait(50)
    assert page.cards[0].template.key == "article"
    seen = {card.template.group for card in page.cards if not card.visibleRegion().isEmpty()}
    assert {Group.START, Group.PICTURES} <= seen
    whole = [card for card in page.cards if card.template.group is Group.START]
    assert all(card.visibleRegion().boundingRect() == card.rect() for card in whole)


@pytest.mark.parametrize("width", [900, 1280, 1920])
def test_each_card_stands_below_the_heading_of_its_group(page: WelcomePage, width: int) -> None:
    page.resize(width, 800)
    QTest.qWait(50)
    tops = {}
    for group in Group:
        heading = page.findChild(QLabel, f"templates_{group.name.lower()}")
        if heading is not None:
            assert heading.text() == group.value
            tops[group] = heading.y()
    assert list(tops.values()) == sorted(tops.values())
    for card in page.cards:
        above = [group for group, top in tops.items() if top < card.y()]
        assert above[-1] is card.template.group, card.template.key


def test_tab_walks_through_the_cards_and_brings_them_into_sight(page: WelcomePage) -> None:
    page.activateWindow()
    page.cards[0].setFocus()
    for card in page.cards[1:]:
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        assert card.hasFocus()
        QTest.qWait(5)
        assert not card.visibleRegion().isEmpty()


def test_the_data_appear_in_the_pictures(page: WelcomePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: all(card.picture._sample is not None for card in page.cards), timeout=30_000
    )


def test_a_click_opens_the_template(window: MainWindow, qtbot: QtBot) -> None:
    card = window.welcome.findChild(TemplateCard, "template_spiral")
    QTest.mouseClick(card, LEFT)
    assert not window.at_welcome
    assert window.store.document.data.source == "spiral"


def test_the_keyboard_opens_a_template(page: WelcomePage, qtbot: QtBot) -> None:
    card = page.cards[0]
    card.setFocus()
    with qtbot.waitSignal(page.template_chosen) as chosen:
        QTest.keyClick(card, Qt.Key.Key_Return)
    assert chosen.args == [card.template.key]


def test_a_press_released_elsewhere_opens_nothing(page: WelcomePage, qtbot: QtBot) -> None:
    card = page.cards[0]
    with qtbot.assertNotEmitted(page.template_chosen):
        QTest.mousePress(card, LEFT)
        QTest.mouseRelease(card, LEFT, pos=card.rect().bottomRight() * 3)


def test_a_blank_design(window: MainWindow) -> None:
    QTest.mouseClick(window.welcome.findChild(QPushButton, "welcome_blank"), LEFT)
    assert not window.at_welcome and window.store.document.layers == ()


def test_recent_files_that_are_gone_are_left_out(
    page: WelcomePage, qtbot: QtBot, tmp_path: Path
) -> None:
    there = tmp_path / "there.nnd"
    there.write_text("{}", encoding="utf-8")
    page.show_recent([str(there), str(tmp_path / "gone.nnd")])
    qtbot.waitUntil(lambda: any(row.isVisible() for row in page.findChildren(_RecentRow)))
    rows = [row for row in page.findChildren(_RecentRow) if row.isVisible()]
    assert [row.toolTip() for row in rows] == [str(there)]


def test_the_welcome_page_keeps_the_open_design(window: MainWindow) -> None:
    window.files.new_from_template("iris")
    before = window.store.document
    window.show_welcome()
    assert window.at_welcome and window.store.document is before
    assert not window.toolbar.isVisible()
