"""Pooling over windows, one axis after the other: columns first, then rows.

Arrays are (height, width, channels, B). The largest of a window is the larger of two whole arrays
at a time, so each call works on long contiguous runs. Where several numbers of a window are
equally large, the first in reading order gets the gradient.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial

import numpy as np

from nn_designer.engine.plan import Plan
from nn_designer.engine.windows import Windows

BLOCK_BYTES = 2**20
"""What is compared at a time when gradients are handed back."""

ROWS, COLUMNS = 0, 1
Index = tuple[slice, ...]


def _along(axis: int, part: slice) -> Index:
    return (slice(None),) * axis + (part,)


class _Stage(ABC):
    """Windows along one axis."""

    def __init__(self, plan: Plan, windows: Windows, axis: int) -> None:
        self._plan, self._windows, self._axis = plan, windows, axis
        self.changes = windows.padded or not windows.kernel == windows.stride == 1

    @property
    def reads_output(self) -> bool:
        """Whether the backward steps compare with the output. Those of a maximum that don't may
        overwrite the input with its gradient."""
        return False

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what the windows make of an array of this shape."""
        return (*shape[: self._axis], self._windows.count, *shape[self._axis + 1 :])

    @abstractmethod
    def emit_forward(self, x: np.ndarray, out: np.ndarray) -> None: ...

    @abstractmethod
    def emit_backward(
        self, x: np.ndarray, y: np.ndarray, dy: np.ndarray, dx: np.ndarray
    ) -> None: ...

    def _taps(self) -> list[tuple[Index, Index]]:
        """For each tap the windows that have it inside, and the places it falls on."""
        found = (self._windows.inside(tap) for tap in range(self._windows.kernel))
        return [(_along(self._axis, to), _along(self._axis, place)) for to, place in found]

    def _emit_cleared(self, dx: np.ndarray) -> None:
        """Zeros where no tap writes; everywhere if shares are added up."""
        windows = self._windows
        if not windows.apart or windows.padded:
            self._plan.step(dx.fill, 0.0)
            return
        end = windows.count * windows.stride
        between = [slice(i, end, windows.stride) for i in range(windows.kernel, windows.stride)]
        for part in (*between, slice(end, None)):
            places = dx[_along(self._axis, part)]
            if places.size:
                self._plan.step(places.fill, 0.0)

    def _emit_share(self, share: np.ndarray, dx: np.ndarray) -> None:
        """Write a tap's share of the gradient, or add it where taps may share places."""
        if self._windows.apart:
            self._plan.step(np.copyto, dx, share)
        else:
            self._plan.step(np.add, dx, share, dx)


