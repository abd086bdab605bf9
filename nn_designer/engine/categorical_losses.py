"""Cross-entropies for several classes, and what is built on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.class_losses import label_smoothing, only_for_classes
from nn_designer.engine.loss import Loss
from nn_designer.engine.probabilities import (
    clipped,
    emit_clipped,
    emit_scaled_one_hot,
    emit_softmax,
)
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows, wrong_units

MOST_OFF = 1e-3
"""Shares may miss 1 by so much: rounded to three digits, they often do."""


class CategoricalLoss(Loss):
    """Base of the losses with one softmax output per class."""

    target = "one_hot"
    fused_activation = "softmax"

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        if task == "number":
            return only_for_classes(self)
        if units == 1:
            return (
                f"{self.title} expects one output per class, but the network ends with 1. "
                f"Set the units of the last layer to {n_classes or 2}, or choose binary "
                "cross-entropy with sigmoid."
            )
        if n_classes and units != n_classes:
            return wrong_units(units, n_classes, "classes")
        if activation != "softmax":
            return (
                f"{self.title} needs probabilities that add up to 1, but the last layer's "
                f"activation is {ACTIVATIONS[activation].title}. Set it to softmax."
            )
        return None


class OneHotCrossentropy(CategoricalLoss):
    """The maths of -Σ y ln p, for targets y (outputs, B) that add up to 1."""

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        emit_softmax(program, logits, gradient)
        program.step(np.subtract, gradient, targets.T, gradient)
        scale = program.constant(1.0 / logits.shape[-1])
        program.step(np.multiply, gradient, scale, gradient)

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        shifted = logits - logits.max(axis=-2, keepdims=True)
        logarithm = np.log(np.exp(shifted).sum(axis=-2))
        return np.asarray(logarithm - (targets.swapaxes(-1, -2) * shifted).sum(axis=-2))

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        p, inside = program.scratch(scores.shape), program.scratch(scores.shape)
        emit_clipped(program, scores, p)
        program.step(np.equal, p, scores, inside)
        program.step(np.multiply, inside, program.constant(-1.0 / scores.shape[-1]), inside)
        program.step(np.divide, inside, p, inside)
        program.step(np.multiply, inside, targets.T, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = clipped(scores)
        return np.asarray(-(targets.swapaxes(-1, -2) * np.log(p)).sum(axis=-2))


class CategoricalCrossentropy(OneHotCrossentropy):
    key = "categorical_crossentropy"
    title = "Categorical cross-entropy"
    formula = "mean of -Σ y ln p"
    help = "For several classes with softmax outputs; targets are a 1 for the class, else 0."
    source = "https://en.wikipedia.org/wiki/Cross-entropy"

    label_smoothing = label_smoothing()

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        rows = target_rows(y, units, dtype)
        return np.asarray(rows * (1 - self.label_smoothing) + self.label_smoothing / units)


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    key = "sparse_categorical_crossentropy"
    title = "Sparse categorical cross-entropy"
    formula = "mean of -ln p[class]"
    help = (
        "For several classes with softmax outputs; targets are the class as a number. The "
        "usual choice for classes."
    )
    target = "classes"

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        classes = np.ascontiguousarray(y.reshape(-1), np.int64)
        if classes.size and not (classes.min() >= 0 and classes.max() < units):
            raise ValueError(
                f"The targets have classes from {classes.min()} to {classes.max()}, but a "
                f"network with {units} outputs knows 0 to {units - 1}. Change the units of the "
                "last layer."
            )
        return classes

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        emit_softmax(program, logits, gradient, divisor=logits.shape[-1])
        hot = self._emit_targets(program, targets, logits.shape, 1.0 / logits.shape[-1])
        program.step(np.subtract, gradient, hot, gradient)

    def _emit_targets(
        self, program: Program, targets: np.ndarray, shape: tuple[int, ...], scale: float
    ) -> np.ndarray:
        """Steps that fill a new (outputs, B) array with smoothed 1s and 0s, times ``scale``."""
        share = self.label_smoothing / shape[0]
        right = 1.0 - self.label_smoothing + share
        return emit_scaled_one_hot(program, targets, shape, right * scale, share * scale)

    def _smoothed(self, hit: np.ndarray, each: np.ndarray) -> np.ndarray:
        """Of the right class's ``hit`` (..., B) and of all classes' ``each`` (..., outputs, B)."""
        if not self.label_smoothing:
            return hit
        smoothed = (1.0 - self.label_smoothing) * hit + self.label_smoothing * each.mean(axis=-2)
        return np.asarray(smoothed)

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        shifted = logits - logits.max(axis=-2, keepdims=True)
        logarithm = np.log(np.exp(shifted).sum(axis=-2))
        hit = np.take_along_axis(shifted, targets[..., None, :], -2)[..., 0, :]
        return np.asarray(logarithm - self._smoothed(hit, shifted))

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        hot = self._emit_targets(program, targets, scores.shape, 1.0)
        super().emit_gradient(program, scores, hot.T, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        logarithms = np.log(clipped(scores))
        hit = np.take_along_axis(logarithms, targets[..., None, :], -2)[..., 0, :]
        return np.asarray(-self._smoothed(hit, logarithms))


class KLDivergence(OneHotCrossentropy):
    """The cross-entropy less the targets' own entropy: the same gradient, and 0 at best."""

    key = "kl_divergence"
    title = "Kullback-Leibler divergence"
    formula = "mean of Σ y ln(y / p)"
    help = (
        "For targets that are shares of a whole, such as the votes for each class: how far the "
        "softmax outputs are from them; 0 if they are the same."
    )
    source = "https://en.wikipedia.org/wiki/Kullback-Leibler_divergence"
    scales_targets = False

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        if task != "number":
            return super()._problem(units, activation, task, n_classes, n_targets)
        if n_targets == 1:
            return (
                f"{self.title} compares shares that add up to 1, but there is one number to "
                "predict. Choose mean squared error, with a linear last layer."
            )
        if n_targets and units != n_targets:
            return wrong_units(units, n_targets, "numbers to predict")
        return super()._problem(units, activation, None, None, None)

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        rows = target_rows(y, units, dtype)
        # What is no number is found and told by the check of the data.
        wrong = (rows < 0).any(axis=1) | (np.abs(rows.sum(axis=1) - 1.0) > MOST_OFF)
        if wrong.any():
            raise ValueError(
                f"{self.title} expects targets of 0 or more that add up to 1, but "
                f"{int(wrong.sum()):,} of {len(rows):,} samples have others. Choose mean squared "
                "error, with a linear last layer."
            )
        return rows

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return np.asarray(super().logits_losses(logits, targets) - _entropy(targets))

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return np.asarray(super().losses(scores, targets) - _entropy(targets))


def _entropy(targets: np.ndarray) -> np.ndarray:
    """-Σ y ln y of targets (..., B, outputs) → (..., B), with 0 ln 0 = 0."""
    logarithms = np.log(np.where(targets > 0, targets, 1.0))
    return np.asarray(-(targets * logarithms).sum(axis=-1))
