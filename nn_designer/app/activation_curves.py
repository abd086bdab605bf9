"""The small pictures of activation functions: a curve, or bars for softmax."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from nn_designer.engine.activations import ACTIVATIONS

REACH = 4.0
"""The curves are drawn for inputs from -4 to 4: where all of them bend."""

_SAMPLES = 81
_BARS_INPUT = np.array([[0.2, 1.0, -0.4, 1.9, 0.5]])


@lru_cache(maxsize=64)
def _unit_curve(key: str) -> tuple[tuple[float, float], ...]:
    """The curve in the unit square, y downwards as on screens."""
    x = np.linspace(-REACH, REACH, _SAMPLES)
    y = np.asarray(ACTIVATIONS[key].function(x), dtype=float)
    low, high = min(float(y.min()), 0.0), float(y.max())
    span = (high - low) or 1.0
    xs = (x + REACH) / (2 * REACH)
    ys = 1.0 - (y - low) / span
    return tuple(zip(xs.tolist(), ys.tolist(), strict=True))


@lru_cache(maxsize=8)
def _unit_bars(key: str) -> tuple[tuple[float, float], ...]:
    """For functions that look at all numbers at once: (left edge, top edge) of each bar."""
    y = np.asarray(ACTIVATIONS[key].function(_BARS_INPUT), dtype=float)[0]
    heights = y / y.max()
    return tuple((i / len(y), 1.0 - h) for i, h in enumerate(heights.tolist()))


@lru_cache(maxsize=512)
def _path(key: str, x: float, y: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    activation = ACTIVATIONS.get(key)
    if activation is None:
        return path
    if activation.elementwise:
        points = [QPointF(x + u * width, y + v * height) for u, v in _unit_curve(key)]
        path.addPolygon(QPolygonF(points))
        return path
    bars = _unit_bars(key)
    bar_width = width / len(bars) * 0.5
    for u, v in bars:
        path.addRect(x + u * width + bar_width / 2, y + v * height, bar_width, (1 - v) * height)
    return path


def curve_path(key: str, rect: QRectF) -> QPainterPath:
    """The picture of an activation fitted into ``rect``; empty for an unknown key.

    To be stroked, not filled. The path is shared: do not change it.
    """
    return _path(key, rect.x(), rect.y(), rect.width(), rect.height())
