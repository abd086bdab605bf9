"""Cross-entropies in which samples that are answered well already count less.

Each sample's cross-entropy is multiplied by (1 - p)^γ, p being the probability of what is right
(Lin et al. 2017, Focal loss for dense object detection). Targets are classes: there is one right
answer, not a share of several.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.categorical_losses import CategoricalLoss
from nn_designer.engine.class_losses import BinaryLoss
from nn_designer.engine.loss import mean
from nn_designer.engine.probabilities import clipped, emit_clipped
from nn_designer.engine.program import Program
from nn_designer.engine.targets import target_rows
from nn_designer.params import Bool, Float

SOURCE = "https://arxiv.org/abs/1708.02002"
TINY = 1e-30
"""Added to numbers of at least 0 before dividing by them."""


def _gamma() -> Float:
    return Float(
        2.0,
        minimum=0.0,
        maximum=20.0,
        title="Gamma",
        help="How much less well answered samples count; 0: none do, as in cross-entropy.",
    )


def _certain(rows: np.ndarray, title: str) -> np.ndarray:
    """Targets that are 0 or 1 as they are. Raises ValueError for others."""
    if not np.isin(rows, (0.0, 1.0)).all():
        raise ValueError(
            f"{title} expects classes, but the targets hold shares between 0 and 1. Choose "
            "categorical cross-entropy, or binary cross-entropy for one output."
        )
    return rows


class BinaryFocalCrossentropy(BinaryLoss):
    """With u = -s z: 1 - p = σ(u) and -ln p = ln(1 + e^u); nothing overflows."""

    key = "binary_focal_crossentropy"
    title = "Binary focal cross-entropy"
    formula = "mean of -(1 - p)^γ ln p, p the probability of what is right"
    help = (
        "For two classes with one sigmoid output, where one class is rare or most samples are "
        "easy: training looks at what is still answered wrongly."
    )
    source = SOURCE

    gamma = _gamma()
    apply_class_balancing = Bool(False, help="Whether the two classes count differently.")
    alpha = Float(
        0.25,
        minimum=0.0,
        maximum=1.0,
        title="Alpha",
        help="What the second class counts; the first one counts the rest to 1.",
        visible_if=("apply_class_balancing", (True,)),
    )

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return _certain(target_rows(y, units, dtype), self.title) * 2 - 1

    def _balance(self, targets: np.ndarray) -> np.ndarray | float:
        """What each target counts."""
        if not self.apply_class_balancing:
            return 1.0
        return np.where(targets > 0, self.alpha, 1.0 - self.alpha).astype(targets.dtype)

    def _emit_balance(self, program: Program, targets: np.ndarray, gradient: np.ndarray) -> None:
        """Steps that multiply the gradient by what each target counts, and by 1 / size."""
        if not self.apply_class_balancing:
            program.step(np.multiply, gradient, program.constant(1.0 / gradient.size), gradient)
            return
        counts = program.scratch(gradient.shape)
        half = program.constant((self.alpha - 0.5) / gradient.size)  # ½ ± (α - ½)
        program.step(np.multiply, targets.T, half, counts)
        program.step(np.add, counts, program.constant(0.5 / gradient.size), counts)
        program.step(np.multiply, gradient, counts, gradient)

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # -s q^γ (q + γ (1 - q) L), with L = ln(1 + e^u), q = σ(u) = e^(u - L), 1 - q = e^-L
        loss, q = program.scratch(logits.shape), program.scratch(logits.shape)
        program.step(np.multiply, logits, targets.T, q)
        program.step(np.negative, q, q)
        program.step(np.logaddexp, q, program.constant(0.0), loss)
        program.step(np.subtract, q, loss, q)
        program.step(np.exp, q, q)
        program.step(np.negative, loss, gradient)
        program.step(np.exp, gradient, gradient)
        program.step(np.multiply, gradient, loss, gradient)
        program.step(np.multiply, gradient, program.constant(self.gamma), gradient)
        program.step(np.add, gradient, q, gradient)
        program.step(np.power, q, program.constant(self.gamma), q)
        program.step(np.multiply, gradient, q, gradient)
        program.step(np.multiply, gradient, targets.T, gradient)
        program.step(np.negative, gradient, gradient)
        self._emit_balance(program, targets, gradient)

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        s = targets.swapaxes(-1, -2)
        u = -s * logits
        loss = np.logaddexp(u, u.dtype.type(0.0))
        return mean(self._balance(s) * np.exp(u - loss) ** self.gamma * loss, -2)

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # with q = 1 - probability of what is right: -s q^γ (γ L / q + 1 / (1 - q))
        q, inside, loss = (program.scratch(scores.shape) for _ in range(3))
        one = program.constant(1.0)
        emit_clipped(program, scores, q)
        program.step(np.equal, q, scores, inside)
        program.step(np.subtract, q, program.constant(0.5), q)
        program.step(np.multiply, q, targets.T, q)
        program.step(np.subtract, program.constant(0.5), q, q)
        program.step(np.subtract, one, q, gradient)
        program.step(np.log, gradient, loss)
        program.step(np.divide, loss, q, loss)
        program.step(np.multiply, loss, program.constant(self.gamma), loss)
        program.step(np.divide, one, gradient, gradient)
        program.step(np.subtract, loss, gradient, gradient)
        program.step(np.power, q, program.constant(self.gamma), q)
        program.step(np.multiply, gradient, q, gradient)
        program.step(np.multiply, gradient, targets.T, gradient)
        program.step(np.multiply, gradient, inside, gradient)
        self._emit_balance(program, targets, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        s = targets.swapaxes(-1, -2)
        p = 0.5 + s * (clipped(scores) - 0.5)
        return mean(-self._balance(s) * (1.0 - p) ** self.gamma * np.log(p), -2)


class CategoricalFocalCrossentropy(CategoricalLoss):
    key = "categorical_focal_crossentropy"
    title = "Categorical focal cross-entropy"
    formula = "mean of -α (1 - p)^γ ln p, p the probability of the right class"
    help = (
        "For several classes with softmax outputs, where some are rare or most samples are easy: "
        "training looks at what is still answered wrongly."
    )
    source = SOURCE

    gamma = _gamma()
    alpha = Float(
        0.25,
        minimum=0.0,
        maximum=1000.0,
        exclusive_minimum=True,
        title="Alpha",
        help="What the whole loss is multiplied by.",
    )

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        return _certain(target_rows(y, units, dtype), self.title)

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # (softmax - y) · α q^γ (1 + γ p L / q), with q = 1 - p and L = -ln p of the right class
        product = program.scratch(logits.shape)
        p, q, loss = (program.scratch((1, logits.shape[1])) for _ in range(3))
        # L = ln Σ e^(z - highest) - (z[class] - highest)
        program.step(np.maximum.reduce, logits, 0, None, p, True)
        program.step(np.subtract, logits, p, gradient)
        program.step(np.multiply, gradient, targets.T, product)
        program.sum(product, 0, loss)
        program.step(np.exp, gradient, gradient)
        program.sum(gradient, 0, p)
        program.step(np.divide, gradient, p, gradient)
        program.step(np.log, p, p)
        program.step(np.subtract, p, loss, loss)
        # q adds up the other classes: 1 - p would lose its digits where p is near 1
        program.step(np.multiply, gradient, targets.T, product)
        program.sum(product, 0, p)
        program.step(np.subtract, gradient, product, product)
        program.sum(product, 0, q)
        program.step(np.multiply, loss, p, loss)
        program.step(np.add, q, program.constant(TINY), p)
        program.step(np.divide, loss, p, loss)
        program.step(np.multiply, loss, program.constant(self.gamma), loss)
        program.step(np.add, loss, program.constant(1.0), loss)
        program.step(np.power, q, program.constant(self.gamma), q)
        program.step(np.multiply, loss, q, loss)
        program.step(np.multiply, loss, program.constant(self.alpha / logits.shape[1]), loss)
        program.step(np.subtract, gradient, targets.T, gradient)
        program.step(np.multiply, gradient, loss, gradient)

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        y = targets.swapaxes(-1, -2)
        shifted = logits - logits.max(axis=-2, keepdims=True)
        powers = np.exp(shifted)
        total = powers.sum(axis=-2)
        loss = np.log(total) - (y * shifted).sum(axis=-2)
        q = ((1.0 - y) * powers).sum(axis=-2) / total
        return np.asarray(self.alpha * q**self.gamma * loss)

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        # of the right class: α q^γ (γ ln p / q - 1 / p), with q = 1 - p; of others 0
        p, q, inside = (program.scratch(scores.shape) for _ in range(3))
        emit_clipped(program, scores, p)
        program.step(np.equal, p, scores, inside)
        program.step(np.multiply, inside, targets.T, inside)
        program.step(np.subtract, program.constant(1.0), p, q)
        program.step(np.log, p, gradient)
        program.step(np.divide, gradient, q, gradient)
        program.step(np.multiply, gradient, program.constant(self.gamma), gradient)
        program.step(np.reciprocal, p, p)
        program.step(np.subtract, gradient, p, gradient)
        program.step(np.power, q, program.constant(self.gamma), q)
        program.step(np.multiply, gradient, q, gradient)
        program.step(np.multiply, gradient, inside, gradient)
        scale = program.constant(self.alpha / scores.shape[1])
        program.step(np.multiply, gradient, scale, gradient)

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        p = clipped(scores)
        each = -((1.0 - p) ** self.gamma) * np.log(p)
        return np.asarray(self.alpha * (targets.swapaxes(-1, -2) * each).sum(axis=-2))
