"""Help on keyboard and mouse, made from the actions of the window: it can't forget one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.actions import plain
from nn_designer.app.canvas.gesture_texts import GESTURES, KEYS
from nn_designer.app.theme import Theme, ThemeManager


class KeyRow(NamedTuple):
    """``what`` is done by ``keys`` (any of them) or as ``how`` tells."""

    what: str
    keys: tuple[str, ...] = ()
    how: str = ""


class Section(NamedTuple):
    title: str
    rows: tuple[KeyRow, ...]


def sections(menu_bar: QMenuBar, others: Iterable[QAction]) -> list[Section]:
    """The mouse first, then each menu's shortcuts, then those of ``others`` in no menu."""
    found = [Section("With the mouse", tuple(KeyRow(what, how=how) for what, how in GESTURES))]
    seen: set[QAction] = set()
    for action in menu_bar.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            entries = list(_entries(menu))
            seen.update(entries)
            rows = _rows(entries)
            if rows:
                found.append(Section(f"{plain(menu.title())} menu", rows))
    rest = _rows(one for one in others if one not in seen)
    keys = tuple(KeyRow(what, keys) for what, keys in KEYS)
    return [*found, Section("On the canvas", (*rest, *keys))]


def _entries(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            yield from _entries(submenu)
        elif not action.isSeparator():
            yield action


def _rows(actions: Iterable[QAction]) -> tuple[KeyRow, ...]:
    """Those that have a shortcut."""
    rows = []
    for action in actions:
        form = QKeySequence.SequenceFormat.NativeText
        keys = tuple(key.toString(form) for key in action.shortcuts() if not key.isEmpty())
        if keys:
            rows.append(KeyRow(plain(action.text()), keys, action.statusTip()))
    return tuple(rows)


class KeysDialog(QDialog):
    """All of it, with a search; stays open beside the window."""

    def __init__(self, parts: list[Section], themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys_dialog")
        self.setWindowTitle("Keyboard and Mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 620)
        self._parts = parts
        self._themes = themes
        self.search = QLineEdit()
        self.search.setObjectName("keys_search")
        self.search.setAccessibleName("Search keys and gestures")
        self.search.setPlaceholderText("Search: wire, zoom, Ctrl+D …")
        self.search.setClearButtonEnabled(True)
        self.text = QTextBrowser()
        self.text.setObjectName("keys_text")
        self.text.setAccessibleName("Keys and gestures")
        self.text.setOpenLinks(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._show)
        themes.changed.connect(self._on_theme_changed)
        self._show()

    def _on_theme_changed(self, _theme: Theme) -> None:
        self._show()

    def _show(self, _text: str = "") -> None:
        words = self.search.text().casefold().split()
        html = []
        for title, rows in self._parts:
            fitting = [row for row in rows if _fits(row, title, words)]
            if fitting:
                html.append(self._section_html(title, fitting))
        self.text.setHtml("".join(html) or "<p>Nothing of that name.</p>")

    def _section_html(self, title: str, rows: Iterable[KeyRow]) -> str:
        theme = self._themes.theme
        lines = []
        for row in rows:
            # Without keys it is a gesture: how it is done stands where the keys would.
            how = f"<span style='color:{theme.text_muted}'>{escape(row.how)}</span>"
            keys = "&nbsp; ".join(self._key_html(key) for key in row.keys)
            lines.append(
                f"<tr><td width='34%'>{escape(row.what)}</td><td>{keys if row.keys else how}</td>"
                "</tr>"
            )
        return (
            f"<h4 style='margin-top:14px; margin-bottom:2px; margin-left:4px'>{escape(title)}</h4>"
            f"<table width='100%' cellpadding='4' cellspacing='0'>{''.join(lines)}</table>"
        )

    def _key_html(self, key: str) -> str:
        theme = self._themes.theme
        return (
            f"<span style='background-color:{theme.window}; font-weight:500'>"
            f"&nbsp;{escape(key)}&nbsp;</span>"
        )


def _fits(row: KeyRow, title: str, words: list[str]) -> bool:
    text = " ".join((title, row.what, row.how, *row.keys)).casefold()
    return all(word in text for word in words)
