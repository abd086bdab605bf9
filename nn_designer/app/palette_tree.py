"""The rows of the palette: layer kinds below headings that fold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from nn_designer.app import icons, kind_texts
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.drops import KIND_MIME
from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind

KEY_ROLE = Qt.ItemDataRole.UserRole
"""The key of a row's layer kind; None in a heading."""
_NAME_ROLE = Qt.ItemDataRole.UserRole + 1  # what a heading is remembered by
_NO_MODIFIER = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_TILE = 20
_TEXT_X = _TILE + 15
_RIGHT_MARGIN = 4


class _Delegate(QStyledItemDelegate):
    """Paints a row: a tile in the category's colour with the kind's drawing, and its title."""

    def __init__(self, themes: ThemeManager, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._themes = themes
        self._tree = tree

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        height = self._tree.fontMetrics().height()
        return QSize(120, max(_TILE + 5, height + 8))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(1, 0.5, -1, -0.5)
        key = index.data(KEY_ROLE)
        self._paint_ground(painter, row, option.state, is_heading=key is None)
        if key is None:
            self._paint_heading(painter, row, index)
        else:
            self._paint_kind(painter, row, KINDS[str(key)])
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, row: QRectF, state: QStyle.StateFlag, *, is_heading: bool
    ) -> None:
        theme, flags = self._themes.theme, QStyle.StateFlag
        selected = bool(state & flags.State_Selected) and not is_heading
        if selected or state & flags.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                QColor(theme.accent_soft) if selected else with_alpha(theme.text, 0.06)
            )
            painter.drawRoundedRect(row, 6, 6)
        if state & flags.State_HasFocus and self._tree.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_heading(
        self, painter: QPainter, row: QRectF, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """An arrow, the name, and while it is folded how many kinds are below it."""
        theme = self._themes.theme
        opened = self._tree.isExpanded(QModelIndex(index))
        pen = QPen(QColor(theme.text_muted), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.save()
        painter.translate(row.x() + 9, row.center().y())
        painter.rotate(90 if opened else 0)
        painter.drawPolyline([QPointF(-2, -3.5), QPointF(1.5, 0), QPointF(-2, 3.5)])
        painter.restore()
        painter.setFont(heading_font(painter.font()))
        flags = Qt.AlignmentFlag
        place = row.adjusted(20, 0, -_RIGHT_MARGIN - 2, 0)
        painter.drawText(place, flags.AlignVCenter | flags.AlignLeft, str(index.data()).upper())
        if not opened:
            count = str(index.model().rowCount(QModelIndex(index)))
            painter.drawText(place, flags.AlignVCenter | flags.AlignRight, count)

    def _paint_kind(self, painter: QPainter, row: QRectF, kind: type[LayerKind]) -> None:
        tile = QRectF(row.x() + 6, row.center().y() - _TILE / 2, _TILE, _TILE)
        paint_tile(painter, self._themes.theme, kind, tile)
        painter.setFont(kind_font(painter.font()))
        painter.setPen(QColor(self._themes.theme.text))
        place = row.adjusted(_TEXT_X, 0, -_RIGHT_MARGIN, 0)
        flags = Qt.AlignmentFlag
        painter.drawText(place, flags.AlignVCenter | flags.AlignLeft, kind.title)


def kind_font(font: QFont) -> QFont:
    """The type of the rows."""
    result = QFont(font)
    result.setPointSizeF(font.pointSizeF() * 0.93)
    return result


def heading_font(font: QFont) -> QFont:
    """The type of the headings."""
    result = QFont(font)
    result.setPointSizeF(font.pointSizeF() * 0.8)
    result.setWeight(QFont.Weight.DemiBold)
    result.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.4)
    return result


def paint_tile(painter: QPainter, theme: Theme, kind: type[LayerKind], tile: QRectF) -> None:
    """A kind's drawing on a tile in its category's colour, as on its card."""
    colour = theme.categories[kind.category]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(colour, 0.22 if theme.name == "dark" else 0.13))
    painter.drawRoundedRect(tile, 6, 6)
    side = 17
    margin = (tile.width() - side) / 2
    ratio = painter.device().devicePixelRatioF()
    picture = icons.pixmap(glyph_name(kind.key), colour, side, max(ratio, 2.0))
    place = QRectF(tile.x() + margin, tile.y() + margin, side, side)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


