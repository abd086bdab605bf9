"""How the samples of a batch get into a plan's buffers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.plan import Plan
from nn_designer.engine.program import Step
from nn_designer.engine.training_data import Part

SMALL = 1024
"""Numbers of a batch up to which calls count, not bytes: then many batches are gathered in one
call and each is copied from there, which saves two calls per step (0.3 of 10 µs)."""


class Gathering:
    """Gathers each batch when its turn comes: the numbers go straight to where they are read.

    :attr:`index` (B,) holds the samples of the present batch.
    """

    def __init__(self, batch_size: int) -> None:
        self.index = np.zeros(batch_size, np.intp)

    def batches(self, order: np.ndarray) -> Iterator[None]:
        """Prepares one batch after the other; ``order`` (K, B) are their samples."""
        index = self.index
        for samples in order:
            index[...] = samples  # half the time of np.copyto
            yield


class GatheringAhead:
    """Gathers K small batches at once, then copies each into the plan when its turn comes."""

    def __init__(self, part: Part, plan: Plan, capacity: int) -> None:
        """For at most ``capacity`` batches at once."""
        self._part = part
        self._inputs, self._targets = plan.inputs, plan.targets
        self._all_rows = zeros((capacity, *plan.inputs.shape), plan.inputs.dtype)
        self._all_targets = zeros((capacity, *plan.targets.shape), plan.targets.dtype)
        # Views that exist already cost nothing per step.
        self._each = list(zip(self._all_rows, self._all_targets, strict=True))
        self._weights = plan.weights
        if plan.weights is not None:
            self._all_weights = zeros((capacity, *plan.weights.shape), plan.weights.dtype)

    @staticmethod
    def suits(plan: Plan) -> bool:
        """Whether batches of this plan are so small that it pays."""
        return plan.inputs.size + plan.targets.size <= SMALL

    def batches(self, order: np.ndarray) -> Iterator[None]:
        """As :meth:`Gathering.batches`."""
        count = len(order)
        self._part.rows.take(order, 0, self._all_rows[:count], "clip")
        self._part.targets.take(order, 0, self._all_targets[:count], "clip")
        inputs, targets = self._inputs, self._targets
        if self._weights is not None:
            assert self._part.weights is not None
            self._part.weights.take(order, 0, self._all_weights[:count], "clip")
            for (batch_rows, batch_targets), batch_weights in zip(
                self._each, self._all_weights, strict=True
            ):
                inputs[...] = batch_rows
                targets[...] = batch_targets
                self._weights[...] = batch_weights
                yield
            return
        for batch_rows, batch_targets in self._each:
            inputs[...] = batch_rows
            targets[...] = batch_targets
            yield


def gathering_steps(part: Part, index: np.ndarray, plan: Plan) -> list[Step]:
    """Steps that gather the samples ``index`` (B,) into a plan."""
    steps: list[Step] = [
        # "clip" lets NumPy write into the buffer directly.
        (part.rows.take, (index, 0, plan.inputs, "clip")),
        (part.targets.take, (index, 0, plan.targets, "clip")),
    ]
    if plan.weights is not None:
        assert part.weights is not None
        steps.append((part.weights.take, (index, 0, plan.weights, "clip")))
    return steps
