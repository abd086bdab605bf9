"""The lower part of the window: progress, curves, and a view that suits the data."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer


class TrainingView(QWidget):
    """Progress strip, loss and metric plots, and the data's own view.

    ``store``: the window's Store; its document's data is shown even before training.
    """

    def __init__(
        self, store: object, trainer: Trainer, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_view")
        self.store = store
        self.trainer = trainer
        self.themes = themes
        self.setLayout(QVBoxLayout())
