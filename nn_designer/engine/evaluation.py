"""Loss and metrics: summed up while an epoch runs, or of a whole part at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.metrics import METRICS, class_sums, number_sums
from nn_designer.engine.shapes import samples_at_once
from nn_designer.engine.training_data import Part

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


@dataclass(frozen=True)
class Measures:
    """Loss and metrics of some samples; None where a metric is for another task."""

    loss: float
    accuracy: float | None = None
    mae: float | None = None
    rmse: float | None = None
    r2: float | None = None


class Tally:
    """Adds up loss and metrics batch by batch.

    Sums are kept in float64 and added in the order of the batches, so that a value does not
    depend on how many batches are told at once.
    """

    def __init__(self, network: Network, task: str, scale: np.ndarray | None) -> None:
        self._criterion = network.criterion
        self._task = task
        self._scale = scale
        criterion = self._criterion
        self._threshold = 0.0 if criterion.from_logits else criterion.loss.threshold
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new epoch."""
        self._loss, self._samples = 0.0, 0  # Σ loss · samples
        units = self._criterion.units
        self._metrics = np.zeros(2 if self._task == "classes" else (5, units))

    def add(
        self,
        scores: np.ndarray,
        targets: np.ndarray,
        answers: np.ndarray,
        penalties: np.ndarray | float = 0.0,
    ) -> float:
        """Tell K batches: ``scores`` (K, outputs, B), ``targets`` and ``answers`` (K, B, ...),
        ``penalties`` (K,) what regularization adds. Returns their mean loss."""
        batch_size = scores.shape[-1]
        losses = self._criterion.value(scores, targets) + penalties
        total = self._loss
        each: list[float] = losses.tolist()
        for loss in each:  # one after the other: see above
            total += loss * batch_size
        self._loss = total
        self._samples += batch_size * len(each)
        if self._task == "classes":
            self._metrics += class_sums(scores, answers, self._threshold)
        else:
            outputs = self._criterion.outputs(scores)
            self._metrics = _added(self._metrics, number_sums(outputs, answers))
        return sum(each) / len(each)

    @property
    def loss(self) -> float:
        """Mean loss so far."""
        return self._loss / self._samples if self._samples else 0.0

    @property
    def accuracy(self) -> float | None:
        """Share of right answers so far; None for numbers."""
        return METRICS["accuracy"].value(self._metrics) if self._task == "classes" else None

    def measures(self) -> Measures:
        """Everything so far."""
        if self._task == "classes":
            return Measures(self.loss, accuracy=self.accuracy)
        values = {k: METRICS[k].value(self._metrics, self._scale) for k in ("mae", "rmse", "r2")}
        return Measures(self.loss, **values)

    def state(self) -> dict[str, np.ndarray]:
        """All that :meth:`load_state` needs to go on."""
        loss = np.array([self._loss, self._samples])
        return {"loss": loss, "metrics": self._metrics.copy()}

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        total, samples = state["loss"]
        self._loss, self._samples = float(total), int(samples)
        self._metrics = state["metrics"].copy()


def _added(total: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """``total`` + rows[0] + rows[1] + ..., strictly in this order."""
    if len(rows) == 1:
        return np.asarray(total + rows[0])
    rows[0] += total
    return np.asarray(np.add.accumulate(rows, axis=0)[-1])


class Evaluator:
    """Evaluates a part of the data again and again, as the network learns."""

    def __init__(self, network: Network, part: Part, task: str, scale: np.ndarray | None) -> None:
        self._network = network
        self._part = part
        self._tally = Tally(network, task, scale)

    def evaluate(self) -> tuple[Measures, np.ndarray]:
        """Loss (with regularization, as Keras) and metrics, and the outputs (N, outputs)."""
        network, part, tally = self._network, self._part, self._tally
        penalty = network.regularization()
        outputs = np.empty((len(part), *network.output_shape), network.dtype)
        tally.reset()
        count = samples_at_once(network.shapes.values())
        for start in range(0, len(part), count):
            block = slice(start, min(start + count, len(part)))
            plan = network.plan(block.stop - start, False)
            np.copyto(plan.inputs, part.rows[block])
            plan.run()
            assert plan.outputs is not None
            outputs[block] = plan.outputs.T
            scores = plan.logits[np.newaxis]
            tally.add(
                scores, part.targets[np.newaxis, block], part.answers[np.newaxis, block], penalty
            )
        return tally.measures(), outputs
