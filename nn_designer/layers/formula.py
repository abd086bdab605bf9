"""A function that the person writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.formula import FormulaError, FormulaSteps, gaps, parse
from nn_designer.layers.base import Category, LayerKind, Shape
from nn_designer.params import Text

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


def problem_with(text: str) -> str:
    """What is wrong with a formula, as a sentence; empty: nothing."""
    try:
        parse(text)
    except FormulaError as error:
        return str(error)
    return ""


class Formula(LayerKind):
    """Applies a function that you write yourself to each number that passes, x:
    x * sigmoid(x), or max(0, x) - 0.1 * x^2.

    There are + - * / ^, parentheses, pi, e, and exp, log, sqrt, abs, sin, cos, tan, tanh, sigmoid,
    relu, softplus, erf, gelu, min, max, sign and others; where(x > 0, x, 0) chooses. The slope that
    learning needs is worked out from the formula exactly.
    """

    key = "formula"
    title = "Formula"
    category = Category.ACTIVATION
    formula = "y = f(x), number by number, f as written"
    backward = "∂L/∂x = f'(x)·∂L/∂y, f' differentiated exactly from the text"
    source = "Griewank and Walther 2008, Evaluating derivatives: reverse-mode differentiation"

    expression = Text(
        "x * sigmoid(x)",
        maximum_length=200,
        problem=problem_with,
        pattern_means="an expression in x",
        help="The function in x, such as x * sigmoid(x) or max(0, x) - 0.1 * x^2.",
    )

    def summary(self) -> str:
        return self.expression

    def caution(self) -> str:
        found = gaps(self.expression)
        if not found:
            return ""
        return (
            f"Formula has {found}; a number from there makes the training fail. Keep x away from "
            "it, as in log(max(x, 0.01))."
        )

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(x.shape)
        steps = FormulaSteps(plan, parse(self.expression), x.flat)
        steps.emit_value(y.flat, with_slope=y.needs_gradient)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                steps.emit_slope(dx)
                plan.step(np.multiply, dx, plan.gradient(y), dx)

        plan.on_backward(backward, y)
        return y
