"""One run of the app: application object, theme, window, and how they begin and end."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from nn_designer.app.background import wait_for_abandoned
from nn_designer.app.errors import ErrorHook
from nn_designer.app.icons import application_icon
from nn_designer.app.main_window import MainWindow
from nn_designer.app.recovery import offer_left_behind
from nn_designer.app.settings import AppSettings, app_data_folder
from nn_designer.app.store import Store
from nn_designer.app.style import Style
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer


class Session(QObject):
    """Makes everything in the right order; :meth:`end` takes it apart again."""

    def __init__(self, *, theme: str = "") -> None:
        self.application = QApplication.instance() or QApplication(sys.argv[:1])
        super().__init__()
        self.application.setOrganizationName("NN Designer")
        self.application.setApplicationName("NN Designer")
        self.application.setDesktopFileName("nn-designer")
        self.application.setWindowIcon(application_icon())
        self.errors = ErrorHook(self)
        self.errors.install(_log_folder())
        self.settings = AppSettings()
        self.themes = ThemeManager(self)
        self.style = Style(self.application, self.themes)
        self.themes.set_mode(theme or self.settings.theme_mode)
        self.store = Store(parent=self)
        self.trainer = Trainer(self)
        self.window = MainWindow(self.store, self.themes, self.trainer, self.settings, self.errors)
        # Lets Python see Ctrl-C in the terminal while Qt waits for events.
        self._heartbeat = QTimer(self)
        self._heartbeat.setInterval(500)
        self._heartbeat.timeout.connect(_nothing)

    def begin(self, design: str | None = None, template: str | None = None) -> None:
        """Show the window: with a design, a template, or the welcome page."""
        self.window.show()
        if design:
            self.window.files.open(design)
        elif template:
            self.window.files.new_from_template(template)
        offer_left_behind(self.window.files, self.window.message_bar)

    def run(self) -> int:
        """Handle events until the window closes."""
        signal.signal(signal.SIGINT, lambda *_: self.application.quit())
        self._heartbeat.start()
        return self.application.exec()

    def end(self) -> None:
        """Close what is still open. Needed even after a failed start."""
        self._heartbeat.stop()
        self.window.finish()
        self.window.hide()
        wait_for_abandoned()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, 52)  # deferred deletes
        self.errors.uninstall()


def _nothing() -> None:
    """Wakes the interpreter, which then handles signals."""


def _log_folder() -> Path | None:
    try:
        return app_data_folder()
    except OSError:
        return None
