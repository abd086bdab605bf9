"""Initial weights: the right spread, and the same ones for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn_designer.engine.initializers import INITIALIZERS

SHAPE = (300, 200)
FAN = (300, 200)

DEVIATIONS = {
    "glorot_uniform": math.sqrt(2 / 500),
    "glorot_normal": math.sqrt(2 / 500),
    "he_uniform": math.sqrt(2 / 300),
    "he_normal": math.sqrt(2 / 300),
    "lecun_uniform": math.sqrt(1 / 300),
    "lecun_normal": math.sqrt(1 / 300),
    "normal": 0.05,
    "uniform": 0.05 / math.sqrt(3),
    "orthogonal": math.sqrt(1 / 300),
    "zeros": 0.0,
    "ones": 0.0,
    "constant": 0.0,
}


def draw(key: str, shape: tuple[int, ...] = SHAPE, seed: int = 7) -> np.ndarray:
    return INITIALIZERS[key].initialize(np.random.default_rng(seed), shape, FAN, np.float32)


@pytest.mark.parametrize("key", INITIALIZERS)
def test_shape_precision_and_spread(key: str) -> None:
    weights = draw(key)
    assert weights.shape == SHAPE
    assert weights.dtype == np.float32
    assert weights.std() == pytest.approx(DEVIATIONS[key], rel=0.02, abs=1e-7)
    mean = {"ones": 1.0, "constant": 0.1}.get(key, 0.0)
    assert weights.mean() == pytest.approx(mean, abs=2e-3)


@pytest.mark.parametrize("key", INITIALIZERS)
def test_the_seed_decides(key: str) -> None:
    np.testing.assert_array_equal(draw(key), draw(key))
    if key not in ("zeros", "ones", "constant"):
        assert not np.array_equal(draw(key), draw(key, seed=8))


@pytest.mark.parametrize("key", INITIALIZERS)
@pytest.mark.parametrize("shape", [(5,), (1, 1), (3, 3, 4, 8), (2, 9)])
def test_any_shape(key: str, shape: tuple[int, ...]) -> None:
    weights = draw(key, shape)
    assert weights.shape == shape
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("key", INITIALIZERS)
def test_says_what_it_is(key: str) -> None:
    initializer = INITIALIZERS[key]
    assert initializer.key == key
    assert initializer.title and initializer.formula and initializer.help.endswith(".")


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
    drawn = [INITIALIZERS["orthogonal"].initialize(rng, (3, 3), (3, 3)) for _ in range(400)]
    positive = np.mean([np.diag(one) > 0 for one in drawn], axis=0)
    np.testing.assert_allclose(positive, 0.5, atol=0.1)
