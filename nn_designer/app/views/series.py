"""Numbers behind a curve: raw values, their smoothed line, and few points to draw. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SHORTEST, _LONGEST = 1.3, 80.0  # points that the smoothed line averages over


def decimate(y: Array, limit: int) -> NDArray[np.intp]:
    """Indices of at most ``limit`` points of ``y`` (N,) that keep every extreme of the drawing.

    The points are cut into stretches; of each, the lowest and the highest stay, in the order
    in which they came, so no spike disappears. The first and the last point always stay.
    """
    n = len(y)
    if n <= limit:
        return np.arange(n)
    stretches = max(1, (limit - 2) // 2)
    length = -(-n // stretches)
    padded = np.full(length * stretches, y[-1])
    padded[:n] = y
    rows = padded.reshape(stretches, length)
    starts = np.arange(stretches) * length
    chosen = np.concatenate(
        ([0, n - 1], starts + rows.argmin(axis=1), starts + rows.argmax(axis=1))
    )
    # What fell into the padding is the last point. (np.unique would import numpy.ma, in the
    # middle of the first run.)
    chosen = np.sort(np.minimum(chosen, n - 1))
    return chosen[np.append(True, chosen[1:] != chosen[:-1])]


class Series:
    """A curve that grows while training: ``x`` ascending, ``y`` raw, ``smooth`` the strong line.

    The smoothed line is an exponential moving average, divided by the weight it has seen so
    far (bias correction as in Adam, https://arxiv.org/abs/1412.6980), so that it starts at the
    first value and not at zero. It averages over about ``share`` of the points so far: little
    at first, where the curve falls fast and a long average would lag behind.
    With ``stretches``, each value is the mean of what came since the point before: points come
    in with the end of their stretch, and ``x`` is its middle.
    Memory is bounded: at ``capacity`` points half of the detail goes, extremes stay.
    """

    def __init__(
        self, share: float = 0.04, capacity: int = 40_000, *, stretches: bool = False
    ) -> None:
        self._share = share
        self._capacity = capacity
        self._stretches = stretches
        self._rows = np.empty((3, 1024))
        self.clear()

    def clear(self) -> None:
        self._count = 0
        self._average = 0.0
        self._weight = 0.0
        self._seen = 0
        self._last_x = 0.0

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Array:
        return self._rows[0, : self._count]

    @property
    def y(self) -> Array:
        return self._rows[1, : self._count]

    @property
    def smooth(self) -> Array:
        return self._rows[2, : self._count]

    def extend(self, x: Array, y: Array) -> None:
        """Add points; values that are not finite are left out."""
        fine = np.isfinite(y) & np.isfinite(x)
        x, y = np.asarray(x)[fine], np.asarray(y)[fine]
        if not len(x):
            return
        if self._count + len(x) > self._rows.shape[1]:
            self._make_room(len(x))
        end = self._count + len(x)
        starts = np.append(self._last_x, x[:-1])
        self._rows[0, self._count : end] = (starts + x) / 2.0 if self._stretches else x
        self._rows[1, self._count : end] = y
        self._rows[2, self._count : end] = self._smoothed(x, y)
        self._count = end

    def _smoothed(self, x: Array, y: Array) -> list[float]:
        average, weight, seen, last = self._average, self._weight, self._seen, self._last_x
        line = []
        for at, value in zip(x.tolist(), y.tolist(), strict=True):
            seen += 1
            # A point that stands for few batches (the last of an epoch) counts for less.
            size = min((at - last) * seen / at, 3.0) if at > last >= 0.0 else 1.0
            keep = (1.0 - 1.0 / min(max(_SHORTEST, self._share * seen), _LONGEST)) ** size
            average = keep * average + (1.0 - keep) * value
            weight = keep * weight + (1.0 - keep)
            line.append(average / weight)
            last = at
        self._average, self._weight, self._seen, self._last_x = average, weight, seen, last
        return line

    def _make_room(self, extra: int) -> None:
        if self._count >= self._capacity:
            kept = decimate(self.y, self._capacity // 2)
            self._rows[:, : len(kept)] = self._rows[:, kept]
            self._count = len(kept)
        needed = self._count + extra
        if needed > self._rows.shape[1]:
            grown = np.empty((3, max(needed, 2 * self._rows.shape[1])))
            grown[:, : self._count] = self._rows[:, : self._count]
            self._rows = grown

    def nearest(self, x: float) -> int | None:
        """Index of the point nearest to ``x``; None without points."""
        if not self._count:
            return None
        right = int(np.searchsorted(self.x, x))
        if right == 0:
            return 0
        if right == self._count:
            return self._count - 1
        return right if self.x[right] - x < x - self.x[right - 1] else right - 1

    def window(self, low: float, high: float) -> slice:
        """The points with ``low <= x <= high`` and one more at either side, for lines that
        run on to the edge."""
        first = int(np.searchsorted(self.x, low, "left"))
        last = int(np.searchsorted(self.x, high, "right"))
        return slice(max(0, first - 1), min(self._count, last + 1))
