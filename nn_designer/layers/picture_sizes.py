"""Layers that make pictures larger or smaller: borders around them, borders off, more pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text
from nn_designer.params import Int, Pair

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

WIDEST = 10_000


class _PictureSize(LayerKind):
    """A layer that takes pictures and leaves their channels alone."""

    category = Category.SHAPE
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((5, 4, 2),)

    def picture(self, input_shapes: Sequence[Shape]) -> tuple[int, int, int]:
        """(height, width, channels); raises ShapeError for anything else."""
        (shape,) = input_shapes
        if len(shape) != 3:
            raise ShapeError(
                f"{self.title} expects a picture of height × width × channels, but it receives "
                f"{shape_text(shape)}. Insert a Reshape layer before it, or choose the shape image "
                "where the data is chosen."
            )
        height, width, channels = shape
        return height, width, channels


def _side(what: str, default: int) -> Int:
    return Int(default, minimum=0, maximum=WIDEST, help=f"How many {what}.")


class ZeroPadding2D(_PictureSize):
    """Puts a border of zeros around pictures, so that windows can look at what lies at the edge.

    28 × 28 × 1 with a border of 1 on each side becomes 30 × 30 × 1. In Keras, the setting is
    padding=((top, bottom), (left, right)).
    """

    key = "zero_padding2d"
    title = "ZeroPadding2D"
    formula = "y = x, with zeros around it"
    backward = "∂L/∂x = ∂L/∂y, without its border"
    source = "Defined as in Keras"

    top = _side("rows of zeros to put above the picture", 1)
    bottom = _side("rows of zeros to put below the picture", 1)
    left = _side("columns of zeros to put on the left of the picture", 1)
    right = _side("columns of zeros to put on the right of the picture", 1)

    def summary(self) -> str:
        return _sides_text(self.top, self.bottom, self.left, self.right)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        height, width, channels = self.picture(input_shapes)
        return (self.top + height + self.bottom, self.left + width + self.right, channels)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        height, width, _ = x.shape
        y = plan.new_value(self.output_shape([x.shape]))
        rows, columns = slice(self.top, self.top + height), slice(self.left, self.left + width)
        # The border is zero from the start, and nothing else writes there.
        plan.step(np.copyto, y.data[rows, columns], x.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            with plan.gradient_target(x) as dx:
                plan.step(np.copyto, x.shaped(dx), dy[rows, columns])

        plan.on_backward(backward, y)
        return y


class Cropping2D(_PictureSize):
    """Cuts borders off pictures: what lies in the middle is left.

    28 × 28 × 1 with 2 cut off on each side becomes 24 × 24 × 1. In Keras, the setting is
    cropping=((top, bottom), (left, right)).
    """

    key = "cropping2d"
    title = "Cropping2D"
    formula = "y = x, without its border"
    backward = "∂L/∂x = ∂L/∂y, with zeros around it"
    source = "Defined as in Keras"

    top = _side("rows to cut off above", 1)
    bottom = _side("rows to cut off below", 1)
    left = _side("columns to cut off on the left", 1)
    right = _side("columns to cut off on the right", 1)

    def summary(self) -> str:
        return _sides_text(self.top, self.bottom, self.left, self.right)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        height, width, channels = self.picture(input_shapes)
        rows, columns = height - self.top - self.bottom, width - self.left - self.right
        if rows < 1 or columns < 1:
            raise ShapeError(
                f"Cropping2D cuts {self.top + self.bottom:,} rows and "
                f"{self.left + self.right:,} columns off a picture of {shape_text(input_shapes[0])}: "
                "nothing is left. Cut off less."
            )
        return (rows, columns, channels)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        rows = slice(self.top, self.top + y.shape[0])
        columns = slice(self.left, self.left + y.shape[1])
        plan.step(np.copyto, y.data, x.data[rows, columns])

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            with plan.gradient_target(x) as dx:
                plan.step(dx.fill, 0.0)
                plan.step(np.copyto, x.shaped(dx)[rows, columns], dy)

        plan.on_backward(backward, y)
        return y


class UpSampling2D(_PictureSize):
    """Makes pictures larger: each pixel becomes a block of pixels of the same value.

    14 × 14 × 8 with the size 2 × 2 becomes 28 × 28 × 8. Decoders use it before a convolution
    that smooths the blocks.
    """

    key = "up_sampling2d"
    title = "UpSampling2D"
    formula = "y[i, j] = x[⌊i / rows⌋, ⌊j / columns⌋]"
    backward = "∂L/∂x[i, j] = Σ ∂L/∂y over the block that x[i, j] became"
    source = "Defined as in Keras"

    size = Pair((2, 2), maximum=1000, help="How many rows and columns each pixel becomes.")

    def summary(self) -> str:
        return "×".join(str(times) for times in self.size)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        height, width, channels = self.picture(input_shapes)
        return (height * self.size[0], width * self.size[1], channels)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        height, width, channels = x.shape
        y = plan.new_value(self.output_shape([x.shape]))
        blocks = (height, self.size[0], width, self.size[1], channels, plan.batch_size)
        plan.step(np.copyto, y.flat.reshape(blocks), x.data[:, None, :, None])

        def backward() -> None:
            dy = plan.gradient(y).reshape(blocks)
            with plan.gradient_target(x) as dx:
                plan.step(np.add.reduce, dy, (1, 3), None, x.shaped(dx))

        plan.on_backward(backward, y)
        return y


def _sides_text(top: int, bottom: int, left: int, right: int) -> str:
    if top == bottom == left == right:
        return f"{top} all around"
    return f"↑{top} ↓{bottom} ←{left} →{right}"
