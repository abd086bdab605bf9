"""One network for each kind of layer, made from what the kind declares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nn_designer.engine.network import Node
from nn_designer.engine.shapes import Shape
from nn_designer.layers import KINDS, LayerKind
from tests.helpers.nodes import dense, node

SETTINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "dot": ({"normalize": True},),
    "batch_normalization": ({"center": False},),
}
"""Kind → further settings that deserve an example beside the default ones."""


def input_shapes(kind: type[LayerKind]) -> list[Shape]:
    """Shapes of inputs that the kind takes with its default settings."""
    return list(kind.example_inputs or [(5,)] * kind.minimum_inputs)


def around(key: str, shapes: Sequence[Shape], settings: Mapping[str, Any]) -> list[Node]:
    """A network whose node "a" is the layer, with inputs that learn and an output behind it.

    Its first input is used by two more layers, so that gradients meet there.
    """
    nodes = [node("x", "input", shape=(3,))]
    for index, shape in enumerate(shapes):
        nodes += [
            dense(f"d{index}", "x", math.prod(shape)),
            node(f"i{index}", "reshape", f"d{index}", target_shape=shape),
        ]
    return [
        *nodes,
        node("a", key, *(f"i{index}" for index in range(len(shapes))), **settings),
        node("f", "flatten", "a"),
        node("again", "activation", "d0", activation="sigmoid"),
        node("both", "concatenate", "f", "again", "d0"),
        dense("last", "both", 2, "linear"),
        node("output", "output", "last"),
    ]


def layer_examples() -> dict[str, list[Node]]:
    """What the example shows → its nodes, for all kinds between input and output."""
    examples = {}
    for key, kind in KINDS.items():
        if not kind.has_output or kind.maximum_inputs == 0:
            continue
        for settings in ({}, *SETTINGS.get(key, ())):
            words = " ".join(f"{name}={value}" for name, value in settings.items())
            name = f"{key} in the middle {words}".strip()
            examples[name] = around(key, input_shapes(kind), settings)
    return examples
