"""The dashed line at the best epoch of a run, with its label at the side that has room."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nn_designer.app.theme import Theme, with_alpha

_BESIDE_PX = 10.0  # the label's own margins, and a little


class BestMark:
    """``items`` belong into the plot; :meth:`place` follows its axes."""

    def __init__(self, font: QFont) -> None:
        self.line = pg.InfiniteLine(angle=90)
        self.text = pg.TextItem(anchor=(0.5, 0.0))
        self.text.setFont(font)
        self.items: tuple[Any, ...] = (self.line, self.text)
        self._metrics = QFontMetricsF(font)
        self._colour = ""

    def apply_theme(self, theme: Theme) -> None:
        self.line.setPen(pg.mkPen(theme.text_muted, width=1, style=Qt.PenStyle.DashLine))
        self._colour = theme.text_muted
        # Where it lies over a curve, it can still be read.
        self.text.fill = pg.mkBrush(with_alpha(theme.plot_background, 0.75))

    def place(self, epoch: int | None, view: pg.ViewBox, *, below: bool) -> None:
        """Mark ``epoch``; None: nothing. ``below``: the label stands at the lower edge."""
        (low_x, high_x), (low, high) = view.viewRange()
        shown = epoch is not None and low_x <= epoch <= high_x
        self.line.setVisible(shown)
        self.text.setVisible(False)
        if epoch is None or not shown:
            return
        self.line.setPos(float(epoch))
        if view.height() < 3 * self._metrics.height():
            return
        share = (epoch - low_x) / max(high_x - low_x, 1e-9)
        to_the_right = share < 0.5
        room = max(share, 1.0 - share) * view.width() - _BESIDE_PX
        for wording in (f"best: epoch {epoch:,}", f"best: {epoch:,}"):
            if self._metrics.horizontalAdvance(wording) <= room:
                self.text.setText(wording, color=self._colour)
                self.text.setAnchor((0.0 if to_the_right else 1.0, 1.0 if below else 0.0))
                self.text.setPos(float(epoch), low if below else high)
                self.text.setVisible(True)
                return
