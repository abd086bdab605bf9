"""One entry of a legend: a piece of the line, its name, its value; a click hides the curve."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nn_designer.app.views.plot_frame import small

_SWATCH = 14
_GAP = 5
_WIDEST, _WIDEST_SHORT = "100.0 %", "100 %"


class LegendChip(QAbstractButton):
    """Checked means the curve is shown. The value keeps its width, so that nothing jumps."""

    def __init__(self, label: str, *, name: str, dots: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(f"Show {label}")
        self.setToolTip(f"Show or hide the curve “{label}”")
        self.setCheckable(True)
        self.setChecked(True)
        font = small(self.font())
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of equal width
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._label = label
        self._dots = dots
        self._value = ""
        self._short = ""
        self._colour = QColor()
        self._muted = QColor()
        self._text = QColor()

    @property
    def value(self) -> str:
        return self._value

    def set_value(self, value: str, short: str = "") -> None:
        """``short`` is shown where there is no room for ``value``."""
        self._short = short or value
        if value != self._value:
            self._value = value
            self.update()

    def set_colours(self, curve: str, text: str, muted: str) -> None:
        self._colour, self._text, self._muted = QColor(curve), QColor(text), QColor(muted)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = _SWATCH + _GAP + metrics.horizontalAdvance(f"{self._label} {_WIDEST}")
        return QSize(width + 4, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        """Where room is short the name goes, the value stays, with fewer digits."""
        width = _SWATCH + _GAP + self.fontMetrics().horizontalAdvance(_WIDEST_SHORT)
        return QSize(width + 4, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._colour if self.isChecked() else self._muted
        middle = self.height() / 2
        painter.setPen(QPen(colour, 2.0 if self.isChecked() else 1.0))
        painter.drawLine(QPointF(2, middle), QPointF(2 + _SWATCH, middle))
        if self._dots:
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(2 + _SWATCH / 2, middle), 2.5, 2.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._muted, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        metrics = self.fontMetrics()
        left = 2 + _SWATCH + _GAP
        area = self.rect().adjusted(left, 0, 0, 0)
        middle_left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self.width() >= self.sizeHint().width() or not self._value:
            painter.setPen(self._muted)
            label = metrics.elidedText(self._label, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, middle_left, label)
            area.adjust(metrics.horizontalAdvance(self._label + " "), 0, 0, 0)
        if self.isChecked():
            painter.setPen(self._text)
            fits = metrics.horizontalAdvance(self._value) <= area.width()
            painter.drawText(area, middle_left, self._value if fits else self._short)
