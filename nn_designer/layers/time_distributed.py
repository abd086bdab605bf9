"""Dense at each step of a series."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.stepwise import Stepwise
from nn_designer.layers.base import Category, Shape, ShapeError, WeightSpec, shape_text
from nn_designer.layers.dense import Dense

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class TimeDistributedDense(Dense):
    """A Dense layer applied to each step of a series by itself, with the same weights: 28 steps of
    10 numbers become 28 steps of as many numbers as it has units.

    y[t] = activation(kernel · x[t] + bias). Keras does the same with a Dense that receives more
    than a list of numbers. Of a picture, each pixel is a step.
    """

    key = "time_distributed_dense"
    title = "TimeDistributed Dense"
    category = Category.ATTENTION
    basic = False
    formula = "y[t] = f(W·x[t] + b)"
    backward = (
        "∂L/∂x[t] = Wᵀ·∂L/∂z[t]; ∂L/∂W = Σ ∂L/∂z[t]·x[t]ᵀ; ∂L/∂b = Σ ∂L/∂z[t], Σ over the "
        "steps and the batch"
    )
    source = "Dense of https://keras.io/api/layers/core_layers/dense/, along the last axis"
    example_inputs = ((4, 3),)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if len(shape) < 2:
            raise ShapeError(
                f"TimeDistributed Dense expects a series of steps × features, but it receives "
                f"{shape_text(shape)}. Use Dense instead, or insert a Reshape layer before it."
            )
        return (*shape[:-1], self.units)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        return super().weight_specs([input_shapes[0][-1:]])

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        blocks: dict[str, Shape] = {"kernel": (self.units, input_shapes[0][-1])}
        return {**blocks, "bias": (self.units,)} if self.use_bias else blocks

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {**blocks, "kernel": blocks["kernel"].T}

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return super().torch_modules([input_shapes[0][-1:]])

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        return math.prod(input_shapes[0]) * self.units

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        z = plan.new_value(self.output_shape([x.shape]))
        names = ("kernel", "bias")[: 1 + self.use_bias]
        weights, gradients = (
            [block(name) for name in names] for block in (plan.parameters, plan.gradients)
        )
        product = Stepwise(plan, *weights)
        product.emit(x.flat, z.flat)

        def backward() -> None:
            dz = plan.gradient(z)
            product.emit_weight_gradients(x.flat, dz, *gradients)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    product.emit_backward(dz, dx)

        plan.on_backward(backward, z)
        return plan.activated(self.activation, z, overwrite=True)
