"""An on/off switch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QSizePolicy


class Switch(QCheckBox):
    """A check box that looks like a switch; keys, mouse and screen readers work as for one."""

    TRACK = QSize(34, 18)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return self.TRACK + QSize(4, 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: object) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        partial = self.checkState() == Qt.CheckState.PartiallyChecked
        on = self.isChecked() and not partial
        roles = QPalette.ColorRole
        track = palette.color(roles.Highlight if on else roles.Mid)
        knob = palette.color(roles.HighlightedText if on else roles.Base)
        if not self.isEnabled():
            track.setAlphaF(0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(2, (self.height() - self.TRACK.height()) / 2, *self.TRACK.toTuple())
        if self.hasFocus():
            painter.setPen(palette.color(roles.Highlight))
            painter.drawRoundedRect(area.adjusted(-1.5, -1.5, 1.5, 1.5), 10.5, 10.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(track)
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setBrush(knob)
        side = area.height() - 4
        left = area.left() + 2
        if on:
            left = area.right() - 2 - side
        elif partial:
            left = area.center().x() - side / 2
        painter.drawEllipse(QRectF(left, area.top() + 2, side, side))
