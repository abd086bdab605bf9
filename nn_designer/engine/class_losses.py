"""Losses for classes with one output: two classes, or yes and no for each output."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.loss import Loss, mean
from nn_designer.engine.probabilities import clipped, emit_clipped
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows, wrong_units
from nn_designer.params import Float


def only_for_classes(loss: Loss) -> str:
    return (
        f"{loss.title} is for classes, but the data's target is a number. Choose mean squared "
        "error, with a linear last layer."
    )


def label_smoothing() -> Float:
    """The setting of cross-entropies."""
    return Float(
        0.0,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        step=0.05,
        help="Above 0, the right class counts less than wholly and the others a little, so that "
        "the network does not become too sure of itself; 0.1 is usual.",
    )


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

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        margins = 1.0 - scores * targets.swapaxes(-1, -2)
        return mean(np.maximum(margins, 0.0), -2)


class BinaryLoss(Loss):
    """Base of the losses for two classes, with one sigmoid output. Targets are kept as
    s = 2 y - 1, because σ(z) - y = ½ (tanh(z / 2) - s)."""

    target = "sign"
    fused_activation = "sigmoid"

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
                f"{self.title} is for two classes, but the data has {n_classes}. Choose "
                "sparse categorical cross-entropy, with softmax in the last layer."
            )
        if task == "classes" and units != 1:
            return (
                f"{self.title} expects one output, the probability of the second class, but "
                f"the network ends with {units:,}. Set the units of the last layer to 1, or "
                "choose sparse categorical cross-entropy with softmax."
            )
        if activation != "sigmoid":
            return (
                f"{self.title} needs a probability, but the last layer's activation is "
                f"{ACTIVATIONS[activation].title}. Set it to sigmoid."
            )
        return None


class BinaryCrossentropy(BinaryLoss):
    key = "binary_crossentropy"
    title = "Binary cross-entropy"
    formula = "mean of -y ln p - (1 - y) ln(1 - p)"
    help = (
        "For two classes, with one sigmoid output: the probability of the second class. Also for "
        "numbers from 0 to 1, such as the pixels of a picture, with a sigmoid output for each."
    )
    takes_shares = True
    source = "https://en.wikipedia.org/wiki/Cross-entropy"

    label_smoothing = label_smoothing()

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return (target_rows(y, units, dtype) * 2 - 1) * (1 - self.label_smoothing)

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        program.step(np.multiply, logits, program.constant(0.5), gradient)
        program.step(np.tanh, gradient, gradient)
        program.step(np.subtract, gradient, targets.T, gradient)
        program.step(np.multiply, gradient, program.constant(0.5 / logits.size), gradient)

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
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
        emit_clipped(program, scores, p)
        program.step(np.multiply, targets.T, program.constant(0.5), gradient)
        program.step(np.add, gradient, program.constant(0.5), gradient)
        program.step(np.subtract, p, gradient, gradient)
        program.step(np.multiply, p, p, product)
        program.step(np.subtract, p, product, product)
        program.step(np.divide, gradient, product, gradient)
        program.step(np.equal, p, scores, product)
        program.step(np.multiply, product, program.constant(1.0 / scores.size), product)
        program.step(np.multiply, gradient, product, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = clipped(scores)
        y = targets.swapaxes(-1, -2) * 0.5 + 0.5
        return mean(-y * np.log(p) - (1.0 - y) * np.log1p(-p), -2)
