"""The innermost loop of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_data import Part, TrainingError

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.plan import Plan
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
        self._index = np.zeros(batch_size, np.intp)
        try:
            self._logits, steps = self._compile(network, part, batch_size)
            self.capacity = max(1, min(n_batches, RING_BYTES // max(self._logits.nbytes, 1)))
            self.ring = np.zeros((self.capacity, *self._logits.shape), network.dtype)
        except MemoryError:
            raise TrainingError(
                f"A batch of {batch_size:,} samples does not fit into memory with this network. "
                "Use a smaller batch size or fewer units."
            ) from None
        self._slots = list(self.ring)
        self._steps = [*steps, *optimizer.steps]
        self._set_rate = optimizer.rate.fill
        self._regularization = network.regularization if _regularized(network) else None

    def _compile(
        self, network: Network, part: Part, batch_size: int
    ) -> tuple[np.ndarray, list[Step]]:
        """Where the batch's logits (outputs, B) are after the steps, and the steps."""
        if not self._splits or batch_size == 1:
            plan = network.plan(batch_size, True)
            steps = _gathered(part, self._index, plan)
            if self._splits:
                steps.append((network.second_gradients.fill, (0.0,)))
            return plan.logits, steps
        first, second = network.half_plans(batch_size)
        n = first.batch_size
        logits = np.zeros((len(first.logits), batch_size), network.dtype)
        here = _gathered(part, self._index[:n], first)
        here.append((np.copyto, (logits[:, :n], first.logits)))
        there = _gathered(part, self._index[n:], second)
        there.append((np.copyto, (logits[:, n:], second.logits)))
        return logits, [(network.helper.both, (run_steps, (here,), run_steps, (there,)))]

    def run(self, order: np.ndarray, rates: list[float]) -> np.ndarray | float:
        """Train the batches whose samples are the rows of ``order`` (K, B); their logits are
        then in the ring. Returns what regularization added to each batch's loss."""
        index, logits, steps = self._index, self._logits, self._steps
        set_rate = self._set_rate
        penalties: list[float] = []
        for samples, rate, slot in zip(order, rates, self._slots, strict=False):
            if self._regularization is not None:
                penalties.append(self._regularization())
            index[...] = samples  # half the time of np.copyto
            set_rate(rate)
            for function, arguments in steps:
                function(*arguments)
            slot[...] = logits
        return np.array(penalties) if penalties else 0.0


def _gathered(part: Part, index: np.ndarray, plan: Plan) -> list[Step]:
    """Steps that gather the samples ``index`` into a plan, and the plan's own."""
    return [
        # "clip" lets NumPy write into the buffer directly.
        (part.rows.take, (index, 0, plan.inputs, "clip")),
        (part.targets.take, (index, 0, plan.targets, "clip")),
        *plan.steps,
    ]


def _regularized(network: Network) -> bool:
    return any(spec.l1 or spec.l2 for specs in network.specs.values() for spec in specs)
