"""Where the engine's arrays come from: from memory, or, to see how much it would take, from nowhere.

Within ``with Ledger() as ledger:`` the same code as always builds networks, plans and training
loops, but :func:`zeros` only writes down what was asked for; all larger arrays then lie one over
the other in the same piece of memory. So what is counted is what will be used, for any layer,
without a formula that could be forgotten. Nothing that was built so may be run.
"""

from __future__ import annotations

import math
import weakref
from collections import Counter
from contextvars import ContextVar, Token
from mmap import mmap
from typing import Any, Self

import numpy as np

SMALL_BYTES = 4096
"""Arrays up to this size have memory of their own even then: tables that are worked out at once."""


class Ledger:
    """Counts what is held, by owner: arrays that are given up are taken off again. A context
    manager; for its thread only."""

    def __init__(self) -> None:
        self.by_owner: Counter[str] = Counter()
        """Owner → bytes at present; "" is what belongs to no layer."""
        # Pages that nobody writes to take no memory. No array: views of an array that lies here
        # have that array as their base, as usual.
        self._region = mmap(-1, SMALL_BYTES)
        self._token: Token[Ledger | None] | None = None

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.by_owner.total()

    def __enter__(self) -> Self:
        self._token = _ledger.set(self)
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._token is not None
        _ledger.reset(self._token)

    def zeros(self, shape: tuple[int, ...], dtype: np.dtype[Any], owner: str) -> np.ndarray:
        """An array of which the numbers mean nothing; its size is written down.

        Raises MemoryError if not even its addresses can be had.
        """
        size = math.prod(shape) * dtype.itemsize
        self.by_owner[owner] += size
        array = self._array(shape, dtype, size)
        weakref.finalize(array, self._given_up, owner, size).atexit = False
        return array

    def _given_up(self, owner: str, size: int) -> None:
        self.by_owner[owner] -= size

    def _array(self, shape: tuple[int, ...], dtype: np.dtype[Any], size: int) -> np.ndarray:
        if size <= SMALL_BYTES:
            return np.zeros(shape, dtype)
        if size > len(self._region):
            try:
                self._region = mmap(-1, size)
            except (OSError, ValueError, OverflowError) as error:
                raise MemoryError(str(error)) from None
        return np.ndarray(shape, dtype, self._region)


_ledger: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


def zeros(shape: tuple[int, ...] | int, dtype: Any, owner: str = "") -> np.ndarray:
    """As ``np.zeros``; ``owner`` is the name of the layer that it is for, if there is one."""
    ledger = _ledger.get()
    if ledger is None:
        return np.zeros(shape, dtype)
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return ledger.zeros(shape, np.dtype(dtype), owner)


def empty_like(array: np.ndarray, owner: str = "") -> np.ndarray:
    """As ``np.empty_like``: the axes lie in memory in the same order."""
    if _ledger.get() is None:
        return np.empty_like(array)
    return zeros(array.shape, array.dtype, owner)


def is_counted() -> bool:
    """Whether arrays come from nowhere: work on their numbers is pointless."""
    return _ledger.get() is not None
