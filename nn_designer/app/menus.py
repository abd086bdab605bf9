"""The menu bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nn_designer.interchange.formats import FORMATS

if TYPE_CHECKING:
    from nn_designer.app.main_window import MainWindow

CANVAS_EDITING = ("cut", "copy", "paste", "duplicate", "delete", "delete_healing")
CANVAS_SELECTING = ("select_all", "select_none", "select_next", "select_previous")
CANVAS_LAYERS = ("quick_add", "connect", "activation")
CANVAS_VIEWING = ("zoom_in", "zoom_out", "zoom_reset", "fit", "fit_selection", "arrange")


class Menus(QObject):
    """Owns the menus and fills those that change each time they open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        bar = window.menuBar()
        bar.setObjectName("menu_bar")
        self.recent = QMenu("Open &Recent", window)
        self.recent.setObjectName("menu_recent")
        self.recent.aboutToShow.connect(self._on_recent_opening)
        self.export = QMenu("&Export Weights", window)
        self.export.setObjectName("menu_export")
        self.export_actions: dict[str, QAction] = {}
        self._fill_export()
        a = window.actions_by_name
        canvas = window.canvas
        file_menu = self._menu("&File")
        _add(file_menu, a["file_new"], a["file_templates"], a["file_open"], self.recent, None)
        _add(file_menu, a["file_save"], a["file_save_as"], None)
        _add(file_menu, self.export, a["file_load_weights"], None, a["file_quit"])
        edit_menu = self._menu("&Edit")
        _add(edit_menu, a["edit_undo"], a["edit_redo"], None)
        _add(edit_menu, *(canvas.action(key) for key in CANVAS_EDITING), None)
        _add(edit_menu, *(canvas.action(key) for key in CANVAS_SELECTING), None)
        _add(edit_menu, *(canvas.action(key) for key in CANVAS_LAYERS), a["edit_rename"])
        view_menu = self._menu("&View")
        _add(view_menu, *(canvas.action(key) for key in CANVAS_VIEWING), None)
        _add(view_menu, a["view_palette"], a["view_panel"], a["view_training"], None)
        theme_menu = QMenu("&Theme", window)
        _add(theme_menu, *(a[f"view_theme_{mode}"] for mode in ("system", "light", "dark")), None)
        _add(theme_menu, a["view_theme_toggle"])
        _add(view_menu, a["view_problems"], theme_menu)
        train_menu = self._menu("&Train")
        _add(train_menu, a["train_start"], a["train_pause"], a["train_stop"], None)
        _add(train_menu, a["train_step_batch"], a["train_step_epoch"], None)
        _add(train_menu, a["train_reset"], a["train_new_seed"], None, a["train_data"])
        help_menu = self._menu("&Help")
        _add(help_menu, a["help_shortcuts"], a["help_messages"], a["help_log"], None)
        _add(help_menu, a["help_about"])

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setObjectName(f"menu_{title.replace('&', '').lower()}")
        return menu

    def _fill_export(self) -> None:
        for key, form in FORMATS.items():
            action = QAction(f"{form.title} (*{form.extension})…", self.export)
            action.setObjectName(f"file_export_{key}")
            action.setToolTip(form.sentence)
            action.setStatusTip(form.sentence)
            action.setData(key)
            action.triggered.connect(self._on_export)
            self.export.addAction(action)
            self.export_actions[key] = action
        self.export.setToolTipsVisible(True)

    def _on_export(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window.weights_files.export(str(action.data()))

    def _on_recent_opening(self) -> None:
        self.recent.clear()
        paths = self._window.settings.recent_files
        for index, path in enumerate(paths):
            action = self.recent.addAction(f"&{index + 1}  {Path(path).name}")
            action.setToolTip(path)
            action.setData(path)
            action.setEnabled(Path(path).is_file())
            action.triggered.connect(self._on_recent)
        if not paths:
            self.recent.addAction("No files yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction("Clear List", self._window.settings.clear_recent)
        self.recent.setToolTipsVisible(True)

    def _on_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window.files.open(str(action.data()))


def _add(menu: QMenu, *entries: QAction | QMenu | None) -> None:
    """Actions, submenus, and None for a line."""
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, QMenu):
            menu.addMenu(entry)
        else:
            menu.addAction(entry)
