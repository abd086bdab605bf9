"""Schedules: how the learning rate changes while training. ``SCHEDULES`` maps each key to its
schedule.

A schedule is a factor of the learning rate that the person sets (and may change during a run).
It is worked out anew for each step, from the number of the step alone; its settings are in
epochs, so that a curve keeps its form with another batch size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_designer.engine.method import Method
from nn_designer.params import Float, Int

State = dict[str, float]


@dataclass(frozen=True)
class Length:
    """How long a schedule has: the steps of the run that come after its warm-up."""

    steps: int
    steps_per_epoch: int


class Schedule(Method):
    """One schedule. Its settings are declared; the learning rate comes from the training.

    In the formulas f is the factor, t the time in epochs since the beginning (after a warm-up)
    and T the time in all; a step counts from its beginning.
    """

    level = 1.0
    """A further factor, the same for all steps until :meth:`end_epoch` changes it."""

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        """The factor of each step (n,), numbered from 0. A pure function, but for ``level``."""
        raise NotImplementedError

    def end_epoch(self, loss: float) -> None:
        """An epoch is over with this loss of the validation part (without one: of training)."""

    def state(self) -> State:
        """All that :meth:`end_epoch` has changed, for a checkpoint."""
        return {}

    def load_state(self, state: Mapping[str, float]) -> None:
        """Go on from a :meth:`state`."""


class Constant(Schedule):
    """The learning rate as it is set."""

    key = "constant"
    title = "Constant"
    help = "The learning rate stays as it is set."
    formula = "f = 1"

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        return np.ones_like(steps)


class Step(Schedule):
    """Falls at once every few epochs."""

    key = "step"
    title = "Steps"
    help = "After every few epochs the learning rate drops at once: large steps first, fine ones later."
    formula = "f = dropᵏ, k = ⌊t / every⌋"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html"

    every = Int(
        10, minimum=1, maximum=100_000, unit="epochs", help="So many epochs pass between two drops."
    )
    drop = Float(
        0.5,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        step=0.05,
        help="What the learning rate is multiplied by at each drop.",
    )

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        drops = np.floor_divide(steps, self.every * length.steps_per_epoch)
        return np.asarray(np.power(self.drop, drops))


class Exponential(Schedule):
    """Falls by the same share in each epoch."""

    key = "exponential"
    title = "Exponential"
    help = "The learning rate falls a little with every step, by the same share in each epoch."
    formula = "f = decayᵗ"
    source = "https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/"

    decay = Float(
        0.95,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        step=0.01,
        help="What is left of the learning rate after an epoch: 0.95 takes 5 % away.",
    )

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        return np.asarray(np.power(self.decay, steps / length.steps_per_epoch))


_END = Float(
    0.0,
    minimum=0.0,
    maximum=1.0,
    step=0.01,
    advanced=True,
    help="The share of the learning rate that is left at the end.",
)


class Polynomial(Schedule):
    """Falls along a line or a power curve to the end of the run."""

    key = "polynomial"
    title = "Polynomial"
    help = "The learning rate falls to its end along a straight line, or a curve of that power."
    formula = "f = end + (1 - end) (1 - t / T)^power"
    source = "https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/"

    power = Float(
        1.0,
        minimum=0.0,
        maximum=10.0,
        exclusive_minimum=True,
        step=0.5,
        help="1 is a straight line; with more, it falls fast at first and gently at the end.",
    )
    end = _END

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        left = 1.0 - np.minimum(steps / length.steps, 1.0)
        return np.asarray((1.0 - self.end) * np.power(left, self.power) + self.end)


class Cosine(Schedule):
    """Falls along half a cosine wave to the end of the run."""

    key = "cosine"
    title = "Cosine"
    help = "The learning rate falls to the end of the run: gently, then faster, then gently again."
    formula = "f = end + (1 - end) (1 + cos(π t / T)) / 2"
    source = "Loshchilov and Hutter 2017, SGDR: stochastic gradient descent with warm restarts"

    end = _END

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        return _cosine(np.minimum(steps / length.steps, 1.0), 1.0, self.end)


class CosineRestarts(Schedule):
    """Falls along half a cosine wave, jumps back up, falls again."""

    key = "cosine_restarts"
    title = "Cosine with warm restarts"
    help = (
        "The learning rate falls in waves: at the end of each it jumps back up, which may lead "
        "out of a poor valley."
    )
    formula = "f = end + (1 - end) peakᵏ (1 + cos(π s)) / 2, s: the share done of wave k"
    source = "Loshchilov and Hutter 2017, SGDR: stochastic gradient descent with warm restarts"

    first_wave = Int(
        10, minimum=1, maximum=100_000, unit="epochs", help="How long the first wave is."
    )
    growth = Float(
        2.0,
        minimum=1.0,
        maximum=10.0,
        step=0.5,
        help="How many times as long as the one before each wave is.",
    )
    peak = Float(
        1.0,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        step=0.05,
        help="How high each wave begins, as a share of the one before.",
    )
    end = _END

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        waves = steps / (self.first_wave * length.steps_per_epoch)
        if self.growth == 1.0:
            number = np.floor(waves)
            share = waves - number
        else:
            begins = self._begins(float(waves[-1]))
            number = np.searchsorted(begins, waves, side="right") - 1
            share = (waves - begins[number]) / np.power(self.growth, number)
        return _cosine(share, np.power(self.peak, number), self.end)

    def _begins(self, time: float) -> np.ndarray:
        """When the waves begin, in lengths of the first one, up to ``time``."""
        begins = [0.0]
        while begins[-1] <= time:
            begins.append(begins[-1] + self.growth ** (len(begins) - 1))
        return np.array(begins)


class OneCycle(Schedule):
    """Rises to its peak, then falls far below where it began."""

    key = "one_cycle"
    title = "One cycle"
    help = (
        "The learning rate begins small, rises to what is set, and falls to almost nothing at "
        "the end. Lets networks learn fast with a high learning rate."
    )
    formula = "f = cosine from 1 / start to 1 over the rise, then to 1 / (start · finish)"
    source = "Smith and Topin 2018, Super-convergence: very fast training of neural networks"

    rise = Float(
        0.3,
        minimum=0.01,
        maximum=0.99,
        step=0.05,
        help="The share of the run in which it rises.",
    )
    start = Float(
        25.0,
        minimum=1.0,
        maximum=1e6,
        title="Start divisor",
        advanced=True,
        help="It begins with the learning rate divided by this.",
    )
    finish = Float(
        10_000.0,
        minimum=1.0,
        maximum=1e9,
        title="Finish divisor",
        advanced=True,
        help="It ends with the rate of its beginning divided by this.",
    )

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        # As PyTorch counts: the peak and the end are steps themselves, numbered from 0.
        top, last = self.rise * length.steps - 1.0, length.steps - 1.0
        low, end = 1.0 / self.start, 1.0 / (self.start * self.finish)
        rising = _between(low, 1.0, steps / top if top > 0.0 else np.ones_like(steps))
        share = (steps - top) / max(last - top, 1.0)
        return np.where(steps <= top, rising, _between(1.0, end, np.minimum(share, 1.0)))


class ReduceOnPlateau(Schedule):
    """Falls when the loss stops falling."""

    key = "plateau"
    title = "Reduce on plateau"
    help = (
        "The learning rate drops when the validation loss (or, without, the loss) has not "
        "improved for a while."
    )
    formula = "f ← f · drop, after so many epochs without improvement"
    source = "https://keras.io/api/callbacks/reduce_lr_on_plateau/"

    drop = Float(
        0.1,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        exclusive_maximum=True,
        step=0.05,
        help="What the learning rate is multiplied by at each drop.",
    )
    wait = Int(
        10,
        minimum=1,
        maximum=100_000,
        unit="epochs",
        help="How many epochs without improvement to wait before it drops. Let it be shorter "
        "than the patience of early stopping.",
    )
    improvement = Float(
        1e-4,
        minimum=0.0,
        maximum=1000.0,
        decimals=10,
        advanced=True,
        help="By how much the loss must fall to count as an improvement.",
    )
    rest = Int(
        0,
        minimum=0,
        maximum=100_000,
        unit="epochs",
        advanced=True,
        help="So many epochs after a drop are not counted.",
    )
    lowest = Float(
        0.0,
        minimum=0.0,
        maximum=1.0,
        decimals=10,
        advanced=True,
        help="It never falls below this share of the learning rate.",
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._best, self._waited, self._resting = math.inf, 0, 0

    def factors(self, steps: np.ndarray, length: Length) -> np.ndarray:
        return np.ones_like(steps)

    def end_epoch(self, loss: float) -> None:
        if self._resting:
            self._resting -= 1
            self._waited = 0
        if loss < self._best - self.improvement:
            self._best, self._waited = loss, 0
        elif not self._resting:
            self._waited += 1
            if self._waited >= self.wait and self.level > self.lowest:
                self.level = max(self.level * self.drop, self.lowest)
                self._waited, self._resting = 0, self.rest

    def state(self) -> State:
        return {
            "level": self.level,
            "best": self._best,
            "waited": self._waited,
            "resting": self._resting,
        }

    def load_state(self, state: Mapping[str, float]) -> None:
        self.level, self._best = state["level"], state["best"]
        self._waited, self._resting = int(state["waited"]), int(state["resting"])


def _cosine(share: np.ndarray, peak: np.ndarray | float, end: float) -> np.ndarray:
    """From ``peak`` to ``end`` along half a cosine wave, of which ``share`` is done."""
    return np.asarray((1.0 - end) * 0.5 * peak * (1.0 + np.cos(math.pi * share)) + end)


def _between(start: float, end: float, share: np.ndarray) -> np.ndarray:
    return np.asarray(end + (start - end) / 2.0 * (1.0 + np.cos(math.pi * share)))


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.key: schedule
    for schedule in (
        Constant,
        Step,
        Exponential,
        Polynomial,
        Cosine,
        CosineRestarts,
        OneCycle,
        ReduceOnPlateau,
    )
}
"""Key → schedule, in the order to show."""
