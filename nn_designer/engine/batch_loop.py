"""The innermost loop of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.gathering import Gathering, GatheringAhead, gathering_steps
from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_data import Part, TrainingError

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.program import Step

RING_BYTES = 4 * 2**20
"""The ring of logits takes at most this much, so that it stays in the processor's cache."""


SPLIT_WORTH = 40_000_000
"""Multiply-accumulates of a training step from which on each thread takes half of the batch."""


def splits_batches(network: Network, batch_size: int) -> bool:
    """Whether batches are halved for two threads. Depends on sizes only, so that the same seed
    gives the same curve on any number of cores."""
    step_macs = 3 * network.cost().macs * batch_size  # forward, weight and input gradients
    return batch_size > 1 and step_macs >= SPLIT_WORTH


class BatchLoop:
    """The steps of one batch size: gather, forward, backward, optimizer."""

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        part: Part,
        batch_size: int,
        n_batches: int,
        *,
        splits: bool,
    ) -> None:
        """For at most ``n_batches`` at once. Raises TrainingError if memory is too small.

        If the run ``splits`` batches, the optimizer is bound to the second gradients as well.
        """
        self._splits = splits
        self._gathering: Gathering | GatheringAhead
        self._logits: np.ndarray
        self._steps: list[Step]
        self.capacity: int
        try:
            self._compile(network, part, batch_size, n_batches)
            self.ring = np.zeros((self.capacity, *self._logits.shape), network.dtype)
        except MemoryError:
            raise TrainingError(
                f"A batch of {batch_size:,} samples does not fit into memory with this network. "
                "Use a smaller batch size or fewer units."
            ) from None
        self._slots = list(self.ring)
        self._steps += optimizer.steps
        self._set_rate = optimizer.rate.fill
        self._regularization = network.regularization if _regularized(network) else None

    def _compile(self, network: Network, part: Part, batch_size: int, n_batches: int) -> None:
        """Sets the steps, where the batch's logits (outputs, B) are after them, how samples get
        into them, and the capacity."""
        if self._splits and batch_size > 1:
            self._compile_halves(network, part, batch_size)
            self.capacity = self._capacity(n_batches, self._logits)
            return
        plan = network.plan(batch_size, True)
        self._logits = plan.logits
        if GatheringAhead.suits(plan):
            self.capacity = self._capacity(n_batches, plan.logits, plan.inputs, plan.targets)
            self._gathering = GatheringAhead(part, plan, self.capacity)
            self._steps = list(plan.steps)
        else:
            self.capacity = self._capacity(n_batches, plan.logits)
            self._gathering = Gathering(batch_size)
            self._steps = [*gathering_steps(part, self._gathering.index, plan), *plan.steps]
        if self._splits:
            self._steps.append((network.second_gradients.fill, (0.0,)))

    @staticmethod
    def _capacity(n_batches: int, *kept: np.ndarray) -> int:
        """How many batches at once, if arrays like ``kept`` are kept of each."""
        return max(1, min(n_batches, RING_BYTES // max(max(x.nbytes for x in kept), 1)))

    def _compile_halves(self, network: Network, part: Part, batch_size: int) -> None:
        first, second = network.half_plans(batch_size)
        n = first.batch_size
        self._gathering = Gathering(batch_size)
        index = self._gathering.index
        self._logits = logits = np.zeros((len(first.logits), batch_size), network.dtype)
        here = [*gathering_steps(part, index[:n], first), *first.steps]
        here.append((np.copyto, (logits[:, :n], first.logits)))
        there = [*gathering_steps(part, index[n:], second), *second.steps]
        there.append((np.copyto, (logits[:, n:], second.logits)))
        self._steps = [(network.helper.both, (run_steps, (here,), run_steps, (there,)))]

    def run(self, order: np.ndarray, rates: list[float]) -> np.ndarray | float:
        """Train the batches whose samples are the rows of ``order`` (K, B); their logits are
        then in the ring. Returns what regularization added to each batch's loss."""
        logits, steps, set_rate = self._logits, self._steps, self._set_rate
        penalties: list[float] = []
        # rates come first: zip then stops before one batch too many is asked for
        for rate, slot, _ in zip(rates, self._slots, self._gathering.batches(order), strict=False):
            if self._regularization is not None:
                penalties.append(self._regularization())
            set_rate(rate)
            for function, arguments in steps:
                function(*arguments)
            slot[...] = logits
        return np.array(penalties) if penalties else 0.0


def _regularized(network: Network) -> bool:
    return any(spec.l1 or spec.l2 for specs in network.specs.values() for spec in specs)
