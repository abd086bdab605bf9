"""Products of vectors and matrices along an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, shape_text
from nn_designer.params import Bool, Pair

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

SMALLEST_NORM = 1e-12
"""Shorter vectors are divided by this, as in Keras."""


class Dot(LayerKind):
    """Multiplies its two inputs along one axis each and adds up: how far two vectors point the
    same way. With Normalize, it is the cosine of the angle between them.

    Two lists of 8 numbers give one number; 5 × 8 and 8 × 3 with the axes 2, 1 give 5 × 3, a matrix
    product. Axes count from 1, as in Keras.
    """

    key = "dot"
    title = "Dot"
    category = Category.MERGE
    formula = "y = Σₖ a[…, k, …]·b[…, k, …]; normalized, a / ‖a‖ and b / ‖b‖ stand for a and b"
    backward = (
        "∂L/∂a = Σ ∂L/∂y·b over the axes that b alone has; ∂L/∂b = Σ ∂L/∂y·a over the axes that "
        "a alone has; normalized, with u = a / ‖a‖: ∂L/∂a = (∂L/∂u − u·(u·∂L/∂u)) / ‖a‖"
    )
    source = "Defined as in Keras"
    minimum_inputs = 2
    maximum_inputs = 2

    axes = Pair(
        (1, 1), maximum=4, help="The axis of the first and of the second input to add up along."
    )
    normalize = Bool(False, help="Whether vectors are scaled to length 1 first: then it is cosine.")

    def summary(self) -> str:
        axes = "axes {}, {}".format(*self.axes)
        return f"cosine, {axes}" if self.normalize else axes

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        first, second = input_shapes
        i, j = (axis - 1 for axis in self.axes)
        for shape, axis in ((first, i), (second, j)):
            if axis >= len(shape):
                raise ShapeError(
                    f"Dot is to add up along axis {axis + 1}, but that input is "
                    f"{shape_text(shape)}. Choose an axis from 1 to {len(shape)}."
                )
        if first[i] != second[j]:
            raise ShapeError(
                f"Dot adds up along axis {i + 1} of {shape_text(first)} and axis {j + 1} of "
                f"{shape_text(second)}, but their sizes {first[i]:,} and {second[j]:,} differ. "
                "Make them equal, or choose other axes."
            )
        rest = first[:i] + first[i + 1 :] + second[:j] + second[j + 1 :]
        return rest or (1,)

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        return math.prod(self.output_shape(input_shapes)) * input_shapes[0][self.axes[0] - 1]

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        y = plan.new_value(self.output_shape([x.shape for x in inputs]))
        left, right, result = self._letters(*(len(x.shape) for x in inputs))
        arrays = [x.data for x in inputs]
        if self.normalize:
            lengths = [
                _emit_lengths(plan, x.data, axis - 1)
                for x, axis in zip(inputs, self.axes, strict=True)
            ]
            arrays = [plan.buffer(x.data.shape) for x in inputs]
            for x, length, array in zip(inputs, lengths, arrays, strict=True):
                plan.step(np.divide, x.data, length, array)
        a, b = arrays
        rest_shape = tuple(y.shape[: len(result) - 1])
        _emit_product(plan, left, a, right, b, result, y.data.reshape(*rest_shape, -1))

        def backward() -> None:
            dy = y.shaped(plan.gradient(y)).reshape(*rest_shape, -1)
            for k, (x, other) in enumerate(zip(inputs, (b, a), strict=True)):
                if not x.needs_gradient:
                    continue
                mine, others = (left, right) if k == 0 else (right, left)
                with plan.gradient_target(x) as dx:
                    target = x.shaped(dx)
                    _emit_product(plan, result, dy, others, other, mine, target)
                    if self.normalize:
                        _emit_normalized_backward(
                            plan, arrays[k], lengths[k], self.axes[k] - 1, target
                        )

        plan.on_backward(backward, y)
        return y

    def _letters(self, first_rank: int, second_rank: int) -> tuple[str, str, str]:
        """The axes of both inputs and the result as letters: k is summed, z is the batch."""
        left, right = list("abcd"[:first_rank]), list("efgh"[:second_rank])
        left[self.axes[0] - 1] = right[self.axes[1] - 1] = "k"
        rest = [letter for letter in (*left, *right) if letter != "k"]
        return "".join(left) + "z", "".join(right) + "z", "".join(rest) + "z"


def _emit_product(
    plan: Plan, left: str, a: np.ndarray, right: str, b: np.ndarray, result: str, out: np.ndarray
) -> None:
    plan.step(partial(np.einsum, f"{left},{right}->{result}", out=out), a, b)


def _emit_lengths(plan: Plan, x: np.ndarray, axis: int) -> np.ndarray:
    """The lengths of the vectors along ``axis``, which stays with size 1."""
    squares = plan.scratch(x.shape)
    lengths = plan.buffer((*x.shape[:axis], 1, *x.shape[axis + 1 :]))
    plan.step(np.square, x, squares)
    plan.sum(squares, axis, lengths)
    plan.step(np.sqrt, lengths, lengths)
    plan.maximum(lengths, SMALLEST_NORM, lengths)
    return lengths


def _emit_normalized_backward(
    plan: Plan, u: np.ndarray, length: np.ndarray, axis: int, du: np.ndarray
) -> None:
    """∂/∂x = (∂/∂u - u (u · ∂/∂u)) / length for u = x / length, in place."""
    product, along = plan.scratch(u.shape), plan.scratch(length.shape)
    plan.step(np.multiply, u, du, product)
    plan.sum(product, axis, along)
    plan.step(np.multiply, u, along, product)
    plan.step(np.subtract, du, product, du)
    plan.step(np.divide, du, length, du)
