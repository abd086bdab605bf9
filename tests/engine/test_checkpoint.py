"""Going on from a checkpoint: the very same run, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.checkpoint import Checkpoint
from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.progress import BatchProgress, EpochProgress, Started
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.engine.training import Control, TrainingError, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import network, ring_data, two_class_network

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", learning_rate=0.02, batch_size=16, epochs=6, seed=5
)


def make() -> Network:
    return two_class_network(dropout=0.25)


def interrupted(
    settings: TrainingSettings, step: int, net: Network | None = None, **own: Any
) -> Checkpoint:
    """The state of a run after ``step`` batches; the run itself goes on, to no effect."""
    control = Control(granularity="batch")
    run = TrainingRun(net or make(), ring_data(), settings, control=control, **own)
    reports = run.progress()
    for report in reports:
        if isinstance(report, BatchProgress) and report.step == step:
            checkpoint = run.checkpoint()
            next(reports)
            reports.close()
            return checkpoint
    raise AssertionError(f"the run has no step {step}")


STEPPING = [key for key, one in OPTIMIZERS.items() if not one.sees_all_samples]


@pytest.mark.parametrize("key", STEPPING)
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


SCHEDULE_SETTINGS: dict[str, dict[str, Any]] = {
    "step": {"every": 1},
    "cosine_restarts": {"first_wave": 2},
    "plateau": {"wait": 1, "improvement": 0.1, "drop": 0.5, "rest": 1},
}
AROUND: dict[str, dict[str, Any]] = {
    "clipped by value": {"clipping": "value", "clip_limit": 0.01, "warm_up": 0.5},
    "averaged": {"use_ema": True, "ema_momentum": 0.9, "weight_decay": 0.1},
    "clipped by norm, accumulated": {
        "clipping": "norm",
        "clip_limit": 0.05,
        "gradient_accumulation_steps": 3,
    },
    "everything": {
        "clipping": "global_norm",
        "clip_limit": 0.05,
        "gradient_accumulation_steps": 4,
        "use_ema": True,
        "weight_decay": 0.1,
        "warm_up": 1.5,
    },
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("key", STEPPING)
def test_the_same_weights_with_everything_around(key: str, schedule: str, around: str) -> None:
    """Interrupted in the middle of an epoch and of an accumulation, with Dropout at work."""
    settings = SETTINGS.replace(optimizer=key, schedule=schedule, **AROUND[around])
    own = {"schedule_settings": SCHEDULE_SETTINGS.get(schedule, {})}
    whole = make()
    expected = list(train(whole, ring_data(), settings, **own))
    resumed, checkpoint = make(), interrupted(settings, 13, **own)
    received = list(train(resumed, ring_data(), settings, checkpoint=checkpoint, **own))
    np.testing.assert_array_equal(resumed.parameters, whole.parameters)
    rates = {r.epoch: r.learning_rate for r in expected if isinstance(r, EpochProgress)}
    for report in received:
        if isinstance(report, EpochProgress):
            assert report.learning_rate == rates[report.epoch]


@pytest.mark.parametrize("step", [1, 4])
def test_the_same_weights_with_all_samples_at_once(step: int) -> None:
    settings = SETTINGS.replace(optimizer="lbfgs", epochs=8)
    own = {"optimizer_settings": {"history": 3}}
    whole, resumed = two_class_network(dropout=0.0), two_class_network(dropout=0.0)
    list(train(whole, ring_data(), settings, **own))
    checkpoint = interrupted(settings, step, two_class_network(dropout=0.0), **own)
    list(train(resumed, ring_data(), settings, checkpoint=checkpoint, **own))
    np.testing.assert_array_equal(resumed.parameters, whole.parameters)


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
