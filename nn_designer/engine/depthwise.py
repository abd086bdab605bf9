"""Depthwise convolution: each channel has kernels of its own.

There is no matrix product in it. Each tap of the kernel is one multiplication of whole rows; the
kernel's numbers are first spread over the batch, so that the rows stay long.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn_designer.engine.plan import Plan
from nn_designer.engine.windows import Windows

Slices = tuple[slice, slice]


class Depthwise:
    """A kernel (height, width, channels, multiplier) over pictures (H, W, channels, B)."""

    def __init__(
        self, plan: Plan, rows: Windows, columns: Windows, channels: int, multiplier: int
    ) -> None:
        self._plan = plan
        self._rows, self._columns = rows, columns
        self._channels, self._multiplier = channels, multiplier
        self._spread: np.ndarray | None = None

    def emit_forward(self, x: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """out (H', W', channels · multiplier, B); what the taps have to be is kept."""
        plan, y, x = self._plan, self._wide(out), self._narrow(x)
        shape = (*kernel.shape, x.shape[-1])
        spread = self._spread = plan.buffer(shape)
        plan.step(np.copyto, spread, kernel[..., None])
        plan.step(y.fill, 0.0)
        product = plan.scratch(y.shape)
        for i, j, places, windows in self._taps():
            share = product[windows]
            plan.step(np.multiply, x[places], spread[i, j], share)
            plan.step(np.add, y[windows], share, y[windows])

    def emit_kernel_gradient(self, x: np.ndarray, dy: np.ndarray, out: np.ndarray) -> None:
        """out (height, width, channels, multiplier) = ∂loss/∂kernel."""
        if self._plan.is_unread(out):
            return
        plan, dy, x = self._plan, self._wide(dy), self._narrow(x)
        sums = plan.buffer((*out.shape, x.shape[-1]))  # zero where a tap lies in the padding
        product = plan.scratch(dy.shape)
        for i, j, places, windows in self._taps():
            share = product[windows]
            plan.step(np.multiply, x[places], dy[windows], share)
            plan.step(np.add.reduce, share, (0, 1), None, sums[i, j])
        plan.step(np.add.reduce, sums, -1, None, out)

    def emit_input_gradient(self, dy: np.ndarray, out: np.ndarray) -> None:
        """out (H, W, channels, B) = ∂loss/∂x, with the kernel of the forward steps."""
        plan, dy, dx = self._plan, self._wide(dy), self._narrow(out)
        assert self._spread is not None
        plan.step(out.fill, 0.0)
        product = plan.scratch(dy.shape)
        total = plan.scratch((*dy.shape[:3], 1, dy.shape[-1]))
        for i, j, places, windows in self._taps():
            share = product[windows]
            plan.step(np.multiply, dy[windows], self._spread[i, j], share)
            if self._multiplier > 1:
                plan.step(np.add.reduce, share, 3, None, total[windows], True)
                share = total[windows]
            plan.step(np.add, dx[places], share, dx[places])

    def _taps(self) -> Iterator[tuple[int, int, Slices, Slices]]:
        """Row and column of each tap, the places it falls on, and for which windows."""
        for i in range(self._rows.kernel):
            for j in range(self._columns.kernel):
                to_rows, from_rows = self._rows.inside(i)
                to_columns, from_columns = self._columns.inside(j)
                yield i, j, (from_rows, from_columns), (to_rows, to_columns)

    def _narrow(self, x: np.ndarray) -> np.ndarray:
        """(H, W, channels, 1, B)"""
        return x[..., None, :]

    def _wide(self, y: np.ndarray) -> np.ndarray:
        """(H', W', channels, multiplier, B)"""
        return y.reshape(*y.shape[:2], self._channels, self._multiplier, y.shape[-1])
