"""From the gradients of a batch to new weights: what every optimizer can do besides its step.

In this order: gradients of several batches are added up (accumulation), clipped, weights decay
and the optimizer steps, the average of the weights follows. What is switched off is no step at
all. The steps come for ranges of the flat vectors where numbers do not depend on each other,
so that two threads can share them (halves.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.optimizer import Optimizer, State, in_halves
from nn_designer.engine.program import Step
from nn_designer.engine.training_settings import TrainingSettings

if TYPE_CHECKING:
    from nn_designer.engine.network import Network

EVERYTHING = slice(None)

BEGINS, ADDS, FIRST_UPDATE, UPDATES = range(4)
"""What a batch does: its gradient is the first of a sum, is added to it, or makes the first or
a further update of the weights."""
TURNS = (BEGINS, ADDS, FIRST_UPDATE, UPDATES)


class Update:
    """Accumulation, clipping, weight decay, step and average for one network in one run."""

    def __init__(self, network: Network, optimizer: Optimizer, settings: TrainingSettings) -> None:
        """Binds the optimizer; everything begins anew."""
        parameters, gradients = network.parameters, network.gradients
        self._parameters, self._gradients = parameters, gradients
        self._tensors = [
            tensor for views in network.weight_gradients.values() for tensor in views.values()
        ]
        self._helper = network.helper
        optimizer.bind(parameters, gradients, network.helper, weight_decay=settings.weight_decay)
        self.optimizer = optimizer
        self.set_rate: Callable[[Any], Any] = optimizer.set_rate
        """Takes one of the rates of :meth:`next`, before each batch."""
        self._settings = settings
        self._every = settings.gradient_accumulation_steps
        self._n_summed = 0
        self._sum = zeros(gradients.shape, gradients.dtype) if self._every > 1 else None
        self._average = zeros(parameters.shape, parameters.dtype) if settings.use_ema else None
        self._raw = zeros(((parameters.size if settings.use_ema else 0),), parameters.dtype)
        self._shows_average = False
        uses_scratch = settings.use_ema or settings.clipping in ("norm", "global_norm")
        self._scratch = zeros(((parameters.size if uses_scratch else 0),), parameters.dtype)

    # --- the steps ---

    @property
    def turns(self) -> tuple[int, ...]:
        """The turns (of TURNS) that :meth:`next` gives: steps for others need not be made."""
        if self._every > 1:
            return TURNS
        return (UPDATES,) if self._average is None else (FIRST_UPDATE, UPDATES)

    def steps(self, turn: int) -> list[Step]:
        """All steps behind those of the network."""
        weights = partial(self.weight_steps, turn)
        return [
            *self.sum_steps(turn, EVERYTHING),
            *self.clip_steps(turn),
            *in_halves(weights, self._parameters.size, self._helper),
        ]

    def sum_steps(self, turn: int, part: slice) -> list[Step]:
        """Steps on complete gradients of a range, one for one: they are summed up."""
        if self._sum is None:
            return []
        total, gradients = self._sum[part], self._gradients[part]
        if turn == BEGINS:
            return [(np.copyto, (total, gradients))]
        if turn == ADDS:
            return [(np.add, (total, gradients, total))]
        share = self._constant(1.0 / self._every)
        return [
            (np.add, (total, gradients, gradients)),
            (np.multiply, (gradients, share, gradients)),
        ]

    def clip_steps(self, turn: int) -> list[Step]:
        """Steps that need the gradients of all weights, or of whole tensors."""
        if turn not in (FIRST_UPDATE, UPDATES):
            return []
        if self._settings.clipping == "global_norm":
            return self._norm_steps(self._gradients)
        if self._settings.clipping == "norm":
            return [step for tensor in self._tensors for step in self._norm_steps(tensor)]
        return []

    def weight_steps(self, turn: int, part: slice) -> list[Step]:
        """Steps on a range of the weights."""
        if turn not in (FIRST_UPDATE, UPDATES):
            return []
        return [
            *self._value_steps(self._gradients[part]),
            *self.optimizer.range_steps(part),
            *self._average_steps(turn, part),
        ]

    def _value_steps(self, gradients: np.ndarray) -> list[Step]:
        """Each gradient within ± the limit."""
        if self._settings.clipping != "value":
            return []
        limit = self._constant(self._settings.clip_limit)
        return [
            (partial(np.minimum, out=gradients), (gradients, limit)),
            (partial(np.maximum, out=gradients), (gradients, -limit)),
        ]

    def _norm_steps(self, gradients: np.ndarray) -> list[Step]:
        """gradients · limit / max(limit, ‖gradients‖): never longer than the limit."""
        squares = self._scratch[: gradients.size]
        limit, norm = self._constant(self._settings.clip_limit), self._constant(0.0)
        return [
            (np.square, (gradients, squares.reshape(gradients.shape))),
            (np.add.reduce, (squares, 0, None, norm)),
            (np.sqrt, (norm, norm)),
            (partial(np.maximum, out=norm), (norm, limit)),
            (np.divide, (limit, norm, norm)),
            (np.multiply, (gradients, norm, gradients)),
        ]

    def _average_steps(self, turn: int, part: slice) -> list[Step]:
        """average ← m · average + (1 - m) · weights; the first update begins it."""
        if self._average is None:
            return []
        average, weights, change = self._average[part], self._parameters[part], self._scratch[part]
        if turn == FIRST_UPDATE:
            return [(np.copyto, (average, weights))]
        return [
            (np.subtract, (weights, average, change)),
            (np.multiply, (change, self._constant(1.0 - self._settings.ema_momentum), change)),
            (np.add, (average, change, average)),
        ]

    def _constant(self, value: float) -> np.ndarray:
        return np.array(value, self._parameters.dtype)

    # --- running ---

    def next(self, learning_rates: np.ndarray) -> tuple[Sequence[Any], Iterable[int]]:
        """For the next batches, which count as done: what :attr:`set_rate` takes, and the turn.

        ``learning_rates`` (batches,) in float64.
        """
        count = len(learning_rates)
        is_first = self.optimizer.n_steps == 0
        if self._every == 1:
            rates = self.optimizer.rates(learning_rates)
            if self._average is None or not is_first:
                return rates, repeat(UPDATES)
            return rates, [FIRST_UPDATE, *[UPDATES] * (count - 1)]
        numbers = np.arange(self._n_summed, self._n_summed + count) % self._every
        self._n_summed = (self._n_summed + count) % self._every
        updates = np.flatnonzero(numbers == self._every - 1)
        turns = np.where(numbers == 0, BEGINS, ADDS)
        turns[updates] = UPDATES
        if is_first:
            turns[updates[:1]] = FIRST_UPDATE
        rates = [self.optimizer.no_rate] * count
        if len(updates):
            for place, rate in zip(
                updates, self.optimizer.rates(learning_rates[updates]), strict=True
            ):
                rates[place] = rate
        return rates, turns.tolist()

    # --- the average ---

    def show_average(self) -> None:
        """Let the network hold the averaged weights, if there are any, until
        :meth:`show_raw`."""
        if self._average is not None and self.optimizer.n_steps and not self._shows_average:
            np.copyto(self._raw, self._parameters)
            np.copyto(self._parameters, self._average)
            self._shows_average = True

    def show_raw(self) -> None:
        """Let the network hold the weights that training goes on with."""
        if self._shows_average:
            np.copyto(self._parameters, self._raw)
            self._shows_average = False

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The network holds the averaged weights meanwhile."""
        self.show_average()
        yield
        self.show_raw()

    @contextmanager
    def raw(self) -> Iterator[None]:
        """The network holds the weights that training goes on with meanwhile."""
        shows_average = self._shows_average
        self.show_raw()
        yield
        if shows_average:
            self.show_average()

    # --- checkpoints ---

    def state(self) -> State:
        """Copies of all that the next update depends on, besides the optimizer's own state."""
        state: State = {"n_summed": self._n_summed}
        if self._sum is not None:
            state["sum"] = self._sum.copy()
        if self._average is not None:
            state["average"] = self._average.copy()
        return state

    def load_state(self, state: Mapping[str, np.ndarray | int]) -> None:
        """Go on from a :meth:`state` of the same settings."""
        self._n_summed = int(state["n_summed"])
        for name, vector in (("sum", self._sum), ("average", self._average)):
            if vector is not None:
                vector[...] = state[name]
