"""Losses for classes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.loss import Loss, mean
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows, wrong_units

SMALLEST = 1e-7
"""Probabilities that did not come from logits are kept this far from 0 and 1, as in Keras."""


class Hinge(Loss):
    key = "hinge"
    title = "Hinge"
    formula = "mean max(1 - target · output, 0), target = ±1"
    help = (
        "For classes, as in support vector machines: outputs beyond the margin of 1 on the "
        "right side cost nothing. The last layer is linear or tanh."
    )
    source = "https://en.wikipedia.org/wiki/Hinge_loss"
    target = "sign"
    threshold = 0.0

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
        if activation in ("sigmoid", "softmax", "hard_sigmoid", "relu", "softplus"):
            return (
                f"Hinge needs outputs below and above zero, but "
                f"{ACTIVATIONS[activation].title} gives none below. "
                "Set the activation of the last layer to linear or tanh."
            )
        if n_classes and units != n_classes and (units, n_classes) != (1, 2):
            return wrong_units(units, n_classes, "classes")
        return None

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        rows = target_rows(y, units, dtype)
        return rows if rows.size and rows.min() < 0 else rows * 2 - 1

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # -target / size where target · output < 1
        program.step(np.multiply, scores, targets.T, gradient)
        program.step(np.less, gradient, program.constant(1.0), gradient)
        program.step(np.multiply, gradient, targets.T, gradient)
        program.step(np.multiply, gradient, program.constant(-1.0 / scores.size), gradient)

    def values(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        margins = 1.0 - scores * targets.swapaxes(-1, -2)
        return mean(np.maximum(margins, 0.0), -2)


class BinaryCrossentropy(Loss):
    """Targets are kept as s = 2 y - 1, because σ(z) - y = ½ (tanh(z / 2) - s)."""

    key = "binary_crossentropy"
    title = "Binary cross-entropy"
    formula = "mean of -y ln p - (1 - y) ln(1 - p)"
    help = (
        "For two classes, with one sigmoid output: the probability of the second class. Also for "
        "numbers from 0 to 1, such as the pixels of a picture, with a sigmoid output for each."
    )
    source = "https://en.wikipedia.org/wiki/Cross-entropy"
    target = "sign"
    fused_activation = "sigmoid"
    takes_shares = True

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
        if n_classes and n_classes > 2:
            return (
                f"Binary cross-entropy is for two classes, but the data has {n_classes}. Choose "
                "sparse categorical cross-entropy, with softmax in the last layer."
            )
        if task == "classes" and units != 1:
            return (
                "Binary cross-entropy expects one output, the probability of the second class, "
                f"but the network ends with {units:,}. Set the units of the last layer to 1, or "
                "choose sparse categorical cross-entropy with softmax."
            )
        if activation != "sigmoid":
            return (
                "Binary cross-entropy needs a probability, but the last layer's activation is "
                f"{ACTIVATIONS[activation].title}. Set it to sigmoid."
            )
        return None

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return target_rows(y, units, dtype) * 2 - 1

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.multiply, logits, program.constant(0.5), gradient)
        program.step(np.tanh, gradient, gradient)
        program.step(np.subtract, gradient, targets.T, gradient)
        program.step(np.multiply, gradient, program.constant(0.5 / logits.size), gradient)

    def logits_values(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        # ln(1 + e^z) - y z, with y = (s + 1) / 2: ln(1 + e^-|z|) + (|z| - s z) / 2
        size = np.abs(logits)
        terms = np.negative(size)
        np.exp(terms, terms)
        np.log1p(terms, terms)
        size -= targets.swapaxes(-1, -2) * logits
        size *= 0.5
        terms += size
        return mean(terms, -2)

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # (p - y) / (p (1 - p)) / size; nothing where p had to be moved into its range
        p, product = program.scratch(scores.shape), program.scratch(scores.shape)
        _emit_probability(program, scores, p)
        program.step(np.multiply, targets.T, program.constant(0.5), gradient)
        program.step(np.add, gradient, program.constant(0.5), gradient)
        program.step(np.subtract, p, gradient, gradient)
        program.step(np.multiply, p, p, product)
        program.step(np.subtract, p, product, product)
        program.step(np.divide, gradient, product, gradient)
        program.step(np.equal, p, scores, product)
        program.step(np.multiply, product, program.constant(1.0 / scores.size), product)
        program.step(np.multiply, gradient, product, gradient)

    def values(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = np.clip(scores, SMALLEST, 1.0 - SMALLEST)
        y = targets.swapaxes(-1, -2) * 0.5 + 0.5
        return mean(-y * np.log(p) - (1.0 - y) * np.log1p(-p), -2)


class CategoricalCrossentropy(Loss):
    key = "categorical_crossentropy"
    title = "Categorical cross-entropy"
    formula = "mean of -Σ y ln p"
    help = "For several classes with softmax outputs; targets are a 1 for the class, else 0."
    source = "https://en.wikipedia.org/wiki/Cross-entropy"
    target = "one_hot"
    fused_activation: ClassVar[str | None] = "softmax"

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

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return target_rows(y, units, dtype)

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        _emit_softmax(program, logits, gradient)
        program.step(np.subtract, gradient, targets.T, gradient)
        scale = program.constant(1.0 / logits.shape[-1])
        program.step(np.multiply, gradient, scale, gradient)

    def logits_values(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        shifted = logits - logits.max(axis=-2, keepdims=True)
        logarithm = np.log(np.exp(shifted).sum(axis=-2))
        return np.asarray(logarithm - (targets.swapaxes(-1, -2) * shifted).sum(axis=-2))

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        p, inside = program.scratch(scores.shape), program.scratch(scores.shape)
        _emit_probability(program, scores, p)
        program.step(np.equal, p, scores, inside)
        program.step(np.multiply, inside, program.constant(-1.0 / scores.shape[-1]), inside)
        program.step(np.divide, inside, p, inside)
        program.step(np.multiply, inside, targets.T, gradient)

    def values(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = np.clip(scores, SMALLEST, 1.0 - SMALLEST)
        return np.asarray(-(targets.swapaxes(-1, -2) * np.log(p)).sum(axis=-2))


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
        _emit_softmax(program, logits, gradient, divisor=logits.shape[-1])
        hot = _emit_scaled_one_hot(program, targets, logits.shape, 1.0 / logits.shape[-1])
        program.step(np.subtract, gradient, hot, gradient)

    def logits_values(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        shifted = logits - logits.max(axis=-2, keepdims=True)
        logarithm = np.log(np.exp(shifted).sum(axis=-2))
        hit = np.take_along_axis(shifted, targets[..., None, :], -2)[..., 0, :]
        return np.asarray(logarithm - hit)

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        hot = _emit_scaled_one_hot(program, targets, scores.shape, 1.0)
        super().emit_gradient(program, scores, hot.T, gradient)

    def values(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = np.take_along_axis(scores, targets[..., None, :], -2)[..., 0, :]
        return np.asarray(-np.log(np.clip(p, SMALLEST, 1.0 - SMALLEST)))


def only_for_classes(loss: Loss) -> str:
    return (
        f"{loss.title} is for classes, but the data's target is a number. Choose mean squared "
        "error, with a linear last layer."
    )


def _emit_probability(program: Program, scores: np.ndarray, out: np.ndarray) -> None:
    program.maximum(scores, SMALLEST, out)
    program.minimum(out, 1.0 - SMALLEST, out)


def _emit_softmax(
    program: Program, logits: np.ndarray, out: np.ndarray, divisor: float = 1.0
) -> None:
    """Steps out = softmax(logits) / divisor, over axis 0."""
    one_row = program.scratch((1, logits.shape[-1]))
    program.step(np.maximum.reduce, logits, 0, None, one_row, True)
    program.step(np.subtract, logits, one_row, out)
    program.step(np.exp, out, out)
    # the sum over rows times the divisor, as a product with a constant: faster than a reduction
    weights = program.buffer((1, logits.shape[0]))
    weights[:] = divisor
    program.matmul(weights, out, one_row)
    program.step(np.divide, out, one_row, out)


def _emit_scaled_one_hot(
    program: Program, targets: np.ndarray, shape: tuple[int, ...], scale: float
) -> np.ndarray:
    """Steps that fill a new (outputs, B) array with ``scale`` at each target, else 0."""
    n_outputs, batch_size = shape
    hot = program.scratch(shape)
    if n_outputs <= 256:  # columns of a diagonal matrix: one call
        diagonal = program.buffer((n_outputs, n_outputs))
        np.fill_diagonal(diagonal, scale)
        program.step(diagonal.take, targets, 1, hot, "clip")
        return hot
    places = program.scratch((batch_size,), np.int64)
    columns = np.arange(batch_size)
    program.step(hot.fill, 0.0)
    program.step(np.multiply, targets, np.array(batch_size), places)
    program.step(np.add, places, columns, places)
    program.step(hot.reshape(-1).put, places, program.constant(scale), "clip")
    return hot
