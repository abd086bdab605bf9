"""Memory for the values of small layers, one behind the other.

A small network spends its time on calls, not on numbers. The slopes of neighbouring layers with
the same activation are therefore worked out together: one call for all of them instead of one
for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_designer.engine.activation import Activation
from nn_designer.engine.allocation import zeros
from nn_designer.engine.program import Program

SMALL = 4096
"""Values of more numbers than this have memory of their own: there, calls don't matter."""

BLOCK = 4 * SMALL
"""Numbers in one piece of memory."""


class _Block:
    """Rows for values, and rows of the same places for their slopes."""

    def __init__(self, n_rows: int, batch_size: int, dtype: Any) -> None:
        self.values = zeros((n_rows, batch_size), dtype)
        self.slopes = zeros((n_rows, batch_size), dtype)
        self.used = 0


@dataclass(frozen=True)
class Place:
    """Rows ``start`` to ``stop`` of a block."""

    block: _Block
    start: int
    stop: int

    @property
    def rows(self) -> np.ndarray:
        return self.block.values[self.start : self.stop]


class SmallValues:
    """Hands out places, and emits the slopes of those that asked for them."""

    def __init__(self, batch_size: int, dtype: Any) -> None:
        self._batch_size = batch_size
        self._dtype = dtype
        self._block: _Block | None = None
        self._asked: list[tuple[Activation, Place]] = []

    def place(self, n_rows: int) -> Place | None:
        """Rows behind those handed out before; None for a value that is not small."""
        if n_rows * self._batch_size > SMALL:
            return None
        block = self._block
        if block is None or block.used + n_rows > len(block.values):
            block = self._block = _Block(BLOCK // self._batch_size, self._batch_size, self._dtype)
        place = Place(block, block.used, block.used + n_rows)
        block.used = place.stop
        return place

    def slope(self, activation: Activation, place: Place) -> np.ndarray:
        """Where the slopes of the outputs at ``place`` will be, without the row of ones, once
        :meth:`emit_slopes` has emitted their steps."""
        self._asked.append((activation, place))
        return place.block.slopes[place.start : place.stop - 1]

    def emit_slopes(self, program: Program) -> None:
        """The steps for all slopes. Of neighbours, the rows of ones in between are worked out
        too: their slopes are numbers without meaning."""
        groups: list[tuple[Activation, Place]] = []
        for activation, place in self._asked:
            if groups:
                before, last = groups[-1]
                neighbours = last.block is place.block and last.stop == place.start
                if neighbours and before is activation:
                    groups[-1] = (activation, Place(place.block, last.start, place.stop))
                    continue
            groups.append((activation, place))
        for activation, place in groups:
            a = place.rows[:-1]
            slopes = place.block.slopes[place.start : place.stop - 1]
            activation.emit_slope(program, a, a, (), slopes)
            program.release_scratch()
