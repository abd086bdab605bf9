"""Going on from a checkpoint: the very same run, bit for bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nn_designer.engine.checkpoint import Checkpoint
from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.progress import BatchProgress, EpochProgress, Started
from nn_designer.engine.training import Control, TrainingError, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import network, ring_data, two_class_network

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", learning_rate=0.02, batch_size=16, epochs=6, seed=5
)


def make() -> Network:
    return two_class_network(dropout=0.25)


def interrupted(settings: TrainingSettings, step: int) -> Checkpoint:
    """The state of a run after ``step`` batches; the run itself goes on, to no effect."""
    run = TrainingRun(make(), ring_data(), settings, control=Control(granularity="batch"))
    reports = run.progress()
    for report in reports:
        if isinstance(report, BatchProgress) and report.step == step:
            checkpoint = run.checkpoint()
            next(reports)
            reports.close()
            return checkpoint
    raise AssertionError(f"the run has no step {step}")


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("step", [1, 13, 15])  # in the first epoch, in the third, at its end
def test_the_same_weights_and_curve(key: str, step: int) -> None:
    settings = SETTINGS.replace(optimizer=key)
    whole = make()
    expected = list(train(whole, ring_data(), settings))
    resumed = two_class_network(dropout=0.25, seed=99)
    received = list(train(resumed, ring_data(), settings, checkpoint=interrupted(settings, step)))
    np.testing.assert_array_equal(resumed.parameters, whole.parameters)
    begun = received[0]
    assert isinstance(begun, Started)
    assert begun.epoch * 5 + begun.batch == step
    theirs = {r.epoch: r for r in expected if isinstance(r, EpochProgress)}
    ours = [r for r in received if isinstance(r, EpochProgress)]
    assert ours
    for report in ours:
        same = theirs[report.epoch]
        assert (report.loss, report.accuracy) == (same.loss, same.accuracy)
        assert (report.val_loss, report.is_best) == (same.val_loss, same.is_best)
    assert received[-1] == expected[-1]


def test_more_epochs_after_the_end() -> None:
    whole, settings = make(), SETTINGS
    list(train(whole, ring_data(), settings.replace(epochs=9)))
    run = TrainingRun(make(), ring_data(), settings)
    list(run.progress())
    more = make()
    list(train(more, ring_data(), settings.replace(epochs=9), checkpoint=run.checkpoint()))
    np.testing.assert_array_equal(more.parameters, whole.parameters)


def test_after_early_stopping_it_goes_on_from_the_last_weights_not_the_best() -> None:
    noise = np.random.default_rng(0).integers(0, 2, 70)  # nothing to learn: it gets worse again
    data = replace(ring_data(), y_train=noise)
    settings = SETTINGS.replace(epochs=100, learning_rate=0.1)
    net = make()
    run = TrainingRun(net, data, settings.replace(early_stopping=True, patience=2))
    reports = list(run.progress())
    n_epochs = sum(isinstance(r, EpochProgress) for r in reports)
    assert reports[-1].best_epoch < n_epochs
    last = make()
    list(train(last, data, settings.replace(epochs=n_epochs)))
    np.testing.assert_array_equal(run.checkpoint().variables, last.variables)
    assert not np.array_equal(net.variables, last.variables)


def test_a_checkpoint_does_not_change_afterwards() -> None:
    run = TrainingRun(make(), ring_data(), SETTINGS)
    reports = run.progress()
    while not isinstance(next(reports), EpochProgress):
        pass
    checkpoint = run.checkpoint()
    kept = checkpoint.variables.copy(), checkpoint.optimizer_state["mean"].copy()
    list(reports)
    np.testing.assert_array_equal(checkpoint.variables, kept[0])
    np.testing.assert_array_equal(checkpoint.optimizer_state["mean"], kept[1])


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"batch_size": 8}, "its batch size is 16, here it is 8"),
        ({"optimizer": "sgd"}, "its optimizer is adam, here it is sgd"),
        ({"seed": 1}, "its seed is 5, here it is 1"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(changes: dict, sentence: str) -> None:
    checkpoint = interrupted(SETTINGS, 2)
    with pytest.raises(TrainingError, match=sentence):
        list(train(make(), ring_data(), SETTINGS.replace(**changes), checkpoint=checkpoint))


def test_a_checkpoint_of_another_network_is_refused() -> None:
    checkpoint = interrupted(SETTINGS, 2)
    net = network(2, (7, 1), ("tanh", "sigmoid"), "binary_crossentropy")
    with pytest.raises(TrainingError, match="number of parameters is 25, here it is 29"):
        list(train(net, ring_data(), SETTINGS, checkpoint=checkpoint))
