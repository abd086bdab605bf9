"""Colours of the window, light and dark. Nothing else in the app names a colour.

Fusion with our own palettes. Data colours are Okabe and Ito's colour-blind-safe set
(https://jfly.uni-koeln.de/color/), lightened a little for the dark theme.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from nn_designer.layers.base import Category


@dataclass(frozen=True)
class Theme:
    """One set of colours, as ``#rrggbb``."""

    name: str
    window: str  # behind panels
    panel: str  # panels, toolbars, tables
    panel_raised: str  # inputs, buttons
    border: str
    text: str
    text_muted: str
    accent: str  # primary buttons, selection, focus
    accent_text: str
    accent_soft: str  # selected rows
    error: str
    error_soft: str
    warning: str
    warning_soft: str
    success: str
    canvas: str
    canvas_grid: str
    card: str
    card_border: str
    shadow: str
    wire: str
    wire_text: str
    wire_valid: str
    plot_background: str
    plot_grid: str
    training: str  # the curve of the training part
    validation: str  # the curve of the validation part
    categories: dict[Category, str]
    classes: tuple[str, ...]  # data points, class by class


_CLASSES_LIGHT = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00",
    "#56B4E9", "#8C6BB1", "#7F7F7F", "#B8A900", "#17A2A2",
)  # fmt: skip
_CLASSES_DARK = (
    "#4DA6E0", "#F0B23E", "#2FC79A", "#E08FC0", "#F27D3A",
    "#8CCBF2", "#B296D6", "#A6A6A6", "#D9CC3C", "#4CC9C9",
)  # fmt: skip

LIGHT = Theme(
    name="light",
    window="#eceef2",
    panel="#f8f9fb",
    panel_raised="#ffffff",
    border="#d3d8e0",
    text="#1c2430",
    text_muted="#5c6675",
    accent="#2563d9",
    accent_text="#ffffff",
    accent_soft="#dbe7ff",
    error="#c62828",
    error_soft="#fde7e7",
    warning="#9a6200",
    warning_soft="#fff3d6",
    success="#1b7f4b",
    canvas="#f1f3f7",
    canvas_grid="#dde2ea",
    card="#ffffff",
    card_border="#c9d0da",
    shadow="#000000",
    wire="#8793a5",
    wire_text="#4d5867",
    wire_valid="#1b9e5a",
    plot_background="#ffffff",
    plot_grid="#d9dee6",
    training="#0072B2",
    validation="#D97700",
    categories={
        Category.INPUT_OUTPUT: "#546e8f",
        Category.CORE: "#2f6fdb",
        Category.CONVOLUTION: "#0b7a3e",
        Category.POOLING: "#7a6a00",
        Category.RECURRENT: "#5f2f22",
        Category.ATTENTION: "#43389e",
        Category.ACTIVATION: "#b9570b",
        Category.NORMALIZATION: "#0b7ea4",
        Category.REGULARIZATION: "#8a4fc2",
        Category.SHAPE: "#0d8577",
        Category.MERGE: "#b03a6f",
    },
    classes=_CLASSES_LIGHT,
)

DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1c2027",
    panel_raised="#262b34",
    border="#363d49",
    text="#e8ebf0",
    text_muted="#9aa5b4",
    accent="#5b93ff",
    accent_text="#0b1220",
    accent_soft="#223962",
    error="#ff7b72",
    error_soft="#43211f",
    warning="#f0b849",
    warning_soft="#3d3118",
    success="#4cc38a",
    canvas="#181b21",
    canvas_grid="#262b33",
    card="#232831",
    card_border="#3f4856",
    shadow="#000000",
    wire="#75839a",
    wire_text="#b3bccb",
    wire_valid="#4cc38a",
    plot_background="#1a1e24",
    plot_grid="#343b46",
    training="#5cb3f0",
    validation="#f0a83a",
    categories={
        Category.INPUT_OUTPUT: "#7f98b8",
        Category.CORE: "#6aa0ff",
        Category.CONVOLUTION: "#5cc47f",
        Category.POOLING: "#cdbb3e",
        Category.RECURRENT: "#f2cdb4",
        Category.ATTENTION: "#c3c4ff",
        Category.ACTIVATION: "#f0944d",
        Category.NORMALIZATION: "#4fbfe6",
        Category.REGULARIZATION: "#b98af0",
        Category.SHAPE: "#3fc1b0",
        Category.MERGE: "#e87aa9",
    },
    classes=_CLASSES_DARK,
)


def with_alpha(colour: str, alpha: float) -> QColor:
    """``#rrggbb`` with an opacity from 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def palette_for(theme: Theme) -> QPalette:
    """The QPalette that gives every standard widget the theme's colours."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.panel),
        (roles.WindowText, theme.text),
        (roles.Base, theme.panel_raised),
        (roles.AlternateBase, theme.panel),
        (roles.ToolTipBase, theme.panel_raised),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.text_muted),
        (roles.Text, theme.text),
        (roles.Button, theme.panel_raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.error),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.accent_text),
        (roles.Link, theme.accent),
        (roles.Light, theme.panel_raised),
        (roles.Midlight, theme.panel),
        (roles.Mid, theme.border),
        (roles.Dark, theme.border),
        (roles.Accent, theme.accent),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_muted))
    return palette


class ThemeManager(QObject):
    """Holds the theme in force; views repaint on :attr:`changed`.

    ``mode`` is "system" (follows the desktop), "light" or "dark".
    """

    changed = Signal(object)  # Theme

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode = "system"
        self.theme = LIGHT
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._on_scheme_changed)

    def set_mode(self, mode: str) -> None:
        """``mode``: "system", "light" or "dark"."""
        self.mode = mode
        self._apply()

    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.mode == "system":
            self._apply()

    def _apply(self) -> None:
        dark = self.mode == "dark"
        if self.mode == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.theme = DARK if dark else LIGHT
        QGuiApplication.setPalette(palette_for(self.theme))
        self.changed.emit(self.theme)
