"""The palette: every layer kind, by category, to drag out or append."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager

KIND_MIME = "application/x-nn-designer-kind"
"""Mime type of a dragged layer kind; the data is the kind's key in UTF-8."""


class Palette(QWidget):
    """A search box and the layer kinds under their categories."""

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.themes = themes
