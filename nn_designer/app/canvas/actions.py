"""The canvas's actions: one table says their names, shortcuts and icons."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from nn_designer.app import icons
from nn_designer.app.theme import Theme

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

_S = QKeySequence.StandardKey


class _Entry(NamedTuple):
    """``key`` names the action and the method of ``Commands`` that it calls."""

    key: str
    text: str
    icon: str
    shortcuts: tuple[QKeySequence.StandardKey | str, ...]
    tip: str


_TABLE = (
    _Entry("cut", "Cu&t", "cut", (_S.Cut,), "Move the selected layers to the clipboard"),
    _Entry("copy", "&Copy", "copy", (_S.Copy,), "Copy the selected layers"),
    _Entry("paste", "&Paste", "paste", (_S.Paste,), "Put copied layers in at the mouse"),
    _Entry("duplicate", "D&uplicate", "duplicate", ("Ctrl+D",), "Copy the selection beside itself"),
    _Entry("delete", "&Delete", "delete", (_S.Delete, "Backspace"), "Delete what is selected"),
    _Entry(
        "delete_healing",
        "Delete and &reconnect",
        "",
        ("Ctrl+Delete", "Ctrl+Backspace"),
        "Delete the selected layers and wire their neighbours to each other",
    ),
    _Entry("select_all", "Select &all", "", (_S.SelectAll,), "Select every layer"),
    _Entry("select_none", "Select &none", "", ("Ctrl+Shift+A",), "Select nothing"),
    _Entry("select_next", "Select ne&xt", "", ("Alt+Right",), "Select the next layer"),
    _Entry("select_previous", "Select pre&vious", "", ("Alt+Left",), "Select the layer before"),
    _Entry("zoom_in", "Zoom &in", "zoom-in", ("Ctrl+=", "Ctrl++"), "Show the canvas larger"),
    _Entry("zoom_out", "Zoom &out", "zoom-out", ("Ctrl+-",), "Show the canvas smaller"),
    _Entry("zoom_reset", "&100 %", "", ("Ctrl+0",), "Show the canvas at its natural size"),
    _Entry("fit", "Fit &all", "fit", ("Home",), "Show the whole network"),
    _Entry("fit_selection", "Fit &selection", "", ("F",), "Show the selected layers, or all"),
    _Entry("arrange", "A&rrange", "arrange", ("L",), "Put the selected layers, or all, in order"),
    _Entry(
        "connect",
        "&Wire to…",
        "",
        ("W",),
        "Choose the layer that the selected one feeds; with two selected, wire them",
    ),
    _Entry("activation", "Choose acti&vation…", "", ("C",), "The curves, for the selected layer"),
    _Entry("quick_add", "Add &layer…", "plus", ("A",), "Search for a layer to add"),
)


def make_actions(view: CanvasView) -> dict[str, QAction]:
    """The actions, owned by the view and added to it; their shortcuts act while it has focus."""
    made: dict[str, QAction] = {}
    for entry in _TABLE:
        action = QAction(entry.text, view)
        action.setObjectName(f"canvas_{entry.key}")
        action.setShortcuts([QKeySequence(shortcut) for shortcut in entry.shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{entry.tip} ({shown})")
        action.setStatusTip(entry.tip)
        action.triggered.connect(getattr(view.commands, entry.key))
        view.addAction(action)
        made[entry.key] = action
    return made


def set_icons(made: dict[str, QAction], theme: Theme) -> None:
    """Tint the icons with the theme's colours."""
    for entry in _TABLE:
        if entry.icon:
            made[entry.key].setIcon(icons.icon(entry.icon, theme))
