"""Loss and metrics: summed up while an epoch runs, or of a whole part at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nn_designer.engine.loss import Criterion
from nn_designer.engine.metrics import SUMMED, class_sums, number_sums
from nn_designer.engine.running_loss import RunningLoss
from nn_designer.engine.shapes import samples_at_once
from nn_designer.engine.training_data import Part

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


@dataclass(frozen=True)
class Measures:
    """Loss and metrics of some samples; None where a metric is for another task.

    Of several outputs: the total loss, the metrics of the first, and those of each ``by_output``.
    """

    loss: float
    accuracy: float | None = None
    mae: float | None = None
    rmse: float | None = None
    r2: float | None = None
    by_output: Mapping[str, Measures] = field(default_factory=dict)


class AnyTally(Protocol):
    """Adds up loss and metrics batch by batch: of one output (:class:`Tally`), or of several."""

    @property
    def loss(self) -> float:
        """Mean (total) loss so far."""

    @property
    def accuracy(self) -> float | None:
        """Share of right answers (of the first output) so far; None for numbers."""

    def reset(self) -> None:
        """Forget everything: a new epoch."""

    def add(
        self,
        scores: np.ndarray,
        targets: np.ndarray,
        answers: Sequence[np.ndarray],
        penalties: np.ndarray | float = 0.0,
        weights: np.ndarray | None = None,
    ) -> float:
        """Tell K batches, and get their mean loss."""

    def measures(self) -> Measures:
        """Everything so far."""

    def by_output(self) -> dict[str, Measures]:
        """Everything so far of each output, if there are several."""

    def state(self) -> dict[str, np.ndarray]:
        """All that :meth:`load_state` needs to go on."""

    def load_state(self, state: Mapping[str, np.ndarray]) -> None: ...


class Tally:
    """Adds up loss and metrics of one output batch by batch.

    Sums are kept in float64 and added in the order of the batches, so that a value does not
    depend on how many batches are told at once.
    """

    def __init__(self, criterion: Criterion, task: str, scale: np.ndarray | None) -> None:
        self._criterion = criterion
        self._task = task
        self._scale = scale
        self._loss = RunningLoss()
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new epoch."""
        self._loss.reset()
        units = self._criterion.units
        self._metrics = np.zeros(2 if self._task == "classes" else (5, units))

    def add(
        self,
        scores: np.ndarray,
        targets: np.ndarray,
        answers: Sequence[np.ndarray],
        penalties: np.ndarray | float = 0.0,
        weights: np.ndarray | None = None,
    ) -> float:
        """Tell K batches: ``scores`` (K, outputs, B), ``targets`` and each of ``answers``
        (K, B, ...), ``penalties`` (K,) what regularization adds, ``weights`` (K, B) what samples
        count in the loss. Returns their mean loss."""
        (own,) = answers
        losses = self._criterion.value(scores, targets, weights)
        return self.take(losses + penalties, scores, own)

    def take(self, losses: np.ndarray, scores: np.ndarray, answers: np.ndarray) -> float:
        """As :meth:`add`, for batches whose ``losses`` (K,) are known."""
        if self._task == "classes":
            self._metrics += class_sums(scores, answers, self._criterion.threshold)
        else:
            outputs = self._criterion.outputs(scores)
            self._metrics = _added(self._metrics, number_sums(outputs, answers))
        return self._loss.add(losses, scores.shape[-1])

    @property
    def loss(self) -> float:
        """Mean loss so far."""
        return self._loss.mean

    @property
    def accuracy(self) -> float | None:
        """Share of right answers so far; None for numbers."""
        return SUMMED["accuracy"].value(self._metrics) if self._task == "classes" else None

    def measures(self) -> Measures:
        """Everything so far."""
        if self._task == "classes":
            return Measures(self.loss, accuracy=self.accuracy)
        mae, rmse, r2 = (
            SUMMED[key].value(self._metrics, self._scale) for key in ("mae", "rmse", "r2")
        )
        return Measures(self.loss, mae=mae, rmse=rmse, r2=r2)

    def by_output(self) -> dict[str, Measures]:
        """Nothing: there is one output."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """All that :meth:`load_state` needs to go on."""
        return {"loss": self._loss.state(), "metrics": self._metrics.copy()}

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        self._loss.load_state(state["loss"])
        self._metrics = state["metrics"].copy()


def _added(total: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """``total`` + rows[0] + rows[1] + ..., strictly in this order."""
    if len(rows) == 1:
        return np.asarray(total + rows[0])
    rows[0] += total
    return np.asarray(np.add.accumulate(rows, axis=0)[-1])


class Evaluator:
    """Evaluates a part of the data again and again, as the network learns."""

    def __init__(self, network: Network, part: Part, tally: AnyTally) -> None:
        """``tally`` is the evaluator's own; it is reset for each evaluation."""
        self._network = network
        self._part = part
        self._tally = tally

    def evaluate(self) -> tuple[Measures, dict[str, np.ndarray]]:
        """Loss (with regularization, as Keras) and metrics, and each output's answers
        (N, outputs)."""
        network, part, tally = self._network, self._part, self._tally
        penalty = network.regularization()
        rows = np.empty((len(part), network.heads.size), network.dtype)
        tally.reset()
        count = samples_at_once(network.shapes.values())
        for start in range(0, len(part), count):
            block = slice(start, min(start + count, len(part)))
            plan = network.plan(block.stop - start, False)
            np.copyto(plan.inputs, part.rows[block])
            plan.run()
            assert plan.outputs is not None
            rows[block] = plan.outputs.T
            scores, targets = plan.logits[np.newaxis], part.targets[np.newaxis, block]
            answers = [each[np.newaxis, block] for each in part.answers]
            weights = None if part.weights is None else part.weights[np.newaxis, block]
            tally.add(scores, targets, answers, penalty, weights)
        return tally.measures(), network.heads.separated(rows)
