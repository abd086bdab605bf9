"""What people are told about a network that learns badly, and that a good one gets no blame."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.diagnosis import diagnose
from nn_designer.engine.diagnosis_findings import findings
from nn_designer.engine.network import Network
from nn_designer.engine.training import Control, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.networks import batch, mlp, randomize
from tests.helpers.small_networks import ring_data, two_class_network


def said_about(network: Network, **keywords: Any) -> tuple[str, ...]:
    return findings(diagnose(network, *batch(network, 50), **keywords))


def test_dead_units() -> None:
    network = mlp(3, 10, 1, hidden="relu")
    network.weights["dense_1"]["bias"][:6] = -100
    assert said_about(network) == (
        "dense_1: 6 of 10 units are always 0 and can't learn; a smaller learning rate or Leaky "
        "ReLU helps.",
    )


def test_a_single_dead_unit_is_one() -> None:
    network = mlp(3, 4, 1, hidden="relu")
    network.weights["dense_1"]["bias"][0] = -100
    (sentence,) = said_about(network)
    assert sentence.startswith("dense_1: 1 of 4 units is always 0")


def test_a_few_dead_units_are_no_fault() -> None:
    network = mlp(3, 20, 1, hidden="relu")
    network.weights["dense_1"]["bias"][:3] = -100
    assert said_about(network) == ()


def test_saturated_outputs() -> None:
    network = mlp(3, 5, 1, hidden="sigmoid")
    network.weights["dense_1"]["bias"][:4] = [50, -50, 50, -50]
    assert said_about(network) == (
        "dense_1: 80% of the outputs are at the ends of Sigmoid, where hardly any gradient passes; "
        "smaller initial weights, BatchNormalization before the activation, or ReLU help.",
    )


def test_confident_answers_are_no_fault() -> None:
    network = mlp(3, 4, 1, last="sigmoid", loss="binary_crossentropy")
    network.weights["dense_2"]["bias"][...] = 50
    assert diagnose(network, batch(network)[0])["dense_2"].saturated_share == 1.0
    assert said_about(network) == ()


def test_gradients_that_vanish_and_explode() -> None:
    vanishing = mlp(3, *[4] * 8, 1, hidden="sigmoid")
    first, *_ = said_about(vanishing)
    assert first == (
        "dense_1: its gradient is less than 0.01% of the last layer's, too small to learn from; "
        "ReLU, fewer layers, or wires that skip some help."
    )
    exploding = randomize(mlp(3, *[8] * 10, 1, hidden="linear"), scale=3.0)
    first, *_ = said_about(exploding)
    assert first.startswith("dense_1: its gradient is ")
    assert first.endswith(
        " times the last layer's; smaller initial weights, BatchNormalization or gradient clipping "
        "help."
    )


def test_numbers_that_are_none() -> None:
    network = mlp(3, 4, 1)
    network.weights["dense_1"]["kernel"][0, 0] = np.nan
    first, *_ = said_about(network)
    assert first == (
        "dense_1: some outputs are no finite numbers; a smaller learning rate, gradient clipping "
        "or standardized inputs help."
    )


def test_gradients_that_overflow() -> None:
    network = mlp(1, 1, 1, hidden="linear", dtype=np.float32)
    network.weights["dense_1"]["kernel"][...] = 1.0
    network.weights["dense_2"]["kernel"][...] = 1e25
    found = diagnose(network, np.ones((1, 1)), np.zeros((1, 1)))
    assert findings(found) == (
        "dense_1: its gradient is no finite number; smaller initial weights or BatchNormalization "
        "help.",
    )


def test_steps_that_are_too_long() -> None:
    network = mlp(3, 4, 1)
    before = network.get_weights()
    network.weights["dense_1"]["kernel"][...] *= 1.5
    assert said_about(network, before=before) == (
        "dense_1: one step changes its weights by 50%, about 0.1% is usual; a smaller learning "
        "rate helps.",
    )


def test_biases_that_begin_at_0_may_grow() -> None:
    network = mlp(3, 4, 1)
    network.weights["dense_1"]["bias"][...] = 0.001
    before = network.get_weights()
    network.weights["dense_1"]["bias"][...] = 0.002
    assert said_about(network, before=before) == ()


def test_a_network_that_learns_well_gets_no_blame() -> None:
    network, data = two_class_network(), ring_data()
    settings = TrainingSettings(loss="binary_crossentropy", learning_rate=0.02, epochs=30)
    before = network.get_weights()
    for report in train(network, data, settings, control=Control(granularity="batch")):
        found = diagnose(network, data.x_train, data.y_train, before=before)
        before = network.get_weights()
        assert findings(found) == (), report
