"""BatchNormalization while training: beside PyTorch forward and backward, beside Keras for the
moving averages (PyTorch divides its variance by n - 1)."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nn_designer.engine.network import Network
from nn_designer.layers.batch_normalization import BatchNormalization
from tests.helpers.layer_examples import around
from tests.helpers.networks import batch, randomize

TOLERANCE = 1e-5
CASES = [
    ((5,), {}),
    ((5,), {"scale": False, "momentum": 0.9}),
    ((6, 4), {"center": False}),
    ((6, 4), {"axis": 1}),
    ((7, 5, 3), {}),
    ((7, 5, 3), {"axis": 2, "epsilon": 0.1}),
    ((7, 5, 3), {"axis": 1, "center": False, "scale": False}),
]


def training_step(network: Network, x: np.ndarray, y: np.ndarray) -> None:
    """One pass forward and backward as training does it, without an optimizer."""
    plan = network.plan(len(x), training=True)
    plan.inputs[:, :-1] = x
    plan.targets[...] = network.criterion.encode(y)
    plan.run()


@pytest.mark.parametrize("size", [2, 16])
@pytest.mark.parametrize(("shape", "settings"), CASES)
def test_forward_and_backward_through_the_batch(
    shape: tuple[int, ...], settings: dict[str, object], size: int
) -> None:
    nodes = around("batch_normalization", [shape], settings)
    network = randomize(Network(nodes, loss="mean_squared_error"))
    x, y = batch(network, size)
    weights = {
        name: {key: torch.tensor(tensor, requires_grad=True) for key, tensor in tensors.items()}
        for name, tensors in network.get_weights().items()
    }
    layer = next(node.layer for node in network.nodes if node.name == "a")
    assert isinstance(layer, BatchNormalization)
    d0 = torch.tanh(torch.tensor(x) @ weights["d0"]["kernel"] + weights["d0"]["bias"])
    axis = layer.axis if layer.axis > 0 else len(shape) + 1 + layer.axis
    own = weights["a"]
    a = F.batch_norm(
        d0.reshape(size, *shape).moveaxis(axis, 1),
        None,
        None,
        own.get("gamma"),
        own.get("beta"),
        training=True,
        eps=layer.epsilon,
    ).moveaxis(1, axis)
    both = torch.cat([a.flatten(1), torch.sigmoid(d0), d0], dim=1)
    out = both @ weights["last"]["kernel"] + weights["last"]["bias"]
    F.mse_loss(out, torch.tensor(y)).backward()
    training_step(network, x, y)
    plan = network.plan(size, training=True)
    np.testing.assert_allclose(plan.logits.T, out.detach(), rtol=TOLERANCE, atol=TOLERANCE)
    for name, gradients in network.weight_gradients.items():
        for key, gradient in gradients.items():
            expected = weights[name][key].grad
            assert expected is not None
            scale = float(expected.abs().max())
            np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=TOLERANCE * scale)


@pytest.mark.parametrize(("shape", "settings"), CASES)
def test_moving_averages_and_predictions_as_in_keras(
    shape: tuple[int, ...], settings: dict[str, object]
) -> None:
    nodes = around("batch_normalization", [shape], settings)
    network = Network(nodes, loss="mean_squared_error", seed=1)
    theirs = keras.layers.BatchNormalization(**settings)
    theirs.build((None, *shape))
    for seed in range(5):
        x, y = batch(network, 16, seed)
        theirs(network.trace(x)["i0"], training=True)
        training_step(network, x, y)
    for name in ("moving_mean", "moving_variance"):
        expected = np.array(getattr(theirs, name).value.tolist())
        found = network.weights["a"][name]
        assert not np.allclose(found, {"moving_mean": 0.0, "moving_variance": 1.0}[name])
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    seen = network.trace(x)
    expected = np.array(theirs(seen["i0"], training=False).tolist())
    np.testing.assert_allclose(seen["a"], expected, rtol=1e-4, atol=1e-4)


def test_momentum_is_one_minus_that_of_pytorch() -> None:
    """And its moving variance is larger by n / (n - 1)."""
    layer = BatchNormalization(momentum=0.75)
    (code,) = layer.torch_modules([(4,)]) or ("",)
    module = eval(code, {"nn": torch.nn})  # noqa: S307
    assert module.momentum == 0.25
    nodes = around("batch_normalization", [(4,)], {"momentum": 0.75})
    network = Network(nodes, loss="mean_squared_error")
    x, y = batch(network, 10)
    module(torch.tensor(network.trace(x)["i0"]))
    training_step(network, x, y)
    found = network.weights["a"]
    np.testing.assert_allclose(found["moving_mean"], module.running_mean, rtol=1e-5, atol=1e-6)
    grown = (module.running_var.numpy() - 0.75) * (10 - 1) / 10 + 0.75
    np.testing.assert_allclose(found["moving_variance"], grown, rtol=1e-5)
    assert math.isclose(module.eps, layer.epsilon)
