"""Which colour stands for which class, in as many words as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nn_designer.app.views.plot_frame import small

# From the longest wording to the shortest: letters of a name, and how many classes are named.
_WORDINGS = ((16, 4), (8, 4), (4, 4), (8, 2), (4, 2), (4, 1))
_DOT, _BETWEEN = 14, 8


class ClassLegend(QWidget):
    """A dot and a name for each of the first classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small(self.font()))
        self._names: tuple[str, ...] = ()
        self._colours: list[QColor] = []
        self._text_colour = QColor()
        self._wording = 0

    def show_classes(self, names: tuple[str, ...], colours: list[str], text: str) -> None:
        """``colours``: one for each of ``names``; ``text``: of the names."""
        self._names = names
        self._colours = [QColor(colour) for colour in colours]
        self._text_colour = QColor(text)
        self.setAccessibleName("Classes: " + ", ".join(names))
        self.updateGeometry()
        self.update()

    def texts(self, wording: int) -> list[str]:
        """The names as they are written in this wording."""
        letters, most = _WORDINGS[wording]
        named = self._names[:most]
        texts = [n if len(n) <= letters else f"{n[: letters - 1]}…" for n in named]
        if len(self._names) > most:
            texts[-1] += " …"
        return texts

    def widths(self) -> tuple[int, ...]:
        advance = self.fontMetrics().horizontalAdvance
        return tuple(
            sum(_DOT + advance(text) + _BETWEEN for text in self.texts(wording))
            for wording in range(len(_WORDINGS))
        )

    def show_wording(self, index: int) -> None:
        if index != self._wording:
            self._wording = index
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.widths()[0], self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0.0, self.height() / 2
        for text, colour in zip(self.texts(self._wording), self._colours, strict=False):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(left + 6, middle), 4, 4)
            width = self.fontMetrics().horizontalAdvance(text)
            painter.setPen(self._text_colour)
            area = QRectF(left + _DOT, 0, width + 1, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            left += _DOT + width + _BETWEEN
