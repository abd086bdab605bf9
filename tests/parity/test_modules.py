"""What a layer is called in PyTorch: the modules it names, with its tensors, do the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from nn_designer.engine.network import Network, Node
from nn_designer.interchange.torch_layout import from_torch, to_torch
from nn_designer.layers import KINDS, Input, LayerKind
from tests.helpers.networks import randomize
from tests.helpers.random_layers import random_layer

CHAINED = [
    key
    for key, kind in KINDS.items()
    if kind.has_output
    and kind.maximum_inputs == 1
    and kind.torch_modules is not LayerKind.torch_modules
]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("key", CHAINED)
def test_the_modules_do_the_same(key: str, seed: int) -> None:
    rng = np.random.default_rng([seed, 3])
    layer, (shape,), _ = random_layer(KINDS[key], rng)
    code = layer.torch_modules([shape])
    if code is None:
        return  # not with these settings
    nodes = [Node("x", Input(shape=shape)), Node("a", layer, ("x",))]
    network = randomize(Network(nodes), seed=seed)
    for name, state in network.weights.get("a", {}).items():
        if name == "moving_variance":
            state[...] = np.abs(state) + 0.1
    modules = nn.Sequential(*(eval(each, {"nn": nn}) for each in code))  # noqa: S307
    held = {
        f"0.{name}": torch.tensor(array)
        for item in network.get_weights().get("a", {}).items()
        for name, array in to_torch(layer, *item).items()
    }
    modules.load_state_dict(held)
    modules.eval()
    x = rng.normal(size=(7, *shape)).astype(np.float32)
    given = torch.tensor(x)
    if (count := layer.index_count()) is not None:
        given = torch.tensor(rng.integers(0, count, x.shape))
        x = given.numpy().astype(np.float32)
    with torch.no_grad():
        expected = modules(given).numpy()
    np.testing.assert_allclose(network.predict(x), expected, rtol=1e-5, atol=1e-5)
    # And what PyTorch then holds is found again under our names.
    state = modules[0].state_dict()
    found = {k: v.numpy() for k, v in state.items() if k != "num_batches_tracked"}
    for name, array in from_torch(layer, found).items():
        np.testing.assert_array_equal(array, network.weights["a"][name])
