"""What the Help menu shows: shortcuts, past messages, the log, about."""

from __future__ import annotations

import sys
from html import escape
from importlib import metadata
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout

from nn_designer.app.errors import ErrorHook
from nn_designer.app.keys_dialog import KeysDialog, sections
from nn_designer.app.message_bar import MessageBar

if TYPE_CHECKING:
    from nn_designer.app.main_window import MainWindow


class Help(QObject):
    def __init__(
        self, window: MainWindow, message_bar: MessageBar, errors: ErrorHook | None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._message_bar = message_bar
        self._errors = errors
        self._keys: KeysDialog | None = None

    def show_shortcuts(self) -> None:
        """Keyboard and mouse; stays open beside the window."""
        window = self._window
        if self._keys is None:
            parts = sections(window.menuBar(), window.canvas.actions())
            self._keys = KeysDialog(parts, window.themes, window)
            self._keys.destroyed.connect(self._on_keys_destroyed)
        self._keys.show()
        self._keys.raise_()
        self._keys.activateWindow()

    def _on_keys_destroyed(self) -> None:
        self._keys = None

    def show_messages(self) -> None:
        rows = "".join(
            f"<p><b>{escape(kind.capitalize())}.</b> {escape(sentence)}</p>"
            for kind, sentence in reversed(self._message_bar.history)
        )
        self._show("Messages", rows or "<p>Nothing has been said yet.</p>")

    def show_log(self) -> None:
        path = self._errors.log_path if self._errors is not None else None
        if path is None:
            self._message_bar.show_message("info", "There is no log file.")
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def show_about(self) -> None:
        self._show(
            "About NN Designer",
            "<h2>NN Designer</h2>"
            "<p>Draw a neural network, train it on your own computer, watch it learn, take it "
            "with you.</p>"
            "<p>Everything stays on this computer: the program holds no network code.</p>"
            f"<p>Version {escape(_version('nn-designer'))}, Python "
            f"{sys.version_info.major}.{sys.version_info.minor}, Qt {escape(qVersion() or '')}, "
            f"NumPy {escape(_version('numpy'))}. MIT licence. The font is Inter (SIL Open Font "
            "License 1.1).</p>",
        )

    def _show(self, title: str, html: str) -> None:
        dialog = QDialog(self._window)
        dialog.setObjectName("help_dialog")
        dialog.setWindowTitle(title)
        dialog.resize(560, 520)
        text = QTextBrowser()
        text.setHtml(html)
        text.setOpenLinks(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(text)
        layout.addWidget(buttons)
        dialog.exec()
        dialog.deleteLater()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # in a bundle
        from nn_designer import __version__

        return __version__ if package == "nn-designer" else "(bundled)"
