"""Networks with several Inputs and Outputs, each Output with its own loss, and shared layers."""

from __future__ import annotations

import numpy as np

from nn_designer.engine.network import Node
from nn_designer.engine.training import TrainingData
from tests.helpers.nodes import dense, node, shared


def _examples() -> dict[str, list[Node]]:
    x, y = node("x", "input", shape=(3,)), node("y", "input", shape=(2,))
    image = node("x", "input", shape=(2, 3, 2))
    joined = [dense("a", "x"), dense("b", "y", 5), node("m", "concatenate", "a", "b")]
    number = [dense("last", "m", 2, "linear"), output("number", "last", "huber", 0.3)]
    classes = [
        dense("scores", "m", 3, "softmax"),
        output("species", "scores", "sparse_categorical_crossentropy", 1.7),
    ]
    yes = [dense("chance", "m", 1, "sigmoid"), output("yes", "chance", "binary_crossentropy")]
    return {
        "one output with a weight": [x, dense("m", "x"), *number],
        "two inputs": [x, y, *joined, dense("last", "m", 2), node("o", "output", "last")],
        "two inputs, named in the other order": [
            *joined,
            dense("last", "m", 2),
            node("o", "output", "last"),
            y,
            x,
        ],
        "an image and a list": [
            image,
            y,
            node("bent", "activation", "x", activation="tanh"),
            node("f", "flatten", "bent"),
            node("m", "concatenate", "f", "y"),
            dense("last", "m", 2),
            node("o", "output", "last"),
        ],
        "classes and numbers": [x, dense("m", "x"), *classes, *number],
        "two inputs and three outputs": [x, y, *joined, *classes, *number, *yes],
        "an output that counts nothing": [
            x,
            dense("m", "x"),
            *classes,
            dense("more", "m", 2),
            output("nothing", "more", "mean_squared_error", 0.0),
        ],
        "an output that other layers go on from": [
            x,
            dense("m", "x"),
            *classes,
            node("both", "concatenate", "scores", "m"),
            dense("last", "both", 2, "linear"),
            output("number", "last", "huber", 0.3),
        ],
        "two outputs of one layer": [
            x,
            dense("m", "x", 3, "softmax"),
            output("species", "m", "sparse_categorical_crossentropy"),
            output("near", "m", "mean_squared_error", 2.0),
        ],
        "an output of the data": [
            x,
            output("data", "x", "mean_absolute_error"),
            dense("m", "x"),
            *number,
        ],
    }


def _sharing() -> dict[str, list[Node]]:
    x, y = node("x", "input", shape=(3,)), node("y", "input", shape=(3,))
    picture = node("x", "input", shape=(5, 6, 2))
    tower = node("a", "dense", "x", units=4, activation="tanh", l2=0.1)
    square = dense("a", "x", 3)
    conv = node("a", "conv2d", "x", filters=2, kernel_size=(2, 2), activation="tanh")
    norm = node("n", "layer_normalization", "x")
    end = [dense("last", "m", 2, "linear"), node("o", "output", "last")]
    return {
        "two branches share a layer": [
            x,
            y,
            tower,
            shared(tower, "b", "y"),
            node("m", "subtract", "a", "b"),
            *end,
        ],
        "a layer three times in a row": [
            x,
            square,
            shared(square, "b", "a"),
            shared(square, "m", "b"),
            *end,
        ],
        "the first user is not the owner": [
            x,
            square._replace(inputs=("b",)),
            shared(square, "b", "x"),
            node("m", "add", "a", "b"),
            *end,
        ],
        "a convolution in two places": [
            picture,
            conv,
            node("r", "activation", "x", activation="sigmoid"),
            shared(conv, "b", "r"),
            node("s", "multiply", "a", "b"),
            node("m", "flatten", "s"),
            *end,
        ],
        "a normalization in two places": [
            x,
            norm,
            dense("d", "n", 3),
            shared(norm, "m", "d"),
            *end,
        ],
    }


def output(name: str, source: str, loss: str, weight: float = 1.0) -> Node:
    """An Output with a loss of its own."""
    return node(name, "output", source, loss=loss, loss_weight=weight)


SHARING: dict[str, list[Node]] = _sharing()
"""Layers that use the weights of others: what the example shows → its nodes."""

SEVERAL: dict[str, list[Node]] = {**_examples(), **SHARING}
"""What the example shows → its nodes."""


def mixed_data(n: int = 70, n_validation: int = 30) -> TrainingData:
    """For "two inputs and three outputs": everything follows from the numbers of both inputs."""
    rng = np.random.default_rng(0)
    x = {name: rng.normal(size=(n + n_validation, size)) for name, size in (("x", 3), ("y", 2))}
    x = {name: array.astype(np.float32) for name, array in x.items()}
    sums = x["x"].sum(axis=1) + x["y"][:, 0]
    number = np.stack([sums, 3 * x["y"][:, 1]], axis=1).astype(np.float32)
    species, yes = np.digitize(sums, [-1.0, 1.0]), (x["y"][:, 1] > 0).astype(np.int64)
    y = {"species": species, "number": number, "yes": yes}

    def part(arrays: dict[str, np.ndarray], rows: slice) -> dict[str, np.ndarray]:
        return {name: array[rows] for name, array in arrays.items()}

    first, rest = slice(n), slice(n, None)
    return TrainingData(
        part(x, first),
        part(y, first),
        part(x, rest),
        part(y, rest),
        {"species": "classes", "number": "number", "yes": "classes"},
        {"species": 3, "number": None, "yes": 2},
        {"species": None, "number": np.array([1.0, 4.0]), "yes": None},
    )
