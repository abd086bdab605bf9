"""The functions that a formula may call, each made of operations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from nn_designer.engine.formula.graph import Graph

MANY = 20
"""The most values that a function takes."""


@dataclass(frozen=True)
class Function:
    """``make(graph, *operands)`` returns the node of its value."""

    example: str
    make: Callable[..., int]
    fewest: int = 1
    most: int = 1


def _operation(name: str, operation: str = "") -> Function:
    return Function(f"{name}(x)", lambda graph, x: graph.apply(operation or name, x))


def _made_of(name: str, make: Callable[[Graph, int], int]) -> Function:
    return Function(f"{name}(x)", make)


def _extremum(name: str, operation: str) -> Function:
    def make(graph: Graph, *operands: int) -> int:
        return reduce(lambda a, b: a if a == b else graph.apply(operation, a, b), operands)

    return Function(f"{name}(x, 0)", make, 2, MANY)


def _silu(graph: Graph, x: int) -> int:
    return graph.multiply(x, graph.apply("sigmoid", x))


def _gelu(graph: Graph, x: int) -> int:
    # x Φ(x)
    error = graph.apply("erf", graph.multiply(x, graph.constant(math.sqrt(0.5))))
    half = graph.multiply(x, graph.constant(0.5))
    return graph.multiply(half, graph.add(graph.constant(1.0), error))


def _logarithm(base: float) -> Callable[[Graph, int], int]:
    factor = 1.0 / math.log(base)
    return lambda graph, x: graph.multiply(graph.constant(factor), graph.apply("log", x))


FUNCTIONS: dict[str, Function] = {
    **{
        name: _operation(name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign")
    },
    **{name: _operation(name) for name in ("sigmoid", "softplus", "erf", "relu")},
    "abs": _operation("abs", "absolute"),
    "atan": _operation("atan", "arctan"),
    "ln": _operation("ln", "log"),
    "log2": _made_of("log2", _logarithm(2.0)),
    "log10": _made_of("log10", _logarithm(10.0)),
    "square": _made_of("square", lambda graph, x: graph.multiply(x, x)),
    "silu": _made_of("silu", _silu),
    "gelu": _made_of("gelu", _gelu),
    "max": _extremum("max", "maximum"),
    "min": _extremum("min", "minimum"),
}
"""Name → function."""
