"""Multi-head attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.engine.attention import DotProductAttention
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
)
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.series import series_shape
from nn_designer.params import Bool, Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

PROJECTIONS = ("query", "key", "value")
OUTPUT = "attention_output"
SOURCES: dict[int, dict[str, int]] = {
    1: {"query": 0, "key": 0, "value": 0},
    2: {"query": 0, "key": 1, "value": 1},
    3: {"query": 0, "key": 2, "value": 1},
}
"""Number of inputs → which input each projection is made of; the order is Keras'."""


class MultiHeadAttention(LayerKind):
    """Lets each step of a series look at all the others and take over from those that matter to
    it. Several heads look for different things at the same time.

    With one input the series looks at itself (self-attention). With two, the first asks and the
    second answers (cross-attention): query, then value; a third one is the key. Each head projects
    them to Q, K and V, softmax(Q Kᵀ / √key_dim) V is what it finds, and a last projection brings the
    heads together. Kernels begin as those of a Dense layer (Keras counts their inputs differently).
    """

    key = "multi_head_attention"
    title = "MultiHeadAttention"
    category = Category.ATTENTION
    formula = "P = softmax(Q·Kᵀ / √d) for each head; y = Σ P·V·W + b, Σ over the heads"
    backward = (
        "∂L/∂V = Pᵀ·∂L/∂C; ∂L/∂P = ∂L/∂C·Vᵀ; ∂L/∂S = P∘(∂L/∂P - Σ P∘∂L/∂P); "
        "∂L/∂Q = ∂L/∂S·K / √d; ∂L/∂K = ∂L/∂Sᵀ·Q / √d, with C = P·V and S = Q·Kᵀ / √d"
    )
    source = "Vaswani et al. 2017, Attention is all you need"
    maximum_inputs = 3
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((5, 3),)
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        f"{name}_{tensor}": ForeignTensor(f"{name}_{tensor}", None)
        for name in ("query", "key", "value", "attention_output")
        for tensor in ("kernel", "bias")
    }

    num_heads = Int(4, minimum=1, maximum=1024, help="How many heads look at the same time.")
    key_dim = Int(16, minimum=1, maximum=100_000, help="How many numbers a head compares steps by.")
    value_dim = Int(
        0,
        minimum=0,
        maximum=100_000,
        help="How many numbers a head takes over from a step; 0: as many as the key dim.",
        advanced=True,
    )
    use_causal_mask = Bool(
        False, help="Whether a step sees only itself and those before it, not what is to come."
    )
    dropout = dropout_setting(0.0, "The share of looks that is left out in each training step.")
    use_bias = Bool(True, help="Whether the projections add a bias.", advanced=True)
    kernel_initializer = kernel_initializer_setting()
    bias_initializer = bias_initializer_setting()

    @property
    def is_random(self) -> bool:
        return self.dropout > 0.0

    def summary(self) -> str:
        heads = "1 head" if self.num_heads == 1 else f"{self.num_heads:,} heads"
        return f"{heads} of {self.key_dim:,}" + (", causal" if self.use_causal_mask else "")

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        series = [series_shape(self.title, shape) for shape in input_shapes]
        if len(series) == 3 and series[1][0] != series[2][0]:
            raise ShapeError(
                "MultiHeadAttention expects as many steps in its third input, the key, as in its "
                f"second, the value, but they are {shape_text(series[2])} and "
                f"{shape_text(series[1])}. Make the steps equal, or remove the third wire."
            )
        return series[0]

    def _sizes(self) -> dict[str, int]:
        """How many numbers of one head each projection makes."""
        return {"query": self.key_dim, "key": self.key_dim, "value": self.value_dim or self.key_dim}

    def _groups(self, n_inputs: int) -> list[tuple[int, dict[str, slice]]]:
        """The inputs that are projected, each with the columns of its projections."""
        groups = []
        for index in range(n_inputs):
            columns, start = {}, 0
            for name in PROJECTIONS:
                if SOURCES[n_inputs][name] == index:
                    stop = start + self.num_heads * self._sizes()[name]
                    columns[name] = slice(start, stop)
                    start = stop
            groups.append((index, columns))
        return groups

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        heads = self.num_heads
        specs: list[WeightSpec] = []
        for name in PROJECTIONS:
            features, size = input_shapes[SOURCES[len(input_shapes)][name]][-1], self._sizes()[name]
            fan = (features, heads * size)
            specs += self._specs(name, (features, heads, size), (heads, size), fan)
        features, size = input_shapes[0][-1], self._sizes()["value"]
        fan = (heads * size, features)
        return (*specs, *self._specs(OUTPUT, (heads, size, features), (features,), fan))

    def _specs(
        self, name: str, kernel: Shape, bias: Shape, fan: tuple[int, int]
    ) -> tuple[WeightSpec, ...]:
        return (
            WeightSpec(f"{name}_kernel", kernel, self.kernel_initializer, fan),
            WeightSpec(f"{name}_bias", bias, self.bias_initializer, fan),
        )[: 1 + self.use_bias]

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        blocks = {
            "_".join(columns): (
                input_shapes[index][-1] + self.use_bias,
                max(column.stop for column in columns.values()),
            )
            for index, columns in self._groups(len(input_shapes))
        }
        rows = self.num_heads * self._sizes()["value"] + self.use_bias
        return {**blocks, OUTPUT: (rows, input_shapes[0][-1])}

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        # Biases are the last row of a block.
        views: dict[str, np.ndarray] = {}
        for _, columns in self._groups(len(blocks) - 1):
            block = blocks["_".join(columns)]
            for name, column in columns.items():
                part = block[:, column].reshape(len(block), self.num_heads, -1, copy=False)
                views |= self._views(name, part)
        block = blocks[OUTPUT]
        output = self._views(OUTPUT, block)
        kernel = output[f"{OUTPUT}_kernel"]
        output[f"{OUTPUT}_kernel"] = kernel.reshape(self.num_heads, -1, block.shape[1], copy=False)
        ordered = {spec: views[spec] for name in PROJECTIONS for spec in self._names(name)}
        return {**ordered, **output}

    def _names(self, name: str) -> tuple[str, ...]:
        return (f"{name}_kernel", f"{name}_bias")[: 1 + self.use_bias]

    def _views(self, name: str, block: np.ndarray) -> dict[str, np.ndarray]:
        parts = (block[:-1], block[-1]) if self.use_bias else (block,)
        return dict(zip(self._names(name), parts, strict=True))

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        *_, (m, _) = input_shapes
        n, features = input_shapes[0]
        sizes = {name: self.num_heads * size for name, size in self._sizes().items()}
        projected = sum(
            input_shapes[index][0] * input_shapes[index][1] * sizes[name]
            for name, index in SOURCES[len(input_shapes)].items()
        )
        return projected + n * m * (sizes["key"] + sizes["value"]) + n * sizes["value"] * features

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        projected = [
            _Projection(plan, x, "_".join(columns), self.use_bias)
            for x, (_, columns) in zip(inputs, self._groups(len(inputs)), strict=True)
        ]
        parts = [
            (name, index, column)
            for index, columns in self._groups(len(inputs))
            for name, column in columns.items()
        ]
        batch, heads = plan.batch_size, self.num_heads
        arrays = {name: _heads(projected[i].values, column, heads) for name, i, column in parts}
        attention = DotProductAttention(
            plan,
            *(arrays[name] for name in PROJECTIONS),
            causal=self.use_causal_mask,
            dropout=self.dropout,
        )
        block, block_gradient = plan.parameters(OUTPUT), plan.gradients(OUTPUT)
        y = plan.new_value(inputs[0].shape)
        n, features = y.shape
        size = heads * self._sizes()["value"]
        contexts = plan.buffer((batch, n, len(block)))
        contexts[...] = 1  # the last column stays 1 and makes the bias
        found = _heads(contexts, slice(size), heads)
        attention.emit(found)
        plan.step(np.matmul, block.T, contexts.transpose(1, 2, 0), y.data)

        def backward() -> None:
            dy = plan.scratch((batch, n, features))
            plan.step(np.copyto, dy, y.shaped(plan.gradient(y)).transpose(2, 0, 1))
            rows = dy.reshape(-1, features)
            plan.matmul(contexts.reshape(-1, len(block)).T, rows, block_gradient)
            dcontexts = plan.scratch((batch * n, size))
            plan.matmul(rows, block[:size].T, dcontexts)
            given = [plan.scratch(each.values.shape) for each in projected]
            grads = {name: _heads(given[i], column, heads) for name, i, column in parts}
            attention.emit_backward(
                found,
                dcontexts.reshape(found.shape),
                *(grads[name] for name in PROJECTIONS),
            )
            for each, gradient in zip(projected, given, strict=True):
                each.emit_backward(gradient)

        plan.on_backward(backward, y)
        return y


