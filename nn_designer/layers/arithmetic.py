"""Merges that work number by number: Add, Subtract, Multiply, Average, Maximum."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class _NumberByNumber(LayerKind):
    """Inputs of the same shape make an output of that shape."""

    category = Category.MERGE
    minimum_inputs = 2
    maximum_inputs: ClassVar[int | None] = None

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        first = input_shapes[0]
        for shape in input_shapes[1:]:
            if shape != first:
                raise ShapeError(
                    f"{self.title} expects inputs of the same shape, but it receives "
                    f"{shape_text(first)} and {shape_text(shape)}. Give the layers before it the "
                    "same number of units, or use Concatenate."
                )
        return first


class Add(_NumberByNumber):
    """Adds its inputs, number by number. All must have the same shape.

    A branch that jumps over some layers and is added again is a skip connection: gradients
    flow through it undamped.
    """

    key = "add"
    title = "Add"
    formula = "y = a + b + …"
    backward = "∂L/∂a = ∂L/∂y, and so for each input"
    source = 'He et al. 2015, "Deep residual learning for image recognition"'

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        y = plan.new_value(inputs[0].shape)
        _emit_sum(plan, inputs, y)

        def backward() -> None:
            for x in inputs:
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        plan.step(np.copyto, dx, plan.gradient(y))

        plan.on_backward(backward, y)
        return y


class Subtract(_NumberByNumber):
    """Takes its second input away from its first, number by number.

    Which input is the first, the ports of the card tell, from above.
    """

    key = "subtract"
    title = "Subtract"
    formula = "y = a − b"
    backward = "∂L/∂a = ∂L/∂y; ∂L/∂b = −∂L/∂y"
    source = "Defined as in Keras"
    maximum_inputs = 2

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        first, second = inputs
        y = plan.new_value(first.shape)
        plan.step(np.subtract, first.flat, second.flat, y.flat)

        def backward() -> None:
            if first.needs_gradient:
                with plan.gradient_target(first) as dx:
                    plan.step(np.copyto, dx, plan.gradient(y))
            if second.needs_gradient:
                with plan.gradient_target(second) as dx:
                    plan.step(np.negative, plan.gradient(y), dx)

        plan.on_backward(backward, y)
        return y


class Multiply(_NumberByNumber):
    """Multiplies its inputs, number by number. A branch that ends in a sigmoid works as a gate:
    it lets the other's numbers through, or holds them back.
    """

    key = "multiply"
    title = "Multiply"
    formula = "y = a·b·…"
    backward = "∂L/∂a = ∂L/∂y·b·…, the product of the other inputs, and so for each"
    source = "Defined as in Keras"

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        y = plan.new_value(inputs[0].shape)
        plan.step(np.multiply, inputs[0].flat, inputs[1].flat, y.flat)
        for x in inputs[2:]:
            plan.step(np.multiply, y.flat, x.flat, y.flat)

        def backward() -> None:
            for index, x in enumerate(inputs):
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        so_far = plan.gradient(y)
                        for other in (*inputs[:index], *inputs[index + 1 :]):
                            plan.step(np.multiply, so_far, other.flat, dx)
                            so_far = dx

        plan.on_backward(backward, y)
        return y


class Average(_NumberByNumber):
    """The mean of its inputs, number by number: several branches vote."""

    key = "average"
    title = "Average"
    formula = "y = (a + b + …) / n, for n inputs"
    backward = "∂L/∂a = ∂L/∂y / n, and so for each input"
    source = "Defined as in Keras"

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        share = plan.constant(1.0 / len(inputs))
        y = plan.new_value(inputs[0].shape)
        _emit_sum(plan, inputs, y)
        plan.step(np.multiply, y.flat, share, y.flat)

        def backward() -> None:
            for x in inputs:
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        plan.step(np.multiply, plan.gradient(y), share, dx)

        plan.on_backward(backward, y)
        return y


class Maximum(_NumberByNumber):
    """The largest of its inputs, number by number: the branch that answers most strongly wins.

    Only winners receive a gradient; where several are equal, each receives its share.
    """

    key = "maximum"
    title = "Maximum"
    formula = "y = max(a, b, …)"
    backward = (
        "∂L/∂a = ∂L/∂y / k where a is the largest, k inputs being equally large, else 0; and so "
        "for each input"
    )
    source = 'Goodfellow et al. 2013, "Maxout networks"'

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        y = plan.new_value(inputs[0].shape)
        plan.step(partial(np.maximum, out=y.flat), inputs[0].flat, inputs[1].flat)
        for x in inputs[2:]:
            plan.step(partial(np.maximum, out=y.flat), y.flat, x.flat)

        def backward() -> None:
            dy = plan.gradient(y)
            wins, share = plan.scratch(dy.shape), plan.scratch(dy.shape)
            plan.step(np.equal, inputs[0].flat, y.flat, share)  # how many win
            for x in inputs[1:]:
                plan.step(np.equal, x.flat, y.flat, wins)
                plan.step(np.add, share, wins, share)
            plan.step(np.divide, dy, share, share)
            for x in inputs:
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        plan.step(np.equal, x.flat, y.flat, wins)
                        plan.step(np.multiply, share, wins, dx)

        plan.on_backward(backward, y)
        return y


def _emit_sum(plan: Plan, inputs: Sequence[Value], y: Value) -> None:
    plan.step(np.add, inputs[0].flat, inputs[1].flat, y.flat)
    for x in inputs[2:]:
        plan.step(np.add, y.flat, x.flat, y.flat)
