"""A small menu that shows the curve of every activation."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.activation_curves import curve_path
from nn_designer.app.theme import ThemeManager
from nn_designer.engine.activations import ACTIVATIONS

__all__ = ["ActivationMenu", "curve_icon", "curve_path"]

_COLUMNS = 4
_CELL = QSize(100, 70)
_PICTURE = QSize(60, 34)


def curve_icon(key: str, colour: str, axis: str, size: QSize, ratio: float = 2.0) -> QIcon:
    """The curve of an activation as an icon, with a faint line at zero."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(3, 3, size.width() - 6, size.height() - 6)
    painter.setPen(QPen(QColor(axis), 1.0))
    painter.drawLine(
        QPointF(area.center().x(), area.top()), QPointF(area.center().x(), area.bottom())
    )
    pen = QPen(QColor(colour), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPath(curve_path(key, area))
    painter.end()
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Active):
        icon.addPixmap(picture, mode)
    return icon


def keep_on_screen(popup: QWidget, position: QPoint) -> None:
    """Move a popup's top left corner to ``position``, or as near as the screen allows."""
    screen = popup.screen().availableGeometry()
    x = max(screen.left(), min(position.x(), screen.right() + 1 - popup.width()))
    y = max(screen.top(), min(position.y(), screen.bottom() + 1 - popup.height()))
    popup.move(x, y)


class _Grid(QListWidget):
    """The cells. Enter chooses, the arrows walk."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            item = self.currentItem()
            if item is not None:
                self.itemActivated.emit(item)
            return
        super().keyPressEvent(event)


class ActivationMenu(QFrame):
    """A popup with one cell per activation: its curve and its title; its formula below."""

    chosen = Signal(str)  # key of the activation

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("activation_menu")
        self.setAccessibleName("Choose the activation")
        self.themes = themes
        self._chosen = False
        self.grid = _Grid()
        self.grid.setObjectName("activation_menu_grid")
        self.grid.setAccessibleName("Activations")
        self.grid.setViewMode(QListView.ViewMode.IconMode)
        self.grid.setMovement(QListView.Movement.Static)
        self.grid.setResizeMode(QListView.ResizeMode.Fixed)
        self.grid.setUniformItemSizes(True)
        self.grid.setIconSize(_PICTURE)
        self.grid.setGridSize(_CELL)
        self.grid.setMouseTracking(True)
        self.grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.formula = QLabel()
        self.formula.setObjectName("activation_menu_formula")
        self.formula.setAccessibleName("Formula")
        self.formula.setProperty("role", "small")
        self.formula.setAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight)
        self.help = QLabel()
        self.help.setObjectName("activation_menu_help")
        self.help.setAccessibleName("What it does")
        self.help.setWordWrap(True)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.grid)
        line = QHBoxLayout()
        line.setContentsMargins(8, 4, 8, 0)
        line.addWidget(self.title)
        line.addWidget(self.formula, 1)
        column.addLayout(line)
        column.addWidget(self.help)
        self.help.setContentsMargins(8, 0, 8, 4)
        self.grid.itemClicked.connect(self._on_item_chosen)
        self.grid.itemActivated.connect(self._on_item_chosen)
        self.grid.itemEntered.connect(self._on_item_entered)
        self.grid.currentItemChanged.connect(self._on_item_entered)

    def open_at(self, position: QPoint, current: str, keys: Iterable[str] = ACTIVATIONS) -> None:
        """Show it with its top left corner at ``position`` (global), ``current`` chosen; only
        ``keys`` may be."""
        self._fill(current, keys)
        self.ensurePolished()
        self._make_room_for_help()
        self.adjustSize()
        keep_on_screen(self, position)
        self._chosen = False
        self.show()
        keep_on_screen(self, position)  # the first time, showing is what settles its size
        self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def _make_room_for_help(self) -> None:
        """As high as the longest help, so that the popup keeps its size."""
        width = self.grid.width()
        shown = self.help.text()
        heights = []
        for activation in ACTIVATIONS.values():
            self.help.setText(activation.help)
            heights.append(self.help.heightForWidth(width))
        self.help.setText(shown)
        self.help.setFixedHeight(max(heights))

    def _fill(self, current: str, keys: Iterable[str]) -> None:
        theme = self.themes.theme
        self.setStyleSheet(
            f"QFrame#{self.objectName()} {{ background: {theme.panel_raised};"
            f" border: 1px solid {theme.border}; }}"
            f"QListWidget {{ background: {theme.panel_raised}; }}"
        )
        self.grid.clear()
        for key in keys:
            activation = ACTIVATIONS[key]
            picture = curve_icon(key, theme.accent, theme.border, _PICTURE)
            item = QListWidgetItem(picture, activation.title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setSizeHint(_CELL)
            item.setToolTip(activation.formula)
            self.grid.addItem(item)
            if key == current:
                self.grid.setCurrentItem(item)
        rows = -(-self.grid.count() // _COLUMNS)
        self.grid.setFixedSize(_COLUMNS * _CELL.width() + 6, rows * _CELL.height() + 6)

    def _on_item_entered(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            activation = ACTIVATIONS[str(item.data(Qt.ItemDataRole.UserRole))]
            self.title.setText(activation.title)
            self.formula.setText(activation.formula)
            self.help.setText(activation.help)

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        if self._chosen:
            return  # a double click chooses once
        self._chosen = True
        self.close()
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
