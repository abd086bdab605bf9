"""The canvas as a widget: takes the mouse, keys and drops, and hands them on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from nn_designer.app.canvas.actions import make_actions, set_icons
from nn_designer.app.canvas.commands import Commands
from nn_designer.app.canvas.drops import PaletteDrop, kind_in
from nn_designer.app.canvas.grid import DotGrid
from nn_designer.app.canvas.look import GRID
from nn_designer.app.canvas.menus import menu_for
from nn_designer.app.canvas.motion import animation_ms
from nn_designer.app.canvas.mouse import Mouse
from nn_designer.app.canvas.navigation import Navigator
from nn_designer.app.canvas.popups import Popups
from nn_designer.app.canvas.rename import NameEditor
from nn_designer.app.canvas.scene import FARTHEST, CanvasScene, Hit
from nn_designer.app.canvas.tip import CursorTip, EmptyHint, FocusFrame, HintLine
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.design.diff import Change

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


_DESCRIPTION = "The layers of the network and the wires between them"


class CanvasView(QGraphicsView):
    """Cards and wires of the store's document.

    ``actions()`` (inherited) lists its QActions for menus; ``action("fit")`` finds one by key.
    ``wheel_zooms``: the wheel zooms (with Ctrl always); if False it scrolls.
    """

    hinted = Signal(str)  # what the gesture under way does, for the status bar; "" when over
    opened = Signal(str)  # layer id: its card was double-clicked beside its name, or Enter pressed
    zoomed = Signal(float)  # 1.0 is 100 %

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(_DESCRIPTION)
        self.store = store
        self.themes = themes
        self.wheel_zooms = True
        self.canvas_scene = CanvasScene(store, themes.theme, self)
        self.setScene(self.canvas_scene)
        self._drop: PaletteDrop | None = None
        self._was_shown = False
        self._grid = DotGrid()
        self._set_up_view()
        self.navigator = Navigator(self)
        self.navigator.zoomed.connect(self.zoomed.emit)
        self.mouse = Mouse(self)
        self.commands = Commands(self)
        self._actions = make_actions(self)
        self.tip = CursorTip(self)
        self._empty_hint = EmptyHint(self)
        self._hint_line = HintLine(self)
        self._focus_frame = FocusFrame(self)
        self._focus_frame.hinted.connect(self.hinted.emit)
        self.hinted.connect(self._hint_line.show_hint)
        self._popups = Popups(self)
        self._name_editor = NameEditor(self)
        self.animation_ms = animation_ms(self)
        self._on_theme_changed(themes.theme)
        self._on_changed()
        themes.changed.connect(self._on_theme_changed)
        store.changed.connect(self._on_changed)
        store.replaced.connect(self._on_replaced)
        store.selection_changed.connect(self._on_selection_changed)

    def _set_up_view(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.SmoothPixmapTransform
        )
        flags = QGraphicsView.OptimizationFlag
        self.setOptimizationFlags(flags.DontSavePainterState | flags.DontAdjustForAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setSceneRect(-FARTHEST, -FARTHEST, 2 * FARTHEST, 2 * FARTHEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setAcceptDrops(True)
        self.setMinimumSize(240, 160)

    # ---- what others use

    @property
    def animation_ms(self) -> int:
        """How long cards and view glide to a new place; 0: they are there at once."""
        return self.canvas_scene.motion.duration_ms

    @animation_ms.setter
    def animation_ms(self, duration_ms: int) -> None:
        self.canvas_scene.motion.duration_ms = duration_ms

    def action(self, key: str) -> QAction:
        """The action with the object name ``canvas_<key>``, such as ``action("fit")``."""
        return self._actions[key]

    def reveal(self, layer_id: str) -> None:
        """Scroll so that the layer's card is in view."""
        self.navigator.reveal(self.canvas_scene.content_rect((layer_id,)))

    def shown_rect(self) -> QRectF:
        """The part of the scene that is in view."""
        return QRectF(self.mapToScene(self.viewport().rect()).boundingRect())

    def below_card(self, layer_id: str, part: QRectF | None = None) -> QPoint:
        """The lower left corner of a card (or a part of it) on the screen."""
        card = self.canvas_scene.cards[layer_id]
        corner = card.pos() + (card.body if part is None else part).bottomLeft()
        return self.viewport().mapToGlobal(self.mapFromScene(corner))

    def open_layer_chooser(self, source: str) -> None:
        """The list of layers that may take a wire from ``source``."""
        self._popups.open_layer_chooser(source)

    def open_activation_menu(self, layer_id: str) -> None:
        """The menu with the curves, below the card's activation."""
        self._popups.open_activation_menu(layer_id)

    def rename(self, layer_id: str) -> None:
        """Let the name of a layer be typed on its card."""
        self._name_editor.open(layer_id)

    def open_quick_add(
        self,
        at: QPoint,
        *,
        source: str | None = None,
        target: tuple[str, int] | None = None,
    ) -> None:
        """The searchable list at ``at`` (viewport pixels); the new layer is wired from
        ``source`` or to the input ``target`` (layer id, port)."""
        self._popups.open_quick_add(at, source=source, target=target)

    def open_quick_append(self, after: str | None) -> None:
        """The searchable list; the new layer goes behind ``after``, or ends the network."""
        self._popups.open_quick_append(after)

    # ---- following the store and the theme

    def _on_changed(self, change: Change | None = None) -> None:
        self.mouse.cancel()
        if change is not None and change.added and self._was_shown:
            self.commands.keep_in_sight(change.added)
        empty = not self.store.document.layers
        self._empty_hint.setVisible(empty)
        if empty:
            self._empty_hint.place()
        self._on_selection_changed(self.store.selection)

    def _on_selection_changed(self, selection: frozenset[str]) -> None:
        """Screen readers hear what is selected."""
        chosen = [self.canvas_scene.cards.get(layer_id) for layer_id in sorted(selection)]
        told = [card.content.in_words for card in chosen[:20] if card is not None]
        self.setAccessibleDescription("Selected: " + "; ".join(told) if told else _DESCRIPTION)

    def _on_replaced(self) -> None:
        self.canvas_scene.select_wires(())
        if self._was_shown:
            self.commands.fit_at_once()

    def _on_theme_changed(self, theme: Theme) -> None:
        self.setBackgroundBrush(Qt.BrushStyle.NoBrush)
        self.canvas_scene.set_theme(theme)
        self.tip.set_theme(theme)
        for part in (self._empty_hint, self._hint_line, self._focus_frame):
            part.set_theme(theme)
        self._name_editor.set_theme(theme)
        set_icons(self._actions, theme)
        self.viewport().update()

    # ---- painting

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        look = self.canvas_scene.look
        painter.fillRect(rect, look.wire_label)  # the canvas's colour
        self._grid.paint(painter, QRectF(rect), look.grid, self.navigator.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for part in (self._empty_hint, self._hint_line, self._focus_frame):
            part.place()
        if self._was_shown and self.navigator.fitted:  # what was all in sight stays so
            self.commands.fit_at_once()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._empty_hint.place()
            self.commands.fit_at_once()

    # ---- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._focus_frame.leave()
        self.mouse.press(event.position().toPoint(), event.button(), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event.position().toPoint(), event.buttons(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self.mouse.release(event.position().toPoint(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        hit = self.mouse.hit(at)
        if hit.card is not None:
            name = hit.card.name_at(self.navigator.zoom).translated(hit.card.pos())
            if hit.part == "card" and name.contains(self.mapToScene(at)):
                self.rename(hit.card.layer_id)
            elif hit.part == "card":
                self.opened.emit(hit.card.layer_id)
        elif hit.wire is not None:
            self._popups.open_quick_add_inside(at, hit.wire.wire)
        else:
            self.open_quick_add(at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.mouse.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta, at = event.angleDelta(), event.position().toPoint()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.navigator.pan_by(delta.y() + delta.x(), 0.0)
        elif self.wheel_zooms or modifiers & Qt.KeyboardModifier.ControlModifier:
            self.navigator.wheel(delta.y(), at)
        else:
            self.navigator.pan_by(delta.x(), delta.y())
        self.mouse.moved_below(at, modifiers)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.mouse.busy:
            return
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        hit = self.mouse.hit(event.pos()) if by_mouse else self._selected_hit()
        if hit.card is not None and hit.card.layer_id not in self.store.selection:
            self.store.select((hit.card.layer_id,))
        if hit.wire is not None:
            self.store.select(())
            self.canvas_scene.select_wires((hit.wire.wire,))
        menu = menu_for(self, hit)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = event.globalPos()
        if not by_mouse and hit.card is not None:
            place = self.below_card(hit.card.layer_id)
        menu.popup(place)

    def _selected_hit(self) -> Hit:
        """For the menu key: the selected card, or the canvas."""
        for layer_id in self.store.selection:
            return Hit("card", self.canvas_scene.cards[layer_id])
        return Hit("canvas")

    # ---- keys and other events

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = Qt.FocusReason
        if event.reason() in (reasons.TabFocusReason, reasons.BacktabFocusReason):
            self._focus_frame.come()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focus_frame.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.mouse.busy:
                self.mouse.cancel()
            else:
                self.commands.select_none()
        elif self.mouse.busy:
            return
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.mouse.panning = True
                self.mouse.hover()
        elif key in _ARROWS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._press_arrow(_ARROWS[Qt.Key(key)], event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if len(self.store.selection) == 1:
                self.opened.emit(next(iter(self.store.selection)))
        elif key == Qt.Key.Key_F2:
            self.commands.rename()
        else:
            event.ignore()

    def _press_arrow(self, direction: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        times = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        dx, dy = direction[0] * times, direction[1] * times
        if self.store.selection:
            self.commands.nudge(dx * GRID, dy * GRID)
        else:
            self.navigator.pan_by(-dx * 40.0, -dy * 40.0)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.mouse.panning = False
            if not self.mouse.busy:
                self.mouse.hover()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.mouse.busy:
            event.accept()  # no deleting, pasting or undoing in the middle of a drag
            return True
        if event.type() == QEvent.Type.WindowDeactivate:
            self.mouse.panning = False
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.canvas_scene.tooltip(self.mouse.hit(event.pos()))
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                zoom = self.navigator.zoom * (1.0 + event.value())
                self.navigator.set_zoom(zoom, event.position().toPoint())
            return True
        return super().viewportEvent(event)

    # ---- drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        kind = kind_in(event.mimeData())
        if kind is None:
            event.ignore()
            return
        self._drop = PaletteDrop(self, kind)
        self._drop.move(event.position().toPoint())
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop is None:
            event.ignore()
            return
        self._drop.move(event.position().toPoint())
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if self._drop is not None:
            self._drop.leave()
            self._drop = None

    def dropEvent(self, event: QDropEvent) -> None:
        if self._drop is None:
            event.ignore()
            return
        drop, self._drop = self._drop, None
        drop.drop(event.position().toPoint())
        event.acceptProposedAction()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
