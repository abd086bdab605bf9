"""Parts that panels are made of: headings, folds, lines, wrapped text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def label(
    text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False
) -> QLabel:
    """A label with a look from style.py: title, heading, section, muted, small, error."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        result.setProperty("role", role)
    if wrap:
        result.setWordWrap(True)
        result.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if selectable:
        result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result


def line() -> QFrame:
    """A thin line between two parts."""
    result = QFrame()
    result.setProperty("role", "line")
    return result


class _FoldButton(QAbstractButton):
    """The heading of a fold: a text and a small arrow."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 24, metrics.height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roles = QPalette.ColorRole
        strong = self.underMouse() or self.hasFocus()
        colour = self.palette().color(roles.WindowText if strong else roles.PlaceholderText)
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(1.6)
        painter.setPen(pen)
        if self.hasFocus():
            ring = QPen(self.palette().color(roles.Highlight))
            painter.setPen(ring)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(pen)
        middle = self.height() / 2
        painter.translate(7.5, middle)
        painter.rotate(90 if self.isChecked() else 0)
        painter.drawPolyline([QPointF(-2, -4), QPointF(2, 0), QPointF(-2, 4)])
        painter.resetTransform()
        font = self.font()
        font.setWeight(font.Weight.Medium)
        painter.setFont(font)
        painter.drawText(
            self.rect().adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text()
        )


class Fold(QWidget):
    """A part with a heading that opens and closes it."""

    opened = Signal(bool)

    def __init__(self, title: str, *, opened: bool = True) -> None:
        super().__init__()
        self._button = _FoldButton(title)
        self._button.setChecked(opened)
        self.body = QWidget()
        self.body_layout = QVBoxLayout(self.body)
        self.body_layout.setContentsMargins(0, 4, 0, 4)
        self.body_layout.setSpacing(8)
        self.body.setVisible(opened)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._button)
        layout.addWidget(self.body)
        self._button.toggled.connect(self._on_toggled)

    def set_opened(self, opened: bool) -> None:
        self._button.setChecked(opened)

    def setObjectName(self, name: str) -> None:
        super().setObjectName(name)
        self._button.setObjectName(f"{name}_button")

    def _on_toggled(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self.opened.emit(opened)


class Notice(QFrame):
    """A coloured box with an icon and a sentence; ``kind`` is error, warning or info."""

    def __init__(self, kind: str, sentence: str, picture: QIcon, hint: str = "") -> None:
        super().__init__()
        self.setProperty("notice", kind)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        mark = QLabel()
        mark.setPixmap(picture.pixmap(QSize(16, 16), self.devicePixelRatioF()))
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(label(sentence, wrap=True, selectable=True))
        if hint:
            texts.addWidget(label(hint, "muted", wrap=True))
        layout.addLayout(texts, 1)


class ScrollPanel(QScrollArea):
    """A column that scrolls up and down and is always as wide as the panel."""

    def __init__(self, margin_px: int = 16) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
        self.column.setSpacing(12)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)


class ElidedLabel(QLabel):
    """One line of text, shortened with … where there is no room; the whole text as a tip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self._text = text
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def full_text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width(), 8)
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        super().setText(shown)
        self.setToolTip(self._text if shown != self._text else "")
