"""The actions of menus and toolbar: names, shortcuts, icons, tips. What they do is the window's."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from nn_designer.app.icons import icon
from nn_designer.app.theme import Theme, ThemeManager


class _Declared(NamedTuple):
    text: str
    shortcuts: tuple[str, ...]
    icon: str
    tip: str
    checkable: bool = False


# Object name → what it looks like. docs/ACTIONS.md is made from this.
DECLARED: dict[str, _Declared] = {
    "file_new": _Declared("&New", ("Ctrl+N",), "new", "A blank design"),
    "file_templates": _Declared(
        "New from &Template…", ("Ctrl+Shift+N",), "home", "The welcome page with all templates"
    ),
    "file_open": _Declared("&Open…", ("Ctrl+O",), "open", "Open a design"),
    "file_save": _Declared("&Save", ("Ctrl+S",), "save", "Save the design"),
    "file_save_as": _Declared("Save &As…", ("Ctrl+Shift+S",), "", "Save to another file"),
    "file_load_weights": _Declared(
        "&Load Weights…", ("Ctrl+L",), "import", "Read trained weights into this design"
    ),
    "file_quit": _Declared("&Quit", ("Ctrl+Q",), "", "Close the window"),
    "edit_undo": _Declared("&Undo", ("Ctrl+Z",), "undo", "Take the last edit back"),
    "edit_redo": _Declared(
        "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Make the edit again that was taken back"
    ),
    "edit_rename": _Declared("Re&name", ("F2",), "", "Rename the selected layer"),
    "view_palette": _Declared("&Palette", ("Ctrl+1",), "", "Show the layers to drag", True),
    "view_panel": _Declared(
        "P&roperties and Training", ("Ctrl+2",), "", "Show the panel on the right", True
    ),
    "view_training": _Declared(
        "&Curves and Problems", ("Ctrl+3",), "", "Show the part below", True
    ),
    "view_theme_system": _Declared("As the &System", (), "", "Follow the desktop", True),
    "view_theme_light": _Declared("&Light", (), "", "Dark letters on a light ground", True),
    "view_theme_dark": _Declared("&Dark", (), "", "Light letters on a dark ground", True),
    "view_theme_toggle": _Declared(
        "Switch Light and Dark", ("Ctrl+Shift+T",), "theme-dark", "The other of light and dark"
    ),
    "view_problems": _Declared("Pro&blems", ("Ctrl+Shift+P",), "problems", "Show the problems"),
    "train_start": _Declared("&Train", ("F5",), "train", "Train the network"),
    "train_pause": _Declared("&Pause", ("F6",), "pause", "Pause; Train goes on from there"),
    "train_step_batch": _Declared("&Step", ("F10",), "step", "Train one batch, then pause"),
    "train_step_epoch": _Declared(
        "Step &Epoch", ("F11",), "step-epoch", "Train to the end of the epoch, then pause"
    ),
    "train_stop": _Declared("St&op", ("Shift+F5",), "stop", "End the run, keep the weights"),
    "train_reset": _Declared(
        "&Reset Weights", ("Ctrl+R",), "reset", "Back to the weights before training, same seed"
    ),
    "train_new_seed": _Declared(
        "&New Seed", ("Ctrl+Shift+R",), "new-seed", "Other random weights and shuffling"
    ),
    "train_data": _Declared("Choose &Data…", ("Ctrl+Shift+D",), "data", "What to learn from"),
    "help_shortcuts": _Declared(
        "&Keyboard and Mouse", ("F1", "?"), "help", "All keys and gestures, to search"
    ),
    "help_messages": _Declared("&Messages", (), "", "What the message bar has said so far"),
    "help_log": _Declared("Show &Log File", (), "", "Open the folder with the log"),
    "help_about": _Declared("&About NN Designer", (), "info", "Version, licences, what is in it"),
}


class Actions(QObject):
    """One QAction per declared name: ``actions["train_start"]``."""

    def __init__(self, themes: ThemeManager, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        self._themes = themes
        self._blocked = False
        for name, declared in DECLARED.items():
            action = QAction(declared.text, self)
            action.setObjectName(name)
            action.setShortcuts([QKeySequence(keys) for keys in declared.shortcuts])
            action.setCheckable(declared.checkable)
            self._actions[name] = action
            self.set_tip(name, declared.tip)
        # Its icon is drawn for the coloured button of the toolbar.
        self["train_start"].setIconVisibleInMenu(False)
        group = QActionGroup(self)
        for mode in ("system", "light", "dark"):
            group.addAction(self[f"view_theme_{mode}"])
        themes.changed.connect(self._on_theme_changed)
        self._on_theme_changed(themes.theme)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        return list(self._actions.values())

    def set_tip(self, name: str, tip: str) -> None:
        """The tip of an action, with its first shortcut."""
        keys = DECLARED[name].shortcuts
        shown = (
            QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        )
        self[name].setToolTip(f"{tip} ({shown})" if shown else tip)
        self[name].setStatusTip(tip)

    def set_blocked(self, blocked: bool) -> None:
        """Whether Train looks as if it could not begin (it can be pressed, and says why)."""
        self._blocked = blocked
        self._on_theme_changed(self._themes.theme)

    def _on_theme_changed(self, theme: Theme) -> None:
        for name, declared in DECLARED.items():
            if declared.icon:
                train = theme.text_muted if self._blocked else theme.accent_text
                colour = train if name == "train_start" else ""
                self[name].setIcon(icon(declared.icon, theme, colour))
        toggle = "theme-light" if theme.name == "dark" else "theme-dark"
        self["view_theme_toggle"].setIcon(icon(toggle, theme))


def plain(text: str) -> str:
    """The text of an action without its mnemonic and dots."""
    return text.replace("&", "").rstrip("…")
