"""From outputs to answers, and the course of training as records and CSV."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest

from nn_designer.engine.progress import EpochProgress
from nn_designer.interchange.history import HISTORY_KEYS, epoch_record, full_record, write_history
from nn_designer.interchange.model import InterchangeError, TrainedModel
from nn_designer.interchange.predictions import predictions, write_predictions
from tests.helpers.models import chain, small_model


def model_ending(units, activation, loss, names=("no", "yes")):
    design = chain(
        ("input", {"shape": [2]}),
        ("dense", {"units": units, "activation": activation}),
        ("output", {}),
        training={"loss": loss},
    )
    return TrainedModel(design, {}, class_names=names, target_names=("y",))


def test_softmax_outputs_are_the_probabilities_themselves():
    outputs = np.array([[0.1, 0.7, 0.2], [0.5, 0.25, 0.25]], np.float32)
    found = predictions(small_model(), outputs)
    assert found.answers == ["versicolor", "setosa"]
    assert found.names == ("setosa", "versicolor", "virginica")
    np.testing.assert_array_equal(found.columns, outputs)


def test_one_sigmoid_output_is_the_probability_of_the_second_class():
    model = model_ending(1, "sigmoid", "binary_crossentropy")
    found = predictions(model, np.array([[0.25], [0.75]]))
    assert found.answers == ["no", "yes"]
    np.testing.assert_allclose(found.columns, [[0.75, 0.25], [0.25, 0.75]])
    assert found.note == ""


@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_hinge_has_its_border_at_zero_and_gives_no_probabilities(folder, activation):
    model = model_ending(1, activation, "hinge")
    found = predictions(model, np.array([[-0.5], [0.1], [3.0]]))
    assert found.answers == ["no", "yes", "yes"]
    assert found.columns is None
    assert found.note == (
        f"The network ends with {activation}, which gives no probabilities, so the columns of the "
        "classes are empty. Train it with softmax or sigmoid in the last layer to get them."
    )
    write_predictions(folder / "p.csv", found)
    assert (folder / "p.csv").read_text() == "prediction,no,yes\nno,,\nyes,,\nyes,,\n"


def test_of_linear_outputs_for_classes_only_the_largest_counts():
    model = model_ending(2, "linear", "mean_squared_error")
    found = predictions(model, np.array([[0.2, 0.6], [-1.0, -2.0], [5.0, 0.0]]))
    assert found.answers == ["yes", "no", "no"]
    assert found.columns is None


def test_several_sigmoids_are_probabilities_each_of_its_own():
    model = model_ending(2, "sigmoid", "mean_squared_error")
    outputs = np.array([[0.2, 0.6], [0.9, 0.8]])
    found = predictions(model, outputs)
    assert found.answers == ["yes", "no"]
    np.testing.assert_array_equal(found.columns, outputs)
    assert found.note == "Each class has a probability of its own; they need not add up to 1."


def test_numbers_get_one_column_per_target():
    model = replace(model_ending(1, "linear", "huber"), task="number", target_names=("mpg",))
    found = predictions(model, np.array([[21.5], [-3.0]]))
    assert found.names == ("mpg",)
    np.testing.assert_array_equal(found.answers, [21.5, -3.0])


@pytest.mark.parametrize(("task", "names"), [("classes", ("a", "b", "c")), ("number", ())])
def test_outputs_that_do_not_match_the_names_are_refused(task, names):
    model = replace(model_ending(2, "linear", "huber"), task=task, class_names=names)
    with pytest.raises(InterchangeError, match="The network has 2 outputs, but there are"):
        predictions(model, np.ones((1, 2)))


def test_the_csv_reads_back_as_the_same_numbers(folder):
    outputs = np.random.default_rng(1).dirichlet([0.05, 0.05, 0.05], 50).astype(np.float32)
    write_predictions(folder / "p.csv", predictions(small_model(), outputs))
    with (folder / "p.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["prediction", "setosa", "versicolor", "virginica"]
    read_back = np.array([row[1:] for row in rows], dtype=np.float32)
    np.testing.assert_array_equal(read_back, outputs)
    assert [header[1 + int(np.argmax(row))] for row in outputs] == [row[0] for row in rows]


def test_class_names_with_commas_quotes_and_other_letters_survive(folder):
    model = replace(model_ending(1, "sigmoid", "hinge"), class_names=('a,"b', "猫\n2"))
    write_predictions(folder / "p.csv", predictions(model, np.array([[0.9]])))
    with (folder / "p.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert header[1:] == ['a,"b', "猫\n2"]
    assert row[0] == "猫\n2"


EPOCH = EpochProgress(
    epoch=1,
    loss=0.5,
    accuracy=None,
    mae=2.0,
    r2=0.25,
    val_loss=math.nan,
    val_accuracy=None,
    val_mae=np.float32(3.0),
    val_r2=None,
    seconds=0.125,
    samples_per_second=1000.0,
    learning_rate=0.01,
    is_best=True,
)


def test_a_record_has_exactly_the_promised_keys_and_plain_values():
    assert tuple(epoch_record(EPOCH, "classes")) == HISTORY_KEYS
    record = epoch_record(EPOCH, "number")
    assert tuple(record) == (*HISTORY_KEYS, "mae", "r2")
    assert record["accuracy"] is None
    assert record["val_loss"] is None  # NaN has no place in JSON
    assert record["mae"] == 2.0
    assert type(full_record(EPOCH, "number")["val_mae"]) is float


def test_the_course_of_training_as_csv(folder):
    write_history(folder / "h.csv", [full_record(EPOCH, "number")])
    lines = (folder / "h.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "epoch,loss,accuracy,val_loss,val_accuracy,seconds,samples_per_second,mae,r2,"
        "val_mae,val_r2,learning_rate"
    )
    assert lines[1] == "1,0.5,,,,0.125,1000.0,2.0,0.25,3.0,,0.01"


def test_an_empty_course_still_has_its_header(folder):
    write_history(folder / "h.csv", [])
    assert (folder / "h.csv").read_text() == ",".join(HISTORY_KEYS) + "\n"
