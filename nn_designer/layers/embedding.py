"""Whole numbers, looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.base import Category, LayerKind, Shape, WeightSpec
from nn_designer.layers.dense import initializer_titles
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.params import Choice, Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

MOST_INDEXES = 2**24
"""Up to here float32, which data are in, holds every whole number."""


class Embedding(LayerKind):
    """Looks each whole number up in a table that it learns: a list of word numbers becomes a series
    of vectors, in which similar words come to lie near each other.

    y[t] = row x[t] of the table. It takes whole numbers from 0 on, straight from the data and not
    scaled; what is outside when predicting counts as the nearest row.
    """

    key = "embedding"
    title = "Embedding"
    category = Category.ATTENTION
    formula = "y[t] = E[x[t]]"
    backward = "∂L/∂E[i] = Σ ∂L/∂y[t], Σ over all t with x[t] = i; ∂L/∂x = 0"
    source = "Bengio et al. 2003, A neural probabilistic language model"
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((4,),)
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "embeddings": ForeignTensor("weight", None)
    }

    input_dim = Int(
        1000,
        minimum=1,
        maximum=MOST_INDEXES,
        help="How many different numbers there are; the largest is one less.",
    )
    output_dim = Int(16, minimum=1, maximum=100_000, help="How many numbers each of them becomes.")
    embeddings_initializer = Choice(
        "uniform",
        initializer_titles,
        help="How the table is drawn before training.",
        advanced=True,
    )

    def summary(self) -> str:
        return f"{self.input_dim:,} → {self.output_dim:,}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return (*input_shapes[0], self.output_dim)

    def index_count(self) -> int:
        return self.input_dim

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        shape = (self.input_dim, self.output_dim)
        return (WeightSpec("embeddings", shape, self.embeddings_initializer, shape),)

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...]:
        return (f"nn.Embedding({self.input_dim}, {self.output_dim})",)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        size = self.output_dim
        table, gradient = plan.parameters("embeddings"), plan.gradients("embeddings")
        y = plan.new_value(self.output_shape([x.shape]))
        steps, batch = x.flat.shape
        rows, indexes = plan.scratch((steps, batch)), plan.buffer((steps, batch), np.intp)
        # fmax and fmin, for which a missing number (NaN) is the smallest: a cast would warn
        plan.step(partial(np.fmax, out=rows), x.flat, plan.filled(0.0, rows.shape))
        plan.step(partial(np.fmin, out=rows), rows, plan.filled(self.input_dim - 1.0, rows.shape))
        plan.step(np.copyto, indexes, rows, "unsafe")
        found = plan.scratch((steps, batch, size))
        plan.step(table.take, indexes, 0, found, "clip")
        plan.step(np.copyto, y.flat.reshape(steps, size, batch), found.transpose(0, 2, 1))

        def backward() -> None:
            # Adding up number by number (1 ns each) beats sorting, products with a table of ones
            # and adding up row by row, which NumPy does a hundred times more slowly.
            dy = plan.gradient(y).reshape(steps, size, batch)
            shares = plan.scratch((steps, batch, size))
            places = plan.scratch((steps, batch, size), np.intp)
            plan.step(np.copyto, shares, dy.transpose(0, 2, 1))
            plan.step(np.multiply, indexes[..., None], np.array(size), places)
            plan.step(np.add, places, np.arange(size), places)
            plan.step(gradient.fill, 0.0)
            plan.step(np.add.at, gradient.reshape(-1), places.reshape(-1), shares.reshape(-1))
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    plan.step(dx.fill, 0.0)

        plan.on_backward(backward, y)
        return y
