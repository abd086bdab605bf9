"""Numbers from 0 to 1 as targets of the binary cross-entropy, each with a sigmoid of its own."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.losses import LOSSES
from nn_designer.engine.metrics import METRICS
from nn_designer.engine.network import Network, Node
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import train
from nn_designer.engine.training_data import TrainingData, TrainingError
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import KINDS

SETTINGS = TrainingSettings(loss="binary_crossentropy", epochs=2, batch_size=16)


def network(units: int = 3) -> Network:
    dense = KINDS["dense"](units=units, activation="sigmoid")
    nodes = [Node("in", KINDS["input"](shape=(3,)), ()), Node("dense", dense, ("in",))]
    return Network([*nodes, Node("out", KINDS["output"](), ("dense",))], loss=SETTINGS.loss)


def data(scale: float = 1.0) -> TrainingData:
    x = np.random.default_rng(1).random((64, 3)).astype(np.float32)
    return TrainingData(x, x * np.float32(scale), x[:20], x[:20], task="number")


@pytest.mark.parametrize(
    ("units", "activation", "words"),
    [(784, "sigmoid", ""), (10, "sigmoid", "784 numbers"), (784, "linear", "Set it to sigmoid")],
)
def test_each_number_needs_a_sigmoid_output(units: int, activation: str, words: str) -> None:
    loss = LOSSES["binary_crossentropy"]()
    problem = loss.problem_with((units,), activation, "number", None, 784, shares=True)
    assert words in problem if words else problem is None  # type: ignore[operator]


def test_other_losses_for_classes_take_no_shares() -> None:
    for key in ("categorical_crossentropy", "sparse_categorical_crossentropy", "hinge"):
        assert LOSSES[key]().problem_with((3,), "softmax", "number", None, 3, shares=True)


def test_errors_are_those_of_the_answers_not_of_the_logits() -> None:
    trained, given = network(), data()
    (*_, last) = [one for one in train(trained, given, SETTINGS) if isinstance(one, EpochProgress)]
    outputs = trained.predict(given.x_validation)
    for key in ("mae", "r2"):
        expected = METRICS[key].measure(outputs, given.y_validation)
        assert getattr(last, f"val_{key}") == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scale", [1.5, -1.0])
def test_numbers_beyond_0_and_1_are_refused_before_training(scale: float) -> None:
    with pytest.raises(TrainingError, match="Choose mean squared error"):
        next(iter(train(network(), data(scale), SETTINGS)))
