"""What the layers share that bring numbers around 0 with a spread of 1.

    x̂ = (x - mean) / √(variance + epsilon)        y = gamma · x̂ + beta

Mean and variance are those of a group of numbers: of one sample, or of a channel in a batch.
Backward, with n numbers in a group and sums over it:

    ∂gamma = Σ ∂y · x̂        ∂beta = Σ ∂y
    ∂x = (∂x̂ - Σ∂x̂ / n - x̂ · Σ(∂x̂ · x̂) / n) / √(variance + epsilon)    with ∂x̂ = gamma · ∂y
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, WeightSpec
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.initializer_choice import InitializerChoice
from nn_designer.params import Bool, Float

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


@dataclass(frozen=True)
class Grouping:
    """How a sample is looked at, and which of its numbers belong together."""

    view: Shape
    """The sample's shape, one of its sizes perhaps parted in two."""
    axes: tuple[int, ...]
    """The axes of ``(*view, B)`` to sum over."""
    weights: Shape
    """The shape of gamma and beta, as files have it."""
    weights_view: Shape
    """The same as it stretches over ``view``: with 1 for the axes where all share a number."""


class Standardizing(LayerKind):
    """Base of the layers; a kind says which numbers belong together."""

    category = Category.NORMALIZATION
    formula = "x̂ = (x − mean) / √(variance + epsilon); y = gamma·x̂ + beta"
    backward = (
        "∂L/∂x̂ = gamma·∂L/∂y; ∂L/∂x = (∂L/∂x̂ − mean(∂L/∂x̂) − x̂·mean(x̂·∂L/∂x̂)) / "
        "√(variance + epsilon); ∂L/∂gamma = Σ x̂·∂L/∂y; ∂L/∂beta = Σ ∂L/∂y"
    )
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "gamma": ForeignTensor("weight", None),
        "beta": ForeignTensor("bias", None),
    }

    epsilon = Float(
        0.001,
        minimum=0.0,
        exclusive_minimum=True,
        maximum=1.0,
        logarithmic=True,
        help="Is added to the variance, so that nothing is divided by zero.",
        advanced=True,
    )
    center = Bool(True, help="Whether beta is learned and added to the result.", advanced=True)
    scale = Bool(
        True, help="Whether gamma is learned and the result multiplied by it.", advanced=True
    )
    beta_initializer = InitializerChoice(
        "zeros",
        help="How beta is drawn before training.",
        advanced=True,
        visible_if=("center", (True,)),
    )
    gamma_initializer = InitializerChoice(
        "ones",
        help="How gamma is drawn before training.",
        advanced=True,
        visible_if=("scale", (True,)),
    )

    def grouping(self, shape: Shape) -> Grouping:
        """Which numbers belong together. Raises ShapeError."""
        raise NotImplementedError

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        self.grouping(input_shapes[0])
        return input_shapes[0]

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        shape = self.grouping(input_shapes[0]).weights
        gamma = WeightSpec("gamma", shape, self.gamma_initializer, (1, 1))
        beta = WeightSpec("beta", shape, self.beta_initializer, (1, 1))
        return (gamma,) * self.scale + (beta,) * self.center

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        return 4 * math.prod(input_shapes[0])


class OfASample(Standardizing):
    """Mean and variance are those of numbers of the same sample: predicting is as training."""

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        grouping = self.grouping(x.shape)
        shape = (*grouping.view, plan.batch_size)
        y = plan.new_value(x.shape)
        affine = Affine(plan, self, grouping)
        standardized = Standardized(plan, x.flat.reshape(shape), grouping.axes, self.epsilon)
        affine.emit(standardized.values, y.flat.reshape(shape))

        def backward() -> None:
            dy = plan.gradient(y).reshape(shape)
            gradient = affine.emit_backward(standardized.values, dy)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    standardized.emit_backward(gradient, dx.reshape(shape))

        plan.on_backward(backward, y)
        return y


