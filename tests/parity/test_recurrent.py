"""Recurrent layers beside PyTorch's own modules and Keras' own layers, with all settings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from nn_designer.engine.network import Network
from nn_designer.layers import GRU, LSTM, SimpleRNN
from nn_designer.layers.recurrent import RecurrentKind
from tests.helpers.networks import randomize
from tests.helpers.nodes import node

TOLERANCE = 1e-5
STEPS, FEATURES, UNITS, SAMPLES = 7, 3, 5, 4


def network_of(layer: RecurrentKind) -> Network:
    nodes = [
        node("x", "input", shape=(STEPS, FEATURES)),
        node("a", layer.key, "x", **layer.values()),
        node("f", "flatten", "a"),
        node("output", "output", "f"),
    ]
    return randomize(Network(nodes, loss="mean_squared_error"), scale=0.3)


def samples(network: Network) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((SAMPLES, STEPS, FEATURES)).astype(np.float32)
    return x, rng.standard_normal((SAMPLES, *network.output_shape)).astype(np.float32)


def assert_close(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE)


# --- PyTorch ---

MODULES: dict[type[RecurrentKind], Any] = {
    SimpleRNN: torch.nn.RNN,
    LSTM: torch.nn.LSTM,
    GRU: torch.nn.GRU,
}


def in_torch_order(kind: type[RecurrentKind], tensor: np.ndarray) -> torch.Tensor:
    """Columns of a tensor as rows, GRU's gates z r n as r z n."""
    if kind is GRU:
        z, r, n = np.split(tensor, 3, axis=-1)
        tensor = np.concatenate([r, z, n], axis=-1)
    return torch.tensor(tensor.T.copy())


def torch_module(layer: RecurrentKind, tensors: dict[str, np.ndarray]) -> torch.nn.Module:
    both = layer.direction == "both"
    module = MODULES[type(layer)](FEATURES, UNITS, batch_first=True, bidirectional=both)
    ways = {"forward_": "", "backward_": "_reverse"} if both else {"": ""}
    for prefix, suffix in ways.items():
        bias = tensors[f"{prefix}bias"]
        of_inputs, of_state = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
        for name, tensor in {
            "weight_ih_l0": tensors[f"{prefix}kernel"],
            "weight_hh_l0": tensors[f"{prefix}recurrent_kernel"],
            "bias_ih_l0": of_inputs,
            "bias_hh_l0": of_state,
        }.items():
            getattr(module, name + suffix).data = in_torch_order(type(layer), tensor)
    return module


@pytest.mark.parametrize("direction", ["forward", "both"])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", MODULES)
def test_pytorch(kind: type[RecurrentKind], return_sequences: bool, direction: str) -> None:
    layer = kind(units=UNITS, return_sequences=return_sequences, direction=direction)
    network = network_of(layer)
    x, y = samples(network)
    module = torch_module(layer, network.get_weights()["a"])
    states, last = module(torch.tensor(x))
    last = last[0] if kind is LSTM else last
    outputs = states if return_sequences else torch.cat(list(last), dim=-1)
    outputs = outputs.reshape(SAMPLES, -1)
    assert_close(network.predict(x), outputs.detach().numpy())
    torch.nn.functional.mse_loss(outputs, torch.tensor(y)).backward()
    network.loss_and_gradients(x, y)
    gradients = network.weight_gradients["a"]
    prefix = "forward_" if direction == "both" else ""
    for ours, theirs in (("kernel", "weight_ih_l0"), ("recurrent_kernel", "weight_hh_l0")):
        expected = getattr(module, theirs).grad
        assert_close(in_torch_order(kind, gradients[prefix + ours]).numpy(), expected.numpy())
        if direction == "both":
            expected = getattr(module, f"{theirs}_reverse").grad
            found = in_torch_order(kind, gradients[f"backward_{ours}"])
            assert_close(found.numpy(), expected.numpy())


# --- Keras ---

SETTINGS: dict[type[RecurrentKind], list[dict[str, Any]]] = {
    SimpleRNN: [{}, {"activation": "relu"}],
    LSTM: [{}, {"activation": "relu", "recurrent_activation": "tanh"}],
    GRU: [{}, {"reset_after": False}, {"activation": "elu", "recurrent_activation": "silu"}],
}
CASES = [
    pytest.param(kind(units=UNITS, **settings, **ways), id=f"{kind.key} {settings} {ways}")
    for kind, found in SETTINGS.items()
    for settings in found
    for ways in (
        {"direction": "forward"},
        {"direction": "backward", "return_sequences": True},
        {"direction": "forward", "return_sequences": True, "use_bias": False},
        *(
            {"direction": "both", "merge_mode": mode, "return_sequences": sequences}
            for mode, sequences in itertools.product(("concat", "sum", "ave", "mul"), (False, True))
        ),
    )
]


def keras_layer(layer: RecurrentKind) -> Any:
    import keras

    own = {"activation", "recurrent_activation", "use_bias", "reset_after", "return_sequences"}
    settings = {name: value for name, value in layer.values().items() if name in own}
    backward = layer.direction == "backward"
    found = getattr(keras.layers, layer.title)(UNITS, go_backwards=backward, **settings)
    if layer.direction == "both":
        return keras.layers.Bidirectional(found, merge_mode=layer.merge_mode)
    return found


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
@pytest.mark.parametrize("layer", CASES)
def test_keras(layer: RecurrentKind) -> None:
    """Same tensors in the same order, same outputs, same gradients."""
    network = network_of(layer)
    x, y = samples(network)
    twin = keras_layer(layer)
    twin.build((None, STEPS, FEATURES))
    twin.set_weights(list(network.get_weights()["a"].values()))
    outputs = twin(torch.tensor(x)).reshape(SAMPLES, -1)
    assert_close(network.predict(x), outputs.detach().cpu().numpy())
    torch.nn.functional.mse_loss(outputs, torch.tensor(y)).backward()
    network.loss_and_gradients(x, y)
    gradients = network.weight_gradients["a"].values()
    for ours, theirs in zip(gradients, twin.trainable_weights, strict=True):
        assert_close(ours, theirs.value.grad.cpu().numpy())


def test_first_weights_as_in_keras() -> None:
    """Forget gates begin with a bias of 1, recurrent kernels with orthonormal rows."""
    weights = Network(
        [
            node("x", "input", shape=(STEPS, FEATURES)),
            node("a", "lstm", "x", units=UNITS),
            node("output", "output", "a"),
        ]
    ).get_weights()["a"]
    expected = np.repeat([0.0, 1.0, 0.0, 0.0], UNITS)
    np.testing.assert_array_equal(weights["bias"], expected)
    rows = weights["recurrent_kernel"]
    assert_close(rows @ rows.T, np.eye(UNITS))