class _MaxStage(_Stage):
    @property
    def reads_output(self) -> bool:
        # Of two taps, the first is compared with the second.
        windows = self._windows
        return not (windows.apart and not windows.padded and windows.kernel == 2)

    def emit_forward(self, x: np.ndarray, out: np.ndarray) -> None:
        plan, taps = self._plan, self._taps()
        if self._windows.padded:
            plan.step(out.fill, -np.inf)
            for window, place in taps:
                plan.step(partial(np.maximum, out=out[window]), out[window], x[place])
            return
        largest = x[taps[0][1]]
        if len(taps) == 1:
            plan.step(np.copyto, out, largest)
        for _, place in taps[1:]:
            plan.step(partial(np.maximum, out=out), largest, x[place])
            largest = out

    def emit_backward(self, x: np.ndarray, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        plan, taps = self._plan, self._taps()
        self._emit_cleared(dx)
        if not self.reads_output:
            (_, first), (_, second) = taps
            pairs = (x[first], x[second], dx[first], dx[second])
            n_rows, row = len(dy), max(dx[:1].nbytes, 1)
            rows = max(BLOCK_BYTES // row, 1)
            larger = plan.scratch((min(rows, n_rows), *dy.shape[1:]), np.bool_)
            for start in range(0, n_rows, rows):  # while they are in a core's cache
                block = slice(start, start + rows)
                one, other, to_one, to_other = (array[block] for array in pairs)
                first_larger, gradient = larger[: len(one)], dy[block]
                plan.step(np.greater_equal, one, other, first_larger)
                plan.step(np.multiply, gradient, first_larger, to_one)
                plan.step(np.subtract, gradient, to_one, to_other)
            return
        share = plan.scratch(dy.shape)
        rest = plan.scratch(dy.shape)  # what no tap has taken yet
        plan.step(np.copyto, rest, dy)
        for window, place in taps:
            part, left = share[window], rest[window]
            plan.step(np.equal, x[place], y[window], part)
            plan.step(np.multiply, part, left, part)
            plan.step(np.subtract, left, part, left)
            self._emit_share(part, dx[place])


class _SumStage(_Stage):
    def emit_forward(self, x: np.ndarray, out: np.ndarray) -> None:
        plan, taps = self._plan, self._taps()
        if self._windows.padded:
            plan.step(out.fill, 0.0)
            for window, place in taps:
                plan.step(np.add, out[window], x[place], out[window])
            return
        total = x[taps[0][1]]
        if len(taps) == 1:
            plan.step(np.copyto, out, total)
        for _, place in taps[1:]:
            plan.step(np.add, total, x[place], out)
            total = out

    def emit_backward(self, x: np.ndarray, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        self._emit_cleared(dx)
        for window, place in self._taps():
            self._emit_share(dy[window], dx[place])


class _Pooling:
    """Two stages; one that changes nothing is left out."""

    def __init__(self, plan: Plan, columns: _Stage, rows: _Stage) -> None:
        self._plan = plan
        self._stages = [stage for stage in (columns, rows) if stage.changes]
        self._values: list[np.ndarray] = []

    @property
    def reads_output(self) -> bool:
        """Whether the backward steps read the output, so that nobody may overwrite it."""
        return bool(self._stages) and self._stages[-1].reads_output

    @property
    def overwrites_input(self) -> bool:
        """Whether the gradient of the input may be written over the input."""
        return bool(self._stages) and not self._stages[0].reads_output

    def emit_forward(self, x: np.ndarray, out: np.ndarray) -> None:
        """out (H', W', channels, B) from x (H, W, channels, B)."""
        self._values = [x]
        for stage in self._stages[:-1]:
            self._values.append(self._plan.buffer(stage.shape(self._values[-1].shape)))
        self._values.append(out)
        for stage, before, after in zip(self._stages, self._values, self._values[1:], strict=False):
            stage.emit_forward(before, after)
        if not self._stages:
            self._plan.step(np.copyto, out, x)

    def emit_backward(self, dy: np.ndarray, dx: np.ndarray) -> None:
        """dx, after :meth:`emit_forward` of the same arrays."""
        for index in reversed(range(len(self._stages))):
            x, y = self._values[index : index + 2]
            if index == 0:
                target = dx
            elif any(stage.reads_output for stage in self._stages):
                target = self._plan.scratch(x.shape)
            else:
                target = x
            self._stages[index].emit_backward(x, y, dy, target)
            dy = target
        if not self._stages:
            self._plan.step(np.copyto, dx, dy)


class MaxPooling(_Pooling):
    """The largest number under each window."""

    def __init__(self, plan: Plan, rows: Windows, columns: Windows) -> None:
        super().__init__(plan, _MaxStage(plan, columns, COLUMNS), _MaxStage(plan, rows, ROWS))


class AveragePooling(_Pooling):
    """The mean of the numbers under each window; padding does not count."""

    def __init__(self, plan: Plan, rows: Windows, columns: Windows) -> None:
        super().__init__(plan, _SumStage(plan, columns, COLUMNS), _SumStage(plan, rows, ROWS))
        counts = np.outer(rows.inside_counts(), columns.inside_counts())[:, :, None, None]
        same = counts.min() == counts.max()
        self._factor = plan.constant(1 / counts.max()) if same else (1 / counts).astype(plan.dtype)

    def emit_forward(self, x: np.ndarray, out: np.ndarray) -> None:
        super().emit_forward(x, out)
        self._plan.step(np.multiply, out, self._factor, out)

    def emit_backward(self, dy: np.ndarray, dx: np.ndarray) -> None:
        scaled = self._plan.scratch(dy.shape)
        self._plan.step(np.multiply, dy, self._factor, scaled)
        super().emit_backward(scaled, dx)
