"""ACTIONS.md: the actions of the window, read from the real one: menus, shortcuts, tips."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from docs.pages.markdown import code, table
from nn_designer.app.canvas.gesture_texts import GESTURES, KEYS
from nn_designer.app.main_window import MainWindow
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer

INTRODUCTION = """# Actions

Every action of the window: where it is, its shortcut, and the object name by which tests, scripts
and screen readers know it. Shortcuts are written as on Linux and Windows; on a Mac, Ctrl is ⌘.
F1 or ? shows them in the window.
"""

HEADS = ("action", "shortcut", "what it does", "object name")


def page() -> str:
    """The whole page."""
    window = _window()
    try:
        return _page_of(window)
    finally:
        _end(window)


def _page_of(window: MainWindow) -> str:
    parts = [INTRODUCTION]
    seen: set[QAction] = set()
    for action in window.menuBar().actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            entries = list(_entries(menu, ""))
            seen.update(one for one, _ in entries)
            rows = [_row(one, path) for one, path in entries]
            parts.append(f"## {_plain(menu.title())}\n\n{table(HEADS, rows)}\n")
    others = [one for one in _named_actions(window) if one not in seen]
    if others:
        rows = [_row(one, "") for one in others]
        parts.append(f"## By the keyboard only\n\n{table(HEADS, rows)}\n")
    parts.append(f"## On the canvas, with the mouse\n\n{table(('what', 'how'), GESTURES)}\n")
    keys = [(what, " ".join(code(key) for key in pressed)) for what, pressed in KEYS]
    parts.append(f"## On the canvas, other keys\n\n{table(('what', 'keys'), keys)}\n")
    parts.append(f"## Panels and controls\n\n{CONTROLS}\n\n{_controls_table(window)}\n")
    return "\n".join(parts)


def _entries(menu: QMenu, path: str) -> Iterator[tuple[QAction, str]]:
    """The actions of a menu and its submenus, each with the submenus on its way."""
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            yield from _entries(submenu, f"{path}{_plain(submenu.title())} → ")
        elif not action.isSeparator():
            yield action, path


def _row(action: QAction, path: str) -> tuple[str, str, str, str]:
    keys = [key.toString(QKeySequence.SequenceFormat.PortableText) for key in action.shortcuts()]
    shown = " or ".join(code(key) for key in keys if key)
    text = _plain(action.text())
    tip = action.statusTip()
    return f"{path}{text}", shown, "" if tip == text else tip, code(action.objectName())


def _named_actions(window: MainWindow) -> list[QAction]:
    """Those with a name of our own, in order of their names; Qt's begin with an underscore."""
    named = [
        one
        for one in window.findChildren(QAction)
        if one.objectName() and not one.objectName().startswith(("_", "qt_")) and not one.menu()
    ]
    return sorted(named, key=QObject.objectName)


CONTROLS = """What tests and screen readers find in the window with the `xor` template open and a Dense layer
selected."""


def _controls_table(window: MainWindow) -> str:
    found = {
        (one.objectName(), one.accessibleName())
        for one in window.findChildren(QWidget)
        if one.accessibleName() and one.objectName().islower() and "qt_" not in one.objectName()
    }
    return table(("object name", "accessible name"), [(code(a), b) for a, b in sorted(found)])


def _plain(text: str) -> str:
    return text.replace("&", "")


def _window() -> MainWindow:
    """The window with a design that is ready to train. It is never shown, so that neither the
    training process nor a timer begins."""
    if QApplication.instance() is None:
        raise RuntimeError("the page of actions needs a QApplication")
    store = Store()
    themes = ThemeManager(store)
    themes.set_mode("light")
    trainer = Trainer(store, in_process=True)
    window = MainWindow(store, themes, trainer, AppSettings())
    store.setParent(window)
    window.files.new_from_template("xor")
    dense = next(layer for layer in store.document.layers if layer.kind == "dense")
    store.select((dense.id,))
    return window


def _end(window: MainWindow) -> None:
    """Nothing stays behind: no window, timer, thread or file."""
    window.store.mark_clean()
    window.finish()
    window.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
