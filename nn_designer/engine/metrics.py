"""Metrics: how good the answers are, in words people use. They never steer training.

``METRICS`` maps each key to its metric. Batches are turned into sums that add up
(:func:`class_sums`, :func:`number_sums`), and sums into a metric's value: many batches are
measured in one call, all metrics of a task share the sums, and an epoch's value is exact, not a
mean of means.

Arrays are batch-last, as in the engine: outputs (K, outputs, B), K batches of B samples.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np


def class_sums(outputs: np.ndarray, classes: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """Sums of all batches for the metrics of classes, float64 (2,): right answers, answers.

    They are whole numbers, whose sum is exact in any order.

    ``outputs`` (K, outputs, B), probabilities or logits; ``classes`` (K, B). A single output
    above ``threshold`` means class 1 (0.5 for probabilities, 0 for logits).
    """
    if outputs.shape[1] == 1:
        answers = outputs[:, 0] > threshold
    else:
        answers = outputs.argmax(axis=1)
    return np.array([np.count_nonzero(answers == classes), answers.size], np.float64)


def number_sums(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Sums of each batch for the metrics of numbers, float64 (K, 5, outputs):
    Σ|error|, Σerror², Σtarget, Σtarget², samples.

    ``outputs`` (K, outputs, B); ``targets`` (K, B, outputs).
    """
    right = np.ascontiguousarray(targets.swapaxes(-1, -2), np.float64)
    errors = outputs - right
    sums = np.empty((len(outputs), 5, outputs.shape[1]))
    np.square(errors).sum(axis=-1, out=sums[:, 1])
    np.absolute(errors, errors).sum(axis=-1, out=sums[:, 0])
    right.sum(axis=-1, out=sums[:, 2])
    np.square(right, right).sum(axis=-1, out=sums[:, 3])
    sums[:, 4] = outputs.shape[-1]
    return sums


class Metric:
    """One metric. Subclasses declare the texts and :meth:`value`."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""
    task: ClassVar[str]
    """The task it is for: "classes" or "number"."""
    better: ClassVar[str]
    """Whether "higher" or "lower" is better."""

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        """The metric of all samples that were added to ``sums``; NaN for no samples.

        ``scale`` (outputs,): the size of one unit of each target in the person's units.
        """
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
        right = np.asarray(targets)[np.newaxis]
        if self.task == "classes":
            return self.value(class_sums(batch, right, threshold))
        return self.value(number_sums(batch, right)[0], scale)


class Accuracy(Metric):
    key = "accuracy"
    title = "Accuracy"
    formula = "right answers / all answers"
    help = "The share of samples whose class is answered rightly."
    task = "classes"
    better = "higher"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        right, answers = sums
        return float(right / answers) if answers else float("nan")


class MeanAbsoluteError(Metric):
    key = "mae"
    title = "Mean absolute error"
    formula = "Σ|ŷ - y| / n"
    help = "How far off answers are on average, in the unit of the target."
    task = "number"
    better = "lower"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        absolute, samples = sums[0], sums[4]
        if not samples.all():
            return float("nan")
        return float((absolute / samples * (1.0 if scale is None else scale)).mean())


class RootMeanSquaredError(Metric):
    key = "rmse"
    title = "Root mean squared error"
    formula = "√(Σ(ŷ - y)² / n)"
    help = "Like the mean absolute error, but large errors count more."
    task = "number"
    better = "lower"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        squared, samples = sums[1], sums[4]
        if not samples.all():
            return float("nan")
        size = 1.0 if scale is None else np.square(scale)
        return float(np.sqrt((squared / samples * size).mean()))


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

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        _, squared, total, squares, samples = sums
        if not samples.all():
            return float("nan")
        # Targets are standardized or small, so this loses no digits that matter in float64.
        spread = squares - total**2 / samples
        constant = spread <= 1e-12 * squares  # a target that never changes has no ups and downs
        share = 1.0 - squared / np.where(constant, 1.0, spread)
        # As scikit-learn: a constant target gives 1 if every answer is right, else 0.
        return float(np.where(constant, np.where(squared == 0.0, 1.0, 0.0), share).mean())


METRICS: dict[str, Metric] = {
    metric.key: metric for metric in (Accuracy(), MeanAbsoluteError(), RootMeanSquaredError(), R2())
}
"""Key → metric, in the order to show."""
