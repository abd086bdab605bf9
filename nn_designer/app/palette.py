"""The palette: every layer kind, by category, to drag out or append."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QDrag, QFocusEvent, QFont, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app import icons, kind_texts
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.drops import KIND_MIME
from nn_designer.app.canvas.look import with_alpha
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.design import edits
from nn_designer.layers import KINDS, Category
from nn_designer.layers.base import LayerKind

__all__ = ["KIND_MIME", "Palette"]

_KEY_ROLE = Qt.ItemDataRole.UserRole
_HEADING_ROLE = Qt.ItemDataRole.UserRole + 1
# Small enough for all kinds to be in sight in a window of 1280 × 800 pixels.
_ROW_HEIGHT = 30
_HEADING_HEIGHT = 22
_TILE = 24


class _Delegate(QStyledItemDelegate):
    """Paints a row: a tile in the category's colour with the kind's drawing, and its title."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        height = _HEADING_HEIGHT if index.data(_HEADING_ROLE) else _ROW_HEIGHT
        return QSize(120, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(_HEADING_ROLE):
            self._paint_heading(painter, QRectF(option.rect), str(index.data()))
        else:
            kind = KINDS[str(index.data(_KEY_ROLE))]
            flags = QStyle.StateFlag
            self._paint_kind(
                painter,
                QRectF(option.rect),
                kind,
                selected=bool(option.state & flags.State_Selected),
                focused=bool(option.state & flags.State_HasFocus),
                hovered=bool(option.state & flags.State_MouseOver),
            )
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRectF, text: str) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.4)
        painter.setFont(font)
        painter.setPen(QColor(self._themes.theme.text_muted))
        place = rect.adjusted(10, 0, -8, -3)
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_kind(
        self,
        painter: QPainter,
        rect: QRectF,
        kind: type[LayerKind],
        *,
        selected: bool,
        focused: bool,
        hovered: bool,
    ) -> None:
        theme = self._themes.theme
        row = rect.adjusted(2, 1, -2, -1)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                QColor(theme.accent_soft) if selected else with_alpha(theme.text, 0.06)
            )
            painter.drawRoundedRect(row, 7, 7)
        if focused:
            painter.setPen(QPen(QColor(theme.accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        tile = QRectF(row.x() + 7, row.center().y() - _TILE / 2, _TILE, _TILE)
        paint_tile(painter, theme, kind, tile)
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        place = row.adjusted(_TILE + 17, 0, -6, 0)
        text = painter.fontMetrics().elidedText(
            kind.title, Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def paint_tile(painter: QPainter, theme: Theme, kind: type[LayerKind], tile: QRectF) -> None:
    """A kind's drawing on a tile in its category's colour, as on its card."""
    colour = theme.categories[kind.category]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(colour, 0.22 if theme.name == "dark" else 0.13))
    painter.drawRoundedRect(tile, 7, 7)
    side = 17
    margin = (tile.width() - side) / 2
    ratio = painter.device().devicePixelRatioF()
    picture = icons.pixmap(glyph_name(kind.key), colour, side, max(ratio, 2.0))
    place = QRectF(tile.x() + margin, tile.y() + margin, side, side)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


class _KindList(QListWidget):
    """The rows; starts drags that carry a kind's key."""

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        mime = QMimeData()
        for item in items:
            mime.setData(KIND_MIME, str(item.data(_KEY_ROLE)).encode("utf-8"))
        return mime

    def startDrag(self, supported_actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or item.data(_HEADING_ROLE):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(self._drag_picture(item))
        drag.setHotSpot(QPoint(15, 15))
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_picture(self, item: QListWidgetItem) -> QPixmap:
        """The kind's tile below the cursor; on the canvas the ghost of a card surrounds it."""
        palette = self.parentWidget()
        theme = palette.themes.theme if isinstance(palette, Palette) else None
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(30, 30) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        if theme is not None:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.card_border), 1.0))
            painter.setBrush(QColor(theme.card))
            painter.drawRoundedRect(QRectF(0.5, 0.5, 29, 29), 8, 8)
            paint_tile(painter, theme, KINDS[str(item.data(_KEY_ROLE))], QRectF(2, 2, 26, 26))
            painter.end()
        return picture

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by the keyboard sees where."""
        super().focusInEvent(event)
        item = self.currentItem()
        if item is None or item.data(_HEADING_ROLE):
            self.setCurrentRow(0 if self.item(0).data(_KEY_ROLE) else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.currentItem()
            if item is not None:
                self.itemActivated.emit(item)
            return
        super().keyPressEvent(event)


class Palette(QFrame):
    """A search box and the layer kinds under their categories.

    Drag a kind out, or double-click it (or press Enter): it is appended after the selected
    layer and wired.
    """

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("role", "panel")
        self.setAccessibleName("Layers to add")
        self.store = store
        self.themes = themes
        self.search = QLineEdit()
        self.search.setObjectName("palette_search")
        self.search.setAccessibleName("Search layers")
        self.search.setPlaceholderText("Search layers")
        self.search.setClearButtonEnabled(True)
        self.list = _KindList()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName("Layer kinds")
        self.list.setItemDelegate(_Delegate(themes, self.list))
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = QLabel("No layer of that name.")
        self.nothing.setObjectName("palette_nothing")
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        self.setMinimumWidth(168)
        self._fill("")
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._on_search_entered)
        self.list.itemActivated.connect(self._on_item_activated)
        themes.changed.connect(self._on_theme_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search box goes to the first kind."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and key == Qt.Key.Key_Down and self.list.isVisible():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            self.list.setCurrentRow(0 if self.list.item(0).data(_KEY_ROLE) else 1)
            return True
        return super().eventFilter(watched, event)

    def append(self, kind: str) -> bool:
        """Append a layer after the selected one and wire it; it is selected then."""
        before = frozenset(self.store.document.by_id)
        chosen = self.store.selection
        after = next(iter(chosen)) if len(chosen) == 1 else None
        if not self.store.edit(f"Add {KINDS[kind].title}", edits.append_after, kind, after):
            return False
        self.store.select(frozenset(self.store.document.by_id) - before)
        return True

    def _fill(self, text: str) -> None:
        self.list.clear()
        found = kind_texts.found(KINDS.values(), text)
        if text.strip():
            for kind in found:
                self._add_kind(kind)
        else:
            for category in Category:
                kinds = [kind for kind in found if kind.category is category]
                if kinds:
                    self._add_heading(category)
                for kind in kinds:
                    self._add_kind(kind)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if text.strip() and found:
            self.list.setCurrentRow(0)

    def _add_heading(self, category: Category) -> None:
        item = QListWidgetItem(category.value.upper())
        item.setData(_HEADING_ROLE, True)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _add_kind(self, kind: type[LayerKind]) -> None:
        item = QListWidgetItem(kind.title)
        item.setData(_KEY_ROLE, kind.key)
        item.setToolTip(kind_texts.one_line_help(kind))
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, item.toolTip())
        self.list.addItem(item)

    def _on_search_entered(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._on_item_activated(item)

    def _on_item_activated(self, item: QListWidgetItem) -> None:
        if not item.data(_HEADING_ROLE):
            self.append(str(item.data(_KEY_ROLE)))

    def _on_theme_changed(self, _theme: Theme) -> None:
        self.list.viewport().update()
