"""The innermost loop of training for large batches: on two threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.gathering import Gathering, gathering_steps
from nn_designer.engine.halves import Half, cut
from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_data import Part

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.parallel import Task
    from nn_designer.engine.program import Step


class HalvedLoop(BatchLoop):
    """The steps of one batch size, at least 2, in phases of two tasks (halves.py)."""

    def _compile(
        self, network: Network, optimizer: Optimizer, part: Part, batch_size: int, n_batches: int
    ) -> None:
        self._helper = network.helper
        self._gathering = gathering = Gathering(batch_size)
        first = Half(batch_size, network.gradients)
        second = Half(batch_size, network.gradients, first)
        halves: list[list[Step]] = []
        for half, index in (
            (first, gathering.index[: first.size]),
            (second, gathering.index[first.size :]),
        ):
            plan = network.half_plan(half)
            self._logits = half.gathered(plan, plan.logits)
            halves.append([*gathering_steps(part, index, plan), *plan.steps])
        weights = cut(first, second)
        gradients = [steps for _, steps in weights]
        updates = [optimizer.range_steps(numbers) for numbers, _ in weights]
        regularization = network.regularization_steps()
        if regularization:
            phases = [halves, gradients, [regularization], updates]
        else:
            phases = [halves, [g + u for g, u in zip(gradients, updates, strict=True)]]
        self._phases: list[list[Task]] = [
            [(run_steps, (steps,)) for steps in phase] for phase in phases
        ]
        self.capacity = self._capacity(n_batches, self._logits)

    def run(self, order: np.ndarray, rates: list[float]) -> np.ndarray | float:
        penalties: list[float] = []
        self._helper.run(self._batches(order, rates, penalties))
        return np.array(penalties) if penalties else 0.0

    def _batches(
        self, order: np.ndarray, rates: list[float], penalties: list[float]
    ) -> Iterator[Sequence[Task]]:
        """The phases of all batches; what is in between, one of the threads does."""
        for rate, slot, _ in zip(rates, self._slots, self._gathering.batches(order), strict=False):
            if self._regularization is not None:
                penalties.append(self._regularization())
            self._set_rate(rate)
            yield from self._phases
            slot[...] = self._logits
