"""Layers of noise: what they do to numbers while training, and that predicting knows nothing of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.engine.training import train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.nodes import chain
from tests.helpers.small_networks import ring_data

NOISE: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("dropout", {"rate": 0.3}, (6, 5, 4)),
    ("spatial_dropout1d", {"rate": 0.3}, (30, 4)),
    ("spatial_dropout2d", {"rate": 0.3}, (6, 5, 4)),
    ("gaussian_noise", {"stddev": 0.7}, (6, 5, 4)),
    ("gaussian_dropout", {"rate": 0.3}, (6, 5, 4)),
]
KEYS = [key for key, _, _ in NOISE]


def network_of(key: str, settings: dict[str, Any], shape: tuple[int, ...]) -> Network:
    nodes = chain(("input", {"shape": shape}), (key, settings), ("flatten", {}))
    return Network(nodes, loss="mean_squared_error")


def run(network: Network, x: np.ndarray) -> np.ndarray:
    """What a training pass makes of samples, (N, *shape)."""
    plan = network.plan(len(x), training=True)
    plan.inputs[:, :-1] = x.reshape(len(x), -1)
    plan.run()
    return plan.logits.T.reshape(x.shape)


def samples(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2000, *shape)).astype(np.float32)


@pytest.mark.parametrize(("key", "settings", "shape"), NOISE, ids=KEYS)
def test_predicting_changes_nothing(
    key: str, settings: dict[str, Any], shape: tuple[int, ...]
) -> None:
    x = samples(shape)[:10]
    np.testing.assert_array_equal(network_of(key, settings, shape).predict(x), x.reshape(10, -1))


@pytest.mark.parametrize(("key", "settings", "shape"), NOISE, ids=KEYS)
def test_the_mean_stays(key: str, settings: dict[str, Any], shape: tuple[int, ...]) -> None:
    x = np.full((2000, *shape), 2.0, np.float32)
    y = run(network_of(key, settings, shape), x)
    assert y.mean() == pytest.approx(2.0, abs=0.05)
    assert not np.array_equal(x, y)


@pytest.mark.parametrize("key", ["gaussian_noise", "gaussian_dropout"])
def test_the_deviation_is_that_of_the_setting(key: str) -> None:
    (settings,) = [settings for name, settings, _ in NOISE if name == key]
    x = np.full((2000, 60), 2.0, np.float32)
    y = run(network_of(key, settings, (60,)), x)
    expected = 0.7 if key == "gaussian_noise" else 2.0 * np.sqrt(0.3 / 0.7)
    assert y.std() == pytest.approx(expected, rel=0.02)
    standard = (y - y.mean()) / y.std()
    assert (standard**3).mean() == pytest.approx(0.0, abs=0.05)
    assert (standard**4).mean() == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(
    ("key", "shape"), [("spatial_dropout1d", (30, 4)), ("spatial_dropout2d", (6, 5, 4))]
)
def test_whole_channels_are_dropped(key: str, shape: tuple[int, ...]) -> None:
    x = samples(shape)
    y = run(network_of(key, {"rate": 0.3}, shape), x).reshape(len(x), -1, shape[-1])
    dropped = (y == 0).all(axis=1)
    assert dropped.mean() == pytest.approx(0.3, abs=0.02)
    kept = y / x.reshape(y.shape)
    np.testing.assert_allclose(kept[~np.broadcast_to(dropped[:, None], y.shape)], 1 / 0.7, 1e-5)


@pytest.mark.parametrize("key", KEYS)
def test_a_rate_of_zero_costs_nothing(key: str) -> None:
    name = "stddev" if key == "gaussian_noise" else "rate"
    shape = (3, 2, 2) if key.endswith("2d") else (3, 2)
    assert network_of(key, {name: 0.0}, shape).plan(4, training=False).steps == []
    x = samples(shape)[:10]
    np.testing.assert_array_equal(run(network_of(key, {name: 0.0}, shape), x), x)


@pytest.mark.parametrize(("key", "settings", "shape"), NOISE, ids=KEYS)
def test_the_same_seed_gives_the_same_run(
    key: str, settings: dict[str, Any], shape: tuple[int, ...]
) -> None:
    shape = (2, 3, 4) if len(shape) == 3 else (6, 4)
    nodes = chain(
        ("input", {"shape": (2,)}),
        ("dense", {"units": 24, "activation": "tanh"}),
        ("reshape", {"target_shape": shape}),
        (key, settings),
        ("flatten", {}),
        ("dense", {"units": 2, "activation": "softmax"}),
    )

    def trained(seed: int) -> np.ndarray:
        network = Network(nodes, loss="sparse_categorical_crossentropy", seed=1)
        run_settings = TrainingSettings(
            epochs=3, batch_size=16, seed=seed, loss="sparse_categorical_crossentropy"
        )
        for _ in train(network, ring_data(), run_settings):
            pass
        return network.parameters.copy()

    np.testing.assert_array_equal(trained(4), trained(4))
    assert not np.array_equal(trained(4), trained(5))
