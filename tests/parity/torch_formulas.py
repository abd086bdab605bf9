"""Formulas as PyTorch computes and differentiates them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F

Number = torch.Tensor | float


def _tensor(x: Number) -> torch.Tensor:
    return x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64)


def _of_one(function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Number], torch.Tensor]:
    return lambda x: function(_tensor(x))


def _of_many(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    return lambda *xs: reduce(function, torch.broadcast_tensors(*(_tensor(x) for x in xs)))


def _where(condition: torch.Tensor | bool, a: Number, b: Number) -> Number:
    if isinstance(condition, bool):
        return a if condition else b
    return torch.where(condition, a, b)


ALIKE = ("exp", "log", "log2", "log10", "sqrt", "abs", "sin", "cos", "tan", "atan", "sinh", "cosh")
ALIKE += ("tanh", "sigmoid", "erf", "relu", "sign", "square")
NAMES: dict[str, Any] = {
    **{name: _of_one(getattr(torch, name)) for name in ALIKE},
    "ln": _of_one(torch.log),
    "softplus": _of_one(lambda x: F.softplus(x, threshold=1000.0)),
    "silu": _of_one(F.silu),
    "gelu": _of_one(F.gelu),
    "max": _of_many(torch.maximum),
    "min": _of_many(torch.minimum),
    "where": _where,
    "pi": math.pi,
    "e": math.e,
}


def computed(text: str, x: torch.Tensor) -> torch.Tensor:
    """A formula of the tests' own, with Python's parser and torch's functions."""
    return eval(text.replace("^", "**"), {"__builtins__": {}, **NAMES, "x": x}).to(x.dtype)  # noqa: S307


TWINS = {"formula": lambda layer, inputs, weights: computed(layer.expression, inputs[0])}
