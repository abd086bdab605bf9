"""Losses for numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.loss import Loss, mean
from nn_designer.engine.probabilities import SMALLEST
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows, wrong_units
from nn_designer.params import Float

NEVER_NEGATIVE = ("softplus", "relu", "sigmoid", "hard_sigmoid", "softmax")
"""The activations that give no number below zero."""


class NumberLoss(Loss):
    """A loss of outputs and targets (outputs, B), mean over the batch, and mostly over outputs."""

    target = "number"

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        if task == "number":
            if activation == "softmax":
                return (
                    "Softmax makes the outputs add up to 1, which suits classes but not numbers. "
                    "Set the activation of the last layer to linear."
                )
            if n_targets and units != n_targets:
                return wrong_units(
                    units, n_targets, "numbers to predict" if n_targets > 1 else "number to predict"
                )
        if task == "classes" and n_classes and units != n_classes and (units, n_classes) != (1, 2):
            return wrong_units(units, n_classes, "classes")
        return None

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return target_rows(y, units, dtype)


class MeanSquaredError(NumberLoss):
    key = "mean_squared_error"
    title = "Mean squared error"
    formula = "mean (output - target)²"
    help = "For numbers: large misses count much more than small ones."
    source = "https://en.wikipedia.org/wiki/Mean_squared_error"

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.subtract, scores, targets.T, gradient)
        program.step(np.multiply, gradient, program.constant(2.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return mean(np.square(scores - targets.swapaxes(-1, -2)), -2)


class MeanAbsoluteError(NumberLoss):
    key = "mean_absolute_error"
    title = "Mean absolute error"
    formula = "mean |output - target|"
    help = "For numbers: a miss counts by its size, so that a few outliers do not rule."
    source = "https://en.wikipedia.org/wiki/Mean_absolute_error"

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.subtract, scores, targets.T, gradient)
        program.step(np.sign, gradient, gradient)
        program.step(np.multiply, gradient, program.constant(1.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return mean(np.abs(scores - targets.swapaxes(-1, -2)), -2)


class Huber(NumberLoss):
    key = "huber"
    title = "Huber"
    formula = "mean of d²/2 where |d| ≤ δ, else δ (|d| - δ/2), d = output - target"
    help = "For numbers: squared for small misses, absolute for large ones."
    source = "https://en.wikipedia.org/wiki/Huber_loss"

    delta = Float(
        1.0,
        minimum=0.0,
        maximum=1000.0,
        exclusive_minimum=True,
        title="Delta",
        help="From what size on a miss counts as large. Targets are standardized: 1 is their "
        "standard deviation.",
    )

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.subtract, scores, targets.T, gradient)
        program.maximum(gradient, -self.delta, gradient)
        program.minimum(gradient, self.delta, gradient)
        program.step(np.multiply, gradient, program.constant(1.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        distance = np.abs(scores - targets.swapaxes(-1, -2))
        inner = np.minimum(distance, self.delta)
        return mean(inner * (distance - 0.5 * inner), -2)


class LogCosh(NumberLoss):
    key = "log_cosh"
    title = "Log-cosh"
    formula = "mean of ln cosh d, d = output - target"
    help = (
        "For numbers: like Huber, without a corner: squared for small misses, absolute for large."
    )
    source = "https://openreview.net/forum?id=rkglvsC9Ym"

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.subtract, scores, targets.T, gradient)
        program.step(np.tanh, gradient, gradient)
        program.step(np.multiply, gradient, program.constant(1.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        # |d| + ln(1 + e^-2|d|) - ln 2: cosh itself would overflow from 89 on
        distance = np.abs(scores - targets.swapaxes(-1, -2))
        return mean(distance + np.log1p(np.exp(-2.0 * distance)) - math.log(2.0), -2)


class Quantile(NumberLoss):
    key = "quantile"
    title = "Quantile"
    formula = "mean of q d where d > 0, else (q - 1) d, d = target - output"
    help = (
        "For numbers: the answer is not the mean but the number that a share q of the targets "
        "stays below. Also called pinball loss; half the mean absolute error for q = 0.5."
    )
    source = "https://en.wikipedia.org/wiki/Quantile_regression"

    quantile = Float(
        0.5,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        exclusive_maximum=True,
        step=0.05,
        title="q",
        help="The share of targets below the answer: 0.9 answers what only one in ten exceeds.",
    )

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # 1 - q where the output is above the target, -q below; between them where it is right
        program.step(np.subtract, scores, targets.T, gradient)
        program.step(np.sign, gradient, gradient)
        program.step(np.multiply, gradient, program.constant(0.5 / scores.size), gradient)
        middle = program.constant((0.5 - self.quantile) / scores.size)
        program.step(np.add, gradient, middle, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        above = scores - targets.swapaxes(-1, -2)
        return mean(np.maximum((1.0 - self.quantile) * above, -self.quantile * above), -2)


class Poisson(NumberLoss):
    """As in Keras, a little is added to outputs, so that 0 has a logarithm."""

    key = "poisson"
    title = "Poisson"
    formula = "mean of output - target · ln(output + 10⁻⁷)"
    help = (
        "For counts, such as visitors in an hour: 0 or more, with a spread that grows with the "
        "count. The last layer is softplus. Targets are not standardized."
    )
    source = "https://en.wikipedia.org/wiki/Poisson_regression"
    usual_activation = "softplus"
    scales_targets = False

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        if task == "classes":
            return (
                "Poisson is for counts, but the data's target is classes. Choose sparse "
                "categorical cross-entropy, with softmax in the last layer."
            )
        if activation not in NEVER_NEGATIVE:
            return (
                "Poisson needs outputs above zero, but the last layer's activation is "
                f"{ACTIVATIONS[activation].title}, which gives others too. Set it to softplus."
            )
        return super()._problem(units, activation, task, n_classes, n_targets)

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        rows = super().encode(y, units, dtype)
        if rows.size and rows.min() < 0:
            raise ValueError(
                f"Poisson expects targets of 0 or more, but the smallest is {rows.min():g}. "
                "Choose mean squared error, with a linear last layer."
            )
        return rows

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.add, scores, program.constant(SMALLEST), gradient)
        program.step(np.divide, targets.T, gradient, gradient)
        program.step(np.subtract, program.constant(1.0), gradient, gradient)
        program.step(np.multiply, gradient, program.constant(1.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return mean(scores - targets.swapaxes(-1, -2) * np.log(scores + SMALLEST), -2)


class CosineSimilarity(NumberLoss):
    """Targets are kept at length 1, so that a step works on outputs only."""

    key = "cosine_similarity"
    title = "Cosine similarity"
    formula = "-mean of Σ output · target / (|output| |target|)"
    help = (
        "For several numbers of which only the proportions matter: how far outputs point in the "
        "direction of the targets, from -1 (the same direction) to 1 (the opposite)."
    )
    source = "https://en.wikipedia.org/wiki/Cosine_similarity"

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        if units == 1:
            return (
                "Cosine similarity compares directions, but the network ends with 1 output, which "
                "has none. Choose mean squared error for one number, or binary cross-entropy for "
                "two classes."
            )
        return super()._problem(units, activation, task, n_classes, n_targets)

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        rows = super().encode(y, units, dtype)
        lengths = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
        return np.asarray(rows / np.maximum(lengths, SMALLEST))

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # ((o · t) o / |o|² - t) / |o| / batch
        product = program.scratch(scores.shape)
        along, length = program.scratch((1, scores.shape[1])), program.scratch((1, scores.shape[1]))
        program.step(np.multiply, scores, targets.T, product)
        program.sum(product, 0, along)
        program.step(np.square, scores, product)
        program.sum(product, 0, length)
        program.maximum(length, SMALLEST**2, length)
        program.step(np.divide, along, length, along)
        program.step(np.sqrt, length, length)
        program.step(np.multiply, length, program.constant(scores.shape[1]), length)
        program.step(np.multiply, scores, along, gradient)
        program.step(np.subtract, gradient, targets.T, gradient)
        program.step(np.divide, gradient, length, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        along = (scores * targets.swapaxes(-1, -2)).sum(axis=-2)
        lengths = np.sqrt(np.square(scores).sum(axis=-2))
        return np.asarray(-along / np.maximum(lengths, SMALLEST))
