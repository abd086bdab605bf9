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
    from nn_designer.engine.network import Network, Node
    from nn_designer.engine.parallel import Task
    from nn_designer.engine.program import Step

SPLIT_WORTH = 40_000_000
"""Multiply-accumulates of a training step from which on each thread takes half of the batch."""

STEP_WORTH = 1_200_000
"""The same for one step of a recurrent layer, forward: 20 µs for each half's product."""


def splits_batches(network: Network, batch_size: int) -> bool:
    """Whether batches are halved for two threads. Depends on layers and sizes only, so that the
    same seed gives the same curve on any number of cores."""
    step_macs = 3 * network.cost().macs * batch_size  # forward, weight and input gradients
    large = batch_size > 1 and step_macs >= SPLIT_WORTH
    return large and all(
        node.layer.halves_batches
        and node.shares is None  # the halves add up one share of each weight, not several
        and _has_long_calls(network, node, batch_size)
        for node in network.nodes
    )


def _has_long_calls(network: Network, node: Node, batch_size: int) -> bool:
    """Whether what a layer does one after the other takes long enough each time: in short calls
    two threads mostly wait for Python's lock."""
    n_calls = node.layer.n_steps_in_turn([network.shapes[name] for name in node.inputs])
    macs = network.cost().layers[node.name].macs
    return n_calls == 1 or macs * batch_size >= n_calls * STEP_WORTH


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
