"""Networks with several Inputs and Outputs, each Output with its own loss."""

from __future__ import annotations

from nn_designer.engine.network import Node
from tests.helpers.nodes import dense, node


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


def output(name: str, source: str, loss: str, weight: float = 1.0) -> Node:
    """An Output with a loss of its own."""
    return node(name, "output", source, loss=loss, loss_weight=weight)


SEVERAL: dict[str, list[Node]] = _examples()
"""What the example shows → its nodes."""
