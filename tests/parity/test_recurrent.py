"""Recurrent layers beside PyTorch's own modules and Keras' own layers, with all settings."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.interchange.torch_layout import from_torch, to_torch
from nn_designer.layers import GRU, LSTM, SimpleRNN
from nn_designer.layers.recurrent import RecurrentKind
from tests.helpers.networks import randomize
from tests.helpers.nodes import dense, node

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


def in_torch(layer: RecurrentKind, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The tensors as they are exported."""
    found: dict[str, np.ndarray] = {}
    for name, array in tensors.items():
        found.update(to_torch(layer, name, array))
    return found


def torch_module(layer: RecurrentKind, tensors: Mapping[str, np.ndarray]) -> torch.nn.Module:
    both = layer.direction == "both"
    module = MODULES[type(layer)](FEATURES, UNITS, batch_first=True, bidirectional=both)
    exported = in_torch(layer, tensors)
    module.load_state_dict({name: torch.tensor(array) for name, array in exported.items()})
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
    gradients = in_torch(layer, network.weight_gradients["a"])
    for name, expected in module.named_parameters():
        if kind is GRU or "bias_hh" not in name:  # we have one bias where PyTorch adds two
            assert_close(gradients[name], expected.grad.numpy())


@pytest.mark.parametrize("direction", ["forward", "both"])
@pytest.mark.parametrize("kind", MODULES)
def test_weights_of_pytorch(kind: type[RecurrentKind], direction: str) -> None:
    """What PyTorch drew itself, with two biases everywhere, gives the same predictions here."""
    layer = kind(units=UNITS, direction=direction, return_sequences=True)
    network = network_of(layer)
    module = MODULES[kind](FEATURES, UNITS, batch_first=True, bidirectional=direction == "both")
    drawn = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    network.set_weights({"a": from_torch(layer, drawn)})
    x, _ = samples(network)
    expected = module(torch.tensor(x))[0].reshape(SAMPLES, -1).detach().numpy()
    assert_close(network.predict(x), expected)


@pytest.mark.parametrize("kind", MODULES)
def test_training_curve_of_pytorch(kind: type[RecurrentKind]) -> None:
    """Three epochs of Adam from the same weights with the same batches."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((96, STEPS, FEATURES)).astype(np.float32)
    y = x.cumsum(axis=1)[:, -1, :1].astype(np.float32)
    nodes = [
        node("x", "input", shape=(STEPS, FEATURES)),
        node("a", kind.key, "x", units=UNITS),
        dense("d", "a", 1, "linear"),
        node("output", "output", "d"),
    ]
    network = Network(nodes, loss="mean_squared_error", seed=2)
    first = network.get_weights()
    module = torch_module(kind(units=UNITS), first["a"])
    if kind is not GRU:
        module.bias_hh_l0.requires_grad_(False)  # we have one bias where PyTorch adds two
    linear = torch.nn.Linear(UNITS, 1)
    linear.weight.data = torch.tensor(first["d"]["kernel"].T.copy())
    linear.bias.data = torch.tensor(first["d"]["bias"])
    weights = [p for p in (*module.parameters(), *linear.parameters()) if p.requires_grad]
    # As Keras has it, ε is added before the bias correction of v: none makes both the same.
    optimizer = torch.optim.Adam(weights, lr=0.01, eps=1e-12)
    settings = TrainingSettings(
        loss="mean_squared_error", learning_rate=0.01, batch_size=32, epochs=3, seed=6
    )
    data = TrainingData(x, y, task="number")
    reports = train(network, data, settings, optimizer_settings={"epsilon": 1e-12})
    ours = [report.loss for report in reports if isinstance(report, EpochProgress)]
    order, theirs = np.random.default_rng(6), []
    for _ in ours:
        total = 0.0
        for rows in torch.tensor(order.permutation(96)).split(32):
            optimizer.zero_grad()
            states, _ = module(torch.tensor(x)[rows])
            loss = torch.nn.functional.mse_loss(linear(states[:, -1]), torch.tensor(y)[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        theirs.append(total / 96)
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)
    assert ours[-1] < 0.9 * ours[0]


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
