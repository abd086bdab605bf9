"""Concatenate. Merges that work number by number are in arithmetic.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Concatenate(LayerKind):
    """Puts its inputs side by side, along the last axis: 8 and 2 numbers become 10."""

    key = "concatenate"
    title = "Concatenate"
    category = Category.MERGE
    formula = "y = [a, b, …], along the last axis"
    backward = "∂L/∂a = the part of ∂L/∂y that a became, and so for each input"
    source = "Defined as in Keras"
    minimum_inputs = 2
    maximum_inputs = None

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        first = input_shapes[0]
        for shape in input_shapes[1:]:
            if shape[:-1] != first[:-1] or len(shape) != len(first):
                raise ShapeError(
                    "Concatenate expects inputs that differ at most in their last size, but it "
                    f"receives {shape_text(first)} and {shape_text(shape)}. Insert Flatten "
                    "layers before it, or make the other sizes equal."
                )
        return (*first[:-1], sum(shape[-1] for shape in input_shapes))

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        y = plan.new_value(self.output_shape([x.shape for x in inputs]))
        ends = np.cumsum([x.shape[-1] for x in inputs])
        parts = [(x, slice(end - x.shape[-1], end)) for x, end in zip(inputs, ends, strict=True)]
        for x, part in parts:
            plan.step(np.copyto, y.data[..., part, :], x.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            for x, part in parts:
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        plan.step(np.copyto, x.shaped(dx), dy[..., part, :])

        plan.on_backward(backward, y)
        return y
