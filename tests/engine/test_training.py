"""Training: what it reports, that seeds decide, stopping, steering, odd data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nn_designer.engine.inputs import Inputs
from nn_designer.engine.network import Network, Node
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.progress import BatchProgress, EpochProgress, Finished, Progress, Started
from nn_designer.engine.training import Control, TrainingData, TrainingError, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import Input, Output
from tests.helpers.small_networks import (
    network,
    number_network,
    plane_data,
    ring_data,
    two_class_network,
)

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", learning_rate=0.02, batch_size=16, epochs=4, seed=5
)


def run(
    net: Network | None = None,
    data: TrainingData | None = None,
    control: Control | None = None,
    **settings: object,
) -> tuple[Network, list[Progress]]:
    net = two_class_network() if net is None else net
    data = ring_data() if data is None else data
    chosen = SETTINGS.replace(**{"loss": net.loss, **settings})
    return net, list(train(net, data, chosen, control=control))


def epochs(reports: list[Progress]) -> list[EpochProgress]:
    return [report for report in reports if isinstance(report, EpochProgress)]


def curve(reports: list[Progress]) -> list[tuple[object, ...]]:
    """Everything of the epochs that does not depend on time."""
    return [
        (e.epoch, e.loss, e.accuracy, e.mae, e.r2, e.val_loss, e.val_accuracy, e.val_mae, e.val_r2)
        for e in epochs(reports)
    ]


def test_the_reports_of_a_run() -> None:
    _, reports = run()
    assert reports[0] == Started(steps_per_epoch=5, epochs=4, n_train=70, n_validation=30)
    assert [e.epoch for e in epochs(reports)] == [1, 2, 3, 4]
    batches = [r for r in reports if isinstance(r, BatchProgress)]
    assert batches[-1].batch == 5
    assert batches[-1].step == 20
    assert batches[-1].samples_seen == 280
    for epoch in epochs(reports):  # training and validation take longer than training alone
        assert epoch.seconds > 70 / epoch.samples_per_second
    assert batches[-1].loss == epochs(reports)[-1].loss
    assert batches[-1].samples_per_second > 0
    last = epochs(reports)[-1]
    assert last.seconds > 0 and last.samples_per_second > 0 and last.learning_rate == 0.02
    assert last.val_outputs is not None and last.val_outputs.shape == (30, 1)
    assert last.mae is None and last.r2 is None and last.val_r2 is None
    finished = reports[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "completed"
    assert finished.message == "Training is complete: 4 epochs."
    assert min(epochs(reports), key=lambda e: e.val_loss).epoch == finished.best_epoch


def test_it_learns_two_classes() -> None:
    net, reports = run(epochs=60)
    last = epochs(reports)[-1]
    assert last.accuracy > 0.95
    right = (net.predict(ring_data().x_validation)[:, 0] > 0.5) == ring_data().y_validation
    assert last.val_accuracy == pytest.approx(right.mean())


def test_it_learns_a_number_and_speaks_the_persons_units() -> None:
    data = plane_data()
    net, reports = run(number_network(), data, epochs=80)
    last = epochs(reports)[-1]
    assert last.val_r2 > 0.99
    errors = (net.predict(data.x_validation) - data.y_validation) * 4.0
    assert last.val_mae == pytest.approx(np.abs(errors).mean(), rel=1e-5)
    assert last.val_rmse == pytest.approx(np.sqrt(np.square(errors).mean()), rel=1e-5)
    assert last.accuracy is None and last.val_accuracy is None


def test_loss_is_the_mean_over_the_epoch_while_weights_change() -> None:
    """As Keras shows it: written out here with plain gradient steps."""
    data, plain = ring_data(), two_class_network(l2=0.01)
    order = np.random.default_rng(5).permutation(70)
    total = right = 0.0
    for start in range(0, 70, 16):
        samples = order[start : start + 16]
        x, y = data.x_train[samples], data.y_train[samples]
        right += ((plain.predict(x)[:, 0] > 0.5) == y).sum()
        total += plain.loss_and_gradients(x, y) * len(samples)
        plain.parameters -= 0.02 * plain.gradients
    net, reports = run(two_class_network(l2=0.01), optimizer="sgd", epochs=1)
    (report,) = epochs(reports)
    assert report.loss == pytest.approx(total / 70, rel=1e-6)
    assert report.accuracy == pytest.approx(right / 70)
    np.testing.assert_allclose(net.parameters, plain.parameters, atol=1e-7)
    assert report.val_loss == pytest.approx(
        plain.loss_and_gradients(data.x_validation, data.y_validation), rel=1e-6
    )


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_same_seed_same_curve_and_another_seed_another(dropout: float) -> None:
    first, first_reports = run(two_class_network(dropout=dropout))
    second, second_reports = run(two_class_network(dropout=dropout))
    assert curve(first_reports) == curve(second_reports)
    np.testing.assert_array_equal(first.parameters, second.parameters)
    _, other_reports = run(two_class_network(dropout=dropout), seed=6)
    assert curve(other_reports) != curve(first_reports)


def test_a_second_run_from_the_same_weights_is_the_same() -> None:
    net = two_class_network(dropout=0.3)
    weights = net.get_weights()
    _, first = run(net)
    net.set_weights(weights)
    _, second = run(net)
    assert curve(first) == curve(second)


@pytest.mark.parametrize(
    "make, data", [(two_class_network, ring_data), (number_network, plane_data)]
)
def test_how_often_it_reports_changes_no_number(make, data) -> None:
    chunked, chunked_reports = run(make(l1=0.001), data(200))
    single, single_reports = run(make(l1=0.001), data(200), Control(granularity="batch"))
    assert curve(chunked_reports) == curve(single_reports)
    np.testing.assert_array_equal(chunked.parameters, single.parameters)
    batches = [r for r in single_reports if isinstance(r, BatchProgress)]
    assert [b.step for b in batches] == list(range(1, 53))


def test_without_shuffling_the_order_is_that_of_the_data() -> None:
    net, _ = run(shuffle=False, epochs=1, batch_size=35, optimizer="sgd")
    plain, data = two_class_network(), ring_data()
    for part in (slice(0, 35), slice(35, 70)):
        plain.loss_and_gradients(data.x_train[part], data.y_train[part])
        plain.parameters -= 0.02 * plain.gradients
    np.testing.assert_allclose(net.parameters, plain.parameters, atol=1e-7)


def test_several_classes_and_one_hot_targets_agree() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((50, 4), np.float32), rng.integers(0, 3, 50)
    data = TrainingData(x, y, task="classes", n_classes=3)
    _, sparse = run(network(4, (3,), ("softmax",), "sparse_categorical_crossentropy"), data)
    _, one_hot = run(network(4, (3,), ("softmax",), "categorical_crossentropy"), data)
    for a, b in zip(epochs(sparse), epochs(one_hot), strict=True):
        assert a.loss == pytest.approx(b.loss, rel=1e-5)
        assert a.accuracy == b.accuracy


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(key: str) -> None:
    _, reports = run(optimizer=key, epochs=15, learning_rate=0.1 if key == "sgd" else 0.02)
    assert epochs(reports)[-1].loss < epochs(reports)[0].loss


def test_optimizer_settings_are_used() -> None:
    def trained(**optimizer_settings: float) -> np.ndarray:
        net = two_class_network()
        list(train(net, ring_data(), SETTINGS, optimizer_settings=optimizer_settings))
        return net.parameters

    assert not np.array_equal(trained(), trained(beta_1=0.5))


# ---------------------------------------------------------------------- steering


def test_closing_leaves_the_weights_of_that_moment() -> None:
    net = two_class_network()
    generator = train(net, ring_data(), SETTINGS, control=Control(granularity="batch"))
    for report in generator:
        if isinstance(report, BatchProgress) and report.step == 7:
            break
    generator.close()
    again = two_class_network()
    for report in train(again, ring_data(), SETTINGS, control=Control(granularity="batch")):
        if isinstance(report, BatchProgress) and report.step == 7:
            np.testing.assert_array_equal(net.parameters, again.parameters)
            break


def test_stop_ends_with_a_last_report() -> None:
    control = Control(granularity="batch")
    reports = []
    for report in train(two_class_network(), ring_data(), SETTINGS, control=control):
        reports.append(report)
        control.stop = isinstance(report, BatchProgress) and report.step == 7
    assert isinstance(reports[-1], Finished)
    assert reports[-1].reason == "stopped"
    assert reports[-1].message == "Training was stopped after 1 epoch."
    assert reports[-2].step == 7


def test_the_learning_rate_can_change_on_the_way() -> None:
    control = Control()
    net = two_class_network()
    for report in train(net, ring_data(), SETTINGS, control=control):
        if isinstance(report, EpochProgress):
            if report.epoch == 2:
                control.learning_rate, kept = 1e-30, net.parameters.copy()
            assert report.learning_rate == (0.02 if report.epoch <= 2 else 1e-30)
    np.testing.assert_array_equal(net.parameters, kept)


def test_granularity_can_change_on_the_way() -> None:
    control = Control(granularity="batch")
    steps = []
    for report in train(two_class_network(), ring_data(800), SETTINGS, control=control):
        if isinstance(report, BatchProgress):
            steps.append(report.step)
            if report.step == 10:
                control.granularity = "chunk"
    assert steps[:10] == list(range(1, 11))
    assert len(steps) < 200


# ---------------------------------------------------------------------- the end


def test_early_stopping_keeps_the_best_weights() -> None:
    rng = np.random.default_rng(0)
    noise = replace(ring_data(), y_train=rng.integers(0, 2, 70))  # nothing to learn
    net, reports = run(data=noise, epochs=500, early_stopping=True, patience=3, learning_rate=0.1)
    finished = reports[-1]
    assert finished.reason == "early_stopping"
    losses = [e.val_loss for e in epochs(reports)]
    assert finished.best_epoch == int(np.argmin(losses)) + 1
    assert len(losses) == finished.best_epoch + 3
    assert [e.epoch for e in epochs(reports) if e.is_best][-1] == finished.best_epoch
    data = ring_data()
    best = net.loss_and_gradients(data.x_validation, data.y_validation)
    assert best == pytest.approx(min(losses), rel=1e-6)
    assert "no improvement for 3 epochs" in finished.message
    assert f"those of epoch {finished.best_epoch}" in finished.message


def test_a_run_that_is_stopped_keeps_the_weights_of_that_moment_also_with_early_stopping() -> None:
    rng = np.random.default_rng(0)
    noise = replace(ring_data(), y_train=rng.integers(0, 2, 70))
    net, control = two_class_network(), Control()
    settings = SETTINGS.replace(epochs=500, early_stopping=True, patience=100, learning_rate=0.1)
    for report in train(net, noise, settings, control=control):
        if isinstance(report, EpochProgress) and not report.is_best and report.epoch > 3:
            control.stop = True
            now = net.parameters.copy()
    assert report.reason == "stopped"
    np.testing.assert_array_equal(net.parameters, now)


def test_early_stopping_without_keeping_the_best() -> None:
    rng = np.random.default_rng(0)
    noise = replace(ring_data(), y_train=rng.integers(0, 2, 70))
    net, reports = run(
        data=noise, epochs=500, early_stopping=True, patience=3, learning_rate=0.1, keep_best=False
    )
    data = ring_data()
    last = net.loss_and_gradients(data.x_validation, data.y_validation)
    assert last == pytest.approx(epochs(reports)[-1].val_loss, rel=1e-6)


def test_early_stopping_without_validation_watches_the_loss() -> None:
    data = replace(ring_data(), x_validation=None, y_validation=None)
    _, reports = run(
        data=data, epochs=500, early_stopping=True, patience=2, minimum_improvement=0.2
    )
    assert reports[-1].reason == "early_stopping"


# ---------------------------------------------------------------------- odd data


def test_a_batch_larger_than_the_data_is_the_whole_data() -> None:
    whole, reports = run(batch_size=70)
    larger, _ = run(batch_size=65536)
    assert reports[0].steps_per_epoch == 1
    np.testing.assert_array_equal(whole.parameters, larger.parameters)


def test_one_training_sample() -> None:
    data = ring_data(1)
    _, reports = run(data=data)
    assert reports[-1].reason == "completed"
    assert epochs(reports)[-1].accuracy in (0.0, 1.0)
    _, reports = run(number_network(), plane_data(1, 1))
    assert np.isfinite(epochs(reports)[-1].r2)


def test_batches_of_one() -> None:
    _, reports = run(batch_size=1, epochs=2)
    assert reports[0].steps_per_epoch == 70
    assert np.isfinite(epochs(reports)[-1].loss)


@pytest.mark.parametrize("empty", [None, np.zeros((0, 2), np.float32)])
def test_no_validation_part(empty: np.ndarray | None) -> None:
    data = replace(ring_data(), x_validation=empty, y_validation=np.zeros(0, np.int64))
    _, reports = run(data=data)
    last = epochs(reports)[-1]
    assert reports[0].n_validation == 0
    assert last.val_loss is None and last.val_accuracy is None and last.val_outputs is None
    assert reports[-1].best_epoch == min(epochs(reports), key=lambda e: e.loss).epoch


def test_one_class_only() -> None:
    data = replace(ring_data(), y_train=np.ones(70, np.int64), y_validation=np.ones(30, np.int64))
    _, reports = run(data=data, epochs=30)
    assert epochs(reports)[-1].accuracy == 1.0


def test_pictures_are_flattened_only_by_a_layer() -> None:
    data = replace(ring_data(), x_train=np.zeros((70, 2, 1), np.float32))
    with pytest.raises(
        TrainingError, match="expects samples of 2, but those of the data are 2 × 1"
    ):
        run(data=data)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"x_train": np.zeros((0, 2), np.float32), "y_train": np.zeros(0, int)}, "no training samples"),
        ({"y_train": np.zeros(69, int)}, "70 samples but 69 targets"),
        ({"y_train": np.zeros(70, np.float32)}, "Classes must be whole numbers"),
        ({"y_train": np.full(70, 2)}, "classes from 2 to 2"),
        ({"n_classes": 3}, "is for two classes, but the data has 3"),
        ({"task": "number"}, "is for classes, but the data's target is a number"),
        ({"task": "both"}, "must be classes or number"),
    ],
)  # fmt: skip
def test_data_that_does_not_fit_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        run(data=replace(ring_data(), **changes))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_missing_numbers_are_refused(wrong: float) -> None:
    data = ring_data()
    data.x_train[[3, 8], 1] = wrong
    with pytest.raises(TrainingError, match="missing or infinite numbers in 2 of 70 samples"):
        run(data=data)
    numbers = plane_data()
    numbers.y_validation[0] = wrong
    with pytest.raises(TrainingError, match="The validation targets hold missing"):
        run(number_network(), numbers)


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    for target, name, sentence in (
        (Network, "plan", "A batch of 16 samples does not fit into memory"),
        (OPTIMIZERS["adam"], "bind", "several copies of the 25 parameters"),
        (Inputs, "rows", "training part with 70 samples of 2 does not fit into memory"),
    ):
        with monkeypatch.context() as patch, pytest.raises(TrainingError, match=sentence):
            patch.setattr(target, name, no_memory)
            run()


def test_an_output_that_is_no_list_is_refused() -> None:
    nodes = [Node("input", Input(shape=(2, 2))), Node("output", Output(), ("input",))]
    data = replace(ring_data(), x_train=np.zeros((70, 2, 2), np.float32))
    with pytest.raises(TrainingError, match="Insert a Flatten layer before the last layer"):
        list(train(Network(nodes), data, SETTINGS))


def test_the_settings_decide_the_loss() -> None:
    net = two_class_network()
    list(train(net, ring_data(), SETTINGS.replace(loss="mean_squared_error", epochs=1)))
    assert net.loss == "mean_squared_error"
