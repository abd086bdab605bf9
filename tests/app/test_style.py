"""Icons, colours and the stylesheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.actions import DECLARED
from nn_designer.app.icons import icon, pixmap, svg_text
from nn_designer.app.style import Style, mixed, stylesheet
from nn_designer.app.theme import DARK, LIGHT, Theme, ThemeManager
from nn_designer.resources import resource_path
from tests.helpers.colours import contrast

ICONS = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


@pytest.fixture
def themes(qapp: QApplication) -> Iterator[ThemeManager]:
    """A theme manager in charge of the application, which is put back afterwards."""
    font, palette = qapp.font(), qapp.palette()
    manager = ThemeManager()
    style = Style(qapp, manager)
    yield manager
    style.deleteLater()
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_and_takes_the_colour(qapp: object, name: str) -> None:
    if name != "nn-designer":
        assert "currentColor" in svg_text(name)
        assert not re.search(r"#[0-9a-fA-F]{3,6}", svg_text(name)), "a colour of its own"
    picture = pixmap(name, "#ff0000", 24).toImage()
    drawn = [picture.pixelColor(x, y) for x in range(24) for y in range(24)]
    assert any(colour.alpha() > 128 for colour in drawn)
    if name != "nn-designer":
        assert all(colour.red() == 255 for colour in drawn if colour.alpha() > 200)


def test_every_action_names_an_icon_that_is_there() -> None:
    assert {declared.icon for declared in DECLARED.values()} - {""} <= set(ICONS)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_stylesheet_has_no_gaps(theme: Theme) -> None:
    sheet = stylesheet(theme, None)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_the_style_follows_the_theme(
    qapp: QApplication, qtbot: QtBot, themes: ThemeManager
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    for part in (QPushButton("Press"), QComboBox(), QSpinBox()):
        layout.addWidget(part)
    window.show()
    pictures = set()
    for mode in ("light", "dark", "light"):
        themes.set_mode(mode)
        assert themes.theme.accent in qapp.styleSheet()
        pictures.add(window.grab().toImage().pixelColor(2, 2).name())
    assert len(pictures) == 2


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    for back in (theme.window, theme.panel, theme.panel_raised, theme.canvas, theme.accent_soft):
        assert contrast(theme.text, back) >= 7
    for back in (theme.window, theme.panel, theme.panel_raised):
        assert contrast(theme.text_muted, back) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5
    assert contrast(theme.text, theme.error_soft) >= 7
    assert contrast(theme.error, theme.panel) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_all_colours_are_colours(theme: Theme) -> None:
    values = [getattr(theme, field.name) for field in fields(theme)]
    plain = [value for value in values if isinstance(value, str) and value != theme.name]
    for value in [*plain, *theme.categories.values(), *theme.classes]:
        assert re.fullmatch(r"#[0-9a-fA-F]{6}", value)


def test_mixing() -> None:
    assert mixed("#000000", "#ffffff", 0.0) == "#000000"
    assert mixed("#000000", "#ffffff", 1.0) == "#ffffff"
    assert mixed("#000000", "#ff8000", 0.5) == "#804000"


def test_disabled_icons_look_disabled(qapp: object) -> None:
    from PySide6.QtGui import QIcon

    made = icon("train", LIGHT)
    on = made.pixmap(24, QIcon.Mode.Normal).toImage().pixelColor(11, 12)
    off = made.pixmap(24, QIcon.Mode.Disabled).toImage().pixelColor(11, 12)
    assert on != off
