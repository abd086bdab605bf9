"""Nodes of small networks, written briefly."""

from __future__ import annotations

from typing import Any

from nn_designer.engine.network import Node
from nn_designer.layers import kind_of


def node(name: str, kind: str, /, *inputs: str, **settings: Any) -> Node:
    """``node("hidden", "dense", "input", units=3)``"""
    return Node(name, kind_of(kind)(**settings), inputs)


def shared(other: Node, name: str, *inputs: str) -> Node:
    """A node like another one that uses its weights."""
    return other._replace(name=name, inputs=inputs, shares=other.name)


def chain(*layers: tuple[str, dict[str, Any]]) -> list[Node]:
    """Layers one after the other, named kind_0, kind_1..., with an output at the end."""
    nodes: list[Node] = []
    for index, (kind, settings) in enumerate(layers):
        inputs = (nodes[-1].name,) if nodes else ()
        nodes.append(node(f"{kind}_{index}", kind, *inputs, **settings))
    return [*nodes, node("output", "output", nodes[-1].name)]


def dense(name: str, source: str, units: int = 4, activation: str = "tanh") -> Node:
    return node(name, "dense", source, units=units, activation=activation)


def ends(first: str) -> tuple[Node, list[Node]]:
    """An input of 3 numbers, and a last layer with 2 outputs behind the node ``first``."""
    last = dense("last", first, units=2, activation="linear")
    return node("x", "input", shape=(3,)), [last, node("output", "output", "last")]
