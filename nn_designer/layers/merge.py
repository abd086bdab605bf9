"""Layers that bring branches together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Add(LayerKind):
    """Adds its inputs, number by number. All must have the same shape.

    A branch that jumps over some layers and is added again is a skip connection: gradients
    flow through it undamped. He et al. 2015, "Deep residual learning for image recognition".
    """

    key = "add"
    title = "Add"
    category = Category.MERGE
    minimum_inputs = 2
    maximum_inputs = None

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        first = input_shapes[0]
        for shape in input_shapes[1:]:
            if shape != first:
                raise ShapeError(
                    f"Add expects inputs of the same shape, but it receives {shape_text(first)} "
                    f"and {shape_text(shape)}. Give the layers before it the same number of "
                    "units, or use Concatenate."
                )
        return first

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        raise NotImplementedError


class Concatenate(LayerKind):
    """Puts its inputs side by side, along the last axis: 8 and 2 numbers become 10."""

    key = "concatenate"
    title = "Concatenate"
    category = Category.MERGE
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
        raise NotImplementedError
