"""Flatten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn_designer.layers.base import Category, LayerKind, Shape

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Flatten(LayerKind):
    """Turns an image or any other shape into one flat list of numbers, as Dense needs it.

    The last axis runs fastest (height, width, channels), as in Keras.
    """

    key = "flatten"
    title = "Flatten"
    category = Category.SHAPE
    hands_on_numbers = True
    basic = True
    formula = "y = x, as one list"
    backward = "∂L/∂x = ∂L/∂y, in the shape of x"
    source = "Defined as in Keras"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return (math.prod(input_shapes[0]),)

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ("nn.Flatten()",)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return plan.reshaped(inputs[0], self.output_shape([inputs[0].shape]))
