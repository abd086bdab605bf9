"""A ReLU whose slopes are learned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.axes import MOST_AXES, kept_sizes, places
from nn_designer.layers.base import Category, LayerKind, Shape, WeightSpec
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.initializer_choice import InitializerChoice
from nn_designer.params import Dimensions

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class PReLU(LayerKind):
    """Lets positive numbers through and multiplies negative ones by a slope that it learns, one
    for each number of the sample.

    Behind a convolution, share the slopes along the axes 1, 2: then each channel has one.
    """

    key = "prelu"
    title = "PReLU"
    category = Category.ACTIVATION
    formula = "y = max(x, 0) + alpha·min(x, 0)"
    backward = (
        "∂L/∂x = ∂L/∂y where x > 0, else alpha·∂L/∂y; ∂L/∂alpha = Σ min(x, 0)·∂L/∂y, also along "
        "the shared axes"
    )
    source = (
        'He et al. 2015, "Delving deep into rectifiers: surpassing human-level performance on '
        'ImageNet classification"'
    )
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {"alpha": ForeignTensor("weight", None)}

    shared_axes = Dimensions(
        (),
        minimum_rank=0,
        maximum=MOST_AXES,
        help="The axes along which all numbers share a slope, counted from 1; empty: none.",
        advanced=True,
    )
    alpha_initializer = InitializerChoice(
        "zeros", help="How the slopes are drawn before training.", advanced=True
    )

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        self._alpha_shape(input_shapes)
        return input_shapes[0]

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        shape = self._alpha_shape(input_shapes)
        return (WeightSpec("alpha", shape, self.alpha_initializer, (1, 1)),)

    def _alpha_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        shared = places(self.title, self.shared_axes, shape)
        return kept_sizes(shape, set(range(len(shape))) - set(shared))

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...] | None:
        (shape,) = input_shapes
        if len(shape) != 1:
            return None  # nn.PReLU has a slope for each channel, and wants channels first
        (n_slopes,) = self._alpha_shape(input_shapes)
        return (f"nn.PReLU({n_slopes})",)

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        return math.prod(input_shapes[0])

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        alpha = plan.parameters("alpha")[..., None]
        alpha_gradient = plan.gradients("alpha")[..., None]
        y = plan.new_value(x.shape)
        negative = plan.buffer(x.data.shape)
        positive = plan.scratch(x.data.shape)
        plan.minimum(x.data, 0.0, negative)
        plan.maximum(x.data, 0.0, positive)
        plan.step(np.multiply, negative, alpha, y.data)
        plan.step(np.add, y.data, positive, y.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            share = plan.scratch(dy.shape)
            if not plan.is_unread(alpha_gradient):
                plan.step(np.multiply, dy, negative, share)
                axes = tuple(i for i, size in enumerate(alpha.shape) if size == 1)
                plan.step(np.add.reduce, share, axes, None, alpha_gradient, True)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    # The slope is alpha where y came from below, else 1.
                    one = plan.constant(1.0)
                    below = plan.scratch(dy.shape)
                    plan.step(np.subtract, alpha, one, share)
                    plan.step(np.less_equal, x.data, plan.constant(0.0), below)
                    plan.step(np.multiply, below, share, below)
                    plan.step(np.add, below, one, below)
                    plan.step(np.multiply, dy, below, x.shaped(dx))

        plan.on_backward(backward, y)
        return y
