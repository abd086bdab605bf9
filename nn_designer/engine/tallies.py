"""Loss and metrics of several outputs, summed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.evaluation import AnyTally, Measures, Tally
from nn_designer.engine.heads import Heads
from nn_designer.engine.running_loss import RunningLoss
from nn_designer.engine.training_data import TrainingData

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


def tally_of(network: Network, data: TrainingData) -> AnyTally:
    """A tally for a network's outputs and the targets they have in ``data``."""
    heads = network.heads
    if len(heads) == 1 and heads[0].weight == 1.0:
        name = heads[0].name
        return Tally(heads[0].loss, data.task_of(name), data.target_scale_of(name))
    return Tallies(heads, data)


class Tallies:
    """Adds up the total loss and the loss and metrics of each output (:class:`Tally`).

    Regularization counts in the total only, and each output's loss is not weighted, as Keras
    shows them.
    """

    def __init__(self, heads: Heads, data: TrainingData) -> None:
        self._heads = heads
        self._loss = RunningLoss()
        self._each = [
            (head, Tally(head.loss, data.task_of(head.name), data.target_scale_of(head.name)))
            for head in heads
        ]
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new epoch."""
        self._loss.reset()
        for _, tally in self._each:
            tally.reset()

    def add(
        self,
        scores: np.ndarray,
        targets: np.ndarray,
        answers: Sequence[np.ndarray],
        penalties: np.ndarray | float = 0.0,
        weights: np.ndarray | None = None,
    ) -> float:
        """Tell K batches, all outputs together as in a plan: ``scores`` (K, rows, B), ``targets``
        (K, B, columns); ``answers`` (K, B, ...) of each; ``weights`` (K, B) of samples. Returns
        the mean of their total losses."""
        values = self._heads.values(scores, targets, weights)
        for (head, tally), losses, own in zip(self._each, values, answers, strict=True):
            tally.take(losses, scores[:, head.rows], own)
        return self._loss.add(self._heads.total(values) + penalties, scores.shape[-1])

    @property
    def loss(self) -> float:
        """Mean total loss so far."""
        return self._loss.mean

    @property
    def accuracy(self) -> float | None:
        """Share of right answers of the first output; None for numbers."""
        _, first = self._each[0]
        return first.accuracy

    def by_output(self) -> dict[str, Measures]:
        """Everything so far of each output, if there are several."""
        if len(self._each) == 1:
            return {}
        return {head.name: tally.measures() for head, tally in self._each}

    def measures(self) -> Measures:
        """Everything so far."""
        _, first = self._each[0]
        return replace(first.measures(), loss=self.loss, by_output=self.by_output())

    def state(self) -> dict[str, np.ndarray]:
        """All that :meth:`load_state` needs to go on."""
        state = {"loss": self._loss.state()}
        for head, tally in self._each:
            state |= {f"{head.name}/{key}": value for key, value in tally.state().items()}
        return state

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        self._loss.load_state(state["loss"])
        for head, tally in self._each:
            tally.load_state({key: state[f"{head.name}/{key}"] for key in ("loss", "metrics")})
