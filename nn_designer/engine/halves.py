"""Large batches on two threads: each computes half of the samples, then half of the weights.

In the first phase each thread runs half of the batch forward and backward, without the
gradients of weights. What those need of the two halves is brought together, so that in the
second phase products over all samples can follow: each thread works out the gradients of half
of the flat vector, and lets the optimizer go on with exactly those numbers while they are still
in its core's cache. Where the vector is cut depends on sizes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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

    def __init__(self, batch_size: int, dtype: Any, first: Half | None = None) -> None:
        """The first half, or with ``first`` the second half to it."""
        self.batch_size = batch_size
        self.is_second = first is not None
        middle = (batch_size + 1) // 2
        self._part = slice(middle, None) if self.is_second else slice(middle)
        self.size = batch_size - middle if self.is_second else middle
        self.products: list[WeightGradient] = []
        """What is to be computed when both halves are done; the same in both."""
        self._dtype = dtype
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
        self._buffers.append(np.zeros(shape, self._dtype))
        return self._buffers[-1]


def cut(
    products: Sequence[WeightGradient], gradients: np.ndarray
) -> list[tuple[slice, list[Step]]]:
    """Two halves of the flat vector ``gradients``: each a range, and the steps that work it out.

    The cut is between two rows of a matrix, as near to the middle as there is one.
    """
    begin, item = gradients.ctypes.data, gradients.itemsize
    middle, place = gradients.size // 2, 0
    first: list[Step] = []
    second: list[Step] = []
    for product in sorted(products, key=lambda product: product.gradient.ctypes.data):
        n_rows, n_columns = product.gradient.shape
        start = (product.gradient.ctypes.data - begin) // item
        n_first = min(max(round((middle - start) / n_columns), 0), n_rows)
        if n_first > 0:
            first += product.steps(slice(n_first))
            place = start + n_first * n_columns
        if n_first < n_rows:
            second += product.steps(slice(n_first, None))
    return [(slice(place), first), (slice(place, None), second)]
