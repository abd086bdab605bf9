"""A kind says whether it draws random numbers while training: L-BFGS refuses those that do."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.layers import KINDS, LayerKind
from tests.helpers.layer_examples import around, input_shapes
from tests.helpers.random_layers import random_layer

BETWEEN = [kind for kind in KINDS.values() if kind.has_output and kind.maximum_inputs != 0]


def draws(layer: LayerKind, shapes: list[tuple[int, ...]]) -> bool:
    """Whether a training step with this layer changes the state of the random numbers."""
    nodes = around(layer.key, shapes, layer.values())
    network = Network(nodes, loss="mean_squared_error")
    before = network.random.bit_generator.state
    plan = network.plan(2, training=True)
    plan.inputs[...] = 0.5
    plan.targets[...] = 0.5
    plan.run()
    return bool(network.random.bit_generator.state != before)


@pytest.mark.parametrize("kind", BETWEEN, ids=lambda kind: kind.key)
def test_kinds_that_draw_random_numbers_say_so(kind: type[LayerKind]) -> None:
    layer = kind()
    assert draws(layer, input_shapes(kind)) == layer.is_random
    rng = np.random.default_rng(0)
    for _ in range(5):
        layer, shapes, _ = random_layer(kind, rng)
        assert draws(layer, shapes) == layer.is_random, layer


@pytest.mark.parametrize("key", ["multi_head_attention", "simple_rnn", "lstm", "gru"])
def test_layers_with_a_dropout_of_their_own_are_random_only_with_it(key: str) -> None:
    assert not KINDS[key]().is_random
    assert KINDS[key](dropout=0.2).is_random
