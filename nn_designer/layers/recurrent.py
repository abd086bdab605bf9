"""What the recurrent layers share: settings, shape rule, weights, directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.recurrence import Recurrence, Tensors
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
    dropout_setting,
    kernel_initializer_setting,
    l1_setting,
    l2_setting,
)
from nn_designer.layers.direction_merge import MERGE_MODES, Merge
from nn_designer.layers.dropout import emit_dropout_mask
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.initializer_choice import InitializerChoice
from nn_designer.params import Bool, Choice, Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

DIRECTIONS = {
    "forward": "Forward",
    "backward": "Backward",
    "both": "Both ways",
}


def elementwise_titles() -> dict[str, str]:
    """Key → title of the activations that look at each number alone, for a choice."""
    return {key: found.title for key, found in ACTIVATIONS.items() if found.elementwise}


class Way(NamedTuple):
    """One direction: what the names of its tensors begin with, and the steps (1 or -1) through
    the series that it reads and the one that it writes."""

    prefix: str
    reads: int
    writes: int


class RecurrentKind(LayerKind):
    """Base of the layers that read a series step by step and keep a state meanwhile."""

    category = Category.RECURRENT
    example_inputs: ClassVar[tuple[Shape, ...]] = ((4, 3),)
    n_gates: ClassVar[int]
    """Blocks of ``units`` columns in the kernels."""
    blocks_in_torch: ClassVar[tuple[int, ...]] = ()
    """Which of our gates each of PyTorch's is; nothing if they have the same order."""
    first_params = ("units", "return_sequences", "direction", "merge_mode", "activation")

    units = Int(32, minimum=1, maximum=1_000_000, help="How many numbers the state has.")
    activation = Choice(
        "tanh", elementwise_titles, help="The function applied to each sum that enters the state."
    )
    return_sequences = Bool(
        False,
        help="Whether the state after every step goes on, as a series, or only the last one. A "
        "recurrent layer behind this one needs the series.",
    )
    direction = Choice(
        "forward",
        DIRECTIONS,
        help="In which order the steps are read. Both ways there are two sets of weights, and "
        "what they make is put together. Backward, a series goes on in the order it was read.",
    )
    merge_mode = Choice(
        "concat",
        MERGE_MODES,
        help="How the states of both directions are put together; side by side there are twice "
        "as many numbers.",
        visible_if=("direction", ("both",)),
    )
    dropout = dropout_setting(
        0.0,
        "The share of features set to zero while training; the same ones in all steps of a series.",
        advanced=True,
    )
    use_bias = Bool(True, help="Whether a bias is added to each sum.", advanced=True)
    kernel_initializer = kernel_initializer_setting("weights of the inputs")
    recurrent_initializer = InitializerChoice(
        "orthogonal",
        help="How the weights of the state are drawn before training.",
        advanced=True,
    )
    bias_initializer = bias_initializer_setting()
    l1 = l1_setting(", for both kernels")
    l2 = l2_setting(", for both kernels")

    @property
    def is_random(self) -> bool:
        return self.dropout > 0.0

    def summary(self) -> str:
        words = [f"{self.units:,} unit" if self.units == 1 else f"{self.units:,} units"]
        if self.direction == "both":
            words.append("both ways")
        elif self.direction == "backward":
            words.append("backward")
        if self.return_sequences:
            words.append("series")
        return ", ".join(words)

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        if len(shape) != 2:
            advice = "Insert a Reshape layer before it"
            if len(shape) == 1:
                advice += ", or let a recurrent layer before it return sequences"
            raise ShapeError(
                f"{self.title} expects a series of steps × features, but it receives "
                f"{shape_text(shape)}. {advice}."
            )
        wide = self.direction == "both" and self.merge_mode == "concat"
        units = 2 * self.units if wide else self.units
        return (shape[0], units) if self.return_sequences else (units,)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        ((_, n_features),) = input_shapes
        return tuple(spec for way in self._ways() for spec in self._specs(way.prefix, n_features))

    def _ways(self) -> tuple[Way, ...]:
        if self.direction == "both":
            return Way("forward_", 1, 1), Way("backward_", -1, -1)
        return (Way("", 1 if self.direction == "forward" else -1, 1),)

    def _specs(self, prefix: str, n_features: int) -> list[WeightSpec]:
        columns = self.n_gates * self.units
        decay = (self.l1, self.l2)
        kernel, state = (n_features, columns), (self.units, columns)
        specs = [
            WeightSpec(f"{prefix}kernel", kernel, self.kernel_initializer, kernel, *decay),
            WeightSpec(
                f"{prefix}recurrent_kernel", state, self.recurrent_initializer, state, *decay
            ),
        ]
        return [*specs, self._bias_spec(f"{prefix}bias", kernel)] if self.use_bias else specs

    def _bias_spec(self, name: str, fan: tuple[int, int]) -> WeightSpec:
        return WeightSpec(name, (self.n_gates * self.units,), self.bias_initializer, fan)

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        return {
            spec.name: spec.shape if spec.name.endswith("bias") else spec.shape[::-1]
            for spec in self.weight_specs(input_shapes)
        }

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: block if name.endswith("bias") else block.T for name, block in blocks.items()}

    def tensors_in_torch(self) -> Mapping[str, ForeignTensor]:
        """None where PyTorch has no layer with these settings."""
        if not self._is_in_torch():
            return {}
        found: dict[str, ForeignTensor] = {}
        two_rows = len(self._bias_spec("", (0, 0)).shape) == 2
        for way in self._ways():
            end = "l0_reverse" if way.prefix == "backward_" else "l0"
            blocks = self.blocks_in_torch
            found[f"{way.prefix}kernel"] = ForeignTensor(f"weight_ih_{end}", (1, 0), blocks)
            found[f"{way.prefix}recurrent_kernel"] = ForeignTensor(
                f"weight_hh_{end}", (1, 0), blocks
            )
            found[f"{way.prefix}bias"] = ForeignTensor(
                f"bias_ih_{end}", None, blocks, f"bias_hh_{end}", two_rows
            )
        return found

    def _is_in_torch(self) -> bool:
        """Whether PyTorch has a layer that does the same."""
        return self.activation == "tanh" and self.gate_activation() in ("sigmoid", "linear")

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        ((n_steps, _),) = input_shapes
        specs = self.weight_specs(input_shapes)
        return n_steps * sum(spec.size for spec in specs if spec.name.endswith("kernel"))

    def n_steps_in_turn(self, input_shapes: Sequence[Shape]) -> int:
        return input_shapes[0][0] * len(self._ways())

    # --- the maths ---

    def steps_class(self) -> type[Recurrence]:
        """The cell."""
        raise NotImplementedError

    def gate_activation(self) -> str:
        """The key of the activation of the gates; without gates it is of no meaning."""
        return "linear"

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        mask = None
        if plan.training and self.dropout > 0.0:
            mask = plan.buffer((x.shape[1], plan.batch_size))
            emit_dropout_mask(plan, self.dropout, mask)
        ways = self._ways()
        cells = [self._cell(plan, way, x, mask, y.needs_gradient) for way in ways]
        merge = Merge(plan, y.data, self.merge_mode, len(ways))
        for way, cell, part in zip(ways, cells, merge.parts, strict=True):
            cell.emit_forward()
            if self.return_sequences:
                cell.emit_states(part[:: way.writes])
            else:
                plan.step(np.copyto, part, cell.last_state)
        merge.emit_forward()

        def backward() -> None:
            gradients = merge.emit_backward(y.shaped(plan.gradient(y)))
            for way, cell, gradient in zip(ways, cells, gradients, strict=True):
                if self.return_sequences:
                    cell.emit_backward(list(gradient[:: way.writes]))
                else:
                    cell.emit_backward([None] * (cell.n_steps - 1) + [gradient])
                if x.needs_gradient:
                    with plan.gradient_target(x) as dx:
                        cell.emit_input_gradient(x.shaped(dx)[:: way.reads])

        plan.on_backward(backward, y)
        return y

    def _cell(
        self, plan: Plan, way: Way, x: Value, mask: np.ndarray | None, differentiates: bool
    ) -> Recurrence:
        def tensors(blocks: Callable[[str], np.ndarray]) -> Tensors:
            bias = blocks(f"{way.prefix}bias") if self.use_bias else None
            kernel, recurrent_kernel = f"{way.prefix}kernel", f"{way.prefix}recurrent_kernel"
            return Tensors(blocks(kernel), blocks(recurrent_kernel), bias)

        return self.steps_class()(
            plan,
            x.data[:: way.reads],
            tensors(plan.parameters),
            tensors(plan.gradients),
            ACTIVATIONS[self.activation],
            ACTIVATIONS[self.gate_activation()],
            mask=mask,
            differentiates=differentiates,
        )
