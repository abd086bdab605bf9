"""The innermost loop of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.gathering import Gathering, GatheringAhead, gathering_steps
from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.training_data import Part, TrainingError

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.program import Step

RING_BYTES = 4 * 2**20
"""The ring of logits takes at most this much, so that it stays in the processor's cache."""


class BatchLoop:
    """The steps of one batch size: gather, forward, backward, optimizer."""

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        part: Part,
        batch_size: int,
        n_batches: int,
    ) -> None:
        """For at most ``n_batches`` at once. Raises TrainingError if memory is too small."""
        self._gathering: Gathering | GatheringAhead
        self._logits: np.ndarray
        self._steps: list[Step]
        self.capacity: int
        try:
            self._compile(network, optimizer, part, batch_size, n_batches)
            self.ring = zeros((self.capacity, *self._logits.shape), network.dtype)
        except MemoryError:
            raise TrainingError(
                f"A batch of {batch_size:,} samples does not fit into memory with this network. "
                "Use a smaller batch size or fewer units."
            ) from None
        self._slots = list(self.ring)
        self._set_rate = optimizer.rate.fill
        self._regularization = network.regularization if _regularized(network) else None

    def _compile(
        self, network: Network, optimizer: Optimizer, part: Part, batch_size: int, n_batches: int
    ) -> None:
        """Sets the steps, where the batch's logits (outputs, B) are after them, how samples get
        into them, and the capacity."""
        plan = network.plan(batch_size, True)
        self._logits = plan.logits
        if GatheringAhead.suits(plan):
            self.capacity = self._capacity(n_batches, plan.logits, plan.inputs, plan.targets)
            self._gathering = GatheringAhead(part, plan, self.capacity)
            self._steps = [*plan.steps, *optimizer.steps]
        else:
            self.capacity = self._capacity(n_batches, plan.logits)
            self._gathering = Gathering(batch_size)
            gathering = gathering_steps(part, self._gathering.index, plan)
            self._steps = [*gathering, *plan.steps, *optimizer.steps]

    @staticmethod
    def _capacity(n_batches: int, *kept: np.ndarray) -> int:
        """How many batches at once, if arrays like ``kept`` are kept of each."""
        return max(1, min(n_batches, RING_BYTES // max(max(x.nbytes for x in kept), 1)))

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
    learned = (network.weight_specs[name] for name in network.weight_gradients)
    return any(spec.l1 or spec.l2 for specs in learned for spec in specs)
