"""Small texts over the canvas: the reason beside the cursor, and the words on an empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nn_designer.app import icons
from nn_designer.app.canvas.gesture_texts import KEYBOARD_HINT
from nn_designer.app.theme import Theme

_TIP_WIDTH = 300


class CursorTip(QLabel):
    """A sentence beside the cursor that says why something can't be done there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("canvas_tip")
        self.setAccessibleName("Why not")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QLabel#canvas_tip {{ background: {theme.error_soft}; color: {theme.error};"
            f" border: 1px solid {theme.error}; border-radius: 7px; padding: 6px 9px; }}"
        )

    def show_reason(self, reason: str, at: QPoint) -> None:
        """Show ``reason`` beside ``at`` (parent's pixels), inside the parent; hide if empty."""
        if not reason:
            self.hide()
            return
        if reason != self.text() or not self.isVisible():
            self.setText(reason)
            natural = self.fontMetrics().horizontalAdvance(reason) + 24
            self.setFixedWidth(min(natural, _TIP_WIDTH))
            self.setFixedHeight(self.heightForWidth(self.width()))
        room = self._canvas.rect()
        x = min(at.x() + 18, room.width() - self.width() - 8)
        y = min(at.y() + 18, room.height() - self.height() - 8)
        self.move(max(8, x), max(8, y))
        self.show()
        self.raise_()


class HintLine(QLabel):
    """What the gesture under way does, at the lower edge of the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("canvas_hint")
        self.setAccessibleName("Hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QLabel#canvas_hint {{ background: {theme.panel_raised}; color: {theme.text_muted};"
            f" border: 1px solid {theme.border}; border-radius: 13px; padding: 4px 12px; }}"
        )

    def show_hint(self, text: str) -> None:
        """Show ``text``; hide if it is empty."""
        self.setText(text)
        self.setVisible(bool(text))
        self.place()
        self.raise_()

    def place(self) -> None:
        """Into the middle of the lower edge."""
        self.adjustSize()
        room = self._canvas.rect()
        width = min(self.width(), room.width() - 16)
        self.resize(width, self.height())
        self.move((room.width() - width) // 2, room.height() - self.height() - 10)


class FocusFrame(QFrame):
    """Around the canvas while the keys go there, if the person came by the keyboard."""

    hinted = Signal(str)  # what the keys do; "" when it goes

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("canvas_focus")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QFrame#canvas_focus {{ background: transparent; border: 2px solid {theme.accent}; }}"
        )

    def come(self) -> None:
        self.show()
        self.raise_()
        self.hinted.emit(KEYBOARD_HINT)

    def leave(self) -> None:
        if not self.isHidden():
            self.hide()
            self.hinted.emit("")

    def place(self) -> None:
        self.setGeometry(self._canvas.rect())


class EmptyHint(QWidget):
    """What to do, for somebody who sees an empty canvas for the first time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("canvas_empty_hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel("Drag a layer here from the left")
        self._title.setProperty("role", "heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(
            "Begin with an Input, add Dense layers, and end with an Output.\n"
            "Or double-click anywhere here to search for a layer."
        )
        self._text.setProperty("role", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        for label in (self._picture, self._title, self._text):
            column.addWidget(label)
        self.setAccessibleName(self._title.text())

    def set_theme(self, theme: Theme) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("layers", theme.text_muted, 48, ratio))

    def place(self) -> None:
        """Into the middle of the parent."""
        self.adjustSize()
        room = self._canvas.rect()
        self.move((room.width() - self.width()) // 2, (room.height() - self.height()) // 2)
