"""Memory for arrays that live for a few steps only.

Arrays of any shape share the same few blocks of memory, so that what one step wrote is still in
the processor's cache when the next one takes the same place for something else.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn_designer.engine.allocation import zeros

LINE = 64
"""Bytes of a cache line; arrays begin at a multiple of it."""

BLOCK = 2**18
"""Bytes of a block at least: a quarter of what a core's cache holds."""

Mark = tuple[int, ...]


class Scratch:
    """Hands out arrays one behind the other, until :meth:`release` takes all back."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._used: list[int] = []  # bytes of each block

    def array(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
        """An array with numbers of no meaning."""
        size = math.prod(shape) * dtype.itemsize
        index = next((i for i in range(len(self._blocks)) if self._room(i) >= size), None)
        if index is None:
            index = len(self._blocks)
            self._blocks.append(_aligned(max(size, BLOCK)))
            self._used.append(0)
        start = self._used[index]
        self._used[index] = -(-(start + size) // LINE) * LINE
        return self._blocks[index][start : start + size].view(dtype).reshape(shape)

    def mark(self) -> Mark:
        """What is handed out now, for :meth:`release`."""
        return tuple(self._used)

    def release(self, mark: Mark = ()) -> None:
        """Everything that was handed out since ``mark`` may be handed out again."""
        self._used = [*mark, *(0 for _ in self._blocks[len(mark) :])]

    def _room(self, index: int) -> int:
        return self._blocks[index].size - self._used[index]


def _aligned(size: int) -> np.ndarray:
    """So many bytes that begin at a cache line. Pages that nobody writes to take no memory."""
    memory = zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size]
