"""Where samples enter the network and where the loss attaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn_designer.engine.loss import OwnLoss
from nn_designer.layers.base import Category, LayerKind, Shape, shape_text
from nn_designer.params import Choice, Dimensions, Float, Text

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


AS_TRAINING = "training"
"""The loss of an Output that has none of its own."""


def output_loss_titles() -> dict[str, str]:
    """Key → title of the losses that an Output may have, for a choice."""
    from nn_designer.engine.losses import LOSSES

    return {
        AS_TRAINING: "As in the training settings",
        **{key: loss.title for key, loss in LOSSES.items()},
    }


class Input(LayerKind):
    """The place where data enters: each sample has this shape.

    A table with four columns has the shape 4; a grey image of 28 by 28 pixels has the shape
    28 × 28 × 1. When data is chosen, the shape follows it.
    """

    key = "input"
    title = "Input"
    category = Category.INPUT_OUTPUT
    basic = True
    minimum_inputs = 0
    maximum_inputs = 0

    shape = Dimensions((2,), help="The sizes of one sample, such as 4 or 28 × 28 × 1.")
    features = Text(
        "",
        maximum_length=10_000,
        help="The columns of the data that enter here, between commas. Empty: all that no other "
        "Input names.",
        advanced=True,
    )

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
    their range (its activation). With several Outputs, each has its own loss, and training makes
    the sum of them small, each multiplied by its weight.
    """

    key = "output"
    title = "Output"
    category = Category.INPUT_OUTPUT
    basic = True
    formula = "y = x"
    backward = "∂L/∂x = ∂L/∂y, which the loss gives"
    has_output = False

    target = Text(
        "",
        maximum_length=1000,
        help="The column of the data that is learned here. Empty: the first that no other Output "
        "learns.",
        advanced=True,
    )
    loss = Choice(
        AS_TRAINING,
        output_loss_titles,
        help="What training makes small here: how wrong these answers are.",
        advanced=True,
    )
    loss_weight = Float(
        1.0,
        minimum=0.0,
        maximum=1e6,
        help="How much this output counts: its loss is multiplied by it before the losses of all "
        "outputs are added up.",
        advanced=True,
    )

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return input_activations[0]

    def own_loss(self) -> OwnLoss:
        return OwnLoss(None if self.loss == AS_TRAINING else self.loss, self.loss_weight)

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return ()

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        return inputs[0]
