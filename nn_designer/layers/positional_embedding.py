"""Where in a series a step stands, added to what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, WeightSpec
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.initializer_choice import InitializerChoice
from nn_designer.layers.series import series_shape
from nn_designer.params import Choice, Float

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

KINDS = {"learned": "Learned", "sinusoidal": "Sine waves"}


class PositionalEmbedding(LayerKind):
    """Adds to each step of a series numbers that tell where it stands. Attention alone can't know:
    to it, a series is a set.

    y[t] = x[t] + P[t]. P is learned, or made of sine waves of many lengths, with d features:
    P[t, 2i] = sin(t / wavelength^(2i / d)), P[t, 2i + 1] = cos(t / wavelength^(2i / d)).
    """

    key = "positional_embedding"
    title = "PositionalEmbedding"
    category = Category.ATTENTION
    formula = "y[t] = x[t] + P[t]"
    backward = "∂L/∂x = ∂L/∂y; ∂L/∂P = Σ ∂L/∂y"
    source = "Vaswani et al. 2017, Attention is all you need, 3.5"
    example_inputs = ((4, 3),)
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "embeddings": ForeignTensor("embeddings", None)
    }

    kind = Choice("learned", KINDS, help="Whether what is added is learned, or made of sine waves.")
    initializer = InitializerChoice(
        "glorot_uniform",
        help="How what is added is drawn before training.",
        advanced=True,
        visible_if=("kind", ("learned",)),
    )
    max_wavelength = Float(
        10_000.0,
        minimum=1.0,
        maximum=1e9,
        exclusive_minimum=True,
        logarithmic=True,
        help="The length of the longest wave, by 2π: longer than the series.",
        advanced=True,
        visible_if=("kind", ("sinusoidal",)),
    )

    def summary(self) -> str:
        return KINDS[self.kind].lower()

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return series_shape(self.title, input_shapes[0])

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        if self.kind != "learned":
            return ()
        steps, features = series_shape(self.title, input_shapes[0])
        return (WeightSpec("embeddings", (steps, features), self.initializer, (steps, features)),)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        learned = self.kind == "learned"
        if learned:
            positions, gradient = plan.parameters("embeddings"), plan.gradients("embeddings")
        else:
            steps, features = x.shape
            positions = sine_waves(steps, features, self.max_wavelength).astype(plan.dtype)
        y = plan.new_value(x.shape)
        plan.step(np.add, x.data, positions[..., None], y.data)

        def backward() -> None:
            dy = plan.gradient(y)
            if learned:
                plan.step(dy.dot, plan.filled(1.0, (plan.batch_size,)), gradient.reshape(-1))
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    plan.step(np.copyto, dx, dy)

        plan.on_backward(backward, y)
        return y


def sine_waves(steps: int, features: int, max_wavelength: float) -> np.ndarray:
    """P of the docstring above, (steps, features), in float64."""
    even = 2 * (np.arange(features) // 2)
    angle = np.arange(steps)[:, None] * max_wavelength ** (-even / features)
    return np.where(np.arange(features) % 2, np.cos(angle), np.sin(angle))
