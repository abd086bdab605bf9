"""Several Inputs and Outputs, each Output with a loss and a weight."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine import halving
from nn_designer.engine.network import Network, NetworkError
from nn_designer.engine.progress import BatchProgress, EpochProgress, Progress
from nn_designer.engine.training import (
    Control,
    TrainingData,
    TrainingError,
    TrainingRun,
    train,
)
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.gradients import gradient_error, training_gradient_error
from tests.helpers.networks import batch, randomize
from tests.helpers.nodes import dense, node
from tests.helpers.several import SEVERAL, mixed_data, output

MIXED = "two inputs and three outputs"


def several(example: str = MIXED, dtype: type = np.float64) -> Network:
    return randomize(Network(SEVERAL[example], loss="mean_squared_error", dtype=dtype))


@pytest.mark.parametrize("example", SEVERAL)
def test_gradients(example: str) -> None:
    network = several(example)
    assert gradient_error(network, *batch(network)) < 1e-6
    assert training_gradient_error(network, *batch(network)) < 1e-6


def test_the_total_is_the_weighted_sum_of_the_losses() -> None:
    network = several()
    x, y = batch(network)
    total = network.loss_and_gradients(x, y)
    answers = network.predict(x)
    error = answers["number"] - y["number"]
    huber = np.where(np.abs(error) < 1, 0.5 * error**2, np.abs(error) - 0.5).mean()
    classes = -np.log(answers["species"][np.arange(5), y["species"]]).mean()
    chance = answers["yes"][:, 0]
    binary = -np.log(np.where(y["yes"] == 1, chance, 1 - chance)).mean()
    assert total == pytest.approx(0.3 * huber + 1.7 * classes + 1.0 * binary, rel=1e-12)


def test_an_output_that_counts_nothing_changes_nothing() -> None:
    network = several("an output that counts nothing")
    network.loss_and_gradients(*batch(network))
    assert not network.weight_gradients["more"]["kernel"].any()
    assert network.weight_gradients["scores"]["kernel"].any()


def test_outputs_without_a_loss_take_that_of_the_training() -> None:
    nodes = [node("x", "input", shape=(3,)), dense("a", "x"), dense("b", "x", 2)]
    nodes += [node("first", "output", "a"), output("second", "b", "huber")]
    network = Network(nodes, loss="mean_absolute_error")
    assert [head.loss.loss.key for head in network.heads] == ["mean_absolute_error", "huber"]
    network.set_loss("mean_squared_error")
    assert [head.loss.loss.key for head in network.heads] == ["mean_squared_error", "huber"]


def test_a_loss_reads_logits_only_where_no_other_layer_needs_the_probabilities() -> None:
    fused = {
        name: [head.fused_name for head in several(name).heads]
        for name in (MIXED, "an output that other layers go on from", "two outputs of one layer")
    }
    assert fused[MIXED] == ["scores", None, "chance"]
    assert fused["an output that other layers go on from"] == [None, None]
    assert fused["two outputs of one layer"] == [None, None]


def test_predictions_come_by_name_and_do_not_depend_on_the_batches() -> None:
    network = several()
    x, _ = batch(network, size=11)
    whole, parts = network.predict(x), network.predict(x, batch_size=4)
    assert {name: array.shape for name, array in whole.items()} == {
        "species": (11, 3),
        "number": (11, 2),
        "yes": (11, 1),
    }
    for name in whole:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-12)
        np.testing.assert_allclose(network.trace(x)[name], whole[name], rtol=1e-12)


def test_one_output_of_two_inputs_comes_as_an_array() -> None:
    network = several("two inputs")
    x, _ = batch(network)
    assert network.predict(x).shape == (5, 2)
    swapped = {"y": x["y"], "x": x["x"]}
    np.testing.assert_array_equal(network.predict(swapped), network.predict(x))


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.zeros((5, 3)), "has 2 inputs, x, y: give an array for each"),
        ({"x": np.zeros((5, 3))}, "inputs are x, y, but the arrays given are for x"),
        ({"x": np.zeros((5, 3)), "y": np.zeros((5, 3))}, "samples of 'y' of 2, but these are 3"),
        ({"x": np.zeros((5, 3)), "y": np.zeros((4, 2))}, "5 for 'x', 4 for 'y'"),
    ],
)
def test_samples_that_do_not_fit_are_refused(x: object, words: str) -> None:
    with pytest.raises(NetworkError) as refusal:
        several("two inputs").predict(x)
    assert words in str(refusal.value)


# --- training ---


SETTINGS = TrainingSettings(loss="mean_squared_error", epochs=3, batch_size=16, learning_rate=0.02)


def reports(network: Network, n: int = 70, **settings: object) -> list[Progress]:
    return list(train(network, mixed_data(n), SETTINGS.replace(**settings)))


def test_every_output_learns_and_is_reported() -> None:
    found = reports(several(dtype=np.float32), n=400, epochs=30)
    *_, last = [r for r in found if isinstance(r, EpochProgress)]
    assert last.val_by_output["species"].accuracy > 0.85
    assert last.val_by_output["yes"].accuracy > 0.9
    assert last.val_by_output["number"].r2 > 0.9
    each = {name: one.loss for name, one in last.val_by_output.items()}
    total = 1.7 * each["species"] + 0.3 * each["number"] + each["yes"]
    assert last.val_loss == pytest.approx(total, rel=1e-6)
    assert last.val_accuracy == last.val_by_output["species"].accuracy
    assert last.val_outputs.shape == (30, 3) and last.val_targets.shape == (30,)
    *_, batches = [r for r in found if isinstance(r, BatchProgress)]
    assert batches.by_output["number"].mae == last.by_output["number"].mae


def test_numbers_are_told_in_the_persons_units() -> None:
    network = several(dtype=np.float32)
    *_, last = [r for r in reports(network) if isinstance(r, EpochProgress)]
    data = mixed_data()
    error = np.abs(network.predict(data.x_validation)["number"] - data.y_validation["number"])
    expected = (error.mean(axis=0) * [1.0, 4.0]).mean()
    assert last.val_by_output["number"].mae == pytest.approx(expected, rel=1e-5)


def test_halved_batches_train_the_same_network(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, split = several(dtype=np.float32), several(dtype=np.float32)
    expected = [r.loss for r in reports(whole) if isinstance(r, EpochProgress)]
    monkeypatch.setattr(halving, "SPLIT_WORTH", 1)
    found = [r.loss for r in reports(split) if isinstance(r, EpochProgress)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(split.parameters, whole.parameters, atol=1e-5)


def test_a_resumed_run_ends_with_the_same_bits() -> None:
    straight = several(dtype=np.float32)
    curve = [r.loss for r in reports(straight) if isinstance(r, EpochProgress)]
    stopped, resumed = several(dtype=np.float32), several(dtype=np.float32)
    run = TrainingRun(stopped, mixed_data(), SETTINGS, control=Control(granularity="batch"))
    for report in run.progress():
        if isinstance(report, BatchProgress) and report.step == 7:
            break
    checkpoint = run.checkpoint()
    rest = list(train(resumed, mixed_data(), SETTINGS, checkpoint=checkpoint))
    assert [r.loss for r in rest if isinstance(r, EpochProgress)] == curve[1:]
    np.testing.assert_array_equal(resumed.parameters, straight.parameters)


def test_targets_that_do_not_suit_name_their_output() -> None:
    data = mixed_data()
    wrong = {**data.y_train, "species": data.y_train["species"] + 1}
    with pytest.raises(TrainingError, match="classes from 1 to 3"):
        list(train(several(), TrainingData(data.x_train, wrong, task=data.task), SETTINGS))
    floats = {**data.y_train, "yes": data.y_train["number"]}
    with pytest.raises(TrainingError, match="yes: Classes must be whole numbers"):
        list(train(several(), TrainingData(data.x_train, floats, task=data.task), SETTINGS))
    swapped = {**data.task, "species": "number"}
    with pytest.raises(TrainingError, match="species: Sparse categorical cross-entropy is for"):
        list(train(several(), TrainingData(data.x_train, data.y_train, task=swapped), SETTINGS))
    with pytest.raises(TrainingError, match="outputs are species, number, yes"):
        y = {"species": wrong["species"]}
        list(train(several(), TrainingData(data.x_train, y, task=data.task), SETTINGS))
