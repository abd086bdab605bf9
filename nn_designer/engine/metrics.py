"""Metrics: how good the answers are, in words people use. They never steer training.

``METRICS`` maps each key to its metric. A metric turns batches into sums that add up
(:meth:`Metric.sums`), and sums into its value (:meth:`Metric.value`): many batches are
measured in one call, and an epoch's value is exact, not a mean of means.

Arrays are batch-last, as in the engine: outputs (K, outputs, B), K batches of B samples.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np


class Metric:
    """One metric. Subclasses declare the texts and the two steps."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""
    task: ClassVar[str]
    """The task it is for: "classes" or "number"."""
    better: ClassVar[str]
    """Whether "higher" or "lower" is better."""

    def sums(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> np.ndarray:
        """Sums of each batch, float64 (K, ...).

        ``outputs`` (K, outputs, B). ``targets``: for classes (K, B), the classes' numbers; for
        numbers (K, B, outputs). ``threshold``: a single output above it means class 1 (0.5 for
        probabilities, 0 for logits). ``scale`` (outputs,): size of one unit of a target in the
        person's units.
        """
        raise NotImplementedError

    def value(self, sums: np.ndarray) -> float:
        """The metric of all samples that were added to ``sums``; NaN for no samples."""
        raise NotImplementedError

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        """The metric of a data set, samples first: ``outputs`` (N, outputs), ``targets`` (N,)
        for classes, (N, outputs) for numbers."""
        batch = np.asarray(outputs).T[np.newaxis]
        answers = np.asarray(targets)[np.newaxis]
        return self.value(self.sums(batch, answers, threshold=threshold, scale=scale)[0])


class Accuracy(Metric):
    key = "accuracy"
    title = "Accuracy"
    formula = "right answers / all answers"
    help = "The share of samples whose class is answered rightly."
    task = "classes"
    better = "higher"

    def sums(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> np.ndarray:
        if outputs.shape[1] == 1:
            answers = outputs[:, 0] > threshold
        else:
            answers = outputs.argmax(axis=1)
        right = np.equal(answers, targets).sum(axis=-1)  # (K,)
        count = np.full(len(outputs), outputs.shape[-1])
        return np.stack([right, count], axis=-1).astype(np.float64)

    def value(self, sums: np.ndarray) -> float:
        return float(sums[0] / sums[1]) if sums[1] else float("nan")


def _errors(
    outputs: np.ndarray, targets: np.ndarray, scale: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Errors and targets (K, outputs, B), float64, in the person's units."""
    right = np.ascontiguousarray(np.moveaxis(targets, -1, -2), np.float64)
    errors = outputs - right
    if scale is not None:
        size = np.asarray(scale, np.float64).reshape(-1, 1)
        errors *= size
        right *= size
    return errors, right


class MeanAbsoluteError(Metric):
    key = "mae"
    title = "Mean absolute error"
    formula = "Σ|ŷ - y| / n"
    help = "How far off answers are on average, in the unit of the target."
    task = "number"
    better = "lower"

    def sums(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> np.ndarray:
        errors, _ = _errors(outputs, targets, scale)
        total = np.abs(errors).sum(axis=-1).sum(axis=-1)
        count = np.full(len(outputs), errors[0].size)
        return np.stack([total, count], axis=-1)

    def value(self, sums: np.ndarray) -> float:
        return float(sums[0] / sums[1]) if sums[1] else float("nan")


class RootMeanSquaredError(Metric):
    key = "rmse"
    title = "Root mean squared error"
    formula = "√(Σ(ŷ - y)² / n)"
    help = "Like the mean absolute error, but large errors count more."
    task = "number"
    better = "lower"

    def sums(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> np.ndarray:
        errors, _ = _errors(outputs, targets, scale)
        total = np.square(errors).sum(axis=-1).sum(axis=-1)
        count = np.full(len(outputs), errors[0].size)
        return np.stack([total, count], axis=-1)

    def value(self, sums: np.ndarray) -> float:
        return float(np.sqrt(sums[0] / sums[1])) if sums[1] else float("nan")


class R2(Metric):
    key = "r2"
    title = "R²"
    formula = "1 - Σ(ŷ - y)² / Σ(y - ȳ)²"
    help = (
        "The share of the target's ups and downs that is explained: 1 is perfect, 0 is no "
        "better than always answering the mean. Several targets: the mean of each one's R²."
    )
    source = "https://en.wikipedia.org/wiki/Coefficient_of_determination"
    task = "number"
    better = "higher"

    def sums(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> np.ndarray:
        # Targets are standardized (scale is left out: R² has no unit), so that Σy² - (Σy)²/n
        # loses no digits in float64.
        errors, right = _errors(outputs, targets, None)
        count = np.full(right.shape[:2], right.shape[-1], np.float64)
        parts = [np.square(errors).sum(-1), right.sum(-1), np.square(right).sum(-1), count]
        return np.stack(parts, axis=1)  # (K, 4, outputs)

    def value(self, sums: np.ndarray) -> float:
        residual, total, squares, count = sums
        if not count.all():
            return float("nan")
        spread = squares - total**2 / count
        constant = spread <= 1e-12 * squares  # a target that never changes has no ups and downs
        share = 1.0 - residual / np.where(constant, 1.0, spread)
        # As scikit-learn: a constant target gives 1 if every answer is right, else 0.
        return float(np.where(constant, np.where(residual == 0.0, 1.0, 0.0), share).mean())


METRICS: dict[str, Metric] = {
    metric.key: metric for metric in (Accuracy(), MeanAbsoluteError(), RootMeanSquaredError(), R2())
}
"""Key → metric, in the order to show."""
