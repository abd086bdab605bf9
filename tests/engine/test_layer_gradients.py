"""Each kind of layer with random settings, shapes and weights: its gradient is the right one."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.layers import KINDS
from tests.helpers.gradients import gradient_error, training_gradient_error
from tests.helpers.layer_examples import around
from tests.helpers.networks import batch, randomize
from tests.helpers.random_layers import random_layer

TOLERANCE = 1e-6
KEYS = [key for key, kind in KINDS.items() if kind.has_output and kind.maximum_inputs != 0]


def random_network(key: str, seed: int) -> Network:
    """The layer in the middle of a network; its input feeds other layers too."""
    layer, shapes, settings = random_layer(KINDS[key], np.random.default_rng([seed, 5]))
    assert layer == KINDS[key](**settings)
    nodes = around(key, shapes, settings)
    network = Network(nodes, loss="mean_squared_error", dtype=np.float64)
    return randomize(network, seed=seed)


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("key", KEYS)
def test_random_settings(key: str, seed: int, size: int) -> None:
    network = random_network(key, seed)
    assert gradient_error(network, *batch(network, size)) < TOLERANCE


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("key", KEYS)
def test_random_settings_while_training(key: str, seed: int, size: int) -> None:
    """With the same random numbers in each run; state that training keeps has no say in it."""
    network = random_network(key, seed)
    assert training_gradient_error(network, *batch(network, size)) < TOLERANCE
