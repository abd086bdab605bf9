"""Convolution: steps of its three products, for any kernel, stride, padding, dilation and groups.

Pictures are (height, width, channels, B), as values hold them, the samples of each number side by
side in memory (``Plan.batch_last``). A kernel is a block (filters, kernel width, kernel height,
channels of a group). The product of every window with the kernel needs no transposed arrays:
kernel rows are gathered side by side, (rows out, width, kernel height, channels, B), in long
contiguous runs, and then the numbers under each window are a contiguous matrix (width · height ·
channels, B). Windows overlap in memory, nothing is copied for each of them. For the gradient of
the picture, windows one row high lie over the output's gradient, with nothing to gather; what
they hand back is added up for each row of the kernel, or, where strides or dilation leave gaps
between columns, for each tap. The gradient of the kernel sums over places and samples, so it
gathers kernel columns into (rows, kernel width, channels, columns out · B): then the sum over a
row is one product.

All of this is done for a few rows of the output at a time (:data:`BLOCK_BYTES`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn_designer.engine.plan import Plan
from nn_designer.engine.windows import Windows

_Area = tuple[slice, slice]

BLOCK_BYTES = 2**20
"""What is gathered at a time: so little that it is still in the cache when it is multiplied, and
enough that the number of calls does not matter (on two threads they wait for each other's)."""


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
        target = self._by_group(out, self._filters)
        width = self._columns.span * self._rows.kernel * self._channels
        for part, rows in self._blocks(width, x.shape[-1]):
            self._multiply(matrices, self._windows(x, rows), target[:, part])

    def emit_kernel_gradient(self, x: np.ndarray, dy: np.ndarray, out: np.ndarray) -> None:
        """out (filters, kernel width, kernel height, channels) = ∂loss/∂kernel."""
        if self._plan.is_unread(out):
            return
        plan, taps = self._plan, (self._rows.kernel, self._columns.kernel)
        g, c, f = self._groups, self._channels, self._filters
        width = self._columns.count * (self._columns.kernel * c + f)
        total = plan.scratch((g, self._taps * c, f))
        for part, rows in self._blocks(width, x.shape[-1]):
            sums = total if part.start == 0 else plan.scratch(total.shape)
            self._emit_sums(x, dy[part], rows, sums)
            if part.start > 0:
                plan.step(np.add, total, sums, total)
        by_tap = total.reshape(g, *taps, c, f).transpose(0, 4, 2, 1, 3)
        plan.step(np.copyto, out.reshape(g, f, *taps[::-1], c), by_tap)

    def emit_input_gradient(self, dy: np.ndarray, kernel: np.ndarray, out: np.ndarray) -> None:
        """out (H, W, channels, B) = ∂loss/∂x."""
        columns, c = self._columns, self._channels
        self._plan.step(out.fill, 0.0)
        if columns.stride == columns.dilation == 1:
            matrices, width = self._rows_reversed(kernel), columns.size * self._rows.kernel * c
            for part, rows in self._blocks(width, dy.shape[-1]):
                self._emit_added_rows(dy[part], matrices, rows, out)
        else:
            matrices = kernel.reshape(self._groups, 1, 1, self._filters, -1).swapaxes(3, 4)
            for part, rows in self._blocks(columns.count * self._taps * c, dy.shape[-1]):
                self._emit_added_taps(dy[part], matrices, rows, out)

    def _blocks(self, width: int, batch: int) -> Iterator[tuple[slice, Windows]]:
        """Rows of the output, and their windows, in blocks that gather at most BLOCK_BYTES, with
        ``width`` numbers of each sample for each row. What a block takes of scratch memory, the
        next one may take again."""
        plan, rows = self._plan, self._rows
        row = width * self._groups * batch * plan.dtype.itemsize
        for part, block in rows.blocks(max(BLOCK_BYTES // row, 1)):
            with plan.passing_scratch():
                yield part, block

    # --- gathering ---

    def _windows(self, x: np.ndarray, rows: Windows) -> np.ndarray:
        """(groups, H', W', width · height · channels, B): the numbers under each window."""
        plan, columns = self._plan, self._columns
        g, c, batch = self._groups, self._channels, x.shape[-1]
        size = self._taps * c
        padded = rows.padded or columns.padded
        whole = g == 1 or columns.kernel == 1
        if rows.kernel == 1 and columns.dilation == 1 and whole and not padded:
            row, column, channel, number = x.strides
            return as_strided(
                x[-rows.before :],
                (g, rows.count, columns.count, size, batch),
                (c * channel, rows.stride * row, columns.stride * column, channel, number),
            )
        split = x.reshape(rows.size, columns.size, g, c, batch)
        if columns.dilation > 1:  # windows with gaps: a copy for each
            shape = (g, rows.count, columns.count, columns.kernel, rows.kernel, c, batch)
            gathered = plan.scratch(shape)
            if padded:
                plan.step(gathered.fill, 0.0)
            for i, j, to, places in self._tap_places(rows):
                self._copy(gathered[:, *to, j, i], split[places].transpose(2, 0, 1, 3, 4))
            return gathered.reshape(g, rows.count, columns.count, size, batch)
        gathered = plan.scratch((g, rows.count, columns.span, rows.kernel, c, batch))
        to_columns, from_columns = columns.inside_span()
        self._clear_around(gathered, 2, to_columns)
        for i in range(rows.kernel):
            to_rows, from_rows = rows.inside(i)
            taps = gathered[:, :, to_columns, i]
            self._clear_around(taps, 1, to_rows)
            self._copy(taps[:, to_rows], split[from_rows, from_columns].transpose(2, 0, 1, 3, 4))
        group, row, column, _, channel, number = gathered.strides
        return as_strided(
            gathered,
            (g, rows.count, columns.count, size, batch),
            (group, row, columns.stride * column, channel, number),
        )

    def _columns_side_by_side(self, x: np.ndarray, rows: Windows) -> np.ndarray:
        """(groups, H', height · width · channels, W' · B): in a row of it, what a tap sees in the
        windows of a row."""
        plan, columns = self._plan, self._columns
        g, c, batch = self._groups, self._channels, x.shape[-1]
        line = columns.count * batch
        split = x.reshape(rows.size, columns.size, g, c, batch)
        if rows.dilation > 1:  # a copy for each row of the kernel
            shape = (g, rows.count, rows.kernel, columns.kernel, c, columns.count, batch)
            gathered = plan.scratch(shape)
            if rows.padded or columns.padded:
                plan.step(gathered.fill, 0.0)
            for i, j, (to_rows, to_columns), places in self._tap_places(rows):
                target = gathered[:, to_rows, i, j, :, to_columns]
                self._copy(target, split[places].transpose(2, 0, 3, 1, 4))
            return gathered.reshape(g, rows.count, self._taps * c, line)
        gathered = plan.scratch((g, rows.span, columns.kernel, c, columns.count, batch))
        to_rows, from_rows = rows.inside_span()
        self._clear_around(gathered, 1, to_rows)
        for j in range(columns.kernel):
            to_columns, from_columns = columns.inside(j)
            taps = gathered[:, to_rows, j]
            self._clear_around(taps, 3, to_columns)
            target = taps[:, :, :, to_columns]
            self._copy(target, split[from_rows, from_columns].transpose(2, 0, 3, 1, 4))
        group, row, *_, number = gathered.strides
        return as_strided(
            gathered,
            (g, rows.count, self._taps * c, line),
            (group, rows.stride * row, line * number, number),
        )

    # --- gradients, for the windows of some rows ---

    def _emit_sums(self, x: np.ndarray, dy: np.ndarray, rows: Windows, out: np.ndarray) -> None:
        """out (groups, height · width · channels, filters): the kernel's gradient."""
        plan, columns = self._plan, self._columns
        g, f, batch = self._groups, self._filters, x.shape[-1]
        seen = self._columns_side_by_side(x, rows)
        turned = plan.scratch((g, rows.count, f, columns.count, batch))
        split = dy.reshape(rows.count, columns.count, g, f, batch)
        self._copy(turned, split.transpose(2, 0, 3, 1, 4))
        right = turned.reshape(g, rows.count, f, columns.count * batch).swapaxes(2, 3)
        if rows.count == 1:
            self._multiply(seen, right, out[:, None])
            return
        shares = plan.scratch((g, rows.count, *out.shape[1:]))
        self._multiply(seen, right, shares)
        plan.step(np.add.reduce, shares, 1, None, out)

    def _emit_added_rows(
        self, dy: np.ndarray, kernel: np.ndarray, rows: Windows, out: np.ndarray
    ) -> None:
        """Windows over dy between columns of zeros, with the columns of the kernel reversed;
        what each row of the kernel hands back is added where that row lies."""
        plan, columns = self._plan, self._columns
        g, c, f, batch = self._groups, self._channels, self._filters, dy.shape[-1]
        end = columns.inside_span()[1].stop  # nobody looks at what is behind
        start = columns.kernel - 1 - columns.before
        inner = slice(start, min(start + columns.count, end + columns.kernel - 1))
        bordered = plan.scratch((g, rows.count, end + columns.kernel - 1, f, batch))
        self._clear_around(bordered, 2, inner)
        split = dy.reshape(rows.count, columns.count, g, f, batch).transpose(2, 0, 1, 3, 4)
        self._copy(bordered[:, :, inner], split[:, :, : inner.stop - start])
        size = columns.kernel * f
        windows = as_strided(bordered, (g, rows.count, end, size, batch), bordered.strides)
        shares = plan.scratch((g, rows.count, end, rows.kernel * c, batch))
        self._multiply(kernel, windows, shares)
        parts = shares.reshape(g, rows.count, end, rows.kernel, c, batch)
        target = out.reshape(rows.size, columns.size, g, c, batch).transpose(2, 0, 1, 3, 4)
        for i in range(rows.kernel):
            from_rows, to_rows = rows.inside(i)
            places = target[:, to_rows, :end]
            plan.step(np.add, places, parts[:, from_rows, :, i], places)

    def _rows_reversed(self, kernel: np.ndarray) -> np.ndarray:
        """(groups, 1, 1, height · channels, width · filters), the columns last to first."""
        rows, columns = self._rows, self._columns
        g, c, f = self._groups, self._channels, self._filters
        turned = self._plan.scratch((g, rows.kernel, c, columns.kernel, f))
        taps = kernel.reshape(g, f, columns.kernel, rows.kernel, c)[:, :, ::-1]
        self._plan.step(np.copyto, turned, taps.transpose(0, 3, 4, 2, 1))
        return turned.reshape(g, 1, 1, rows.kernel * c, columns.kernel * f)

    def _emit_added_taps(
        self, dy: np.ndarray, kernel: np.ndarray, rows: Windows, out: np.ndarray
    ) -> None:
        """What each tap of each window hands back, added where the tap lies."""
        plan, columns = self._plan, self._columns
        g, c, batch = self._groups, self._channels, dy.shape[-1]
        taps = plan.scratch((g, rows.count, columns.count, self._taps * c, batch))
        self._multiply(kernel, self._by_group(dy, self._filters), taps)
        parts = taps.reshape(
            g, rows.count, columns.count, columns.kernel, rows.kernel, c, batch
        ).transpose(1, 2, 3, 4, 0, 5, 6)
        target = out.reshape(rows.size, columns.size, g, c, batch)
        for i, j, windows, places in self._tap_places(rows):
            plan.step(np.add, target[places], parts[*windows, j, i], target[places])

    # --- small things ---

    def _tap_places(self, rows: Windows) -> Iterator[tuple[int, int, _Area, _Area]]:
        """Row and column of each tap, the windows that have it inside, and the places there."""
        for i in range(rows.kernel):
            to_rows, from_rows = rows.inside(i)
            for j in range(self._columns.kernel):
                to_columns, from_columns = self._columns.inside(j)
                yield i, j, (to_rows, to_columns), (from_rows, from_columns)

    def _clear_around(self, array: np.ndarray, axis: int, inside: slice) -> None:
        """Zeros before and behind a range of an axis, if there is something."""
        for outside in (slice(0, inside.start), slice(inside.stop, array.shape[axis])):
            if outside.stop > outside.start:
                part = array[(slice(None),) * axis + (outside,)]
                self._plan.step(part.fill, 0.0)

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
        """Stacks of matrix products."""
        self._plan.has_small_products = True
        self._plan.step(np.matmul, a, b, out)


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
    if plan.is_unread(out):
        return
    height, width, channels, batch = dy.shape
    sums = plan.scratch((channels, batch))
    places = dy.reshape(height * width, channels * batch)
    plan.step(np.add.reduce, places, 0, None, sums.reshape(-1))
    plan.step(np.add.reduce, sums, 1, None, out)
