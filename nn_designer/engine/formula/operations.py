"""What formulas are made of: each operation with its steps and its partial derivatives.

An operation's function works on arrays and takes its output as ``out``; ``partials(graph, seed,
result, *operands)`` gives seed · ∂result/∂operand for each operand, as nodes; None is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.activation import emit_sigmoid
from nn_designer.engine.normal_distribution import emit_normal_distribution
from nn_designer.engine.program import Program

if TYPE_CHECKING:
    from nn_designer.engine.formula.graph import Graph

Partials = Callable[..., Sequence[int | None]]
Emit = Callable[[Program, np.ndarray, Sequence[np.ndarray]], None]


@dataclass(frozen=True)
class Operation:
    """``title`` begins a sentence: "The logarithm has no value for -1"."""

    title: str
    function: Callable[..., Any]
    """Of float64 arrays or numbers; a part without x is worked out with it."""
    partials: Partials
    emit: Emit
    """Steps out = the operation of arrays; ``out`` is none of them."""
    is_condition: bool = False
    """Whether the result is true or false for each number."""


def _ufunc(
    title: str, function: Callable[..., Any], partials: Partials, condition: bool = False
) -> Operation:
    """An operation that NumPy has."""

    def emit(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
        # By keyword: np.maximum and np.minimum want it so.
        program.step(partial(function, out=out), *operands)

    return Operation(title, function, partials, emit, condition)


def _of_one(title: str, function: Callable[..., Any], slope: Callable[..., int]) -> Operation:
    """An operation of one number; ``slope(graph, result, x)`` is the node of its derivative."""

    def partials(graph: Graph, seed: int, y: int, x: int) -> Sequence[int | None]:
        return (graph.multiply(seed, slope(graph, y, x)),)

    return _ufunc(title, function, partials)


def _nothing(graph: Graph, seed: int, y: int, *operands: int) -> Sequence[int | None]:
    return (None,) * len(operands)


# --- arithmetic ---


def _add(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
    return seed, seed


def _subtract(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
    return seed, g.negative(seed)


def _multiply(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
    return g.multiply(seed, b), g.multiply(seed, a)


def _divide(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
    share = g.divide(seed, b)  # ∂a = seed / b, ∂b = -seed / b · y
    return share, g.negative(g.multiply(share, y))


def _negative(g: Graph, seed: int, y: int, a: int) -> Sequence[int | None]:
    return (g.negative(seed),)


def _power(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
    lowered = g.power(a, g.subtract(b, g.constant(1.0)))  # ∂a = b a^(b - 1), ∂b = a^b log a
    of_base = g.multiply(seed, g.multiply(b, lowered))
    if g.constant_value(b) is not None:
        return of_base, None
    return of_base, g.multiply(seed, g.multiply(y, g.apply("log", a)))


def _extremum(sign: float) -> Partials:
    """Of a maximum (1) or a minimum (-1): equal numbers share, as in PyTorch."""

    def partials(g: Graph, seed: int, y: int, a: int, b: int) -> Sequence[int | None]:
        half = g.multiply(seed, g.constant(0.5))
        difference = g.apply("sign", g.subtract(a, b))
        side = g.multiply(g.multiply(half, g.constant(sign)), difference)
        return g.add(half, side), g.subtract(half, side)

    return partials


def _largest_or_smallest(title: str, function: Callable[..., Any], sign: float) -> Operation:
    def emit(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
        # Full arrays in place of numbers: see Program.filled.
        arrays = [
            each if each.ndim else program.filled(float(each), out.shape) for each in operands
        ]
        program.step(partial(function, out=out), *arrays)

    return Operation(title, function, _extremum(sign), emit)


# --- one number ---


def _one_minus_square(g: Graph, y: int, x: int) -> int:
    return g.subtract(g.constant(1.0), g.multiply(y, y))


def _one_plus_square(g: Graph, y: int, x: int) -> int:
    return g.add(g.constant(1.0), g.multiply(y, y))


def _sigmoid_slope(g: Graph, y: int, x: int) -> int:
    return g.subtract(y, g.multiply(y, y))


def _bell(g: Graph, y: int, x: int) -> int:
    exponent = g.negative(g.multiply(x, x))
    return g.multiply(g.constant(2.0 / math.sqrt(math.pi)), g.apply("exp", exponent))


def _sigmoid(x: Any) -> Any:
    return 0.5 * np.tanh(0.5 * x) + 0.5


def _emit_sigmoid(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
    emit_sigmoid(program, operands[0], out)


def _emit_softplus(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
    # log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|)
    (x,) = operands
    positive = program.scratch(x.shape)
    program.step(np.absolute, x, out)
    program.step(np.negative, out, out)
    program.step(np.exp, out, out)
    program.step(np.log1p, out, out)
    program.maximum(x, 0.0, positive)
    program.step(np.add, out, positive, out)


def _emit_erf(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
    # erf(x) = 2 Φ(√2 x) - 1
    (x,) = operands
    scaled, bell = program.scratch(x.shape), program.scratch(x.shape)
    program.step(np.multiply, x, program.constant(math.sqrt(2.0)), scaled)
    emit_normal_distribution(program, scaled, out, bell)
    program.step(np.multiply, out, program.constant(2.0), out)
    program.step(np.subtract, out, program.constant(1.0), out)


def _relu_partials(g: Graph, seed: int, y: int, x: int) -> Sequence[int | None]:
    zero = g.constant(0.0)
    return (g.where(g.apply("greater", x, zero), seed, zero),)


def _emit_relu(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
    program.maximum(operands[0], 0.0, out)


# --- choices ---


def _where(g: Graph, seed: int, y: int, c: int, a: int, b: int) -> Sequence[int | None]:
    zero = g.constant(0.0)
    return None, g.where(c, seed, zero), g.where(c, zero, seed)


def _emit_where(program: Program, out: np.ndarray, operands: Sequence[np.ndarray]) -> None:
    condition, chosen, other = operands
    program.step(np.copyto, out, other)
    program.step(np.copyto, out, chosen, "same_kind", condition)


OPERATIONS: dict[str, Operation] = {
    "add": _ufunc("A sum", np.add, _add),
    "subtract": _ufunc("A difference", np.subtract, _subtract),
    "multiply": _ufunc("A product", np.multiply, _multiply),
    "divide": _ufunc("A division", np.divide, _divide),
    "negative": _ufunc("A change of sign", np.negative, _negative),
    "power": _ufunc("A power", np.power, _power),
    "maximum": _largest_or_smallest("A maximum", np.maximum, 1.0),
    "minimum": _largest_or_smallest("A minimum", np.minimum, -1.0),
    "square": _of_one("A square", np.square, lambda g, y, x: g.multiply(g.constant(2.0), x)),
    "exp": _of_one("The exponential function", np.exp, lambda g, y, x: y),
    "log": _of_one("The logarithm", np.log, lambda g, y, x: g.divide(g.constant(1.0), x)),
    "sqrt": _of_one("The square root", np.sqrt, lambda g, y, x: g.divide(g.constant(0.5), y)),
    "absolute": _of_one("The size", np.absolute, lambda g, y, x: g.apply("sign", x)),
    "sign": _ufunc("The sign", np.sign, _nothing),
    "sin": _of_one("The sine", np.sin, lambda g, y, x: g.apply("cos", x)),
    "cos": _of_one("The cosine", np.cos, lambda g, y, x: g.negative(g.apply("sin", x))),
    "tan": _of_one("The tangent", np.tan, _one_plus_square),
    "arctan": _of_one(
        "The arctangent",
        np.arctan,
        lambda g, y, x: g.divide(g.constant(1.0), _one_plus_square(g, x, x)),
    ),
    "sinh": _of_one("The hyperbolic sine", np.sinh, lambda g, y, x: g.apply("cosh", x)),
    "cosh": _of_one("The hyperbolic cosine", np.cosh, lambda g, y, x: g.apply("sinh", x)),
    "tanh": _of_one("The hyperbolic tangent", np.tanh, _one_minus_square),
    "sigmoid": Operation(
        "The sigmoid",
        _sigmoid,
        lambda g, seed, y, x: (g.multiply(seed, _sigmoid_slope(g, y, x)),),
        _emit_sigmoid,
    ),
    "softplus": Operation(
        "Softplus",
        lambda x: np.logaddexp(0.0, x),
        lambda g, seed, y, x: (g.multiply(seed, g.apply("sigmoid", x)),),
        _emit_softplus,
    ),
    "erf": Operation(
        "The error function",
        lambda x: math.erf(x),
        lambda g, seed, y, x: (g.multiply(seed, _bell(g, y, x)),),
        _emit_erf,
    ),
    "relu": Operation("ReLU", lambda x: np.maximum(x, 0.0), _relu_partials, _emit_relu),
    "greater": _ufunc("A comparison", np.greater, _nothing, condition=True),
    "greater_equal": _ufunc("A comparison", np.greater_equal, _nothing, condition=True),
    "less": _ufunc("A comparison", np.less, _nothing, condition=True),
    "less_equal": _ufunc("A comparison", np.less_equal, _nothing, condition=True),
    "where": Operation("A choice", np.where, _where, _emit_where),
}
