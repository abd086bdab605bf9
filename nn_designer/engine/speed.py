"""How fast a run is; only the time in which it trains counts."""

from __future__ import annotations

import math

CHUNK_SECONDS = 0.03
"""About this long the loop runs between two reports. A report costs some 0.1 ms."""


class Speed:
    """Time and samples of an epoch, added up chunk by chunk."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._samples = 0
        self._step_seconds = math.inf

    def begin_epoch(self) -> None:
        self.seconds, self._samples = 0.0, 0

    def add(self, seconds: float, samples: int) -> None:
        self.seconds += seconds
        self._samples += samples

    def measure_step(self, seconds: float) -> None:
        """Tell how long a step of a whole batch took lately."""
        self._step_seconds = seconds

    @property
    def samples_per_second(self) -> float:
        return self._samples / self.seconds if self.seconds else 0.0

    @property
    def steps_per_chunk(self) -> int:
        """How many steps there are between two reports."""
        return max(1, round(CHUNK_SECONDS / self._step_seconds))
