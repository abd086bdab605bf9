"""Any graph of any layers: several inputs and outputs, merges, shared and frozen layers."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, event, given, note, settings
from hypothesis import strategies as st

from nn_designer.engine.network import Network
from tests.helpers.gradients import gradient_error, training_gradient_error
from tests.helpers.networks import batch, randomize
from tests.helpers.random_networks import random_network_nodes

TOLERANCE = 1e-6
MOST_PARAMETERS = 500  # each is moved up and down


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 1_000_000), st.integers(2, 9))
def test_gradients_of_random_networks(seed: int, n_layers: int) -> None:
    nodes = random_network_nodes(seed, n_layers)
    network = Network(nodes, loss="mean_squared_error", dtype=np.float64)
    assume(network.parameters.size <= MOST_PARAMETERS)
    for each in nodes:
        note(f"{each.name} = {each.layer} of {each.inputs}, weights of {each.shares or 'its own'}")
    event(f"{len(network.inputs.names)} inputs, {len(network.heads)} outputs")
    event("shares" if any(each.shares for each in nodes) else "does not share")
    randomize(network, seed=seed, scale=0.5)
    x, y = batch(network, size=3)
    assert gradient_error(network, x, y) < TOLERANCE
    assert training_gradient_error(network, x, y) < TOLERANCE
