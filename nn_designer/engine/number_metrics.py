"""Metrics for numbers."""

from __future__ import annotations

import numpy as np

from nn_designer.engine.metric import SummedMetric

AT_ONCE_BYTES = 2**18
"""Of larger outputs, such as pictures, a batch is looked at after the other: the work is done with
several copies of eight bytes a number."""


def number_sums(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Sums of each batch for the metrics of numbers, float64 (K, 5, outputs):
    Σ|error|, Σerror², Σtarget, Σtarget², samples.

    ``outputs`` (K, outputs, B); ``targets`` (K, B, outputs).
    """
    if len(outputs) > 1 and outputs.nbytes > AT_ONCE_BYTES:
        batches = zip(outputs[:, np.newaxis], targets[:, np.newaxis], strict=True)
        return np.concatenate([number_sums(*batch) for batch in batches])
    right = np.array(targets.swapaxes(-1, -2), np.float64, order="C")  # a copy, to square in place
    errors = outputs - right
    sums = np.empty((len(outputs), 5, outputs.shape[1]))
    np.square(errors).sum(axis=-1, out=sums[:, 1])
    np.absolute(errors, errors).sum(axis=-1, out=sums[:, 0])
    right.sum(axis=-1, out=sums[:, 2])
    np.square(right, right).sum(axis=-1, out=sums[:, 3])
    sums[:, 4] = outputs.shape[-1]
    return sums


class NumberMetric(SummedMetric):
    """A metric made from :func:`number_sums`."""

    task = "number"

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        batch, right = np.asarray(outputs).T[np.newaxis], np.asarray(targets)[np.newaxis]
        return self.value(number_sums(batch, right)[0], scale)


class MeanAbsoluteError(NumberMetric):
    key = "mae"
    title = "Mean absolute error"
    formula = "Σ|ŷ - y| / n"
    help = "How far off answers are on average, in the unit of the target."
    better = "lower"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        absolute, samples = sums[0], sums[4]
        if not samples.all():
            return float("nan")
        return float((absolute / samples * (1.0 if scale is None else scale)).mean())


class RootMeanSquaredError(NumberMetric):
    key = "rmse"
    title = "Root mean squared error"
    formula = "√(Σ(ŷ - y)² / n)"
    help = "Like the mean absolute error, but large errors count more."
    better = "lower"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        squared, samples = sums[1], sums[4]
        if not samples.all():
            return float("nan")
        size = 1.0 if scale is None else np.square(scale)
        return float(np.sqrt((squared / samples * size).mean()))


class R2(NumberMetric):
    key = "r2"
    title = "R²"
    formula = "1 - Σ(ŷ - y)² / Σ(y - ȳ)²"
    help = (
        "The share of the target's ups and downs that is explained: 1 is perfect, 0 is no "
        "better than always answering the mean. Several targets: the mean of each one's R²."
    )
    source = "https://en.wikipedia.org/wiki/Coefficient_of_determination"
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
