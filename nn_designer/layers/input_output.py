"""Where samples enter the network and where the loss attaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn_designer.layers.base import Category, LayerKind, Shape, shape_text
from nn_designer.params import Dimensions

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Input(LayerKind):
    """The place where data enters: each sample has this shape.

    A table with four columns has the shape 4; a grey image of 28 by 28 pixels has the shape
    28 × 28 × 1. When data is chosen, the shape follows it.
    """

    key = "input"
    title = "Input"
    category = Category.INPUT_OUTPUT
    minimum_inputs = 0
    maximum_inputs = 0

    shape = Dimensions((2,), help="The sizes of one sample, such as 4 or 28 × 28 × 1.")

    def summary(self) -> str:
        return shape_text(self.shape)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return self.shape

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ()

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return plan.input_value(self.shape)


class Output(LayerKind):
    """The end of the network: what arrives here is the prediction, and the loss looks at it.

    It computes nothing. The layer before it decides how many numbers come out (its units) and
    their range (its activation).
    """

    key = "output"
    title = "Output"
    category = Category.INPUT_OUTPUT
    has_output = False

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return input_activations[0]

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ()

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return inputs[0]
