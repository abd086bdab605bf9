"""Zooming and panning: the one place that sets the view's transform."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from nn_designer.app.canvas.motion import Glide

MINIMUM_ZOOM = 0.05
MAXIMUM_ZOOM = 4.0
STEP = 1.25
"""One press of zoom in."""
NOTCH = 1.2
"""One notch of the mouse wheel (120 eighths of a degree)."""
FIT_MARGIN_PX = 20
FIT_MAXIMUM_ZOOM = 1.0


class Navigator(QObject):
    """Zoom and position of a view, always finite and within limits.

    A trackpad sends many small deltas: each counts by its share of a notch, none is rounded
    away.
    """

    zoomed = Signal(float)  # 1.0 is 100 %
    moved = Signal()  # something else is in sight, or at another place

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._zoom = 1.0
        self._anchor: tuple[QPoint, QPointF] | None = None
        self._glide = Glide(self._on_step, self)
        self._way = (QPointF(), 1.0, QPointF(), 1.0)
        self.fitted = False
        """Whether the whole design was put in sight, and nobody zoomed or panned since."""

    @property
    def zoom(self) -> float:
        """1.0 is 100 %."""
        return self._zoom

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that what is under ``anchor`` (viewport pixels; the middle) stays there."""
        if not math.isfinite(zoom):
            return
        self._glide.stop()
        self._set_zoom(zoom, anchor)

    def _set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        self.fitted = False
        zoom = max(MINIMUM_ZOOM, min(MAXIMUM_ZOOM, zoom))
        view = self._view
        at = anchor if anchor is not None else view.viewport().rect().center()
        # Scroll bars are whole pixels: keeping the same scene point over a run of wheel steps
        # keeps their rounding from adding up.
        if self._anchor is None or self._anchor[0] != at:
            self._anchor = (QPoint(at), view.mapToScene(at))
        point = self._anchor[1]
        changed, self._zoom = zoom != self._zoom, zoom
        view.setTransform(QTransform.fromScale(zoom, zoom))
        self._scroll_to(point, at)
        if changed:
            self.zoomed.emit(zoom)

    def wheel(self, delta: float, anchor: QPoint) -> None:
        """Zoom by a wheel movement; 120 is one notch."""
        if math.isfinite(delta):
            self.set_zoom(self._zoom * NOTCH ** max(-20.0, min(20.0, delta / 120.0)), anchor)

    def zoom_in(self) -> None:
        self.set_zoom(self._zoom * STEP)

    def zoom_out(self) -> None:
        self.set_zoom(self._zoom / STEP)

    def pan_by(self, dx_px: float, dy_px: float) -> None:
        """Move the picture by some pixels of the screen."""
        self._glide.stop()
        self.fitted = False
        self._anchor = None
        bars = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        bars[0].setValue(round(bars[0].value() - dx_px))
        bars[1].setValue(round(bars[1].value() - dy_px))
        self.moved.emit()

    def show(self, centre: QPointF, zoom: float) -> None:
        """Put a place of the scene in the middle, at a zoom."""
        self._glide.stop()
        self._show(centre, zoom)

    def _show(self, centre: QPointF, zoom: float) -> None:
        self._anchor = None
        self._set_zoom(zoom)
        self._anchor = None
        self._scroll_to(centre, self._view.viewport().rect().center())

    def glide(self, rect: QRectF, duration_ms: int) -> None:
        """As :meth:`fit`, but on a short way there, which any other movement ends."""
        centre, zoom = self._fitting(rect)
        now = self._view.mapToScene(self._view.viewport().rect().center())
        away = math.hypot(centre.x() - now.x(), centre.y() - now.y()) * zoom
        if duration_ms <= 0 or (away < 2 and abs(zoom / self._zoom - 1) < 0.01):
            self.show(centre, zoom)
            return
        self._way = now, self._zoom, centre, zoom
        self._glide.start(duration_ms)

    def _on_step(self, share: float) -> None:
        start, start_zoom, end, end_zoom = self._way
        fitted = self.fitted
        zoom = start_zoom * (end_zoom / start_zoom) ** share
        self._show(start + (end - start) * share, zoom)
        self.fitted = fitted

    def fit(self, rect: QRectF) -> None:
        """Show all of a rectangle of the scene, never larger than 100 %."""
        self.show(*self._fitting(rect))

    def _fitting(self, rect: QRectF) -> tuple[QPointF, float]:
        """The middle and the zoom at which a rectangle fits the view."""
        if rect.isEmpty():
            return QPointF(0.0, 0.0), 1.0
        room = self._view.viewport().rect()
        width = max(room.width() - 2 * FIT_MARGIN_PX, 40)
        height = max(room.height() - 2 * FIT_MARGIN_PX, 40)
        zoom = min(width / rect.width(), height / rect.height(), FIT_MAXIMUM_ZOOM)
        return rect.center(), max(MINIMUM_ZOOM, zoom)

    def reveal(self, rect: QRectF) -> None:
        """Scroll as little as needed to show a rectangle of the scene."""
        self._anchor = None
        view = self._view
        shown = QRectF(
            view.mapToScene(QPoint(0, 0)),
            view.mapToScene(view.viewport().rect().bottomRight()),
        )
        margin = 24.0 / self._zoom
        wanted = rect.adjusted(-margin, -margin, margin, margin)
        dx = _outside(wanted.left(), wanted.right(), shown.left(), shown.right())
        dy = _outside(wanted.top(), wanted.bottom(), shown.top(), shown.bottom())
        if dx or dy:
            self.pan_by(-dx * self._zoom, -dy * self._zoom)

    def _scroll_to(self, point: QPointF, at: QPoint) -> None:
        view = self._view
        now = view.viewportTransform().map(point)
        horizontal, vertical = view.horizontalScrollBar(), view.verticalScrollBar()
        horizontal.setValue(horizontal.value() + round(now.x() - at.x()))
        vertical.setValue(vertical.value() + round(now.y() - at.y()))
        self.moved.emit()


def _outside(low: float, high: float, shown_low: float, shown_high: float) -> float:
    """How far a span sticks out of what is shown; the lower end wins if it is too long."""
    if low < shown_low or high - low > shown_high - shown_low:
        return low - shown_low
    return max(0.0, high - shown_high)
