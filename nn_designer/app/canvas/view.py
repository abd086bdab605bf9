"""The canvas as a widget."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGraphicsView, QWidget

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager


class CanvasView(QGraphicsView):
    """Cards and wires of the store's document.

    ``actions()`` (inherited) lists its QActions for menus; ``action("fit")`` finds one by key.
    """

    hinted = Signal(str)  # what the gesture under way does, for the status bar; "" when over
    opened = Signal(str)  # layer id: a card was double-clicked or Enter pressed on it

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.themes = themes

    def action(self, key: str) -> QAction:
        """The action with the object name ``canvas_<key>``, such as ``action("fit")``."""
        raise KeyError(key)

    def reveal(self, layer_id: str) -> None:
        """Scroll so that the layer's card is in view."""
