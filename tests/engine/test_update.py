"""What every optimizer can do around its step: in whole runs, halved or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine import halving
from nn_designer.engine.network import Network
from nn_designer.engine.progress import BatchProgress, EpochProgress
from nn_designer.engine.training import Control, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import ring_data, two_class_network

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", optimizer="sgd", learning_rate=0.5, batch_size=14, epochs=4, seed=5
)
AROUND: list[dict[str, Any]] = [
    {"clipping": "value", "clip_limit": 0.01},
    {"clipping": "norm", "clip_limit": 0.01},
    {"clipping": "global_norm", "clip_limit": 0.01},
    {"weight_decay": 0.1},
    {"use_ema": True, "ema_momentum": 0.9},
    {"gradient_accumulation_steps": 3},
    {
        "clipping": "global_norm",
        "clip_limit": 0.02,
        "use_ema": True,
        "gradient_accumulation_steps": 3,
        "weight_decay": 0.1,
    },
]


def trained(l2: float = 0.0, **settings: Any) -> Network:
    net = two_class_network(l2=l2)
    list(train(net, ring_data(), SETTINGS.replace(**settings)))
    return net


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_halved_batches_train_the_same_network(
    monkeypatch: pytest.MonkeyPatch, l2: float, around: dict[str, Any]
) -> None:
    whole = trained(l2, **around).parameters.copy()
    assert np.abs(whole - trained(l2).parameters).max() > 1e-3  # it matters
    monkeypatch.setattr(halving, "SPLIT_WORTH", 1)
    halved = trained(l2, **around).parameters
    np.testing.assert_allclose(halved, whole, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(trained(l2, **around).parameters, halved)


def test_accumulation_is_a_larger_batch() -> None:
    large = trained(batch_size=35, shuffle=False).parameters
    summed = trained(batch_size=7, shuffle=False, gradient_accumulation_steps=5).parameters
    np.testing.assert_allclose(summed, large, rtol=0, atol=1e-6)


def test_gradients_of_an_epochs_end_count_in_the_next_one() -> None:
    """5 batches an epoch, 3 for a step: after the first epoch one step, after the second 3."""
    net = two_class_network()
    before = net.parameters.copy()
    settings = SETTINGS.replace(gradient_accumulation_steps=3, epochs=2)
    changes = []
    for report in train(net, ring_data(), settings, control=Control(granularity="batch")):
        if isinstance(report, BatchProgress):
            changes.append(not np.array_equal(net.parameters, before))
            before = net.parameters.copy()
    assert changes == [False, False, True, False, False, True, False, False, True, False]


def test_the_network_holds_the_average_at_every_report_and_trains_on_without_it() -> None:
    settings = SETTINGS.replace(use_ema=True, ema_momentum=0.5, epochs=2)
    plain: list[np.ndarray] = []
    net = two_class_network()
    for report in train(
        net, ring_data(), SETTINGS.replace(epochs=2), control=Control(granularity="batch")
    ):
        if isinstance(report, BatchProgress):
            plain.append(net.parameters.copy())
    averaged = two_class_network()
    expected = plain[0]
    run = train(averaged, ring_data(), settings, control=Control(granularity="batch"))
    step = 0
    for report in run:
        if isinstance(report, BatchProgress):
            expected = plain[0] if step == 0 else 0.5 * (expected + plain[step])
            np.testing.assert_allclose(averaged.parameters, expected, rtol=0, atol=1e-6)
            step += 1
    np.testing.assert_allclose(averaged.parameters, expected, rtol=0, atol=1e-6)


def test_what_is_evaluated_and_kept_as_the_best_is_the_average() -> None:
    settings = SETTINGS.replace(use_ema=True, early_stopping=True, patience=99, learning_rate=2.0)
    net = two_class_network()
    data = ring_data()
    kept: dict[int, np.ndarray] = {}
    for report in train(net, data, settings.replace(epochs=12)):
        if isinstance(report, EpochProgress):
            kept[report.epoch] = net.parameters.copy()
            assert report.val_outputs is not None and data.x_validation is not None
            np.testing.assert_allclose(
                net.predict(data.x_validation), report.val_outputs, atol=1e-6
            )
    np.testing.assert_array_equal(net.parameters, kept[report.best_epoch])


def test_a_closed_run_leaves_the_average() -> None:
    net = two_class_network()
    run = TrainingRun(
        net,
        ring_data(),
        SETTINGS.replace(use_ema=True),
        control=Control(granularity="batch"),
    )
    reports = run.progress()
    while not (isinstance(report := next(reports), BatchProgress) and report.step == 3):
        pass
    shown = net.parameters.copy()
    raw = run.checkpoint().variables
    np.testing.assert_array_equal(net.parameters, shown)
    assert not np.array_equal(raw[: shown.size], shown)
    reports.close()
    np.testing.assert_array_equal(net.parameters, shown)
