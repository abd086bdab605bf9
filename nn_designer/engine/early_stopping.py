"""Which epoch was the best, and when to stop waiting for a better one."""

from __future__ import annotations

import math

import numpy as np


class BestEpoch:
    """Watches a value that should get small, and keeps the weights of its best epoch.

    ``patience``: epochs without improvement after which :attr:`exhausted` is true; None: never.
    """

    def __init__(self, patience: int | None = None, minimum_improvement: float = 0.0) -> None:
        self.patience = patience
        self.minimum_improvement = minimum_improvement
        self.epoch = 0
        self.value = math.inf
        self.waited = 0
        self.variables: np.ndarray | None = None
        self._improved_from = math.inf

    def update(self, epoch: int, value: float, variables: np.ndarray) -> bool:
        """Tell the value of an epoch; returns whether it is the best so far.

        Any smaller value is a new best (its weights are kept); only one that is smaller by
        ``minimum_improvement`` resets the waiting.
        """
        if value < self._improved_from - self.minimum_improvement:
            self._improved_from = value
            self.waited = 0
        else:
            self.waited += 1
        if not value < self.value:
            return False
        self.epoch, self.value = epoch, value
        if self.variables is None:
            self.variables = variables.copy()
        else:
            np.copyto(self.variables, variables)
        return True

    @property
    def exhausted(self) -> bool:
        """Whether patience is over."""
        return self.patience is not None and self.waited >= self.patience

    def state(self) -> tuple[int, float, int, float, np.ndarray | None]:
        """All that :meth:`load_state` needs to go on."""
        kept = None if self.variables is None else self.variables.copy()
        return self.epoch, self.value, self.waited, self._improved_from, kept

    def load_state(self, state: tuple[int, float, int, float, np.ndarray | None]) -> None:
        self.epoch, self.value, self.waited, self._improved_from, kept = state
        self.variables = None if kept is None else kept.copy()
