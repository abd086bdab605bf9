"""Embedding: numbers are looked up, gradients added up, and what can't be looked up is found."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from nn_designer.design.check import check
from nn_designer.engine.network import Network
from nn_designer.engine.training import TrainingData, TrainingError, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import kind_of
from tests.helpers.documents import chain
from tests.helpers.nodes import node

X = np.array([[0, 3, 3], [2, 0, 3]], np.float32)


def network(between: str | None = None) -> Network:
    """Three numbers from 0 to 3 are looked up, behind a layer of another kind perhaps."""
    middle = [node("m", between, "x")] if between else []
    source = "m" if between else "x"
    nodes = [node("x", "input", shape=(3,)), *middle]
    nodes += [
        node("e", "embedding", source, input_dim=4, output_dim=2),
        node("f", "flatten", "e"),
        node("output", "output", "f"),
    ]
    return Network(nodes, loss="mean_squared_error")


def test_each_number_becomes_its_row() -> None:
    net = network()
    table = net.weights["e"]["embeddings"]
    np.testing.assert_array_equal(net.trace(X)["e"], table[X.astype(int)])
    assert np.abs(table).max() <= 0.05 and np.ptp(table) > 0.02  # as Keras draws them


def test_each_row_gets_the_sum_of_the_gradients_of_its_places() -> None:
    net = network()
    y = np.ones((2, 6), np.float32)
    net.loss_and_gradients(X, y)
    share = (net.trace(X)["e"] - 1.0) * 2.0 / y.size
    expected = np.zeros((4, 2))
    np.add.at(expected, X.astype(int), share)
    np.testing.assert_allclose(net.weight_gradients["e"]["embeddings"], expected, rtol=1e-5)
    assert (net.weight_gradients["e"]["embeddings"][1] == 0).all()  # 1 does not occur


def test_what_is_outside_when_predicting_counts_as_the_nearest_row() -> None:
    net = network()
    outside = np.array([[-5.0, 99.0, np.nan], [1e30, -np.inf, 2.0]], np.float32)
    nearest = np.array([[0, 3, 0], [3, 0, 2]], np.float32)
    np.testing.assert_array_equal(net.predict(outside), net.predict(nearest))


@pytest.mark.parametrize("between", [None, "reshape"])
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (4.0, "The layer 'e' looks up whole numbers from 0 to 3, but the data have 4. Raise its "
         "input dim to at least 5."),
        (0.5, "from 0 to 3, but the data have 0.5. Give it numbers that are not scaled"),
        (-1.0, "from 0 to 3, but the data have -1."),
    ],
)  # fmt: skip
def test_what_can_not_be_looked_up_is_found_before_training(
    number: float, sentence: str, between: str | None
) -> None:
    x = X.copy()
    x[1, 2] = number
    net, y = network(between), np.zeros((2, 6), np.float32)
    settings = TrainingSettings(loss="mean_squared_error", epochs=1)
    with pytest.raises(TrainingError) as refusal:
        list(train(net, TrainingData(x, y, task="number"), settings))
    assert sentence in str(refusal.value)
    list(train(net, TrainingData(X, y, task="number"), settings))


def test_numbers_that_a_layer_computes_are_not_looked_up() -> None:
    document = chain("input", "dense", "embedding", "flatten", "dense", "output")
    (problem,) = check(document).errors
    assert problem.layer_id == "embedding_1"
    assert problem.sentence == (
        "Embedding 1 looks up whole numbers of the data, but Dense 1 changes them on the way. Put "
        "Embedding 1 right behind an Input."
    )
    document = chain("input", "reshape", "embedding", "flatten", "dense", "output")
    assert check(document).ok


def test_steps_allocate_nothing() -> None:
    nodes = [
        node("x", "input", shape=(40,)),
        node("e", "embedding", "x", input_dim=500, output_dim=32),
        node("f", "flatten", "e"),
        node("output", "output", "f"),
    ]
    net = Network(nodes, loss="mean_squared_error")
    plan = net.plan(64, training=True)
    plan.run()
    tracemalloc.start()
    plan.run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80_000  # NumPy casts in pieces of 64 KiB; the values take 328 KB


def test_sizes() -> None:
    layer = kind_of("embedding")(input_dim=100, output_dim=8)
    assert layer.output_shape([(12,)]) == (12, 8)
    assert layer.summary() == "100 → 8"
    (spec,) = layer.weight_specs([(12,)])
    assert spec.shape == (100, 8)
