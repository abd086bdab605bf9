"""Which samples are in which batch of an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class Batches:
    """``whole`` batches of ``size`` of ``n`` samples, and one of the ``rest`` if any are left.

    Shuffled, the samples have another order in each epoch. It depends on the seed only, and is
    drawn again from :attr:`state` when a run goes on in the middle of an epoch.
    """

    def __init__(self, n: int, size: int, *, seed: int, shuffles: bool) -> None:
        self.n = n
        self.size = size
        self.whole, self.rest = divmod(n, size)
        self._shuffles = shuffles
        self._random = np.random.default_rng(seed)
        self._order = np.arange(n)
        self.state: Mapping[str, Any] = self._random.bit_generator.state
        """Of the random numbers, before the order of the epoch under way was drawn."""

    @property
    def per_epoch(self) -> int:
        return self.whole + (self.rest > 0)

    def draw(self) -> None:
        """The order of the next epoch."""
        if self._shuffles:
            self._order = self._random.permutation(self.n)

    def end_epoch(self) -> None:
        """What was drawn is used up: the next order comes from the state now."""
        self.state = self._random.bit_generator.state

    def samples(self, first: int, count: int) -> np.ndarray:
        """(count, batch size): those of ``count`` batches of one size from ``first`` on."""
        size = self.size if first < self.whole else self.rest
        start = first * self.size
        return self._order[start : start + count * size].reshape(count, size)

    def seen(self, batches: int) -> int:
        """How many samples there are in so many batches of an epoch."""
        return min(batches * self.size, self.n)

    def load_state(self, state: Mapping[str, Any], *, in_epoch: bool) -> None:
        """Go on from ``state``; ``in_epoch``: in the middle of the epoch that it begins."""
        self.state = self._random.bit_generator.state = state
        if in_epoch:
            self.draw()
