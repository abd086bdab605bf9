"""Layers that scale numbers by constants: nothing is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.layers.axes import places
from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text
from nn_designer.params import Bool, Float, Int, Numbers

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

SMALLEST_DEVIATION = 1e-7
"""Smaller ones count as this, as in Keras."""


class Rescaling(LayerKind):
    """Multiplies each number by a scale and adds an offset: pixels from 0 to 255 become numbers
    from 0 to 1, or from -1 to 1.

    Nothing is learned.
    """

    key = "rescaling"
    title = "Rescaling"
    category = Category.NORMALIZATION
    formula = "y = scale·x + offset"
    backward = "∂L/∂x = scale·∂L/∂y"
    source = "Defined as in Keras"

    scale = Float(
        0.00392156862745098,
        minimum=-1e9,
        maximum=1e9,
        decimals=12,
        help="What each number is multiplied by; 1 / 255 for pixels.",
    )
    offset = Float(0.0, minimum=-1e9, maximum=1e9, help="What is added then.")

    def summary(self) -> str:
        offset = f" {'+' if self.offset > 0 else '-'} {abs(self.offset):g}" if self.offset else ""
        return f"× {self.scale:.4g}{offset}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        scale = plan.constant(self.scale)
        y = plan.new_value(x.shape)
        plan.step(np.multiply, x.flat, scale, y.flat)
        if self.offset:
            plan.step(np.add, y.flat, plan.constant(self.offset), y.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.multiply, plan.gradient(y), scale, dx)

        plan.on_backward(backward, y)
        return y


class Normalization(LayerKind):
    """Brings numbers around 0 with a spread of 1, by a mean and a variance that you know: one for
    all, or one for each feature.

    With Invert it goes the way back. Nothing is learned. What is chosen where the data is prepared
    does the same for you; BatchNormalization finds mean and variance by itself while training.
    """

    key = "normalization"
    title = "Normalization"
    category = Category.NORMALIZATION
    formula = "y = (x − mean) / √variance; inverted, y = mean + √variance·x"
    backward = "∂L/∂x = ∂L/∂y / √variance; inverted, ∂L/∂x = √variance·∂L/∂y"
    source = "Defined as in Keras"

    mean = Numbers((0.0,), help="The mean of the numbers: one for all, or one for each feature.")
    variance = Numbers(
        (1.0,), minimum=0.0, help="Their variance: one for all, or one for each feature."
    )
    axis = Int(
        -1,
        minimum=-4,
        maximum=4,
        help="The axis of the features: -1 the last, 1 the first.",
        advanced=True,
    )
    invert = Bool(
        False, help="Whether to go the way back, to what was there before.", advanced=True
    )

    def summary(self) -> str:
        if len(self.mean) > 1 or len(self.variance) > 1:
            return f"{max(len(self.mean), len(self.variance)):,} features"
        return f"mean {self.mean[0]:g}, variance {self.variance[0]:g}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        (place,) = places(self.title, [self.axis], shape)
        for name in ("mean", "variance"):
            count = len(getattr(self, name))
            if count not in (1, shape[place]):
                raise ShapeError(
                    f"Normalization has a {name} of {count:,} numbers, but it receives "
                    f"{shape_text(shape)}: {shape[place]:,} features. Give one number for each, "
                    "or one for all."
                )
        return shape

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        (place,) = places(self.title, [self.axis], x.shape)
        along = (-1, *[1] * (len(x.shape) - place))  # stretches over what comes after, and before
        deviation = np.maximum(np.sqrt(np.array(self.variance)), SMALLEST_DEVIATION)
        factor = deviation if self.invert else 1.0 / deviation
        factor = factor.astype(plan.dtype).reshape(along)
        mean = np.array(self.mean, plan.dtype).reshape(along)
        y = plan.new_value(x.shape)
        if self.invert:
            plan.step(np.multiply, x.data, factor, y.data)
            plan.step(np.add, y.data, mean, y.data)
        else:
            plan.step(np.subtract, x.data, mean, y.data)
            plan.step(np.multiply, y.data, factor, y.data)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                dy = y.shaped(plan.gradient(y))
                plan.step(np.multiply, dy, factor, x.shaped(dx))

        plan.on_backward(backward, y)
        return y
