"""Large batches on two threads: each computes half of the samples, then half of the weights.

In the first phase each thread runs half of the batch forward and backward. The gradient of a
weight is a sum over samples, so each half leaves its share of it in a vector of its own. In the
second phase each thread adds up the shares of half of the weights, and lets the optimizer go on
with exactly those numbers while they are still in its core's cache. Where the vector is cut
depends on sizes only.

Gradients of large matrices (:class:`WeightGradient`) would be long vectors to add up. There, what
is to be multiplied is brought together instead, and in the second phase each thread works out
its rows of the product over all samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.program import Program, Step


@dataclass(frozen=True)
class WeightGradient:
    """gradient = dz @ rows.T for a whole batch: dz (outputs, B), rows (inputs, B)."""

    dz: np.ndarray
    rows: np.ndarray
    gradient: np.ndarray
    """(outputs, inputs), C-contiguous: a part of the flat vector of gradients."""

    def steps(self, part: slice) -> list[Step]:
        """The steps for a range of the outputs."""
        return [(self.dz[part].dot, (self.rows.T, self.gradient[part]))]


class Half:
    """The buffers of half a batch. Both halves ask for the same ones in the same order."""

    def __init__(self, batch_size: int, gradients: np.ndarray, first: Half | None = None) -> None:
        """The first half, or with ``first`` the second half to it, of a step that fills the flat
        vector ``gradients``."""
        self.batch_size = batch_size
        # Pages of zeros that nobody writes to (of matrices) take no memory.
        self.gradients = gradients if first is None else zeros(gradients.size, gradients.dtype)
        """The flat vector for this half's shares; of the first half, the one that in the end
        holds the sums."""
        self.is_second = first is not None
        middle = (batch_size + 1) // 2
        self._part = slice(middle, None) if self.is_second else slice(middle)
        self.size = batch_size - middle if self.is_second else middle
        self.products: list[WeightGradient] = []
        """What is to be computed when both halves are done; the same in both."""
        self._inputs: np.ndarray | None = None
        self._buffers: list[np.ndarray] = []
        self._given = None if first is None else iter(first._buffers)

    def gathered(self, program: Program, array: np.ndarray) -> np.ndarray:
        """The numbers of all samples (F, B), for this half's ``array`` (F, size).

        Emits the step that copies it there: that costs less than working on columns of a
        larger buffer all the time. Inputs are there already.
        """
        inputs = self._inputs
        if inputs is not None and array.base is inputs:
            first = (array.ctypes.data - inputs[self._part].ctypes.data) // array.itemsize
            return inputs.T[first : first + len(array)]
        whole = self._buffer((len(array), self.batch_size))
        program.step(np.copyto, whole[:, self._part], array)
        return whole

    def rows(self, n_columns: int) -> np.ndarray:
        """(size, n_columns): where this half's samples are gathered, each in a row."""
        self._inputs = self._buffer((self.batch_size, n_columns))
        return self._inputs[self._part]

    def _buffer(self, shape: tuple[int, int]) -> np.ndarray:
        if self._given is not None:
            return next(self._given)
        self._buffers.append(zeros(shape, self.gradients.dtype))
        return self._buffers[-1]


@dataclass(frozen=True)
class _Part:
    """A part of the flat vector that can be cut between its rows."""

    start: int
    n_rows: int
    row_size: int
    steps: Callable[[slice], list[Step]]
    """The steps that complete a range of the rows."""


def _shares(first: Half, second: Half, start: int, end: int) -> _Part:
    """Numbers of which each half has a share."""
    total, share = (half.gradients[start:end] for half in (first, second))
    return _Part(
        start, end - start, 1, lambda rows: [(np.add, (total[rows], share[rows], total[rows]))]
    )


def cut(first: Half, second: Half) -> list[tuple[slice, list[Step]]]:
    """Two halves of the flat vector of gradients: each a range, and the steps that complete it.

    The cut is between two rows of a matrix, or between any two other numbers, as near to the
    middle as there is one.
    """
    gradients = first.gradients
    middle, end = gradients.size // 2, 0
    parts: list[_Part] = []
    for product in sorted(first.products, key=lambda product: product.gradient.ctypes.data):
        start = (product.gradient.ctypes.data - gradients.ctypes.data) // gradients.itemsize
        parts.append(_shares(first, second, end, start))
        n_rows, row_size = product.gradient.shape
        parts.append(_Part(start, n_rows, row_size, product.steps))
        end = start + product.gradient.size
    parts.append(_shares(first, second, end, gradients.size))
    place = 0
    here: list[Step] = []
    there: list[Step] = []
    for part in parts:
        n_here = min(max(round((middle - part.start) / part.row_size), 0), part.n_rows)
        if n_here > 0:
            here += part.steps(slice(n_here))
            place = part.start + n_here * part.row_size
        if n_here < part.n_rows:
            there += part.steps(slice(n_here, part.n_rows))
    return [(slice(place), here), (slice(place, None), there)]
