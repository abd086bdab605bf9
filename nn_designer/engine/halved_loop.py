"""The innermost loop of training for large batches: on two threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.gathering import Gathering, gathering_steps
from nn_designer.engine.halves import Half, cut
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_data import Part
from nn_designer.engine.update import EVERYTHING, Update

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.parallel import Task
    from nn_designer.engine.program import Step


class HalvedLoop(BatchLoop):
    """The steps of one batch size, at least 2, in phases of two tasks (halves.py)."""

    def _compile(
        self, network: Network, update: Update, part: Part, batch_size: int, n_batches: int
    ) -> None:
        self._helper = network.helper
        self._gathering = gathering = Gathering(batch_size)
        first = Half(batch_size, network.gradients)
        second = Half(batch_size, network.gradients, first)
        halves: list[Task] = []
        for half, index in (
            (first, gathering.index[: first.size]),
            (second, gathering.index[first.size :]),
        ):
            plan = network.half_plan(half)
            self._logits = half.gathered(plan, plan.logits)
            halves.append(_task([*gathering_steps(part, index, plan), *plan.steps]))
        weights = cut(first, second)
        regularization = network.regularization_steps()
        self._phases = {
            turn: [halves, *_weight_phases(weights, regularization, update, turn)]
            for turn in update.turns
        }
        self.capacity = self._capacity(n_batches, self._logits)

    def run(
        self, order: np.ndarray, rates: Sequence[Any], turns: Iterable[int]
    ) -> np.ndarray | float:
        penalties: list[float] = []
        self._helper.run(self._batches(order, rates, turns, penalties))
        return np.array(penalties) if penalties else 0.0

    def _batches(
        self, order: np.ndarray, rates: Sequence[Any], turns: Iterable[int], penalties: list[float]
    ) -> Iterator[Sequence[Task]]:
        """The phases of all batches; what is in between, one of the threads does."""
        batches = self._gathering.batches(order)
        for rate, turn, slot, _ in zip(rates, turns, self._slots, batches, strict=False):
            if self._regularization is not None:
                penalties.append(self._regularization())
            self._set_rate(rate)
            yield from self._phases[turn]
            slot[...] = self._logits


def _weight_phases(
    weights: Sequence[tuple[slice, list[Step]]],
    regularization: list[Step],
    update: Update,
    turn: int,
) -> list[list[Task]]:
    """What follows the halves of a batch: for each range of the weights, the steps that work out
    its gradients, then those of the update. Whatever needs all gradients divides the phases."""
    gradients = [steps for _, steps in weights]
    updates = [update.weight_steps(turn, numbers) for numbers, _ in weights]
    clipping = update.clip_steps(turn)
    if regularization:
        undivided = [*regularization, *update.sum_steps(turn, EVERYTHING), *clipping]
    else:
        gradients = [
            [*steps, *update.sum_steps(turn, numbers)]
            for (numbers, _), steps in zip(weights, gradients, strict=True)
        ]
        undivided = clipping
    if undivided:
        return [[*map(_task, gradients)], [_task(undivided)], [*map(_task, updates)]]
    return [[_task([*g, *u]) for g, u in zip(gradients, updates, strict=True)]]


def _task(steps: list[Step]) -> Task:
    return run_steps, (steps,)
