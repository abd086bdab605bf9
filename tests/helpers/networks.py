"""Small networks for tests of the engine: each kind, branches, merges, shared values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn_designer.engine.inputs import Arrays
from nn_designer.engine.network import Network, Node
from tests.helpers.layer_examples import layer_examples
from tests.helpers.losses import targets_for
from tests.helpers.nodes import chain, dense, ends, node


def mlp(
    *sizes: int,
    hidden: str = "tanh",
    last: str = "linear",
    loss: str | None = "mean_squared_error",
    seed: int = 0,
    dtype: Any = np.float64,
) -> Network:
    """A chain of Dense layers: ``mlp(2, 8, 1)`` has two inputs, one hidden layer, one output."""
    activations = [hidden] * (len(sizes) - 2) + [last]
    dense = [
        ("dense", {"units": units, "activation": activation})
        for units, activation in zip(sizes[1:], activations, strict=True)
    ]
    nodes = chain(("input", {"shape": (sizes[0],)}), *dense)
    return Network(nodes, loss=loss, seed=seed, dtype=dtype)


def _examples() -> dict[str, list[Node]]:
    x, after_a = ends("a")
    _, after_m = ends("m")
    _, after_r = ends("r")
    image = node("x", "input", shape=(2, 3, 2))
    flat = node("f", "flatten", "x")
    return {
        "input only": [x, node("output", "output", "x")],
        "dense": [x, dense("a", "x"), *after_a],
        "dense without bias": [
            x,
            node("a", "dense", "x", units=4, activation="tanh", use_bias=False),
            node("b", "dense", "a", units=3, activation="sigmoid", use_bias=False),
            dense("last", "b", 2, "linear"),
            node("output", "output", "last"),
        ],
        "activation": [
            x,
            dense("b", "x", activation="linear"),
            node("a", "activation", "b", activation="tanh"),
            *after_a,
        ],
        "activation of data": [x, node("a", "activation", "x", activation="tanh"), *after_a],
        "dropout": [x, dense("b", "x"), node("a", "dropout", "b", rate=0.4), *after_a],
        "flatten": [image, flat, dense("a", "f"), *after_a],
        "activation of an image": [
            image,
            node("b", "activation", "x", activation="sigmoid"),
            node("f", "flatten", "b"),
            dense("a", "f"),
            *after_a,
        ],
        "softmax over the last axis": [
            image,
            node("b", "activation", "x", activation="softmax"),
            node("f", "flatten", "b"),
            dense("a", "f"),
            *after_a,
        ],
        "add": [x, dense("a", "x"), dense("b", "x"), node("m", "add", "a", "b"), *after_m],
        "add of three": [
            x,
            dense("a", "x", 3),
            dense("b", "a", 3),
            node("m", "add", "a", "b", "x"),
            *after_m,
        ],
        "the same value twice into add": [
            x,
            dense("a", "x"),
            node("m", "add", "a", "a"),
            *after_m,
        ],
        "add with the data": [x, dense("a", "x", 3), node("m", "add", "x", "a"), *after_m],
        "concatenate": [
            x,
            dense("a", "x", 4),
            dense("b", "x", 2),
            node("m", "concatenate", "a", "b", "x", "a"),
            *after_m,
        ],
        "concatenate of images": [
            image,
            node("a", "activation", "x", activation="tanh"),
            node("b", "activation", "a", activation="sigmoid"),
            node("c", "concatenate", "a", "b", "x"),
            node("f", "flatten", "c"),
            dense("m", "f"),
            *after_m,
        ],
        "a value feeds two layers": [
            x,
            dense("a", "x"),
            dense("b", "a"),
            dense("c", "a"),
            node("m", "add", "b", "c"),
            *after_m,
        ],
        "a value feeds an activation and an add": [
            x,
            dense("a", "x"),
            node("b", "activation", "a", activation="gelu"),
            node("c", "activation", "a", activation="linear"),
            node("m", "add", "a", "b", "c"),
            *after_m,
        ],
        "skip over two layers": [
            x,
            dense("a", "x"),
            dense("b", "a", activation="relu"),
            dense("c", "b", activation="linear"),
            node("m", "add", "c", "a"),
            node("r", "activation", "m", activation="relu"),
            *after_r,
        ],
        "a flattened and an unflattened use": [
            image,
            node("a", "activation", "x", activation="tanh"),
            node("f", "flatten", "a"),
            dense("d", "f", 12),
            node("g", "flatten", "a"),
            node("m", "add", "d", "f", "g"),
            *after_m,
        ],
    }


EXAMPLES: dict[str, list[Node]] = {**_examples(), **layer_examples()}
"""What the example shows → its nodes."""


def each_frozen(nodes: list[Node]) -> Iterator[list[Node]]:
    """The network with one of its layers frozen, for each layer that can be, but the last."""
    can_be = [n for n in nodes if "trainable" in n.layer.params and n.name != "last"]
    for frozen in can_be:
        layer = frozen.layer.replace(trainable=False)
        yield [n._replace(layer=layer) if n is frozen else n for n in nodes]


def batch(network: Network, size: int = 5, seed: int = 1) -> tuple[Arrays, Arrays]:
    """Random samples and fitting targets for the network's losses; by name where there are
    several Inputs or Outputs."""
    rng = np.random.default_rng(seed)
    x = {
        name: rng.normal(size=(size, *shape)).astype(network.dtype)
        for name, shape in network.inputs.shapes.items()
    }
    y = {}
    for head in network.heads:
        (units,) = head.shape
        key = "mean_squared_error" if head.criterion is None else head.criterion.loss.key
        targets = targets_for(key, rng, size, units)
        y[head.name] = targets.astype(network.dtype) if targets.dtype.kind == "f" else targets
    return only(x), only(y)


def only(arrays: dict[str, np.ndarray]) -> Arrays:
    """The array if there is one, else all by name."""
    return arrays if len(arrays) > 1 else next(iter(arrays.values()))


def randomize(network: Network, seed: int = 2, scale: float = 0.7) -> Network:
    """Random weights and biases: a gradient that is right only at initial weights is wrong.

    State (means, variances) becomes random positive numbers.
    """
    rng = np.random.default_rng(seed)
    n_state = sum(spec.size for specs in network.state_specs.values() for spec in specs)
    n_weights = network.variables.size - n_state
    network.variables[:n_weights] = rng.normal(scale=scale, size=n_weights)
    network.variables[n_weights:] = rng.uniform(0.5, 1.5, n_state)
    return network
