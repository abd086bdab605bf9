"""The mean of losses, summed up batch by batch."""

from __future__ import annotations

import numpy as np


class RunningLoss:
    """Kept in float64 and added in the order of the batches, so that the mean does not depend on
    how many batches are told at once."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new epoch."""
        self._total, self._samples = 0.0, 0  # Σ loss · samples

    def add(self, losses: np.ndarray, batch_size: int) -> float:
        """Tell the losses (K,) of K batches; returns their mean."""
        total = self._total
        each: list[float] = losses.tolist()
        for loss in each:  # one after the other: see above
            total += loss * batch_size
        self._total = total
        self._samples += batch_size * len(each)
        return sum(each) / len(each)

    @property
    def mean(self) -> float:
        return self._total / self._samples if self._samples else 0.0

    def state(self) -> np.ndarray:
        """All that :meth:`load_state` needs to go on."""
        return np.array([self._total, self._samples])

    def load_state(self, state: np.ndarray) -> None:
        total, samples = state
        self._total, self._samples = float(total), int(samples)
