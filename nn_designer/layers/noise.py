"""Layers that add noise while training and do nothing when predicting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text
from nn_designer.layers.common_settings import dropout_setting
from nn_designer.params import Float

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class _Noise(LayerKind):
    """A layer that hands on what it receives, but for noise."""

    category = Category.REGULARIZATION

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]


class GaussianNoise(_Noise):
    """While training, adds random numbers around zero to its inputs; when predicting it changes
    nothing.

    The network sees each sample a little differently each time, as if there were more data.
    """

    key = "gaussian_noise"
    title = "GaussianNoise"
    formula = "y = x + deviation·n while training, n drawn from N(0, 1); y = x when predicting"
    backward = "∂L/∂x = ∂L/∂y"
    source = 'Bishop 1995, "Training with noise is equivalent to Tikhonov regularization"'

    stddev = Float(
        0.1,
        minimum=0.0,
        maximum=1000.0,
        step=0.05,
        title="Deviation",
        help="The standard deviation of the numbers that are added.",
    )

    @property
    def is_random(self) -> bool:
        return self.stddev > 0.0

    def summary(self) -> str:
        return f"± {self.stddev:g}"

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ("nn.Identity()",)  # PyTorch has no such noise; predicting needs none

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        if not plan.training or self.stddev == 0.0:
            return plan.reshaped(x, x.shape)
        y = plan.new_value(x.shape)
        noise = plan.scratch(x.flat.shape)
        plan.step(plan.random.standard_normal, None, plan.dtype, noise)
        plan.step(np.multiply, noise, plan.constant(self.stddev), noise)
        plan.step(np.add, x.flat, noise, y.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.copyto, dx, plan.gradient(y))

        plan.on_backward(backward, y)
        return y


class GaussianDropout(_Noise):
    """While training, multiplies its inputs by random numbers around 1; when predicting it
    changes nothing.

    It is as strong as Dropout of the same rate, but nothing becomes zero.
    """

    key = "gaussian_dropout"
    title = "GaussianDropout"
    formula = "y = n·x while training, n drawn from N(1, rate / (1 − rate)); y = x when predicting"
    backward = "∂L/∂x = n·∂L/∂y"
    source = (
        'Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from '
        'overfitting", section 10'
    )

    rate = dropout_setting(0.5, "How strong the noise is: its variance is rate / (1 - rate).")

    @property
    def is_random(self) -> bool:
        return self.rate > 0.0

    def summary(self) -> str:
        return f"{self.rate:.0%}"

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ("nn.Identity()",)  # PyTorch has no such noise; predicting needs none

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        if not plan.training or self.rate == 0.0:
            return plan.reshaped(x, x.shape)
        deviation = plan.constant(math.sqrt(self.rate / (1.0 - self.rate)))
        factor = plan.buffer(x.data.shape)
        plan.step(plan.random.standard_normal, None, plan.dtype, factor)
        plan.step(np.multiply, factor, deviation, factor)
        plan.step(np.add, factor, plan.constant(1.0), factor)
        return emit_product(plan, x, factor)


class _SpatialDropout(_Noise):
    """Drops whole channels: numbers at neighbouring places say much the same."""

    formula = (
        "y = m·x / (1 − rate) while training, for each channel m = 0 with the probability rate, "
        "else 1; y = x when predicting"
    )
    backward = "∂L/∂x = m·∂L/∂y / (1 − rate)"
    source = 'Tompson et al. 2015, "Efficient object localization using convolutional networks"'

    axes: ClassVar[int]
    wanted: ClassVar[str]

    rate = dropout_setting(0.5, "The share of channels set to zero in each training step.")

    @property
    def is_random(self) -> bool:
        return self.rate > 0.0

    def summary(self) -> str:
        return f"{self.rate:.0%}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if len(shape) != self.axes + 1:
            raise ShapeError(
                f"{self.title} expects {self.wanted}, but it receives {shape_text(shape)}. Use "
                "Dropout instead, or insert a Reshape layer before it."
            )
        return shape

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        if not plan.training or self.rate == 0.0:
            return plan.reshaped(x, x.shape)
        mask = plan.buffer((*[1] * self.axes, x.shape[-1], plan.batch_size))
        plan.step(plan.random.random, None, plan.dtype, mask)
        plan.step(np.greater_equal, mask, plan.constant(self.rate), mask)
        plan.step(np.multiply, mask, plan.constant(1.0 / (1.0 - self.rate)), mask)
        return emit_product(plan, x, mask)


class SpatialDropout1D(_SpatialDropout):
    """While training, sets random channels of a series to zero, for all its steps; when
    predicting it changes nothing.

    As Dropout, for what comes out of Conv1D: a single number dropped there would be given away
    by its neighbours.
    """

    key = "spatial_dropout1d"
    title = "SpatialDropout1D"
    axes = 1
    wanted = "a series of length × channels"
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((4, 3),)


class SpatialDropout2D(_SpatialDropout):
    """While training, sets random channels of a picture to zero, everywhere; when predicting it
    changes nothing.

    As Dropout, for what comes out of Conv2D: a single number dropped there would be given away
    by its neighbours.
    """

    key = "spatial_dropout2d"
    title = "SpatialDropout2D"
    axes = 2
    wanted = "a picture of height × width × channels"
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((3, 4, 2),)


def emit_product(plan: Plan, x: Value, factor: np.ndarray) -> Value:
    """y = x · factor, both ways; the factor is stretched to the shape of ``x.data``."""
    y = plan.new_value(x.shape)
    plan.step(np.multiply, x.data, factor, y.data)

    def backward() -> None:
        dy = y.shaped(plan.gradient(y))
        with plan.gradient_target(x) as dx:
            plan.step(np.multiply, dy, factor, x.shaped(dx))

    plan.on_backward(backward, y)
    return y