class Affine:
    """gamma · x̂ + beta in the course of a plan; either may be missing."""

    def __init__(self, plan: Plan, layer: Standardizing, grouping: Grouping) -> None:
        """For the layer that is being emitted."""
        self._plan = plan
        view = grouping.weights_view
        self._summed = (*(axis for axis, size in enumerate(view) if size == 1), len(view))
        self.gamma, self._gamma_gradient = _block(plan, "gamma", layer.scale, view)
        self.beta, self._beta_gradient = _block(plan, "beta", layer.center, view)

    def emit(self, standard: np.ndarray, out: np.ndarray) -> None:
        """Steps out = gamma · standard + beta."""
        plan = self._plan
        if self.gamma is not None:
            plan.step(np.multiply, standard, self.gamma, out)
            standard = out
        if self.beta is not None:
            plan.step(np.add, standard, self.beta, out)
            standard = out
        if standard is not out:
            plan.step(np.copyto, out, standard)

    def emit_backward(self, standard: np.ndarray, dy: np.ndarray) -> np.ndarray:
        """Steps for the gradients of gamma and beta; returns that of ``standard``, which may be
        ``dy`` itself."""
        plan = self._plan
        if self.beta is not None:
            plan.step(np.add.reduce, dy, self._summed, None, self._beta_gradient, True)
        if self.gamma is None or self._gamma_gradient is None:
            return dy
        product = plan.scratch(dy.shape)
        if not plan.is_unread(self._gamma_gradient):
            plan.step(np.multiply, dy, standard, product)
            plan.step(np.add.reduce, product, self._summed, None, self._gamma_gradient, True)
        plan.step(np.multiply, dy, self.gamma, product)
        return product


def _block(
    plan: Plan, name: str, exists: bool, view: Shape
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """A tensor and its gradient, as they stretch over (*view, B)."""
    if not exists:
        return None, None
    tensors = plan.parameters(name), plan.gradients(name)
    first, second = (tensor.reshape(view)[..., None] for tensor in tensors)
    return first, second


class Standardized:
    """x̂ in the course of a plan, with the mean and variance that made it."""

    def __init__(self, plan: Plan, x: np.ndarray, axes: tuple[int, ...], epsilon: float) -> None:
        """Steps for the groups of numbers along ``axes`` of ``x``."""
        self._plan, self._axes = plan, axes
        small = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
        self._share = plan.constant(1.0 / math.prod(x.shape[axis] for axis in axes))
        self.values = plan.buffer(x.shape)
        self.mean, self.variance = plan.buffer(small), plan.buffer(small)
        self._factor = plan.buffer(small)  # 1 / √(variance + epsilon)
        squares = plan.scratch(x.shape)
        self._emit_mean(x, self.mean)
        plan.step(np.subtract, x, self.mean, self.values)
        plan.step(np.square, self.values, squares)
        self._emit_mean(squares, self.variance)
        emit_factor(plan, self.variance, epsilon, self._factor)
        plan.step(np.multiply, self.values, self._factor, self.values)

    def emit_backward(self, gradient: np.ndarray, dx: np.ndarray) -> None:
        """Steps for ∂x from the gradient of the values; it is left as it is."""
        plan = self._plan
        mean, slope = plan.scratch(self.mean.shape), plan.scratch(self.mean.shape)
        product = plan.scratch(dx.shape)
        self._emit_mean(gradient, mean)
        plan.step(np.multiply, gradient, self.values, product)
        self._emit_mean(product, slope)
        plan.step(np.multiply, self.values, slope, product)
        plan.step(np.subtract, gradient, product, dx)
        plan.step(np.subtract, dx, mean, dx)
        plan.step(np.multiply, dx, self._factor, dx)

    def _emit_mean(self, x: np.ndarray, out: np.ndarray) -> None:
        self._plan.step(np.add.reduce, x, self._axes, None, out, True)
        self._plan.step(np.multiply, out, self._share, out)


def emit_factor(plan: Plan, variance: np.ndarray, epsilon: float, out: np.ndarray) -> None:
    """Steps out = 1 / √(variance + epsilon)."""
    plan.step(np.add, variance, plan.constant(epsilon), out)
    plan.step(np.sqrt, out, out)
    plan.step(np.reciprocal, out, out)
