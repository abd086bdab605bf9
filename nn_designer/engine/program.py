"""A program: a flat list of array calls over buffers that are allocated once.

A step is ``(function, arguments)``; running is one tight loop. That costs about as little as
Python can: no attribute look-ups, no allocation, no shapes worked out again. Small networks
spend nearly all of their time in such overhead (0.4 µs a call), large ones in ``dot``.

Two habits of NumPy matter here: constants are 0-d arrays (a Python float costs 0.4 µs more per
call), and arithmetic functions take their output by position. ``np.maximum`` and
``np.minimum`` deprecate that, so they get it by keyword (:meth:`Program.maximum`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from nn_designer.engine.allocation import is_counted, zeros
from nn_designer.engine.parallel import Helper, one_blas_thread
from nn_designer.engine.scratch import Scratch

SPLIT_WORTH = 40_000_000
"""Multiply-accumulates of a matrix product from which on a helper pays: 1 ms alone."""

Step = tuple[Callable[..., Any], tuple[Any, ...]]


def run_steps(steps: list[Step]) -> None:
    """Run steps in order."""
    for function, arguments in steps:
        function(*arguments)


class Program:
    """Collects steps and the buffers they work on, then runs them any number of times."""

    def __init__(self, dtype: np.dtype[Any] | type[np.floating[Any]] = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        self.helper: Helper | None = None
        self.steps: list[Step] = []
        self.owner = ""
        """The layer whose steps are being added, for who wants to know what it allocates."""
        self.has_small_products = False
        """Whether there are stacks of products too small for the threads of BLAS itself."""
        self.may_overflow = False
        """Whether steps rely on infinity for what is too large for a number."""
        self._constants: dict[float, np.ndarray] = {}
        self._filled: dict[tuple[float, tuple[int, ...]], np.ndarray] = {}
        self._scratch = Scratch()

    def run(self) -> None:
        """Run all steps in order."""
        if not self.has_small_products and not self.may_overflow:
            run_steps(self.steps)
            return
        with ExitStack() as stack:
            if self.has_small_products:
                stack.enter_context(one_blas_thread())
            if self.may_overflow:
                stack.enter_context(np.errstate(over="ignore"))
            run_steps(self.steps)

    def step(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Append ``function(*arguments)``. Give the output buffer by position, last."""
        self.steps.append((function, arguments))

    def maximum(self, x: np.ndarray, limit: float, out: np.ndarray) -> None:
        """The larger of each number and ``limit``."""
        self.step(partial(np.maximum, out=out), x, self.filled(limit, x.shape))

    def minimum(self, x: np.ndarray, limit: float, out: np.ndarray) -> None:
        """The smaller of each number and ``limit``."""
        self.step(partial(np.minimum, out=out), x, self.filled(limit, x.shape))

    def matmul(self, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        """``a @ b`` of two matrices; the bound ``dot`` is twice as fast as ``np.matmul``.

        With a :attr:`helper`, large products are split, by size alone.
        """
        rows, columns = out.shape
        if self.helper is None or rows * columns * a.shape[1] < SPLIT_WORTH:
            self.step(a.dot, b, out)
        elif rows >= columns:
            h = rows // 2
            self.step(
                self.helper.both, np.matmul, (a[:h], b, out[:h]), np.matmul, (a[h:], b, out[h:])
            )
        else:
            h = columns // 2
            left, right = (a, b[:, :h], out[:, :h]), (a, b[:, h:], out[:, h:])
            self.step(self.helper.both, np.matmul, left, np.matmul, right)

    def sum(self, x: np.ndarray, axis: int, out: np.ndarray) -> None:
        """Sum along ``axis``; ``out`` keeps that axis with size 1."""
        self.step(np.add.reduce, x, axis, None, out, True)

    def constant(self, value: float) -> np.ndarray:
        """A 0-d array with this value; the same one each time."""
        found = self._constants.get(value)
        if found is None:
            found = self._constants[value] = np.array(value, self.dtype)
        return found

    def filled(self, value: float, shape: tuple[int, ...]) -> np.ndarray:
        """An array full of ``value``; the same one for the same shape.

        ``np.maximum`` is three times as fast with it as with a 0-d array (9 against 26 µs for
        65,536 numbers): only then does NumPy use vector instructions.
        """
        key = (value, tuple(shape))
        found = self._filled.get(key)
        if found is None:
            found = self._filled[key] = zeros(shape, self.dtype, self.owner)
            if not is_counted():
                found.fill(value)
        return found

    def buffer(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        """A new array of zeros that keeps its content from step to step."""
        return zeros(shape, self.dtype if dtype is None else dtype, self.owner)

    def scratch(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        """An array for the steps until :meth:`release_scratch`; then others write over it."""
        return self._scratch.array(shape, self.dtype if dtype is None else np.dtype(dtype))

    def release_scratch(self) -> None:
        """All scratch arrays handed out so far may be used again by later steps."""
        self._scratch.release()

    @contextmanager
    def passing_scratch(self) -> Iterator[None]:
        """Scratch arrays handed out inside may be used again by the steps after it."""
        mark = self._scratch.mark()
        yield
        self._scratch.release(mark)
