"""Layers with random settings and inputs of random shapes that fit them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn_designer.engine.shapes import Shape
from nn_designer.layers import LayerKind, ShapeError
from nn_designer.params import (
    Bool,
    Choice,
    Dimensions,
    Float,
    Int,
    Numbers,
    Param,
    ParamError,
    Text,
)

TRIES = 2000


def random_layer(
    kind: type[LayerKind], rng: np.random.Generator
) -> tuple[LayerKind, list[Shape], dict[str, Any]]:
    """A layer, shapes of its inputs, its settings. Draws until they fit together."""
    for _ in range(TRIES):
        drawn = {name: param for name, param in kind.params.items() if name != "trainable"}
        settings = {name: random_value(param, rng) for name, param in drawn.items()}
        shapes = random_shapes(kind, rng)
        try:
            layer = kind(**settings)
            if math.prod(layer.output_shape(shapes)) <= 150:
                return layer, shapes, settings
        except (ShapeError, ParamError):
            continue
    raise AssertionError(f"{kind.key}: no settings found that fit together")


def random_shapes(kind: type[LayerKind], rng: np.random.Generator) -> list[Shape]:
    """As many axes as the kind's example has, or any number of them; sizes from 1 to 6. Several
    inputs have the same shape, or its axes in another order."""
    most = 3 if kind.maximum_inputs is None else kind.maximum_inputs
    count = int(rng.integers(kind.minimum_inputs, most + 1))
    given = kind.example_inputs
    rank = len(given[0]) if given and rng.random() < 0.7 else int(rng.integers(1, 4))
    shape = tuple(int(size) for size in rng.integers(1, 7, rank))
    swapped = tuple(shape[axis] for axis in rng.permutation(rank))
    return [shape, *([shape if rng.random() < 0.7 else swapped] * (count - 1))]


def random_value(param: Param[Any], rng: np.random.Generator) -> Any:
    """A value that the declaration allows: small, so that networks stay small."""
    if isinstance(param, Bool):
        return bool(rng.integers(2))
    if isinstance(param, Choice):
        return str(rng.choice(list(param.choices)))
    if isinstance(param, Int):
        low = math.ceil(-3 if param.minimum is None else param.minimum)
        high = low + 4 if param.maximum is None else min(low + 4, param.maximum)
        return int(rng.integers(low, high + 1))
    if isinstance(param, Float):
        low = -2.0 if param.minimum is None else max(-2.0, param.minimum)
        high = low + 2.0 if param.maximum is None else min(max(2.0, low + 2.0), param.maximum)
        return float(rng.uniform(low + 0.05 * (high - low), high - 0.05 * (high - low)))
    if isinstance(param, Dimensions):
        rank = int(rng.integers(param.minimum_rank, param.maximum_rank + 1))
        low, high = param.minimum, min(4, param.maximum)
        return tuple(int(size) for size in rng.integers(low, high + 1, rank))
    if isinstance(param, Numbers):
        return tuple(random_value(param.each, rng) for _ in range(rng.integers(1, 5)))
    assert isinstance(param, Text)
    return param.default
