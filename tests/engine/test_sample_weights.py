"""Class weights and sample weights: what counts, how often it must, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.sample_weights import class_weight_problem, class_weights
from nn_designer.engine.training import TrainingData, TrainingError, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.gradients import numeric_gradient, relative_error
from tests.helpers.losses import VARIANTS, last_activation, least_units
from tests.helpers.networks import batch, mlp, randomize
from tests.helpers.small_networks import network, plane_data, ring_data


def trained(net: Network, data: TrainingData, **settings: Any) -> tuple[Network, EpochProgress]:
    """The network after training, and the last epoch."""
    chosen = {"epochs": 2, "batch_size": 10, "learning_rate": 0.01, "shuffle": False, **settings}
    reports = list(train(net, data, TrainingSettings(loss=net.loss, **chosen)))
    return net, [report for report in reports if isinstance(report, EpochProgress)][-1]


def ring_network() -> Network:
    return network(2, (6, 1), ("tanh", "sigmoid"), "binary_crossentropy", seed=3)


@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_gradients_of_weighted_samples(key: str, settings: dict[str, Any]) -> None:
    net = mlp(3, 4, max(2, least_units(key)), last=last_activation(key), loss=key)
    net.set_loss(key, settings)
    x, y = batch(randomize(net), 5)
    weights = np.array([0.0, 0.5, 1.0, 2.0, 7.0])
    net.loss_and_gradients(x, y, weights)
    gradient = net.gradients.copy()
    expected = numeric_gradient(lambda: net.loss_and_gradients(x, y, weights), net.parameters)
    assert relative_error(gradient, expected) < 1e-6


def test_weights_of_1_change_nothing() -> None:
    data = ring_data(60, 20)
    plain, epoch = trained(ring_network(), data)
    ones = replace(data, weights_train=np.ones(60), weights_validation=np.ones(20))
    weighted, same = trained(ring_network(), ones)
    np.testing.assert_array_equal(weighted.parameters, plain.parameters)
    assert (same.loss, same.val_loss) == (epoch.loss, epoch.val_loss)


def test_a_sample_of_weight_0_does_not_count() -> None:
    data = plane_data(20)
    wrong = data.y_train.copy()
    wrong[:5] = 1000.0
    weights = np.ones(20)
    weights[:5] = 0.0
    settings: dict[str, Any] = {"batch_size": 20, "optimizer": "sgd"}
    net = [network(2, (4, 1), ("tanh", "linear"), "mean_squared_error", seed=1) for _ in range(2)]
    for one, y in zip(net, (data.y_train, wrong), strict=True):
        trained(one, replace(data, y_train=y, weights_train=weights), **settings)
    np.testing.assert_array_equal(net[0].parameters, net[1].parameters)


def test_the_loss_is_the_mean_of_weight_times_loss() -> None:
    """Over the number of samples, as Keras; metrics do not heed weights."""
    data = ring_data(40, 10)
    weights = np.random.default_rng(0).uniform(0.0, 3.0, 40)
    net = ring_network()
    p = net.predict(data.x_train)[:, 0].astype(np.float64)
    each = -np.where(data.y_train == 1, np.log(p), np.log(1 - p))
    given = replace(data, weights_train=weights, weights_validation=np.full(10, 2.0))
    _, epoch = trained(net, given, learning_rate=1e-10, epochs=1)
    assert epoch.loss == pytest.approx(np.mean(weights * each), rel=1e-5)
    assert epoch.accuracy == pytest.approx(np.mean((p > 0.5) == data.y_train))
    _, plain = trained(ring_network(), data, learning_rate=1e-10, epochs=1)
    assert plain.val_loss is not None
    assert epoch.val_loss == pytest.approx(2.0 * plain.val_loss, rel=1e-6)


def test_class_weights_leave_the_validation_part_alone() -> None:
    data = ring_data(40, 10)
    _, plain = trained(ring_network(), data, learning_rate=1e-10, epochs=1)
    _, epoch = trained(
        ring_network(),
        data,
        learning_rate=1e-10,
        epochs=1,
        class_weight="own",
        class_weights=[3.0, 3.0],
    )
    assert epoch.loss == pytest.approx(3.0 * plain.loss, rel=1e-5)
    assert epoch.val_loss == pytest.approx(plain.val_loss, rel=1e-6)


def test_balanced_classes() -> None:
    classes = np.array([0, 0, 0, 2, 2, 3])  # no sample of class 1
    found = class_weights(TrainingSettings(class_weight="balanced"), classes)
    assert found is not None
    np.testing.assert_allclose(found, [6 / 9] * 3 + [6 / 6] * 2 + [6 / 3])
    assert class_weights(TrainingSettings(), classes) is None


def test_class_weights_and_sample_weights_are_multiplied() -> None:
    data = ring_data(40, 10)
    own = np.random.default_rng(1).uniform(0.5, 2.0, 40)
    by_class = np.where(data.y_train == 1, 3.0, 0.5)
    one, _ = trained(ring_network(), replace(data, weights_train=own * by_class))
    both, _ = trained(
        ring_network(),
        replace(data, weights_train=own),
        class_weight="own",
        class_weights=[0.5, 3.0],
    )
    np.testing.assert_array_equal(one.parameters, both.parameters)


@pytest.mark.parametrize("units", [8, 600])
def test_large_batches_heed_weights_as_small_ones(units: int) -> None:
    """600 units make batches large enough to be halved for two threads."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(256, 40)).astype(np.float32)
    y = rng.integers(0, 3, 256)
    weights = rng.uniform(0.0, 2.0, 256)
    data = TrainingData(x, y, task="classes", n_classes=3, weights_train=weights)
    sizes = (units, units, 3)
    loss = "sparse_categorical_crossentropy"
    net = network(40, sizes, ("relu", "relu", "softmax"), loss, seed=5)
    first = net.parameters.copy()
    net.loss_and_gradients(x, y, weights.astype(np.float32))
    expected = first - 0.1 * net.gradients
    trained(net, data, epochs=1, batch_size=256, optimizer="sgd", learning_rate=0.1)
    np.testing.assert_allclose(net.parameters, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(39), "has 40 samples but 39 weights"),
        (np.r_[np.nan, np.ones(39)], "missing or infinite numbers in 1 of 40 samples. Correct"),
        (np.r_[np.inf, np.ones(39)], "missing or infinite numbers in 1 of 40 samples. Correct"),
        (np.r_[-1.0, -2.0, np.ones(38)], "numbers below 0 in 2 of 40 samples. Correct"),
        (np.zeros(40), "All training weights are 0, so that no sample counts. Set some above 0"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights: np.ndarray, words: str) -> None:
    with pytest.raises(TrainingError) as refusal:
        trained(ring_network(), replace(ring_data(40, 10), weights_train=weights))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "task", "n_classes", "n_outputs", "words"),
    [
        ({"class_weight": "balanced"}, "number", None, 1, "Set the class weights to none."),
        ({"class_weight": "balanced"}, "classes", 3, 2, "the network has 2. Set them to none"),
        ({"class_weight": "own"}, "classes", 3, 1, "are 2 class weights, but the data has 3"),
        ({"class_weight": "own", "class_weights": [0, 0]}, "classes", 2, 1, "All class weights"),
    ],
)
def test_class_weights_that_do_not_suit(
    settings: dict[str, Any], task: str, n_classes: int | None, n_outputs: int, words: str
) -> None:
    problem = class_weight_problem(TrainingSettings(**settings), task, n_classes, n_outputs)
    assert problem is not None
    assert words in problem
    assert problem.endswith(".")


def test_training_refuses_class_weights_that_do_not_suit() -> None:
    net = network(2, (4, 1), ("tanh", "linear"), "mean_squared_error", seed=1)
    with pytest.raises(TrainingError, match="Class weights are for classes"):
        trained(net, plane_data(20), class_weight="balanced")
