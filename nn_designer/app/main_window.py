"""The main window: palette left, canvas in the middle, panels right, training below."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QWidget

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager


class MainWindow(QMainWindow):
    """One window, one design."""

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.themes = themes
