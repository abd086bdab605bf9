"""The innermost loop of training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.optimizers import Optimizer
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
        try:
            plan = network.plan(batch_size, True)
            self.capacity = max(1, min(n_batches, RING_BYTES // max(plan.logits.nbytes, 1)))
            self.ring = np.zeros((self.capacity, *plan.logits.shape), network.dtype)
        except MemoryError:
            raise TrainingError(
                f"A batch of {batch_size:,} samples does not fit into memory with this network. "
                "Use a smaller batch size or fewer units."
            ) from None
        self._slots = list(self.ring)
        self._inputs, self._targets, self._logits = plan.inputs, plan.targets, plan.logits
        self._take_row: Callable[..., Any] = part.rows.take
        self._take_target: Callable[..., Any] = part.targets.take
        self._set_rate = optimizer.rate.fill
        self._steps: list[Step] = [*plan.steps, *optimizer.steps]
        self._regularization = network.regularization if _regularized(network) else None

    def run(self, order: np.ndarray, rates: list[float]) -> np.ndarray | float:
        """Train the batches whose samples are the rows of ``order`` (K, B); their logits are
        then in the ring. Returns what regularization added to each batch's loss."""
        take_row, take_target = self._take_row, self._take_target
        inputs, targets, logits = self._inputs, self._targets, self._logits
        set_rate, steps, copy = self._set_rate, self._steps, np.copyto
        penalties: list[float] = []
        for samples, rate, slot in zip(order, rates, self._slots, strict=False):
            if self._regularization is not None:
                penalties.append(self._regularization())
            take_row(samples, 0, inputs, "clip")  # "clip" writes into the buffer directly
            take_target(samples, 0, targets, "clip")
            set_rate(rate)
            for function, arguments in steps:
                function(*arguments)
            copy(slot, logits)
        return np.array(penalties) if penalties else 0.0


def _regularized(network: Network) -> bool:
    return any(spec.l1 or spec.l2 for specs in network.specs.values() for spec in specs)
