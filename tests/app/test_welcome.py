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
from nn_designer.design.templates import TEMPLATES

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
    ("room_px", "columns"), [(200, 1), (464, 2), (950, 3), (1640, 5), (2500, 9)]
)
def test_the_last_row_of_nine_cards_is_as_full_as_can_be(room_px: int, columns: int) -> None:
    assert _columns(room_px, 9) == columns


def test_at_the_usual_size_all_templates_are_in_sight(page: WelcomePage) -> None:
    page.resize(1280, 772)  # the menu bar takes the rest of 800
    QTest.qWait(50)
    assert page._scroll.verticalScrollBar().maximum() == 0


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
