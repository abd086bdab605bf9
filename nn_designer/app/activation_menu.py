"""A small menu that shows the curve of every activation."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QFrame, QWidget

from nn_designer.app.theme import ThemeManager


def curve_path(key: str, rect: QRectF) -> QPainterPath:
    """The curve of an activation over -4..4, fitted into ``rect``."""
    return QPainterPath()


class ActivationMenu(QFrame):
    """A popup with one cell per activation: its curve and its title."""

    chosen = Signal(str)  # key of the activation

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.themes = themes

    def open_at(self, position: QPoint, current: str) -> None:
        """Show it with its top left corner at ``position`` (global), ``current`` chosen."""
