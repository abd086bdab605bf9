"""Layers that lay the same numbers out in another way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text
from nn_designer.params import Dimensions, Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Reshape(LayerKind):
    """Lays the numbers of a sample out in another shape: 784 numbers become a picture of
    28 × 28 × 1. One size may be -1: it becomes what is left over.

    Nothing is computed; the last axis runs fastest, as in Keras.
    """

    key = "reshape"
    title = "Reshape"
    category = Category.SHAPE
    hands_on_numbers = True
    formula = "y = x, in the target shape"
    backward = "∂L/∂x = ∂L/∂y, in the shape of x"
    source = "Defined as in Keras"

    target_shape = Dimensions(
        (-1, 1), minimum=-1, help="The new sizes, such as 28 × 28 × 1; one may be -1."
    )

    def summary(self) -> str:
        return " × ".join("?" if size < 0 else f"{size:,}" for size in self.target_shape)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        size = math.prod(shape)
        target = self.target_shape
        if 0 in target:
            raise ShapeError(
                f"Reshape can't make the shape {shape_text(target)}: a size of 0 leaves no "
                "numbers. Use sizes of 1 and more, and -1 for one that follows from the others."
            )
        if target.count(-1) > 1:
            raise ShapeError(
                "Reshape can work out only one size by itself, but -1 stands for several. Write "
                "down all sizes but one."
            )
        known = math.prod(each for each in target if each > 0)
        if size % known or (-1 not in target and size != known):
            wanted = f"a multiple of {known:,}" if -1 in target else f"{known:,}"
            raise ShapeError(
                f"Reshape receives {shape_text(shape)} = {size:,} numbers, but its shape needs "
                f"{wanted}. Change the shape, or the layer before it."
            )
        return tuple(size // known if each < 0 else each for each in target)

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        shape = ", ".join(str(size) for size in self.output_shape(input_shapes))
        return ("nn.Flatten()", f"nn.Unflatten(1, ({shape},))")

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return plan.reshaped(inputs[0], self.output_shape([inputs[0].shape]))


class Permute(LayerKind):
    """Swaps the axes of a sample: with the order 2, 1, rows become columns.

    Axes count from 1, as in Keras; the order names for each new axis the old one.
    """

    key = "permute"
    title = "Permute"
    category = Category.SHAPE
    hands_on_numbers = True
    formula = "y = x, with its axes in the new order"
    backward = "∂L/∂x = ∂L/∂y, with its axes put back"
    source = "Defined as in Keras"
    example_inputs: ClassVar[tuple[Shape, ...]] = ((2, 3),)

    dims = Dimensions(
        (2, 1), maximum=4, title="Order", help="For each new axis the old one, counted from 1."
    )

    def summary(self) -> str:
        return ", ".join(str(axis) for axis in self.dims)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if sorted(self.dims) != list(range(1, len(shape) + 1)):
            axes = ", ".join(str(axis + 1) for axis in range(len(shape)))
            way_out = (
                f"Use each of {axes} once."
                if len(shape) > 1
                else "A list of numbers has nothing to swap: remove this layer, or insert a "
                "Reshape before it."
            )
            raise ShapeError(
                f"Permute receives {shape_text(shape)}, and its order {self.summary()} does not "
                f"name each axis once. {way_out}"
            )
        return tuple(shape[axis - 1] for axis in self.dims)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        order = [axis - 1 for axis in self.dims] + [len(self.dims)]  # the batch stays last
        plan.step(np.copyto, y.data, x.data.transpose(order))

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                dy = y.shaped(plan.gradient(y))
                plan.step(np.copyto, x.shaped(dx).transpose(order), dy)

        plan.on_backward(backward, y)
        return y


class RepeatVector(LayerKind):
    """Repeats a list of numbers: 8 numbers become 3 × 8, each of the three rows the same.

    It gives every step of a sequence the same input, as between encoder and decoder.
    """

    key = "repeat_vector"
    title = "RepeatVector"
    category = Category.SHAPE
    hands_on_numbers = True
    formula = "y[t] = x for t = 1 … n"
    backward = "∂L/∂x = ∂L/∂y[1] + … + ∂L/∂y[n]"
    source = "Defined as in Keras"

    n = Int(2, minimum=1, maximum=1_000_000, title="Times", help="How many rows to make.")

    def summary(self) -> str:
        return f"{self.n:,} ×"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if len(shape) != 1:
            raise ShapeError(
                f"RepeatVector expects a flat list of numbers, but it receives "
                f"{shape_text(shape)}. Insert a Flatten layer before it."
            )
        return (self.n, *shape)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        plan.step(np.copyto, y.data, x.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.add.reduce, y.shaped(plan.gradient(y)), 0, None, dx)

        plan.on_backward(backward, y)
        return y
