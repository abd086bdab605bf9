"""Initial weights: the right spread, and the same ones for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn_designer.engine.initializers import INITIALIZERS, initializer
from nn_designer.params import ParamError

SHAPE = (300, 200)
FAN = (300, 200)

DEVIATIONS = {
    "glorot_uniform": math.sqrt(2 / 500),
    "glorot_normal": math.sqrt(2 / 500),
    "he_uniform": math.sqrt(2 / 300),
    "he_normal": math.sqrt(2 / 300),
    "lecun_uniform": math.sqrt(1 / 300),
    "lecun_normal": math.sqrt(1 / 300),
    "variance_scaling": math.sqrt(1 / 300),
    "variance_scaling(scale=3.0, mode=fan_out)": math.sqrt(3 / 200),
    "variance_scaling(mode=fan_avg, distribution=uniform)": math.sqrt(2 / 500),
    "variance_scaling(distribution=untruncated_normal)": math.sqrt(1 / 300),
    "normal": 0.05,
    "normal(mean=0.5, stddev=0.2)": 0.2,
    "uniform": 0.05 / math.sqrt(3),
    "uniform(limit=0.3)": 0.3 / math.sqrt(3),
    "orthogonal": math.sqrt(1 / 300),
    "orthogonal(gain=2.0)": math.sqrt(4 / 300),
    "identity": math.sqrt(1 / 300 * (1 - 1 / 300)),
    "zeros": 0.0,
    "ones": 0.0,
    "constant": 0.0,
    "constant(value=-2.0)": 0.0,
}
"""Setting → standard deviation of the weights."""

MEANS = {
    "ones": 1.0,
    "constant": 0.1,
    "constant(value=-2.0)": -2.0,
    "normal(mean=0.5, stddev=0.2)": 0.5,
    "identity": 1 / 300,
}


def draw(key: str, shape: tuple[int, ...] = SHAPE, seed: int = 7) -> np.ndarray:
    return initializer(key).initialize(np.random.default_rng(seed), shape, FAN, np.float32)


def test_all_are_tested() -> None:
    assert {setting.partition("(")[0] for setting in DEVIATIONS} == set(INITIALIZERS)


@pytest.mark.parametrize("key", DEVIATIONS)
def test_shape_precision_and_spread(key: str) -> None:
    weights = draw(key)
    assert weights.shape == SHAPE
    assert weights.dtype == np.float32
    assert weights.std() == pytest.approx(DEVIATIONS[key], rel=0.02, abs=1e-7)
    assert weights.mean() == pytest.approx(MEANS.get(key, 0.0), abs=2e-3)


@pytest.mark.parametrize("key", INITIALIZERS)
def test_the_seed_decides(key: str) -> None:
    np.testing.assert_array_equal(draw(key), draw(key))
    if key not in ("zeros", "ones", "constant", "identity"):
        assert not np.array_equal(draw(key), draw(key, seed=8))


@pytest.mark.parametrize("key", INITIALIZERS)
@pytest.mark.parametrize("shape", [(5,), (1, 1), (3, 3, 4, 8), (2, 9)])
def test_any_shape(key: str, shape: tuple[int, ...]) -> None:
    weights = draw(key, shape)
    assert weights.shape == shape
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("key", INITIALIZERS)
def test_says_what_it_is(key: str) -> None:
    one = INITIALIZERS[key]
    assert one.key == key
    assert one.title and one.formula and one.help.endswith(".")
    assert all(param.help.endswith(".") for param in one.params.values())


def test_glorot_uniform_stays_within_its_limit() -> None:
    limit = math.sqrt(6 / 500)
    weights = draw("glorot_uniform")
    assert np.abs(weights).max() <= limit
    assert np.abs(weights).max() > 0.999 * limit


@pytest.mark.parametrize("key", ["glorot_normal", "he_normal", "lecun_normal"])
def test_scaled_normals_are_cut_off_at_two_deviations(key: str) -> None:
    bound = 2 * DEVIATIONS[key] / 0.87962566103423978
    assert np.abs(draw(key)).max() <= bound * 1.0001


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (2, 3, 4)])
def test_orthogonal_keeps_lengths(shape: tuple[int, ...]) -> None:
    matrix = draw("orthogonal", shape).reshape(-1, shape[-1]).astype(float)
    small = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-6)


def test_orthogonal_prefers_no_direction() -> None:
    """Plain QR leaves nearly all diagonal elements with the same sign."""
    rng = np.random.default_rng(0)
    drawn = [initializer("orthogonal").initialize(rng, (3, 3), (3, 3)) for _ in range(400)]
    positive = np.mean([np.diag(one) > 0 for one in drawn], axis=0)
    np.testing.assert_allclose(positive, 0.5, atol=0.1)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_identity_hands_on_what_it_gets(shape: tuple[int, int]) -> None:
    np.testing.assert_array_equal(draw("identity(gain=3.0)", shape), 3.0 * np.eye(*shape))


def test_identity_of_a_convolution_is_the_middle_of_its_window() -> None:
    kernel = draw("identity", (3, 4, 2, 5))
    np.testing.assert_array_equal(kernel[1, 1], np.eye(2, 5))
    assert kernel.sum() == 2.0


def test_what_is_no_initializer_is_refused() -> None:
    with pytest.raises(ParamError, match="Scale must be a number above 0"):
        initializer("variance_scaling(scale=0)")
    with pytest.raises(ParamError, match="Did you mean 'zeros'"):
        initializer("zero")
