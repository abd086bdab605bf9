"""When the loss stops being a number: the run ends, says why, and keeps finite weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nn_designer.engine.divergence import divergence_message
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import TrainingError, TrainingRun, train
from nn_designer.engine.training_data import training_parts
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import network, number_network, plane_data

SETTINGS = TrainingSettings(loss="mean_squared_error", batch_size=16, epochs=50, seed=5)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_divergence_stops_and_goes_back_to_finite_weights(optimizer: str) -> None:
    net = number_network()
    kept = {0: net.parameters.copy()}
    settings = SETTINGS.replace(optimizer=optimizer, learning_rate=10.0)
    for report in train(net, plane_data(), settings):
        if isinstance(report, EpochProgress):
            assert np.isfinite(report.loss)
            kept[report.epoch] = net.parameters.copy()
    assert report.reason == "diverged"
    assert "The learning rate of 10 is probably too high: try 1." in report.message
    assert np.isfinite(net.parameters).all()
    np.testing.assert_array_equal(net.parameters, kept[report.best_epoch])


@pytest.mark.parametrize(
    ("optimizer", "rate", "cause"),
    [
        ("adam", 0.05, "The learning rate of 0.05 is probably too high: try 0.005."),
        ("sgd", 0.05, "The gradients probably exploded from layer to layer: try a learning rate"),
        ("adagrad", 0.4, "The gradients probably exploded"),
        ("adagrad", 0.5, "The learning rate of 0.5 is probably too high"),
    ],
)
def test_which_learning_rate_is_high_depends_on_the_optimizer(
    optimizer: str, rate: float, cause: str
) -> None:
    part, _ = training_parts(number_network(), plane_data(), TrainingSettings())
    told = divergence_message(
        epoch=3, batch=2, best_epoch=2, learning_rate=rate, optimizer=optimizer, part=part
    )
    assert told.startswith("Training stopped in epoch 3, batch 2: the loss is no finite number")
    assert cause in told
    assert told.endswith("The weights are those of epoch 2.")


def test_divergence_names_targets_that_are_not_scaled() -> None:
    data = plane_data()
    part, _ = training_parts(
        number_network(), replace(data, y_train=data.y_train * 1e6), TrainingSettings()
    )
    told = divergence_message(
        epoch=1, batch=1, best_epoch=0, learning_rate=1.0, optimizer="sgd", part=part
    )
    assert "The targets are probably the cause, they reach " in told


def test_divergence_names_inputs_that_are_not_scaled() -> None:
    data = plane_data()
    data = replace(data, x_train=data.x_train * 1e6, y_train=data.y_train * 1e6)
    net = network(2, (6, 1), ("relu", "linear"), "mean_squared_error")
    *_, last = train(net, data, SETTINGS.replace(optimizer="sgd", learning_rate=0.01))
    assert last.reason == "diverged"
    assert "The inputs are probably the cause" in last.message
    assert "The weights are those from before training." in last.message


def test_a_diverged_run_has_no_checkpoint() -> None:
    settings = SETTINGS.replace(optimizer="sgd", learning_rate=10.0)
    training = TrainingRun(number_network(), plane_data(), settings)
    list(training.progress())
    with pytest.raises(TrainingError, match="start again with a smaller learning rate"):
        training.checkpoint()
