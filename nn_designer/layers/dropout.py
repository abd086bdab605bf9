"""Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape
from nn_designer.layers.common_settings import dropout_setting

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Dropout(LayerKind):
    """While training, sets a random part of its inputs to zero, so that the network cannot
    rely on any single one; when predicting it changes nothing.

    What remains is scaled by 1 / (1 - rate), so that sums keep their size.
    """

    key = "dropout"
    title = "Dropout"
    category = Category.REGULARIZATION
    basic = True
    formula = (
        "y = m·x / (1 − rate) while training, m = 0 with the probability rate, else 1; y = x "
        "when predicting"
    )
    backward = "∂L/∂x = m·∂L/∂y / (1 − rate)"
    source = (
        'Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from '
        'overfitting"'
    )

    rate = dropout_setting(0.5, "The share of inputs set to zero in each training step.")

    @property
    def is_random(self) -> bool:
        return self.rate > 0.0

    def summary(self) -> str:
        return f"{self.rate:.0%}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return "linear"

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return (f"nn.Dropout({self.rate})",)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        if not plan.training or self.rate == 0.0:
            return plan.reshaped(x, x.shape)
        y = plan.new_value(x.shape)
        mask = plan.buffer(x.flat.shape)
        emit_dropout_mask(plan, self.rate, mask)
        plan.step(np.multiply, x.flat, mask, y.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.multiply, plan.gradient(y), mask, dx)

        plan.on_backward(backward, y)
        return y


def emit_dropout_mask(plan: Plan, rate: float, mask: np.ndarray) -> None:
    """Steps that fill ``mask`` anew: 0 with the probability ``rate``, else 1 / (1 - rate)."""
    plan.step(plan.random.random, None, plan.dtype, mask)
    plan.step(np.greater_equal, mask, plan.constant(rate), mask)
    plan.step(np.multiply, mask, plan.constant(1.0 / (1.0 - rate)), mask)
