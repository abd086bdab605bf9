"""Windows along an axis of a picture: where the taps of a kernel lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Windows:
    """``count`` windows of ``kernel`` taps over ``size`` places, with ``before`` places of
    padding in front (or, below 0, places that no window looks at). Tap t of window w lies at
    w · stride + t · dilation - before."""

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    count: int

    @property
    def padded(self) -> bool:
        """Whether some tap of some window lies outside."""
        return self.before > 0 or self.span - self.before > self.size

    @property
    def apart(self) -> bool:
        """Whether no place belongs to more than one tap."""
        return self.dilation == 1 and self.stride >= self.kernel

    def inside(self, tap: int) -> tuple[slice, slice]:
        """The windows whose tap lies inside, and the places where it does."""
        offset = tap * self.dilation - self.before
        first = max(0, -(offset // self.stride))
        last = min(self.count, (self.size - 1 - offset) // self.stride + 1)
        if last <= first:
            return slice(0, 0), slice(0, 0)
        start = first * self.stride + offset
        stop = start + (last - first - 1) * self.stride + 1
        return slice(first, last), slice(start, stop, self.stride)

    @property
    def span(self) -> int:
        """How many places lie between the first and the last tap of all windows, with both."""
        return (self.count - 1) * self.stride + (self.kernel - 1) * self.dilation + 1

    def inside_span(self) -> tuple[slice, slice]:
        """The part of the span that lies inside, and the places there."""
        first, start = max(0, self.before), max(0, -self.before)
        length = max(0, min(self.size - start, self.span - first))
        return slice(first, first + length), slice(start, start + length)

    def blocks(self, most: int) -> Iterator[tuple[slice, Windows]]:
        """The windows in blocks of at most ``most``, nearly equal: which, and they alone."""
        n_blocks = -(-self.count // max(most, 1))
        edges = [i * self.count // n_blocks for i in range(n_blocks + 1)]
        for first, last in pairwise(edges):
            before = self.before - first * self.stride
            yield slice(first, last), replace(self, count=last - first, before=before)

    def inside_counts(self) -> np.ndarray:
        """How many taps of each window lie inside."""
        counts = np.zeros(self.count)
        for tap in range(self.kernel):
            counts[self.inside(tap)[0]] += 1.0
        return counts


def windows(size: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> Windows:
    """The windows of a layer; ``padding`` is "same" or "valid", as in Keras.

    "same" keeps ⌈size / stride⌉ windows and pads, more behind than in front where it must be
    uneven. The count is below 1 where no window fits.
    """
    span = (kernel - 1) * dilation + 1
    if padding == "valid":
        return Windows(size, kernel, stride, dilation, 0, (size - span) // stride + 1)
    count = -(-size // stride)
    total = max((count - 1) * stride + span - size, 0)
    return Windows(size, kernel, stride, dilation, total // 2, count)
