"""The main window: palette left, canvas in the middle, panels right, training below."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QStackedWidget, QWidget

from nn_designer.app.actions import Actions
from nn_designer.app.choose_data import can_fit, choose_data, fit_to_data
from nn_designer.app.data_dialog import DataDialog
from nn_designer.app.errors import ErrorHook
from nn_designer.app.files import Files
from nn_designer.app.help import Help
from nn_designer.app.menus import Menus
from nn_designer.app.message_bar import MessageBar
from nn_designer.app.recovery import Recovery
from nn_designer.app.run_controls import RunControls
from nn_designer.app.settings import THEME_MODES, AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.toolbar import MainToolBar
from nn_designer.app.trainer import Trainer
from nn_designer.app.weights_files import WeightsFiles
from nn_designer.app.weights_guard import WeightsGuard
from nn_designer.app.welcome import WelcomePage
from nn_designer.app.widgets.tab_order import set_reading_order
from nn_designer.app.workspace import Workspace
from nn_designer.data import DataChoice
from nn_designer.data.reading import TABLE_ENDINGS
from nn_designer.design.diff import Change
from nn_designer.interchange.formats import FORMATS

DESIGN_FILES = (".nnd", ".json")
TABLE_FILES = (*TABLE_ENDINGS, ".xls")  # an old workbook: a sentence says how to save it


class MainWindow(QMainWindow):
    """One window, one design.

    Args:
        store, themes, trainer: shared with all parts; the window closes the trainer.
        settings: what is remembered between starts.
        errors: uncaught errors to show in the message bar.
    """

    def __init__(
        self,
        store: Store,
        themes: ThemeManager,
        trainer: Trainer,
        settings: AppSettings,
        errors: ErrorHook | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.store = store
        self.themes = themes
        self.trainer = trainer
        self.settings = settings
        self._last_change: Change | None = None
        self._undo_index = 0
        self.actions_by_name = Actions(themes, self)
        self.files = Files(store, settings, self)
        self.weights_files = WeightsFiles(
            store, trainer, settings, lambda: self.files.shown_name, self
        )
        self.weights_guard = WeightsGuard(trainer, self.weights_files, self)
        self.files.may_lose_more = self.weights_guard.may_lose
        self._build_parts()
        self.run_controls = RunControls(store, trainer, self.problems_panel, self.actions_by_name)
        self.help = Help(self, self.message_bar, errors)
        self.recovery = Recovery(store, self.files, self)
        self.menus = Menus(self)
        self.toolbar = MainToolBar(self)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.toolbar)
        self._connect_parts()
        if errors is not None:
            errors.caught.connect(self._on_error_caught)
        self.setMinimumSize(900, 600)
        self.setAcceptDrops(True)
        self._restore_layout()
        self._show_title()
        self.show_welcome()
        self.problems_panel.refresh()

    # ------------------------------------------------------------------ parts

    def _build_parts(self) -> None:
        work = Workspace(self.store, self.themes, self.trainer)
        self.workspace = work
        self.canvas = work.canvas
        self.palette_panel = work.palette_panel
        self.property_panel = work.property_panel
        self.training_panel = work.training_panel
        self.training_view = work.training_view
        self.problems_panel = work.problems_panel
        self.right_tabs = work.right_tabs
        self.below_tabs = work.below_tabs
        self.welcome = WelcomePage(self.themes)
        self._pages = QStackedWidget()
        self._pages.setObjectName("pages")
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(work)
        self.setCentralWidget(self._pages)
        self.message_bar = MessageBar(self.themes, self._pages)

    def _connect_parts(self) -> None:
        actions = self.actions_by_name
        store, files = self.store, self.files
        for name, slot in (
            ("file_new", self.new_blank),
            ("file_templates", self.show_welcome),
            ("file_open", self._on_open),
            ("file_save", files.save),
            ("file_save_as", files.save_as),
            ("file_load_weights", self._on_load_weights),
            ("file_quit", self.close),
            ("edit_undo", store.undo_stack.undo),
            ("edit_redo", store.undo_stack.redo),
            ("edit_rename", self._on_rename),
            ("view_problems", self.show_problems),
            ("view_theme_toggle", self._on_theme_toggled),
            ("train_data", self.open_data_dialog),
            ("help_shortcuts", self.help.show_shortcuts),
            ("help_messages", self.help.show_messages),
            ("help_log", self.help.show_log),
            ("help_about", self.help.show_about),
        ):
            actions[name].triggered.connect(slot)
        for name, part in (
            ("view_palette", self.workspace.palette_panel),
            ("view_panel", self.workspace.right),
            ("view_training", self.workspace.below),
        ):
            actions[name].setChecked(True)
            actions[name].toggled.connect(part.setVisible)
        for mode in THEME_MODES:
            actions[f"view_theme_{mode}"].setChecked(self.themes.mode == mode)
            actions[f"view_theme_{mode}"].triggered.connect(self._on_theme_chosen)
        stack = store.undo_stack
        stack.canUndoChanged.connect(actions["edit_undo"].setEnabled)
        stack.canRedoChanged.connect(actions["edit_redo"].setEnabled)
        stack.undoTextChanged.connect(self._on_undo_text_changed)
        stack.redoTextChanged.connect(self._on_redo_text_changed)
        actions["edit_undo"].setEnabled(stack.canUndo())
        actions["edit_redo"].setEnabled(stack.canRedo())
        stack.cleanChanged.connect(self._show_title)
        stack.indexChanged.connect(self._on_undo_index_changed)
        store.changed.connect(self._on_changed)
        store.selection_changed.connect(self._on_selection_changed)
        store.refused.connect(self._on_refused)
        store.noted.connect(self._on_noted)
        files.path_changed.connect(self._show_title)
        files.opened.connect(self._on_opened)
        for teller in (files, self.weights_files, self.run_controls):
            teller.told.connect(self.message_bar.show_message)
        self.weights_guard.offered.connect(partial(self.message_bar.show_message, "warning"))
        self.run_controls.outdated.connect(self.message_bar.withdraw)
        self.run_controls.blocked.connect(self._on_blocked)
        self.problems_panel.layer_chosen.connect(self._on_layer_chosen)
        self.problems_panel.data_wanted.connect(self.open_data_dialog)
        self.property_panel.data_wanted.connect(self.open_data_dialog)
        self.training_panel.data_wanted.connect(self.open_data_dialog)
        self.canvas.opened.connect(self._on_layer_opened)
        self.welcome.template_chosen.connect(files.new_from_template)
        self.welcome.blank_chosen.connect(self.new_blank)
        self.welcome.open_wanted.connect(self._on_open)
        self.welcome.file_chosen.connect(files.open)
        self.trainer.state_changed.connect(self._on_trainer_state_changed)
        self.themes.changed.connect(self._on_theme_changed)

    # ------------------------------------------------------------------ what menus call

    def new_blank(self) -> None:
        self.files.new_blank()

    def show_welcome(self) -> None:
        """The page with templates and recent files; the open design stays behind it."""
        self.welcome.show_recent(self.settings.recent_files)
        self._pages.setCurrentWidget(self.welcome)
        self.message_bar.set_host(self._pages, at_bottom=True)
        self.toolbar.hide()

    def show_workspace(self) -> None:
        """The canvas with its panels."""
        self._pages.setCurrentWidget(self.workspace)
        self.message_bar.set_host(self.workspace.canvas_area)
        set_reading_order(self.canvas, self.message_bar)
        self.toolbar.show()

    @property
    def at_welcome(self) -> bool:
        return self._pages.currentWidget() is self.welcome

    def show_problems(self) -> None:
        """Bring the list of problems up."""
        self.show_workspace()
        self.actions_by_name["view_training"].setChecked(True)
        self.workspace.show_problems()

    def open_data_dialog(self, choice: DataChoice | None = None) -> None:
        """Choose what to learn from, beginning with ``choice``; the design is made to fit."""
        start = choice if isinstance(choice, DataChoice) else self.store.document.data
        dialog = DataDialog(start, self.settings, self.themes, self)
        if dialog.exec() and dialog.choice is not None:
            choose_data(self.store, dialog.choice)
        dialog.deleteLater()

    def dropped_file(self, data: QMimeData) -> str:
        """The one file that a drag holds, if it can be opened here; else ""."""
        urls = data.urls()
        path = urls[0].toLocalFile() if len(urls) == 1 else ""
        known = (*DESIGN_FILES, *TABLE_FILES, *(form.extension for form in FORMATS.values()))
        return path if Path(path).suffix.lower() in known else ""

    def open_dropped(self, path: str) -> None:
        """A design is opened, a table becomes the data, weights are loaded."""
        suffix = Path(path).suffix.lower()
        if suffix in DESIGN_FILES:
            self.files.open(path)
        elif suffix in TABLE_FILES:
            self.show_workspace()
            self.open_data_dialog(DataChoice("table", {"path": path}))
        else:
            self.weights_files.load(path)

    def set_theme(self, mode: str) -> None:
        """``mode``: "system", "light" or "dark"; remembered."""
        self.settings.theme_mode = mode
        self.themes.set_mode(mode)
        self.actions_by_name[f"view_theme_{mode}"].setChecked(True)

    def _on_open(self) -> None:
        self.files.open()

    def _on_load_weights(self) -> None:
        self.weights_files.load()

    def _on_rename(self) -> None:
        if not self.at_welcome:
            self.canvas.commands.rename()

    def _on_theme_toggled(self) -> None:
        self.set_theme("light" if self.themes.theme.name == "dark" else "dark")

    def _on_theme_chosen(self) -> None:
        for mode in THEME_MODES:
            if self.actions_by_name[f"view_theme_{mode}"].isChecked():
                self.set_theme(mode)

    # ------------------------------------------------------------------ what parts say

    def _on_opened(self) -> None:
        """Another design is shown: a run of the old one ends, its curves go."""
        self.trainer.reset_weights(new_seed=False)
        self.show_workspace()
        self.message_bar.close_message()
        self.workspace.show_training_settings()
        self.workspace.show_curves()
        QTimer.singleShot(0, self.canvas, self.canvas.action("fit").trigger)
        self.canvas.setFocus()
        self._show_title()

    def _on_changed(self, change: Change) -> None:
        if change.name_changed:
            self._show_title()
        self._last_change = change

    def _on_undo_index_changed(self, index: int) -> None:
        """After the stack has taken an edit in: layers that went can be brought back at once."""
        stack, change = self.store.undo_stack, self._last_change
        done, self._undo_index = index > self._undo_index, index
        self._last_change = None
        if not done or change is None or not change.removed or change.added:
            return
        if stack.undoText().startswith(("Delete", "Cut")):
            count = len(change.removed)
            layers = "1 layer" if count == 1 else f"{count} layers"
            self.message_bar.show_message("info", f"Deleted {layers}.", "Undo", stack.undo)

    def _on_selection_changed(self, selection: frozenset[str]) -> None:
        if selection:
            self.workspace.show_properties()

    def _on_layer_opened(self, _id: str) -> None:
        self.actions_by_name["view_panel"].setChecked(True)
        self.workspace.show_properties()
        self.property_panel.layer_page.focus_first()

    def _on_layer_chosen(self, id: str) -> None:
        self.canvas.reveal(id)

    def _on_refused(self, sentence: str) -> None:
        self.message_bar.show_message("warning", sentence)

    def _on_noted(self, sentence: str) -> None:
        stack = self.store.undo_stack
        undo = stack.undo if stack.canUndo() else None
        self.message_bar.show_message("info", sentence, "Undo" if undo else "", undo)

    def _on_error_caught(self, sentence: str) -> None:
        self.message_bar.show_message("error", sentence)

    def _on_blocked(self, sentence: str) -> None:
        self.show_problems()
        self.problems_panel.choose(0)
        way_out = (
            ("Fit to the data", partial(fit_to_data, self.store)) if can_fit(self.store) else ()
        )
        self.message_bar.show_message("error", f"Training can't begin: {sentence}", *way_out)

    def _on_trainer_state_changed(self, state: str) -> None:
        if state == "starting":
            self.workspace.show_curves()

    def _on_undo_text_changed(self, text: str) -> None:
        self.actions_by_name["edit_undo"].setText(f"&Undo {text}" if text else "&Undo")

    def _on_redo_text_changed(self, text: str) -> None:
        self.actions_by_name["edit_redo"].setText(f"&Redo {text}" if text else "&Redo")

    def _on_theme_changed(self, _theme: Theme) -> None:
        self.actions_by_name[f"view_theme_{self.themes.mode}"].setChecked(True)

    def _show_title(self, _value: object = None) -> None:
        self.setWindowTitle(f"{self.files.shown_name}[*] — NN Designer")
        self.setWindowModified(not self.store.clean)
        self.setWindowFilePath(self.files.path)

    # ------------------------------------------------------------------ window

    def _restore_layout(self) -> None:
        room = self.screen().availableSize() if self.screen() is not None else QSize(1280, 800)
        self.resize(min(1600, room.width() * 9 // 10), min(1000, room.height() * 9 // 10))
        geometry = self.settings.layout("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.workspace.restore(self.settings, self.width(), self.height())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self.dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            # The program the drag came from waits until this returns: open afterwards.
            QTimer.singleShot(0, self, partial(self.open_dropped, path))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.trainer.warm_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button with the focus; Qt itself leaves that to Space."""
        button = self.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(button, QAbstractButton) and button.isEnabled():
            button.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.store.refresh_data()  # a table may have been saved in another program

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_discard():
            event.ignore()
            return
        self.settings.remember_layout("geometry", self.saveGeometry())
        self.workspace.remember(self.settings)
        self.finish()
        event.accept()

    def finish(self) -> None:
        """End everything that runs beside the window."""
        self.recovery.finish()
        for background in (
            self.store.reading,
            self.training_panel.data_card.background,
            self.welcome.background,
        ):
            background.abandon()
        self.trainer.close()
