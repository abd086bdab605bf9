"""Convolution: steps of its three products, for any kernel, stride, padding, dilation and groups.

Pictures are (height, width, channels, B), as values hold them, the samples of each number side by
side in memory (``Plan.batch_last``). A kernel is a block (filters, kernel width, kernel height,
channels of a group). The product of every window with the kernel needs no transposed arrays:
kernel rows are gathered side by side, (rows out, width, kernel height, channels, B), in long
contiguous runs, and then the numbers under each window are a contiguous matrix (width · height ·
channels, B). Windows overlap in memory, nothing is copied for each of them. For the gradient of
the picture, windows one row high lie over the output's gradient, with nothing to gather; what
they hand back is added up for each row of the kernel, or, where strides or dilation leave gaps
between columns, for each tap. The gradient of the kernel sums over places and samples, so it gathers kernel columns
into (rows, kernel width, channels, columns out · B): then the sum over a row is one product.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn_designer.engine.plan import Plan
from nn_designer.engine.program import SPLIT_WORTH
from nn_designer.engine.windows import Windows


class Convolution:
    """A kernel over the windows of a picture; emits steps into a plan."""

    def __init__(
        self,
        plan: Plan,
        rows: Windows,
        columns: Windows,
        channels: int,
        filters: int,
        groups: int = 1,
    ) -> None:
        self._plan = plan
        self._rows, self._columns = rows, columns
        self._groups = groups
        self._channels, self._filters = channels // groups, filters // groups  # of each group
        self._taps = rows.kernel * columns.kernel

    def emit_forward(self, x: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """out (H', W', filters, B) = the kernel over the windows of x (H, W, channels, B)."""
        matrices = kernel.reshape(self._groups, 1, 1, self._filters, -1)
        self._multiply(matrices, self._windows(x), self._by_group(out, self._filters))

    def emit_kernel_gradient(self, x: np.ndarray, dy: np.ndarray, out: np.ndarray) -> None:
        """out (filters, kernel width, kernel height, channels) = ∂loss/∂kernel."""
        plan, rows, columns = self._plan, self._rows, self._columns
        g, c, f, batch = self._groups, self._channels, self._filters, x.shape[-1]
        line = columns.count * batch
        size = self._taps * c
        gathered = self._columns_side_by_side(x)
        if gathered.ndim == 7:  # dilated rows: a copy for each window row
            windows = gathered.reshape(g, rows.count, size, line)
        else:
            step = gathered.strides[1]
            windows = as_strided(
                gathered,
                (g, rows.count, size, line),
                (gathered.strides[0], rows.stride * step, line * x.itemsize, x.itemsize),
            )
        turned = plan.scratch((g, rows.count, f, columns.count, batch))
        split = dy.reshape(rows.count, columns.count, g, f, batch)
        self._copy(turned, split.transpose(2, 0, 3, 1, 4))
        right = turned.reshape(g, rows.count, f, line).swapaxes(2, 3)
        shares = plan.scratch((g, rows.count, size, f))
        self._multiply(windows, right, shares)
        by_tap = (g, rows.count, rows.kernel, columns.kernel, c, f)
        total = out.reshape(g, f, columns.kernel, rows.kernel, c).transpose(0, 3, 2, 4, 1)
        plan.step(np.add.reduce, shares.reshape(by_tap), 1, None, total)

    def emit_input_gradient(self, dy: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """out (H, W, channels, B) = ∂loss/∂x."""
        if self._columns.stride == self._columns.dilation == 1:
            self._emit_added_rows(dy, kernel, out)
        else:
            self._emit_added_taps(dy, kernel, out)

    # --- gathering ---

    def _windows(self, x: np.ndarray) -> np.ndarray:
        """(groups, H', W', width · height · channels, B): the numbers under each window."""
        rows, columns = self._rows, self._columns
        g, c, batch = self._groups, self._channels, x.shape[-1]
        size = self._taps * c
        whole = g == 1 or columns.kernel == 1
        if rows.kernel == 1 and columns.dilation == 1 and whole and not self._padded:
            row, column, channel, number = x.strides
            return as_strided(
                x,
                (g, rows.count, columns.count, size, batch),
                (c * channel, rows.stride * row, columns.stride * column, channel, number),
            )
        split = x.reshape(rows.size, columns.size, g, c, batch)
        if columns.dilation > 1:  # windows with gaps: a copy for each
            shape = (g, rows.count, columns.count, columns.kernel, rows.kernel, c, batch)
            gathered = self._bordered(shape)
            for i in range(rows.kernel):
                to_rows, from_rows = rows.inside(i)
                for j in range(columns.kernel):
                    to_columns, from_columns = columns.inside(j)
                    target = gathered[:, to_rows, to_columns, j, i]
                    source = split[from_rows, from_columns]
                    self._copy(target, source.transpose(2, 0, 1, 3, 4))
            return gathered.reshape(g, rows.count, columns.count, size, batch)
        width = (columns.count - 1) * columns.stride + columns.kernel
        gathered = self._bordered((g, rows.count, width, rows.kernel, c, batch))
        last = min(columns.size, width - columns.before)
        for i in range(rows.kernel):
            to_rows, from_rows = rows.inside(i)
            target = gathered[:, to_rows, columns.before : columns.before + last, i]
            self._copy(target, split[from_rows, :last].transpose(2, 0, 1, 3, 4))
        group, row, column, _, channel, number = gathered.strides
        return as_strided(
            gathered,
            (g, rows.count, columns.count, size, batch),
            (group, row, columns.stride * column, channel, number),
        )

    def _columns_side_by_side(self, x: np.ndarray) -> np.ndarray:
        """(groups, rows, kernel width, channels, W', B); with dilated rows (groups, H', kernel
        height, kernel width, channels, W', B)."""
        rows, columns = self._rows, self._columns
        g, c, batch = self._groups, self._channels, x.shape[-1]
        split = x.reshape(rows.size, columns.size, g, c, batch)
        tail = (columns.kernel, c, columns.count, batch)
        if rows.dilation > 1:
            gathered = self._bordered((g, rows.count, rows.kernel, *tail))
            for i in range(rows.kernel):
                to_rows, from_rows = rows.inside(i)
                for j in range(columns.kernel):
                    to_columns, from_columns = columns.inside(j)
                    target = gathered[:, to_rows, i, j, :, to_columns]
                    source = split[from_rows, from_columns]
                    self._copy(target, source.transpose(2, 0, 3, 1, 4))
            return gathered
        height = (rows.count - 1) * rows.stride + rows.kernel
        gathered = self._bordered((g, height, *tail))
        last = min(rows.size, height - rows.before)
        for j in range(columns.kernel):
            to_columns, from_columns = columns.inside(j)
            target = gathered[:, rows.before : rows.before + last, j, :, to_columns]
            source = split[:last, from_columns]
            self._copy(target, source.transpose(2, 0, 3, 1, 4))
        return gathered

    # --- the picture's gradient ---

    def _emit_added_rows(self, dy: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """Windows of the output's gradient between columns of zeros, with the columns of the
        kernel reversed; what each row of the kernel hands back is added where that row lies."""
        plan, rows, columns = self._plan, self._rows, self._columns
        g, c, f, batch = self._groups, self._channels, self._filters, dy.shape[-1]
        end = min(columns.size, columns.count + columns.kernel - 1 - columns.before)
        bordered = plan.buffer((g, rows.count, end + columns.kernel - 1, f, batch))
        start = columns.kernel - 1 - columns.before
        inner = bordered[:, :, start : start + columns.count]
        split = dy.reshape(rows.count, columns.count, g, f, batch).transpose(2, 0, 1, 3, 4)
        self._copy(inner, split[:, :, : inner.shape[2]])
        group, row, column, filter_, number = bordered.strides
        size = columns.kernel * f
        windows = as_strided(
            bordered,
            (g, rows.count, end, size, batch),
            (group, row, column, filter_, number),
        )
        turned = plan.scratch((g, rows.kernel, c, columns.kernel, f))
        taps = kernel.reshape(g, f, columns.kernel, rows.kernel, c)[:, :, ::-1]
        plan.step(np.copyto, turned, taps.transpose(0, 3, 4, 2, 1))
        shares = plan.scratch((g, rows.count, end, rows.kernel * c, batch))
        self._multiply(turned.reshape(g, 1, 1, rows.kernel * c, size), windows, shares)
        parts = shares.reshape(g, rows.count, end, rows.kernel, c, batch)
        parts = parts.transpose(1, 2, 3, 0, 4, 5)
        split = out.reshape(rows.size, columns.size, g, c, batch)
        plan.step(out.fill, 0.0)
        for i in range(rows.kernel):
            from_rows, to_rows = rows.inside(i)
            target = split[to_rows, :end]
            plan.step(np.add, target, parts[from_rows, :, i], target)

    def _emit_added_taps(self, dy: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """What each tap of each window hands back, added where the tap lies."""
        plan, rows, columns = self._plan, self._rows, self._columns
        g, c, f, batch = self._groups, self._channels, self._filters, dy.shape[-1]
        size = self._taps * c
        taps = plan.scratch((g, rows.count, columns.count, size, batch))
        matrices = kernel.reshape(g, 1, 1, f, size).swapaxes(3, 4)
        self._multiply(matrices, self._by_group(dy, f), taps)
        parts = taps.reshape(
            g, rows.count, columns.count, columns.kernel, rows.kernel, c, batch
        ).transpose(1, 2, 3, 4, 0, 5, 6)
        split = out.reshape(rows.size, columns.size, g, c, batch)
        plan.step(out.fill, 0.0)
        for i in range(rows.kernel):
            from_rows, to_rows = rows.inside(i)
            for j in range(columns.kernel):
                from_columns, to_columns = columns.inside(j)
                target = split[to_rows, to_columns]
                plan.step(np.add, target, parts[from_rows, from_columns, j, i], target)

    # --- small things ---

    @property
    def _padded(self) -> bool:
        return self._rows.padded or self._columns.padded

    def _bordered(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array whose borders are zero and stay so, if there are any."""
        return self._plan.buffer(shape) if self._padded else self._plan.scratch(shape)

    def _copy(self, target: np.ndarray, source: np.ndarray) -> None:
        """Copy; all samples of a place go as one item."""
        if source.size:
            whole = np.dtype((np.void, source.itemsize * source.shape[-1]))
            target, source = target.view(whole)[..., 0], source.view(whole)[..., 0]
        self._plan.step(np.copyto, target, source)

    def _by_group(self, picture: np.ndarray, channels: int) -> np.ndarray:
        """(groups, H, W, channels of a group, B), without copying."""
        height, width, _, batch = picture.shape
        split = picture.reshape(height, width, self._groups, channels, batch)
        return split.transpose(2, 0, 1, 3, 4)

    def _multiply(self, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        """Stacks of matrix products; with a helper, large ones are shared out by rows."""
        plan = self._plan
        plan.has_small_products = True
        worth = out.size * a.shape[-1] >= SPLIT_WORTH
        if plan.helper is None or not worth or out.shape[1] < 2:
            plan.step(np.matmul, a, b, out)
            return
        h = out.shape[1] // 2
        here, there = (
            tuple(array if array.shape[1] == 1 else array[:, part] for array in (a, b, out))
            for part in (slice(h), slice(h, None))
        )
        plan.step(plan.helper.both, np.matmul, here, np.matmul, there)


def emit_bias(plan: Plan, bias: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> None:
    """out = y (H, W, channels, B) + bias (channels,) at every place; in place if there is no
    ``out``."""
    height, width, channels, batch = y.shape
    tile = plan.scratch((channels, batch))  # whole rows of it are added: no short loops
    plan.step(np.copyto, tile, bias[:, None])
    places = y.reshape(height * width, channels * batch, copy=False)
    target = places if out is None else out.reshape(places.shape, copy=False)
    plan.step(np.add, places, tile.reshape(-1), target)


def emit_bias_gradient(plan: Plan, dy: np.ndarray, out: np.ndarray) -> None:
    """out (channels,) = the sum of dy (H, W, channels, B) over places and samples."""
    height, width, channels, batch = dy.shape
    sums = plan.scratch((channels, batch))
    places = dy.reshape(height * width, channels * batch)
    plan.step(np.add.reduce, places, 0, None, sums.reshape(-1))
    plan.step(np.add.reduce, sums, 1, None, out)
