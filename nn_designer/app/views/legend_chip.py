"""One entry of a legend: a piece of the line, its name, its value; a click hides the curve."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nn_designer.app.views.plot_frame import small

_GAP = 5
_WIDEST, _WIDEST_SHORT = "100.0 %", "100 %"


class LegendChip(QAbstractButton):
    """Checked means the curve is shown. The value keeps its width, so that nothing jumps.

    Four wordings, from "training 0.2172" to "train 0.22" and, at last, only the value.
    """

    def __init__(
        self,
        label: str,
        short_label: str,
        *,
        name: str,
        dots: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(f"Show {label}")
        self.setCheckable(True)
        self.setChecked(True)
        font = small(self.font())
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of equal width
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._labels = (label, label, short_label, "")
        self._wording = 0
        self._dots = dots
        self._value = ""
        self._short = ""
        self._room = (0, 0)
        self._keep_room()
        self._colour = QColor()
        self._muted = QColor()
        self._text = QColor()

    @property
    def value(self) -> str:
        return self._value

    def set_value(self, value: str, short: str = "") -> None:
        """``short`` is shown where there is no room for ``value``."""
        short = short or value
        if (value, short) != (self._value, self._short):
            self._value, self._short = value, short
            self._keep_room()
            self.update()

    def _keep_room(self) -> None:
        """Room for every value so far, and for the usual ones."""
        advance = self.fontMetrics().horizontalAdvance
        before = self._room
        usual = (advance(_WIDEST), advance(_WIDEST_SHORT))
        if self._value:
            shown = (advance(self._value), advance(self._short))
            self._room = (
                max(usual[0], before[0], shown[0]),
                max(usual[1], before[1], shown[1]),
            )
        else:
            self._room = usual
        if self._room != before:
            self.updateGeometry()

    def set_colours(self, curve: str, text: str, muted: str) -> None:
        self._colour, self._text, self._muted = QColor(curve), QColor(text), QColor(muted)
        self.update()

    def widths(self) -> tuple[int, ...]:
        """How wide each wording is."""
        advance = self.fontMetrics().horizontalAdvance
        long, short = self._room
        return tuple(
            2 + self._swatch(i) + _GAP + advance(f"{label} " if label else "") + value + 2
            for i, (label, value) in enumerate(
                zip(self._labels, (long, short, short, short), strict=True)
            )
        )

    @property
    def words(self) -> str:
        """How the curve is called at present; without a value there is always room for that."""
        return self._labels[self._wording if self._value else min(self._wording, 2)]

    def show_wording(self, index: int) -> None:
        if index != self._wording:
            self._wording = index
            self.update()

    @staticmethod
    def _swatch(wording: int) -> int:
        return 14 if wording < 2 else 10

    def sizeHint(self) -> QSize:
        return QSize(self.widths()[0], self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._colour if self.isChecked() else self._muted
        middle = self.height() / 2
        painter.setPen(QPen(colour, 2.0 if self.isChecked() else 1.0))
        swatch = self._swatch(self._wording)
        painter.drawLine(QPointF(2, middle), QPointF(2 + swatch, middle))
        if self._dots:
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(2 + swatch / 2, middle), 2.5, 2.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._muted, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        metrics = self.fontMetrics()
        area = self.rect().adjusted(2 + swatch + _GAP, 0, 0, 0)
        middle_left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self.words:
            painter.setPen(self._muted)
            painter.drawText(area, middle_left, self.words)
            area.adjust(metrics.horizontalAdvance(self.words + " "), 0, 0, 0)
        if self.isChecked():
            painter.setPen(self._text)
            painter.drawText(area, middle_left, self._short if self._wording else self._value)
