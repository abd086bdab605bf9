"""The innermost loop of training for optimizers that look at all samples for each step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.gathering import Gathering, gathering_steps
from nn_designer.engine.lbfgs import LBFGS
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_data import Part
from nn_designer.engine.update import Update

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


class FullBatchLoop(BatchLoop):
    """One batch of all samples; the optimizer evaluates it as often as it needs to. Its logits in
    the ring are those before the step."""

    def _compile(
        self, network: Network, update: Update, part: Part, batch_size: int, n_batches: int
    ) -> None:
        assert isinstance(update.optimizer, LBFGS)
        self._optimizer = update.optimizer
        self._plan = plan = network.plan(batch_size, True)
        self._logits = plan.logits
        self._heads = network.heads
        self._gathering = gathering = Gathering(batch_size)
        self._load = gathering_steps(part, gathering.index, plan)
        self.capacity = 1

    def run(
        self, order: np.ndarray, rates: Sequence[Any], turns: Iterable[int]
    ) -> np.ndarray | float:
        penalties: list[float] = []
        for slot, _ in zip(self._slots, self._gathering.batches(order), strict=False):
            run_steps(self._load)
            if self._regularization is not None:
                penalties.append(self._regularization())
            loss = self._evaluate()
            slot[...] = self._logits
            if math.isfinite(loss):
                self._optimizer.iterate(loss, self._evaluate)
        return np.array(penalties) if penalties else 0.0

    def _evaluate(self) -> float:
        """The loss with the present weights; the gradients are then theirs."""
        self._plan.run()
        heads, plan = self._heads, self._plan
        loss = float(heads.total(heads.values(self._logits, plan.targets, plan.weights)))
        return loss + (self._regularization() if self._regularization is not None else 0.0)
