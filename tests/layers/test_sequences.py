"""Layers of series: attention, positions, Dense at each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.layers import Shape, ShapeError, kind_of
from nn_designer.layers.positional_embedding import sine_waves
from tests.helpers.networks import batch, randomize
from tests.helpers.nodes import node


@pytest.mark.parametrize(
    ("kind", "settings", "shapes", "expected"),
    [
        ("time_distributed_dense", {"units": 7}, [(28, 10)], (28, 7)),
        ("time_distributed_dense", {"units": 7}, [(28, 28, 3)], (28, 28, 7)),
        ("positional_embedding", {}, [(28, 10)], (28, 10)),
        ("multi_head_attention", {}, [(28, 10)], (28, 10)),
        ("multi_head_attention", {}, [(28, 10), (5, 8)], (28, 10)),
        ("multi_head_attention", {}, [(28, 10), (5, 8), (5, 3)], (28, 10)),
    ],
)
def test_shapes(kind: str, settings: dict[str, Any], shapes: list[Shape], expected: Shape) -> None:
    assert kind_of(kind)(**settings).output_shape(shapes) == expected


@pytest.mark.parametrize(
    ("kind", "shapes", "words"),
    [
        ("time_distributed_dense", [(28,)], "expects a series of steps × features, but it "
         "receives 28. Use Dense instead"),
        ("positional_embedding", [(28,)], "Insert a Reshape layer or an Embedding before it."),
        ("multi_head_attention", [(28, 28, 1)], "receives 28 × 28 × 1. Insert a Reshape layer "),
        ("multi_head_attention", [(4, 2), (5, 2), (6, 2)], "they are 6 × 2 and 5 × 2. Make the "
         "steps equal, or remove the third wire."),
    ],
)  # fmt: skip
def test_a_shape_that_does_not_fit_says_the_way_out(
    kind: str, shapes: list[Shape], words: str
) -> None:
    with pytest.raises(ShapeError) as refusal:
        kind_of(kind)().output_shape(shapes)
    assert words in str(refusal.value)


def test_costs() -> None:
    dense = kind_of("time_distributed_dense")(units=7)
    assert dense.macs([(28, 10)]) == 28 * 10 * 7
    assert sum(spec.size for spec in dense.weight_specs([(28, 10)])) == 77
    attention = kind_of("multi_head_attention")(num_heads=2, key_dim=4)
    assert sum(spec.size for spec in attention.weight_specs([(5, 8)])) == 4 * (8 * 8 + 8)
    assert attention.macs([(5, 8)]) == 4 * 5 * 8 * 8 + 2 * 5 * 5 * 8


def test_summaries() -> None:
    assert kind_of("multi_head_attention")().summary() == "4 heads of 16"
    settings: dict[str, Any] = {"num_heads": 1, "use_causal_mask": True}
    assert kind_of("multi_head_attention")(**settings).summary() == "1 head of 16, causal"
    assert kind_of("positional_embedding")(kind="sinusoidal").summary() == "sine waves"


def attention(**settings: Any) -> Network:
    nodes = [
        node("x", "input", shape=(6, 4)),
        node("a", "multi_head_attention", "x", num_heads=2, key_dim=3, **settings),
        node("f", "flatten", "a"),
        node("output", "output", "f"),
    ]
    return randomize(Network(nodes, loss="mean_squared_error"))


def test_to_attention_a_series_is_a_set() -> None:
    network = attention()
    x, _ = batch(network)
    order = np.random.default_rng(0).permutation(6)
    expected = network.trace(x)["a"][:, order]
    np.testing.assert_allclose(network.trace(x[:, order])["a"], expected, rtol=1e-5, atol=1e-6)


def test_with_the_causal_mask_no_step_sees_what_is_to_come() -> None:
    network = attention(use_causal_mask=True)
    x, _ = batch(network)
    before = network.trace(x)["a"]
    x[:, 3:] += 1.0
    after = network.trace(x)["a"]
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert (np.abs(after[:, 3:] - before[:, 3:]) > 1e-3).any(axis=-1).all()


def test_scores_in_the_thousands_do_not_overflow() -> None:
    network = attention()
    x, y = batch(network)
    network.loss_and_gradients(1e3 * x, y)
    assert np.isfinite(network.gradients).all()
    assert np.isfinite(network.predict(1e3 * x)).all()


def test_dropout_leaves_out_looks_while_training_only() -> None:
    network, plain = attention(dropout=0.5), attention()
    x, _ = batch(network)
    np.testing.assert_array_equal(network.predict(x), plain.predict(x))
    plan = network.plan(len(x), training=True)
    plan.inputs[:, :-1] = x.reshape(len(x), -1)
    plan.run()
    first = plan.values["a"].data.copy()
    plan.run()
    assert not np.array_equal(plan.values["a"].data, first)


def test_sine_waves_are_those_of_the_paper() -> None:
    waves = sine_waves(50, 6, 10_000.0)
    np.testing.assert_allclose(waves[7, 2], np.sin(7 / 10_000 ** (2 / 6)))
    np.testing.assert_allclose(waves[7, 3], np.cos(7 / 10_000 ** (2 / 6)))
    np.testing.assert_array_equal(waves[0], [0, 1, 0, 1, 0, 1])
    odd = sine_waves(50, 5, 100.0)
    np.testing.assert_allclose(odd[9, 4], np.sin(9 / 100 ** (4 / 5)))
