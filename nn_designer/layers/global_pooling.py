"""Pooling over everything: a picture or a series becomes one number for each channel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, Shape
from nn_designer.layers.pictures import PictureKind

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class _GlobalPooling(PictureKind):
    """What all of them share."""

    category = Category.POOLING
    example_inputs: ClassVar[tuple[Shape, ...]] = ((3, 4, 2),)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        return (self.picture_shape(shape)[-1],)

    def _places(self, x: Value, flat: np.ndarray) -> np.ndarray:
        """An (F, B) array as (places, channels, B)."""
        return flat.reshape(math.prod(x.shape[:-1]), x.shape[-1], flat.shape[-1])


class _GlobalMax(_GlobalPooling):
    backward = (
        "∂L/∂x = ∂L/∂y[c] / k where x is the largest of its channel c, k numbers being equally "
        "large; else 0"
    )
    source = (
        'Oquab et al. 2015, "Is object localization for free? Weakly-supervised learning with '
        'convolutional neural networks"'
    )

    def finds_maxima_in(self, shape: Shape) -> Shape | None:
        return shape

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        places = self._places(x, x.flat)
        plan.step(np.maximum.reduce, places, 0, None, y.flat)

        def backward() -> None:
            count = plan.scratch(y.flat.shape)
            with plan.gradient_target(x) as dx:
                mask = self._places(x, dx)
                plan.step(np.equal, places, y.flat, mask)
                plan.step(np.add.reduce, mask, 0, None, count)  # those equally large share
                plan.step(np.divide, plan.gradient(y), count, count)
                plan.step(np.multiply, mask, count, mask)

        plan.on_backward(backward, y)
        return y if x.postponed is None else x.postponed(y, False)  # y is compared with x


class _GlobalAverage(_GlobalPooling):
    backward = "∂L/∂x = ∂L/∂y[c] / n, with n places in the channel c"
    source = 'Lin, Chen and Yan 2013, "Network in network"'

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        places = self._places(x, x.flat)
        share = plan.constant(1.0 / len(places))
        plan.step(np.add.reduce, places, 0, None, y.flat)
        plan.step(np.multiply, y.flat, share, y.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.multiply, plan.gradient(y), share, self._places(x, dx))

        plan.on_backward(backward, y)
        return y


class GlobalMaxPooling1D(_GlobalMax):
    """Of a whole series, only the largest value of each channel goes on: whether something
    was found anywhere.
    """

    key = "global_max_pooling1d"
    title = "GlobalMaxPooling1D"
    formula = "y[c] = max of x[·, c]"
    axes = 1
    example_inputs = ((6, 2),)


class GlobalMaxPooling2D(_GlobalMax):
    """Of a whole picture, only the largest value of each channel goes on: whether something
    was found anywhere.
    """

    key = "global_max_pooling2d"
    title = "GlobalMaxPooling2D"
    formula = "y[c] = max of x[·, ·, c]"


class GlobalAveragePooling1D(_GlobalAverage):
    """A whole series becomes the mean of each channel. Series of any length end as a short
    list of numbers.
    """

    key = "global_average_pooling1d"
    title = "GlobalAveragePooling1D"
    formula = "y[c] = mean of x[·, c]"
    axes = 1
    example_inputs = ((6, 2),)


class GlobalAveragePooling2D(_GlobalAverage):
    """A whole picture becomes the mean of each channel; often used in place of Flatten, with
    far fewer weights behind it.
    """

    key = "global_average_pooling2d"
    title = "GlobalAveragePooling2D"
    formula = "y[c] = mean of x[·, ·, c]"