class KindTree(QTreeWidget):
    """Rows of kinds, below headings or without; starts drags that carry a kind's key."""

    kind_chosen = Signal(str)  # key: double click or Enter
    typed = Signal(str)  # what somebody types here is a search
    left_upwards = Signal()  # Up in the first row

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setItemDelegate(_Delegate(themes, self))
        self.setColumnCount(1)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._on_item_clicked)
        self.itemDoubleClicked.connect(self._on_item_double_clicked)

    # ---- rows

    def add_heading(self, name: str, title: str, kinds: Sequence[type[LayerKind]]) -> None:
        """A heading, folded, with kinds below it; ``name`` is what it is remembered by."""
        heading = QTreeWidgetItem([title])
        heading.setData(0, _NAME_ROLE, name)
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setData(
            0, Qt.ItemDataRole.AccessibleTextRole, f"{title}, layer kinds: {len(kinds)}"
        )
        heading.addChildren([self._row(kind) for kind in kinds])
        self.addTopLevelItem(heading)

    def add_kind(self, kind: type[LayerKind]) -> None:
        """A row that is below no heading."""
        self.addTopLevelItem(self._row(kind))

    def _row(self, kind: type[LayerKind]) -> QTreeWidgetItem:
        row = QTreeWidgetItem([kind.title])
        row.setData(0, KEY_ROLE, kind.key)
        row.setToolTip(0, kind_texts.one_line_help(kind))
        row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, row.toolTip(0))
        return row

    def headings(self) -> dict[str, QTreeWidgetItem]:
        """The headings by their names."""
        rows = [self.topLevelItem(index) for index in range(self.topLevelItemCount())]
        return {self.name_of(row): row for row in rows if row.data(0, KEY_ROLE) is None}

    @staticmethod
    def name_of(heading: QTreeWidgetItem) -> str:
        """What a heading is remembered by."""
        return str(heading.data(0, _NAME_ROLE))

    def narrowest_px(self) -> int:
        """The width at which no title is cut."""
        metrics = QFontMetrics(kind_font(self.font()))
        longest = max(metrics.horizontalAdvance(kind.title) for kind in KINDS.values())
        bar = self.verticalScrollBar().sizeHint().width()
        return longest + _TEXT_X + _RIGHT_MARGIN + 2 + bar

    def first_kind(self) -> QTreeWidgetItem | None:
        """The first row that is in sight and stands for a kind."""
        row = self.topLevelItem(0)
        while row is not None and row.data(0, KEY_ROLE) is None:
            row = self.itemBelow(row)
        return row

    def go_to_first_kind(self) -> None:
        self.setCurrentItem(self.first_kind() or self.topLevelItem(0))

    # ---- mouse

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        mime = QMimeData()
        for item in items:
            mime.setData(KIND_MIME, str(item.data(0, KEY_ROLE)).encode("utf-8"))
        return mime

    def startDrag(self, supported_actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or item.data(0, KEY_ROLE) is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(self._drag_picture(KINDS[str(item.data(0, KEY_ROLE))]))
        drag.setHotSpot(QPoint(15, 15))
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_picture(self, kind: type[LayerKind]) -> QPixmap:
        """The kind's tile below the cursor; on the canvas the ghost of a card surrounds it."""
        theme = self._themes.theme
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(30, 30) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.card_border), 1.0))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 29, 29), 8, 8)
        paint_tile(painter, theme, kind, QRectF(2, 2, 26, 26))
        painter.end()
        return picture

    def _on_item_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, KEY_ROLE) is None:
            item.setExpanded(not item.isExpanded())

    def _on_item_double_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, KEY_ROLE) is not None:
            self.kind_chosen.emit(str(item.data(0, KEY_ROLE)))

    # ---- keys

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by the keyboard sees where."""
        if self.currentItem() is None:
            self.go_to_first_kind()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds a layer or folds; letters search; the arrows are the tree's own."""
        keys, item = Qt.Key, self.currentItem()
        text, held = event.text(), event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        is_heading = item is not None and item.data(0, KEY_ROLE) is None
        if item is not None and event.key() in (keys.Key_Return, keys.Key_Enter):
            if is_heading:
                item.setExpanded(not item.isExpanded())
            else:
                self.kind_chosen.emit(str(item.data(0, KEY_ROLE)))
        elif is_heading and event.key() == keys.Key_Space:
            item.setExpanded(not item.isExpanded())
        elif event.key() == keys.Key_Up and item is not None and self.itemAbove(item) is None:
            self.left_upwards.emit()
        elif text.isprintable() and text.strip() and held in _NO_MODIFIER:
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)
