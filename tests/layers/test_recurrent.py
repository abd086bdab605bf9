"""Recurrent layers: shapes, directions, dropout, first weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine import recurrence
from nn_designer.engine.halving import halving
from nn_designer.engine.network import Network
from nn_designer.layers import GRU, LSTM, ShapeError, SimpleRNN
from tests.helpers.networks import randomize
from tests.helpers.nodes import dense, node

KEYS = ("simple_rnn", "lstm", "gru")
X = np.random.default_rng(1).standard_normal((4, 6, 3)).astype(np.float32)


def network_of(key: str, **settings: Any) -> Network:
    layer = node("a", key, "x", **{"units": 5, **settings})
    flat = node("f", "flatten", "a")
    nodes = [node("x", "input", shape=(6, 3)), layer, flat, dense("d", "f", 2, "linear")]
    return randomize(
        Network([*nodes, node("output", "output", "d")], loss="mean_squared_error"), scale=0.4
    )


def states(key: str, **settings: Any) -> np.ndarray:
    return network_of(key, **settings).trace(X)["a"]


def test_the_series_or_its_last_state() -> None:
    assert LSTM(units=8).output_shape([(28, 3)]) == (8,)
    assert LSTM(units=8, return_sequences=True).output_shape([(28, 3)]) == (28, 8)
    assert LSTM(units=8, direction="both").output_shape([(28, 3)]) == (16,)
    assert LSTM(units=8, direction="both", merge_mode="sum").output_shape([(28, 3)]) == (8,)


@pytest.mark.parametrize("shape", [(784,), (28, 28, 1)])
def test_what_is_no_series_is_refused_with_a_way_out(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"GRU expects a series of steps × features.*Reshape"):
        GRU().output_shape([shape])


@pytest.mark.parametrize("key", KEYS)
def test_the_last_state_is_the_end_of_the_series(key: str) -> None:
    np.testing.assert_array_equal(states(key), states(key, return_sequences=True)[:, -1])


@pytest.mark.parametrize("key", KEYS)
def test_a_state_sees_only_the_steps_before(key: str) -> None:
    network = network_of(key, return_sequences=True)
    changed = X.copy()
    changed[:, 3] += 1.0
    before, after = network.trace(X)["a"], network.trace(changed)["a"]
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert (before[:, 3:] != after[:, 3:]).any(axis=(0, 2)).all()


@pytest.mark.parametrize("key", KEYS)
def test_backward_is_forward_through_the_reversed_series(key: str) -> None:
    network = network_of(key, return_sequences=True)
    backward = network_of(key, return_sequences=True, direction="backward")
    np.testing.assert_array_equal(network.trace(X[:, ::-1])["a"], backward.trace(X)["a"])


@pytest.mark.parametrize("key", KEYS)
def test_both_ways_each_step_has_seen_the_series_from_both_ends(key: str) -> None:
    both = network_of(key, return_sequences=True, direction="both")
    forward, backward = (
        network_of(key, return_sequences=True, direction=way) for way in ("forward", "backward")
    )
    for prefix, one in (("forward_", forward), ("backward_", backward)):
        for name, tensor in one.weights["a"].items():
            tensor[...] = both.weights["a"][prefix + name]
    expected = [forward.trace(X)["a"], backward.trace(X)["a"][:, ::-1]]
    np.testing.assert_array_equal(both.trace(X)["a"], np.concatenate(expected, axis=-1))


def test_dropout_takes_the_same_features_out_of_all_steps() -> None:
    """What arrives of a feature is the same at each step: nothing, or ten times as much."""
    network = network_of("simple_rnn", dropout=0.9, activation="linear", return_sequences=True)
    weights = network.weights["a"]
    weights["kernel"][...] = np.eye(3, 5)
    weights["recurrent_kernel"][...] = 0.0
    weights["bias"][...] = 0.0
    plan = network.plan(256, training=True)
    plan.inputs[:, :-1] = 1.0
    plan.targets[...] = 0.0
    plan.run()
    arrived = plan.values["a"].data[:, :3]  # (steps, features, samples)
    assert set(np.unique(arrived.round(4))) == {0.0, 10.0}
    assert (arrived == arrived[:1]).all()
    assert (network.predict(np.ones_like(X)) == network.predict(np.ones_like(X))).all()


def test_what_the_recurrent_kernel_begins_with_keeps_lengths() -> None:
    nodes = [
        node("x", "input", shape=(6, 3)),
        node("a", "simple_rnn", "x", units=5),
        node("output", "output", "a"),
    ]
    kernel = Network(nodes).weights["a"]["recurrent_kernel"]
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(5), atol=1e-6)


@pytest.mark.parametrize("forget", [0.0, 1.0])
def test_forget_gates_begin_open_if_wanted(forget: float) -> None:
    nodes = [
        node("x", "input", shape=(6, 3)),
        node("a", "lstm", "x", units=5, unit_forget_bias=forget == 1.0),
        node("output", "output", "a"),
    ]
    expected = np.repeat([0.0, forget, 0.0, 0.0], 5)
    np.testing.assert_array_equal(Network(nodes).weights["a"]["bias"], expected)


@pytest.mark.parametrize("key", KEYS)
def test_sums_of_any_size_give_numbers_without_a_warning(key: str) -> None:
    network = network_of(key, return_sequences=True)
    outputs = network.predict(X * 1e6)
    assert np.isfinite(outputs).all()
    network.loss_and_gradients(X * 1e6, np.zeros((4, 2), np.float32))
    assert np.isfinite(network.gradients).all()


@pytest.mark.parametrize(("kind", "gates"), [(SimpleRNN, 1), (GRU, 3), (LSTM, 4)])
def test_cost(kind: type[SimpleRNN], gates: int) -> None:
    layer = kind(units=5)
    assert layer.macs([(6, 3)]) == 6 * gates * 5 * (3 + 5)


def test_series_of_one_step_and_batches_of_one() -> None:
    nodes = [node("x", "input", shape=(1, 3)), node("a", "gru", "x", units=2)]
    network = Network([*nodes, node("output", "output", "a")])
    assert network.predict(np.ones((1, 1, 3), np.float32)).shape == (1, 2)


@pytest.mark.parametrize(("units", "halved"), [(32, False), (128, True)])
def test_batches_are_halved_where_the_steps_are_long(units: int, halved: bool) -> None:
    """1000 short steps are many multiplications, but no two threads get through them faster."""
    nodes = [
        node("x", "input", shape=(1000, 8)),
        node("a", "lstm", "x", units=units),
        dense("d", "a", 2),
        node("output", "output", "d"),
    ]
    assert halving(Network(nodes, loss="mean_squared_error"), 64).halved is halved


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("settings", [{}, {"return_sequences": True, "direction": "both"}])
def test_how_many_steps_are_worked_on_at_once_changes_nothing(
    key: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    gradients = []
    for chunk in (recurrence.CHUNK, 1, 4 * 5 * 4 * 4):  # all steps, one, a few
        monkeypatch.setattr(recurrence, "CHUNK", chunk)
        network = network_of(key, **settings)
        network.loss_and_gradients(X, np.ones((4, 2), np.float32))
        gradients.append(network.gradients)
    np.testing.assert_array_equal(gradients[1], gradients[0])
    np.testing.assert_array_equal(gradients[2], gradients[0])
