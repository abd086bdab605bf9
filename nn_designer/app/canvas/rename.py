"""Renaming on the card: a line to type in, where the name stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from nn_designer.app.canvas.look import Level, level_at
from nn_designer.app.theme import Theme
from nn_designer.design import edits
from nn_designer.design.document import MAXIMUM_NAME_LENGTH

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

_LEAST_LETTERS_PX, _MOST_LETTERS_PX = 13, 40
_LEAST_WIDTH_PX = 130


class NameEditor(QLineEdit):
    """Enter or leaving it takes the name, as one undo step; Esc leaves the old one.

    A name that is refused stays to be corrected, with the reason below it.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas.viewport())
        self.setObjectName("canvas_name_editor")
        self.setMaxLength(MAXIMUM_NAME_LENGTH)
        self._canvas = canvas
        self._layer_id = ""
        self.hide()
        self.textEdited.connect(self._on_text_edited)
        canvas.store.changed.connect(self._on_changed)
        canvas.navigator.moved.connect(self._place)

    @property
    def layer_id(self) -> str:
        """The layer being renamed; "" while none is."""
        return self._layer_id

    def open(self, layer_id: str) -> None:
        """Begin to rename a layer."""
        canvas = self._canvas
        layer = canvas.store.document.get(layer_id)
        if layer is None or layer_id not in canvas.canvas_scene.cards:
            return
        canvas.canvas_scene.motion.finish()
        canvas.reveal(layer_id)
        self._layer_id = layer_id
        self.setAccessibleName(f"Name of {layer.name}")
        self.setText(layer.name)
        self._mark("")
        self._place()
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QLineEdit {{ background: {theme.panel_raised}; color: {theme.text};"
            f" border: 2px solid {theme.accent}; border-radius: 6px; padding: 0 5px;"
            " min-height: 0; }"
            f"QLineEdit[invalid='true'] {{ border-color: {theme.error};"
            f" background: {theme.error_soft}; }}"
        )

    # ---- what the person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        away = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if self._layer_id and event.reason() not in away:
            layer_id, name = self._layer_id, self.text()
            self._close()
            self._canvas.store.edit("Rename", edits.rename, layer_id, name)

    def _on_text_edited(self, _text: str) -> None:
        self._mark("")

    def _take(self) -> None:
        """Rename if the name may be taken; else say why not and go on."""
        layer_id, name = self._layer_id, self.text()
        try:
            edits.rename(self._canvas.store.document, layer_id, name)
        except edits.EditError as error:
            self._mark(str(error))
            return
        self._close()
        self._canvas.store.edit("Rename", edits.rename, layer_id, name)

    # ---- being there

    def _close(self) -> None:
        self._layer_id = ""
        self._mark("")
        focused = self.hasFocus()
        self.hide()
        if focused:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self, change: object) -> None:
        if self._layer_id and self._layer_id not in self._canvas.store.document:
            self._close()
        elif self._layer_id:
            self._place()

    def _place(self) -> None:
        """Over the name on the card, in letters that can be read at any zoom."""
        card = self._canvas.canvas_scene.cards.get(self._layer_id)
        if card is None:
            return
        zoom = self._canvas.navigator.zoom
        place = card.name_at(zoom)
        place = card.body if place.isNull() else place
        type_ = self._canvas.canvas_scene.look.names[max(level_at(zoom), Level.MIDDLE)][0]
        font = QFont(type_.font)
        size_px = min(max(type_.size_px * zoom, _LEAST_LETTERS_PX), _MOST_LETTERS_PX)
        font.setPixelSize(round(size_px))
        self.setFont(font)
        shown = self._canvas.mapFromScene(place.translated(card.pos())).boundingRect()
        height = max(self.fontMetrics().height() + 8, min(shown.height(), 60))
        width = max(shown.width(), _LEAST_WIDTH_PX)
        rect = QRect(shown.x(), shown.center().y() - height // 2, width, height)
        room = self._canvas.viewport().rect().adjusted(4, 4, -4, -4)
        rect.moveLeft(max(room.left(), min(rect.left(), room.right() - rect.width())))
        self.setGeometry(rect)

    def _mark(self, reason: str) -> None:
        if self.property("invalid") != bool(reason):
            self.setProperty("invalid", bool(reason))
            self.style().unpolish(self)
            self.style().polish(self)
        self._canvas.tip.show_reason(reason, self.geometry().bottomLeft())
