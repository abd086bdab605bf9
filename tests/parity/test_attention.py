"""MultiHeadAttention beside Keras' layer and PyTorch's module, forward and backward, float32."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch import nn

from nn_designer.engine.network import Network
from tests.helpers.networks import randomize
from tests.helpers.nodes import node

TOLERANCE = 1e-5
HEADS, SIZE = 2, 3
QUERY, VALUE = (4, 5), (6, 7)


def attention_of(n_inputs: int, **settings: Any) -> Network:
    """Attention over what learned positions make of the data, so that inputs have gradients."""
    shapes = [QUERY, VALUE, (VALUE[0], QUERY[1])][:n_inputs]
    nodes = [node("x", "input", shape=(3,))]
    for index, (steps, features) in enumerate(shapes):
        nodes += [
            node(f"d{index}", "dense", "x", units=steps * features, activation="tanh"),
            node(f"i{index}", "reshape", f"d{index}", target_shape=(steps, features)),
        ]
    names = [f"i{index}" for index in range(n_inputs)]
    settings = {"num_heads": HEADS, "key_dim": SIZE, **settings}
    nodes += [
        node("a", "multi_head_attention", *names, **settings),
        node("f", "flatten", "a"),
        node("output", "output", "f"),
    ]
    return randomize(Network(nodes, loss="mean_squared_error"), scale=0.6)


def batch_for(network: Network) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    numbers = [rng.normal(size=(9, n)).astype(np.float32) for n in (3, QUERY[0] * QUERY[1])]
    return numbers[0], numbers[1]


def assert_same_as(network: Network, found: torch.Tensor, gradients: dict[str, Any]) -> None:
    """Outputs, and the gradients of the attention's weights for mean squared error."""
    x, y = batch_for(network)
    found.flatten(1).sub(torch.tensor(y)).square().mean().backward()
    expected = found.detach().flatten(1).numpy()
    np.testing.assert_allclose(network.predict(x), expected, rtol=TOLERANCE, atol=TOLERANCE)
    network.loss_and_gradients(x, y)
    for name, gradient in gradients.items():
        ours = network.weight_gradients["a"][name].reshape(gradient().shape)
        np.testing.assert_allclose(ours, gradient(), rtol=TOLERANCE, atol=TOLERANCE)


def inputs_of(network: Network) -> list[torch.Tensor]:
    seen = network.trace(batch_for(network)[0])
    return [torch.tensor(seen[name], requires_grad=True) for name in seen if name.startswith("i")]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    ("n_inputs", "settings"), [(1, {}), (2, {}), (3, {"value_dim": 4}), (2, {"use_bias": False})]
)
def test_keras(n_inputs: int, settings: dict[str, Any], causal: bool) -> None:
    network = attention_of(n_inputs, **settings, use_causal_mask=causal)
    query, *rest = inputs_of(network)
    value = rest[0] if rest else query
    key = rest[1] if len(rest) > 1 else value
    layer = keras.layers.MultiHeadAttention(HEADS, SIZE, **settings)
    layer.build(query.shape, value.shape, key.shape)
    ours = network.get_weights()["a"]
    held = {
        variable.path.split("/", 1)[1].replace("/", "_"): variable for variable in layer.weights
    }
    assert set(held) == set(ours)  # as Keras calls them
    for name, variable in held.items():
        variable.assign(ours[name])
    found = layer(query, value, key, use_causal_mask=causal)
    gradients = {
        name: lambda variable=variable: variable.value.grad.numpy()
        for name, variable in held.items()
    }
    assert_same_as(network, found, gradients)


@pytest.mark.parametrize("causal", [False, True])
def test_torch(causal: bool) -> None:
    """PyTorch's module has heads of features / heads numbers, and one matrix for Q, K and V."""
    heads = QUERY[1]
    network = attention_of(1, num_heads=heads, key_dim=1, use_causal_mask=causal)
    (x,) = inputs_of(network)
    module = nn.MultiheadAttention(QUERY[1], heads, batch_first=True)
    ours = network.get_weights()["a"]
    parts = ("query", "key", "value")
    with torch.no_grad():
        matrices = [ours[f"{name}_kernel"].reshape(QUERY[1], -1).T for name in parts]
        module.in_proj_weight.copy_(torch.tensor(np.concatenate(matrices)))
        biases = [ours[f"{name}_bias"].reshape(-1) for name in parts]
        module.in_proj_bias.copy_(torch.tensor(np.concatenate(biases)))
        last = ours["attention_output_kernel"].reshape(-1, QUERY[1]).T
        module.out_proj.weight.copy_(torch.tensor(last.copy()))
        module.out_proj.bias.copy_(torch.tensor(ours["attention_output_bias"]))
    mask = nn.Transformer.generate_square_subsequent_mask(QUERY[0]) if causal else None
    found, _ = module(x, x, x, attn_mask=mask, need_weights=False)
    gradients: dict[str, Any] = {
        f"{name}_kernel": lambda index=index: (
            module.in_proj_weight.grad.chunk(3)[index].T.reshape(QUERY[1], heads, 1).numpy()
        )
        for index, name in enumerate(parts)
    }
    gradients["attention_output_bias"] = lambda: module.out_proj.bias.grad.numpy()
    assert_same_as(network, found, gradients)
