"""Small networks and data for tests of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nn_designer.engine.network import Network, Node
from nn_designer.engine.training import TrainingData
from nn_designer.layers import Dense, Dropout, Input, Output


def network(
    n_inputs: int,
    units: Sequence[int],
    activations: Sequence[str],
    loss: str,
    *,
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    seed: int = 3,
) -> Network:
    """A chain of Dense layers, with Dropout behind the first if ``dropout`` is not 0."""
    nodes, last = [Node("input", Input(shape=(n_inputs,)))], "input"
    for i, (n_units, activation) in enumerate(zip(units, activations, strict=True)):
        layer = Dense(units=n_units, activation=activation, l1=l1, l2=l2)
        nodes.append(Node(f"dense_{i + 1}", layer, (last,)))
        last = f"dense_{i + 1}"
        if dropout and i == 0:
            nodes.append(Node("dropout", Dropout(rate=dropout), (last,)))
            last = "dropout"
    nodes.append(Node("output", Output(), (last,)))
    return Network(nodes, loss=loss, seed=seed)


def ring_data(n: int = 70, n_validation: int = 30, seed: int = 0) -> TrainingData:
    """Two classes: points near the middle and points around them."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n + n_validation, 2)).astype(np.float32)
    y = (np.square(x).sum(axis=1) > 1.4).astype(np.int64)
    return TrainingData(x[:n], y[:n], x[n:], y[n:], "classes", 2)


def plane_data(n: int = 70, n_validation: int = 30) -> TrainingData:
    """A number that is a sum of two others."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n + n_validation, 2)).astype(np.float32)
    y = (x[:, :1] - 0.5 * x[:, 1:]).astype(np.float32)
    return TrainingData(x[:n], y[:n], x[n:], y[n:], "number", None, np.array([4.0], np.float32))


def two_class_network(**keywords: float) -> Network:
    return network(2, (6, 1), ("tanh", "sigmoid"), "binary_crossentropy", **keywords)


def number_network(**keywords: float) -> Network:
    return network(2, (6, 1), ("tanh", "linear"), "mean_squared_error", **keywords)
