"""Losses for numbers: over the differences between outputs and targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.loss import Loss, mean
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows, wrong_units


class NumberLoss(Loss):
    """A loss over differences: (outputs - targets), mean over outputs and batch."""

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
    formula = "mean of d²/2 where |d| ≤ 1, else |d| - 1/2, d = output - target"
    help = "For numbers: squared for small misses, absolute for large ones."
    source = "https://en.wikipedia.org/wiki/Huber_loss"

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.subtract, scores, targets.T, gradient)
        program.maximum(gradient, -1.0, gradient)
        program.minimum(gradient, 1.0, gradient)
        program.step(np.multiply, gradient, program.constant(1.0 / scores.size), gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        distance = np.abs(scores - targets.swapaxes(-1, -2))
        inner = np.minimum(distance, 1.0)
        return mean(inner * (distance - 0.5 * inner), -2)