class _Projection:
    """What one input is projected to, (B, steps, columns of its block), all at once."""

    def __init__(self, plan: Plan, x: Value, block: str, use_bias: bool) -> None:
        self._plan, self._x = plan, x
        self._block, self._gradient = plan.parameters(block), plan.gradients(block)
        steps, self._features = x.shape
        # (B, steps, features), and for the bias one more that stays 1
        self._rows = plan.buffer((plan.batch_size, steps, self._features + use_bias))
        self._rows[...] = 1
        plan.step(np.copyto, self._rows[..., : self._features], x.data.transpose(2, 0, 1))
        self.values = plan.buffer((plan.batch_size, steps, self._block.shape[1]))
        plan.matmul(_matrix(self._rows), self._block, _matrix(self.values))

    def emit_backward(self, gradient: np.ndarray) -> None:
        """Steps for the gradients of the block and the input, from that of :attr:`values`."""
        plan, x = self._plan, self._x
        plan.matmul(_matrix(self._rows).T, _matrix(gradient), self._gradient)
        if x.needs_gradient:
            with plan.gradient_target(x) as dx:
                kernel = self._block[: self._features]
                plan.step(np.matmul, kernel, gradient.transpose(1, 2, 0), x.shaped(dx))


def _matrix(series: np.ndarray) -> np.ndarray:
    """(B, steps, size) as (B · steps, size)."""
    return series.reshape(-1, series.shape[-1], copy=False)


def _heads(series: np.ndarray, column: slice, heads: int) -> np.ndarray:
    """Some columns of (B, steps, size) as (B, steps, heads, size of a head), without copying."""
    part = series[:, :, column]
    return part.reshape(*part.shape[:2], heads, -1, copy=False)
