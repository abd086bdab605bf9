"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers.base import (
    Category,
    LayerKind,
    Shape,
    ShapeError,
    WeightSpec,
    shape_text,
)
from nn_designer.layers.common_settings import (
    bias_initializer_setting,
    kernel_initializer_setting,
    l1_setting,
    l2_setting,
)
from nn_designer.layers.exchange import ForeignTensor, torch_activation
from nn_designer.params import Bool, Choice, Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


def activation_titles() -> dict[str, str]:
    """Key → title of the activations, for a choice."""
    return {key: activation.title for key, activation in ACTIVATIONS.items()}


class Dense(LayerKind):
    """Fully connected: every neuron sees all inputs, weighs them, adds its bias and bends the
    sum with the activation.

    It is the basic layer of most networks.
    """

    key = "dense"
    title = "Dense"
    category = Category.CORE
    basic = True
    formula = "z = kernelᵀ·x + bias; y = f(z), with the activation f"
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂x = kernel·∂L/∂z; ∂L/∂kernel = Σ x·∂L/∂zᵀ; ∂L/∂bias = Σ ∂L/∂z"
    )
    source = (
        'Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors"'
    )
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "kernel": ForeignTensor("weight", (1, 0)),
        "bias": ForeignTensor("bias", (0,)),
    }

    units = Int(10, minimum=1, maximum=1_000_000_000, help="How many neurons the layer has.")
    activation = Choice("relu", activation_titles, help="The function applied to each sum.")
    use_bias = Bool(True, help="Whether each neuron has a bias added to its sum.", advanced=True)
    kernel_initializer = kernel_initializer_setting()
    bias_initializer = bias_initializer_setting()
    l1 = l1_setting()
    l2 = l2_setting()

    def summary(self) -> str:
        return f"{self.units:,} unit" if self.units == 1 else f"{self.units:,} units"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if len(shape) != 1:
            raise ShapeError(
                f"Dense expects a flat list of numbers, but it receives {shape_text(shape)}. "
                "Insert a Flatten layer before it."
            )
        return (self.units,)

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return self.activation

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        ((n_inputs,),) = input_shapes
        fan = (n_inputs, self.units)
        kernel = WeightSpec(
            "kernel", (n_inputs, self.units), self.kernel_initializer, fan, self.l1, self.l2
        )
        if not self.use_bias:
            return (kernel,)
        return (kernel, WeightSpec("bias", (self.units,), self.bias_initializer, fan))

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        ((n_inputs,),) = input_shapes
        return {"block": (self.units, n_inputs + self.use_bias)}

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        block = blocks["block"]  # (units, inputs + 1): the bias is the last column
        if not self.use_bias:
            return {"kernel": block.T}
        return {"kernel": block[:, :-1].T, "bias": block[:, -1]}

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        ((n_inputs,),) = input_shapes
        bias = "" if self.use_bias else ", bias=False"
        return (
            f"nn.Linear({n_inputs}, {self.units}{bias})",
            *torch_activation(self.activation),
        )

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        ((n_inputs,),) = input_shapes
        return n_inputs * self.units

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        block, block_gradient = plan.parameters("block"), plan.gradients("block")
        # Without the ones, BLAS would copy the rows of an Input in each product.
        rows = x.augmented if self.use_bias else plan.batch_last(x)
        z = plan.new_value((self.units,))
        plan.matmul(block, rows, z.flat)

        def backward() -> None:
            dz = plan.gradient(z)
            plan.weight_gradient(dz, rows, block_gradient)
            if x.needs_gradient:
                # With a bias there is one more row of no meaning: slicing it off the block
                # would make BLAS work on a copy.
                with plan.gradient_target(x, augmented=self.use_bias) as dx:
                    plan.matmul(block.T, dz, dx)

        plan.on_backward(backward, z)
        return plan.activated(self.activation, z, overwrite=True)
