"""Frozen layers: their weights stay, the others learn as before, and no work is done for them."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.network import Network, Node
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.training import TrainingError, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import KINDS, LayerKind
from tests.helpers.gradients import gradient_error
from tests.helpers.networks import EXAMPLES, batch, chain, each_frozen, node, randomize
from tests.helpers.small_networks import ring_data

SETTINGS = TrainingSettings(loss="binary_crossentropy", batch_size=16, epochs=3, seed=5)


def with_frozen(*frozen: int, l2: float = 0.0, loss: str = "binary_crossentropy") -> Network:
    """2 inputs and Dense layers 1, 2, 3, some of them frozen."""
    layers = [
        ("dense", {"units": units, "activation": key, "l2": l2, "trainable": i not in frozen})
        for i, (units, key) in enumerate([(5, "tanh"), (4, "relu"), (1, "sigmoid")], start=1)
    ]
    return Network(chain(("input", {"shape": (2,)}), *layers), loss=loss, seed=3)


def test_kinds_with_weights_and_only_these_can_be_frozen() -> None:
    for kind in KINDS.values():
        has_weights = kind.weight_specs is not LayerKind.weight_specs
        assert ("trainable" in kind.params) == has_weights
        assert kind().trainable


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("frozen", [1, 2, 3])
def test_no_optimizer_moves_frozen_weights(key: str, frozen: int) -> None:
    network, before = with_frozen(frozen, l2=0.1), with_frozen(frozen).get_weights()
    list(train(network, ring_data(), SETTINGS.replace(optimizer=key)))
    for name, tensors in network.get_weights().items():
        same = [np.array_equal(tensor, before[name][key]) for key, tensor in tensors.items()]
        assert all(same) if name == f"dense_{frozen}" else not any(same)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_other_gradients_are_as_without_freezing(example: str) -> None:
    whole = randomize(Network(EXAMPLES[example], loss="mean_squared_error", dtype=np.float64))
    x, y = batch(whole)
    whole.loss_and_gradients(x, y)
    for nodes in each_frozen(EXAMPLES[example]):
        network = Network(nodes, loss="mean_squared_error", dtype=np.float64)
        network.set_weights(whole.get_weights())
        network.loss_and_gradients(x, y)
        for name, gradients in network.weight_gradients.items():
            for key, gradient in gradients.items():
                expected = whole.weight_gradients[name][key]
                np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12)
        assert gradient_error(network, x, y) < 1e-6


def test_regularization_of_frozen_weights_adds_nothing() -> None:
    whole, frozen = with_frozen(l2=0.1), with_frozen(1, 2, l2=0.1)
    last = whole.weights["dense_3"]["kernel"]
    assert frozen.regularization() == pytest.approx(0.1 * np.square(last).sum())
    assert frozen.regularization() < whole.regularization()


def products(network: Network) -> int:
    """How many matrix products a training step takes."""
    steps = network.plan(4, training=True).steps
    return sum(getattr(function, "__name__", "") == "dot" for function, _ in steps)


@pytest.mark.parametrize(
    ("frozen", "count"),
    [
        ((), 3 + 3 + 2),  # forward, gradients of weights, gradients of inputs
        ((2,), 3 + 2 + 2),
        ((1,), 3 + 2 + 1),
        ((1, 2), 3 + 1),  # nothing before the last layer learns: it is the whole way back
    ],
)
def test_no_work_is_done_for_frozen_weights(frozen: tuple[int, ...], count: int) -> None:
    assert products(with_frozen(*frozen)) == count


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_frozen_layer_takes_fewer_steps(example: str) -> None:
    whole = Network(EXAMPLES[example], loss="mean_squared_error")
    for nodes in each_frozen(EXAMPLES[example]):
        network = Network(nodes, loss="mean_squared_error")
        assert len(network.plan(3, True).steps) < len(whole.plan(3, True).steps)


def test_halved_batches_leave_out_frozen_weights() -> None:
    """Two threads, a large network: the frozen layer stays, the others learn."""
    layers = [
        ("dense", {"units": 400, "trainable": False}),
        ("dense", {"units": 300}),
        ("dense", {"units": 1, "activation": "sigmoid"}),
    ]
    nodes = chain(("input", {"shape": (2,)}), *layers)
    network = Network(nodes, loss="binary_crossentropy", seed=3)
    before = network.get_weights()
    list(train(network, ring_data(600), SETTINGS.replace(batch_size=400, epochs=1)))
    np.testing.assert_array_equal(network.weights["dense_1"]["kernel"], before["dense_1"]["kernel"])
    assert not np.array_equal(network.weights["dense_2"]["kernel"], before["dense_2"]["kernel"])


def test_nothing_to_learn_is_said_before_training() -> None:
    with pytest.raises(TrainingError, match="All layers with weights are frozen"):
        TrainingRun(with_frozen(1, 2, 3), ring_data(), SETTINGS)


def test_frozen_convolution_that_leaves_its_bias_to_the_pooling() -> None:
    nodes: list[Node] = [
        node("x", "input", shape=(5, 5, 1)),
        node("a", "conv2d", "x", filters=2, activation="tanh"),
        node("b", "conv2d", "a", filters=3, activation="relu", trainable=False),
        node("p", "global_max_pooling2d", "b"),
        node("last", "dense", "p", units=2, activation="linear"),
        node("output", "output", "last"),
    ]
    network = randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))
    assert gradient_error(network, *batch(network)) < 1e-6
    assert set(network.weight_gradients) == {"a", "last"}
