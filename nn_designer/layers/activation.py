"""An activation function as a layer of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers.base import Category, LayerKind, Shape
from nn_designer.layers.dense import activation_titles
from nn_designer.layers.exchange import torch_activation
from nn_designer.params import Choice

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class ActivationLayer(LayerKind):
    """Applies a function to each number that passes, for example after an Add.

    Layers such as Dense have an activation setting of their own; this one is for all other
    places.
    """

    key = "activation"
    title = "Activation"
    category = Category.ACTIVATION
    basic = True
    formula = "y = f(x), with the activation f"
    backward = "∂L/∂x = f′(x)·∂L/∂y"
    source = "Named with each function in docs/FUNCTIONS.md"

    activation = Choice("relu", activation_titles, help="The function to apply.")

    def summary(self) -> str:
        return ACTIVATIONS[self.activation].title

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return self.activation

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return torch_activation(self.activation)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return plan.activated(self.activation, inputs[0], overwrite=False)
