"""Layers that use the weights of another layer. Their gradients are checked with those of
several outputs."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine import halving
from nn_designer.engine.network import Network, NetworkError, Node
from tests.helpers.networks import batch, randomize
from tests.helpers.nodes import dense, node, shared
from tests.helpers.several import SHARING


def built(example: str) -> Network:
    return randomize(Network(SHARING[example], loss="mean_squared_error", dtype=np.float64))


def test_shared_weights_are_kept_saved_and_counted_once() -> None:
    network = built("two branches share a layer")
    assert set(network.weights) == {"a", "last"}
    assert network.parameter_count == (3 * 4 + 4) + (4 * 2 + 2) == network.cost().parameters
    assert network.cost().layers["b"].parameters == 0
    assert network.cost().layers["b"].macs == 12
    weights = network.get_weights()
    other = Network(SHARING["two branches share a layer"], dtype=np.float64)
    other.set_weights(weights)
    x, _ = batch(network)
    np.testing.assert_array_equal(other.predict(x), network.predict(x))


def test_the_same_layer_gives_the_same_for_the_same() -> None:
    network = built("two branches share a layer")
    x = np.random.default_rng(0).normal(size=(4, 3))
    seen = network.trace({"x": x, "y": x})
    np.testing.assert_array_equal(seen["a"], seen["b"])
    assert not seen["m"].any()


def test_regularization_counts_once() -> None:
    network = built("two branches share a layer")
    kernel = network.weights["a"]["kernel"]
    assert network.regularization() == pytest.approx(0.1 * np.square(kernel).sum())


@pytest.mark.parametrize("example", SHARING)
def test_gradients_do_not_add_up_from_step_to_step(example: str) -> None:
    network = built(example)
    x, y = batch(network)
    network.loss_and_gradients(x, y)
    first = network.gradients.copy()
    network.loss_and_gradients(x, y)
    np.testing.assert_array_equal(network.gradients, first)


def test_a_frozen_layer_stays_frozen_in_all_places() -> None:
    a = node("a", "dense", "x", units=3, trainable=False)
    nodes = [node("x", "input", shape=(3,)), a, shared(a, "b", "a"), dense("c", "b", 2)]
    network = Network([*nodes, node("o", "output", "c")], loss="mean_squared_error")
    assert set(network.weight_gradients) == {"c"}
    assert np.isfinite(network.loss_and_gradients(*batch(network)))


def test_batches_of_a_network_with_shared_layers_are_not_halved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(halving, "SPLIT_WORTH", 1)
    found = halving.halving(built("a layer three times in a row"), 16)
    assert not found.halved and "shares its weights with" in found.reason


@pytest.mark.parametrize(
    ("node_b", "words"),
    [
        (shared(dense("a", "x"), "b", "a"), "with the same sizes"),
        (node("b", "prelu", "x")._replace(shares="a"), "must be of one kind"),
        (dense("b", "x")._replace(shares="c"), "'c', which is missing"),
        (dense("b", "x")._replace(shares="b"), "which has none of its own"),
    ],
)
def test_weights_that_cannot_be_shared_are_refused(node_b: Node, words: str) -> None:
    nodes = [node("x", "input", shape=(3,)), dense("a", "x"), node_b, dense("m", "b")]
    nodes[3] = node("m", "concatenate", "a", "b")
    with pytest.raises(NetworkError) as refusal:
        Network([*nodes, node("o", "output", "m")])
    assert words in str(refusal.value)
