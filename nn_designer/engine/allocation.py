"""Where the engine's arrays come from: from memory, or, to see how much it would take, from nowhere.

Within ``with Ledger() as ledger:`` the same code as always builds networks, plans and training
loops, but :func:`zeros` only writes down what was asked for; all larger arrays then lie one over
the other in the same piece of memory. So what is counted is what will be used, for any layer,
without a formula that could be forgotten. Nothing that was built so may be run.
"""

from __future__ import annotations

import math
from collections import Counter
from contextvars import ContextVar, Token
from typing import Any, Self

import numpy as np

SMALL_BYTES = 4096
"""Arrays up to this size have memory of their own even then: tables that are worked out at once."""


class Ledger:
    """Counts what is allocated, by owner. A context manager; for its thread only."""

    def __init__(self) -> None:
        self.by_owner: Counter[str] = Counter()
        """Owner → bytes; "" is what belongs to no layer."""
        self._region = np.zeros(SMALL_BYTES, np.uint8)
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
        if size <= SMALL_BYTES:
            return np.zeros(shape, dtype)
        if size > self._region.size:
            try:
                self._region = np.zeros(size, np.uint8)  # pages nobody writes to take no memory
            except ValueError as error:
                raise MemoryError(str(error)) from None
        return self._region[:size].view(dtype).reshape(shape)


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
