"""Layers, activations and losses beside PyTorch: outputs, losses and all gradients, float32."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.network import Network, Node
from nn_designer.layers import KINDS
from nn_designer.layers.recurrent import RecurrentKind
from tests.helpers.layer_examples import around
from tests.helpers.losses import last_activation, least_units
from tests.helpers.networks import EXAMPLES, batch, each_frozen, mlp, randomize
from tests.helpers.nodes import dense, node
from tests.helpers.random_layers import random_layer
from tests.helpers.several import SEVERAL
from tests.parity import torch_twin
from tests.parity.torch_twin import Twin

TOLERANCE = 1e-5


def randomized(nodes: list[Node], seed: int = 2) -> Network:
    """Random weights; small ones where states come back to the same weights step after step, or
    rounding errors would grow from step to step."""
    recurs = any(isinstance(node.layer, RecurrentKind) for node in nodes)
    network = Network(nodes, loss="mean_squared_error")
    return randomize(network, seed=seed, scale=0.2 if recurs else 0.7)


def assert_agrees(network: Network, size: int = 16) -> None:
    x, y = batch(network, size)
    twin = Twin(network)
    with torch.no_grad():
        seen, _ = twin.forward(x)
    for name, values in network.trace(x).items():
        np.testing.assert_allclose(values, seen[name].numpy(), rtol=TOLERANCE, atol=TOLERANCE)
    traced = network.trace(x)
    for name, values in network.predict_each(x).items():
        np.testing.assert_array_equal(values, traced[name])
    expected_loss, expected = twin.gradients(x, y)
    loss = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(expected_loss, rel=TOLERANCE, abs=TOLERANCE)
    for name, gradients in expected.items():
        for key, gradient in gradients.items():
            np.testing.assert_allclose(
                network.weight_gradients[name][key], gradient, rtol=TOLERANCE, atol=TOLERANCE
            )


@pytest.mark.parametrize("example", EXAMPLES)
def test_kinds_branches_and_merges(example: str) -> None:
    if example == "input only":
        return  # nothing to train
    assert_agrees(randomized(EXAMPLES[example]))


@pytest.mark.parametrize("example", EXAMPLES)
def test_frozen_layers_as_without_requires_grad(example: str) -> None:
    for nodes in each_frozen(EXAMPLES[example]):
        assert_agrees(randomize(Network(nodes, loss="mean_squared_error")))


@pytest.mark.parametrize("example", SEVERAL)
def test_several_inputs_and_outputs(example: str) -> None:
    network = randomize(Network(SEVERAL[example], loss="mean_squared_error"))
    assert_agrees(network)


def test_every_activation_and_loss_has_a_twin() -> None:
    assert set(torch_twin.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(torch_twin.LOSSES) | set(torch_twin.LOGIT_LOSSES) == set(LOSSES)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_activation_in_a_network(key: str) -> None:
    assert_agrees(randomize(mlp(5, 8, 6, 3, hidden=key, dtype=np.float32)))


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_activation_function_and_derivative(key: str) -> None:
    x = np.linspace(-30.0, 30.0, 1201, dtype=np.float32)
    if key == "softmax":
        x = x[:600].reshape(100, 6) % 7
    given = torch.tensor(x, requires_grad=True)
    expected = torch_twin.ACTIVATIONS[key](given)
    np.testing.assert_allclose(
        ACTIVATIONS[key].function(x), expected.detach().numpy(), rtol=TOLERANCE, atol=TOLERANCE
    )
    if not ACTIVATIONS[key].elementwise:
        return  # its gradients are compared in a network
    expected.sum().backward()
    assert given.grad is not None
    np.testing.assert_allclose(
        ACTIVATIONS[key].derivative(x), given.grad.numpy(), rtol=TOLERANCE, atol=TOLERANCE
    )


@pytest.mark.parametrize("units", [1, 2, 10])
@pytest.mark.parametrize("loss", LOSSES)
def test_loss(loss: str, units: int) -> None:
    units, last = max(units, least_units(loss)), last_activation(loss)
    assert_agrees(randomize(mlp(4, 6, units, last=last, loss=loss, dtype=np.float32)))


@pytest.mark.parametrize("loss", torch_twin.LOGIT_LOSSES)
def test_loss_of_confident_wrong_predictions(loss: str) -> None:
    """Logits in the thousands: right only when worked out from logits."""
    last = last_activation(loss)
    network = mlp(4, 6, 3, last=last, loss=loss, dtype=np.float32)
    randomize(network, scale=1.0)
    network.weights["dense_2"]["kernel"][...] *= 1000.0
    x, y = batch(network, 16)
    expected, _ = Twin(network).gradients(x, y)
    assert expected > 100.0
    assert network.loss_and_gradients(x, y) == pytest.approx(expected, rel=TOLERANCE)


@pytest.mark.parametrize("example", ["skip over two layers", "a value feeds two layers"])
def test_large_batches_and_layers(example: str) -> None:
    assert_agrees(randomize(Network(EXAMPLES[example], loss="huber")), size=3000)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("key", [key for key in torch_twin.TWINS if key in KINDS])
def test_random_settings(key: str, seed: int) -> None:
    _, shapes, settings = random_layer(KINDS[key], np.random.default_rng([seed, 7]))
    assert_agrees(randomized(around(key, shapes, settings), seed))


@pytest.mark.parametrize("key", ["subtract", "multiply", "average", "maximum", "dot"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_same_value_twice_into_a_merge(key: str, activation: str) -> None:
    nodes = [
        node("x", "input", shape=(3,)),
        dense("a", "x", 4, activation),
        node("m", key, "a", "a"),
        node("both", "concatenate", "m", "a"),
        dense("last", "both", 2, "linear"),
        node("output", "output", "last"),
    ]
    assert_agrees(randomize(Network(nodes, loss="mean_squared_error")))


def test_equal_inputs_share_the_gradient_of_a_maximum() -> None:
    """Behind a ReLU many numbers are equal: 0."""
    nodes = [
        node("x", "input", shape=(3,)),
        *(dense(name, "x", 4, "relu") for name in "abc"),
        node("m", "maximum", "a", "b", "c"),
        dense("last", "m", 2, "linear"),
        node("output", "output", "last"),
    ]
    network = randomize(Network(nodes, loss="mean_squared_error"))
    assert (network.trace(batch(network, 16)[0])["m"] == 0).any()
    assert_agrees(network)
