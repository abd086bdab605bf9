"""What BatchNormalization keeps, and when it uses it."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.halving import halving
from nn_designer.engine.network import Network
from nn_designer.engine.training import train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import ShapeError
from nn_designer.layers.batch_normalization import BatchNormalization
from tests.helpers.nodes import chain
from tests.helpers.small_networks import ring_data

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", batch_size=23, epochs=4, seed=5, learning_rate=0.01
)


def network(units: int = 6, **settings: object) -> Network:
    """The name of the layer is batch_normalization_2."""
    nodes = chain(
        ("input", {"shape": (2,)}),
        ("dense", {"units": units, "activation": "linear", "use_bias": False}),
        ("batch_normalization", settings),
        ("activation", {"activation": "tanh"}),
        ("dense", {"units": 1, "activation": "sigmoid"}),
    )
    return Network(nodes, loss="binary_crossentropy", seed=3)


def moving(net: Network) -> tuple[np.ndarray, np.ndarray]:
    held = net.get_weights()["batch_normalization_2"]
    return held["moving_mean"], held["moving_variance"]


def test_weights_are_those_of_keras_and_in_its_order() -> None:
    net = network()
    assert list(net.weights["batch_normalization_2"]) == [
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
    ]
    cost = net.cost().layers["batch_normalization_2"]
    assert (cost.parameters, cost.trainable) == (4 * 6, 2 * 6)


def test_predictions_come_to_what_training_saw() -> None:
    """With a short memory and one batch for all, the moving averages become the batch's."""
    net, data = network(momentum=0.0, epsilon=1e-6), ring_data()
    list(train(net, data, SETTINGS.replace(batch_size=70, epochs=1, learning_rate=1e-6)))
    seen = net.trace(data.x_train)["batch_normalization_2"]
    np.testing.assert_allclose(seen.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=0), 1.0, atol=0.01)


def test_evaluation_and_prediction_leave_the_averages_alone() -> None:
    net, data = network(), ring_data()
    net.predict(data.x_train)
    net.loss_and_gradients(data.x_train, data.y_train)
    np.testing.assert_array_equal(moving(net), [np.zeros(6), np.ones(6)])


def test_frozen_it_keeps_its_averages_and_uses_them() -> None:
    trained = network()
    list(train(trained, ring_data(), SETTINGS))
    frozen = network(trainable=False)
    frozen.set_weights(trained.get_weights())
    list(train(frozen, ring_data(), SETTINGS))
    np.testing.assert_array_equal(moving(frozen), moving(trained))
    data = ring_data()
    plan = frozen.plan(23, training=True)  # a training step sees what a prediction sees
    plan.inputs[:, :-1] = data.x_train[:23]
    plan.targets[...] = frozen.criterion.encode(data.y_train[:23])
    plan.run()
    outputs = 1.0 / (1.0 + np.exp(-plan.logits.T))
    np.testing.assert_allclose(frozen.predict(data.x_train[:23]), outputs, rtol=1e-5)


def test_a_single_number_has_no_spread_so_the_averages_are_used() -> None:
    """70 samples in batches of 23: the last has one sample."""
    net, other = network(), network()
    list(train(net, ring_data(), SETTINGS.replace(epochs=1, shuffle=False)))
    first_69 = ring_data()
    first_69 = type(first_69)(first_69.x_train[:69], first_69.y_train[:69], n_classes=2)
    list(train(other, first_69, SETTINGS.replace(epochs=1, shuffle=False)))
    np.testing.assert_array_equal(moving(net), moving(other))
    assert np.isfinite(net.variables).all()


def test_batches_are_not_halved() -> None:
    large = network(units=20_000)
    without = Network(
        chain(("input", {"shape": (2,)}), ("dense", {"units": 20_000}), ("dense", {"units": 1})),
        loss="mean_squared_error",
    )
    assert halving(without, 1000).halved
    assert not halving(large, 1000).halved


@pytest.mark.parametrize("axis", [0, 3, -4])
def test_an_axis_that_is_not_there_is_refused(axis: int) -> None:
    with pytest.raises(ShapeError, match="Choose an axis from 1 to 2, or -1 for the last"):
        BatchNormalization(axis=axis).output_shape([(5, 3)])
