"""Colours are named in theme.py and nowhere else, and text can be read on what lies behind it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

import nn_designer.app
from nn_designer.app.canvas.look import Look
from nn_designer.app.style import mixed
from nn_designer.app.theme import DARK, LIGHT, Theme
from tests.helpers.colours import contrast

APP = Path(nn_designer.app.__file__).parent
SOURCES = sorted(path for path in APP.rglob("*.py") if path.name != "theme.py")
NAMED = "|".join(sorted(QColor.colorNames(), key=len, reverse=True))
IN_TEXT = re.compile(
    r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b"
    r"|\b(?:rgba?|hsva?|hsla?)\s*\(\s*\d"
    rf"|(?:color|background|border)[\w-]*\s*:[^;{{}}$]*\b(?:{NAMED})\b",
    re.IGNORECASE,
)
"""``#rrggbb``, ``rgb(…)``, and names of colours in stylesheets."""
MAKERS = {"QColor", "fromRgb", "fromRgbF", "fromHsv", "fromHsvF", "fromHsl", "fromHslF", "qRgb"}
NO_COLOUR = {"transparent", "none"}


def named_colours(source: str) -> Iterator[str]:
    """The colours that a Python text names, each as "line: what"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in IN_TEXT.findall(node.value):
                if not any(found.lower().endswith(word) for word in NO_COLOUR):
                    yield f"{node.lineno}: {found}"
        elif isinstance(node, ast.Attribute) and ast.unparse(node).startswith("Qt.GlobalColor."):
            if node.attr not in NO_COLOUR:
                yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            plain = [one for one in node.args if isinstance(one, ast.Constant)]
            if name in MAKERS and plain and len(plain) == len(node.args):
                yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(APP)))
def test_no_file_but_the_theme_names_a_colour(path: Path) -> None:
    assert list(named_colours(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "pen = QPen('#ff0000')",
        "pen = '#f00'",
        "pen = QColor(255, 0, 0)",
        "pen = QColor('red')",
        "pen = QColor.fromRgb(0xff0000)",
        "pen = Qt.GlobalColor.red",
        "sheet = 'QLabel { color: white; }'",
        "sheet = f'background: rgba(0, 0, 0, {x})'",
    ],
)
def test_the_search_finds_colours(line: str) -> None:
    assert list(named_colours(line))


@pytest.mark.parametrize(
    "line",
    [
        "sheet = 'QLabel#name { color: $text; border: none; background: transparent; }'",
        "pen = QColor(theme.text)",
        "fill = Qt.GlobalColor.transparent",
        "text = 'Colours as ``#rrggbb``'",
    ],
)
def test_the_search_finds_nothing_else(line: str) -> None:
    assert list(named_colours(line)) == []


THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


@THEMES
def test_words_on_the_canvas_can_be_read(theme: Theme) -> None:
    pairs = {
        "a card's name": (theme.text, theme.card),
        "a card's setting": (theme.text_muted, theme.card),
        "an activation": (theme.text, theme.canvas),
        "an activation under the mouse": (theme.text, theme.accent_soft),
        "a wire's shape": (theme.wire_text, theme.canvas),
        "an error": (theme.error, theme.error_soft),
        "a warning": (theme.warning, theme.warning_soft),
        "the mark of an error": (theme.card, theme.error),
        "the mark of a warning": (theme.card, theme.warning),
        "a hint on the empty canvas": (theme.text_muted, theme.canvas),
    }
    for category, colour in theme.categories.items():
        pairs[f"a block of {category.value}"] = (theme.card, colour)
    weak = {
        what: round(contrast(*pair), 2) for what, pair in pairs.items() if contrast(*pair) < 4.5
    }
    assert weak == {}


@THEMES
def test_words_in_panels_can_be_read(theme: Theme) -> None:
    pairs = {
        f"{name} on {back}": (getattr(theme, name), getattr(theme, back))
        for name in ("text", "text_muted", "error", "warning", "accent")
        for back in ("panel", "panel_raised")
    }
    pairs["a chosen row"] = (theme.text, theme.accent_soft)
    pairs["muted words of a chosen row"] = (theme.text_muted, theme.accent_soft)
    pairs["a button"] = (theme.accent_text, theme.accent)
    pairs["a button under the mouse"] = (theme.accent_text, mixed(theme.accent, theme.text, 0.12))
    weak = {
        what: round(contrast(*pair), 2) for what, pair in pairs.items() if contrast(*pair) < 4.5
    }
    assert weak == {}


@THEMES
def test_ports_and_wires_stand_out(theme: Theme) -> None:
    """What is no text needs 3 to 1."""
    for colour in (theme.wire, theme.wire_valid, theme.accent, theme.error):
        assert contrast(colour, theme.canvas) >= 2.8


def test_a_faded_look_is_between_the_card_and_the_canvas(qapp: object) -> None:
    look = Look(LIGHT)
    assert contrast(look.faded.theme.text, LIGHT.card) < contrast(LIGHT.text, LIGHT.card) / 2
    assert look.faded is look.faded
