"""The learning rate of each step of a run: what is set, times schedule, times warm-up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nn_designer.engine.schedules import Length, Schedule, State
from nn_designer.engine.step_values import StepValues


class LearningRates:
    """Factors of the learning rate, for all steps of a run.

    In the warm-up, step i of n (from 0) has the factor (i + 1) / n of what the schedule begins
    with; then the schedule begins with its step 0. As PyTorch's LinearLR and SequentialLR.
    """

    def __init__(
        self, schedule: Schedule, *, warm_up: float, steps_per_epoch: int, epochs: int
    ) -> None:
        """``warm_up`` is in epochs; it ends with a whole step."""
        self.schedule = schedule
        self._warm_up_steps = min(round(warm_up * steps_per_epoch), steps_per_epoch * epochs)
        steps = steps_per_epoch * epochs - self._warm_up_steps
        self._length = Length(max(steps, 1), steps_per_epoch)
        self._values = StepValues(self._factors)

    def factors(self, first: int, count: int) -> np.ndarray:
        """The factors (count,) of steps from number ``first`` on, from 0, over all epochs."""
        return self._values.take(first, count) * self.schedule.level

    def end_epoch(self, loss: float) -> None:
        """Tell the schedule the loss of an epoch."""
        self.schedule.end_epoch(loss)

    def state(self) -> State:
        """All that :meth:`load_state` needs to go on."""
        return self.schedule.state()

    def load_state(self, state: Mapping[str, float]) -> None:
        self.schedule.load_state(state)

    def _factors(self, steps: np.ndarray) -> np.ndarray:
        n = self._warm_up_steps
        warming = np.minimum((steps + 1.0) / n, 1.0) if n else 1.0
        return self.schedule.factors(np.maximum(steps - n, 0.0), self._length) * warming
