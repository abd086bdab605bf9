"""The drawn data sets: figures with the shape their name promises."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.data import DataChoice, Dataset, clear_cache, load

CLASSES = ("circles", "xor", "gauss", "spiral", "moons")
NUMBERS = ("plane", "hills", "sine")


def points_of(data: Dataset) -> np.ndarray:
    return np.stack([column.values for column in data.columns], axis=1)


@pytest.mark.parametrize("key", [*CLASSES, *NUMBERS])
def test_the_seed_decides_the_points(key: str) -> None:
    first = points_of(load(DataChoice(key, {"seed": 5})))
    clear_cache()
    np.testing.assert_array_equal(first, points_of(load(DataChoice(key, {"seed": 5}))))
    assert not np.array_equal(first, points_of(load(DataChoice(key, {"seed": 6}))))


@pytest.mark.parametrize("key", CLASSES)
@pytest.mark.parametrize("n_samples", [10, 501, 2_000])
def test_classes_have_the_same_size(key: str, n_samples: int) -> None:
    data = load(DataChoice(key, {"n_samples": n_samples}))
    assert points_of(data).shape == (n_samples, 2)
    counts = np.bincount(data.y.astype(int))
    assert counts.max() - counts.min() <= 1
    assert len(counts) == len(data.class_names)


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers_are_one_column(key: str) -> None:
    data = load(DataChoice(key))
    assert data.y.shape == (500, 1)
    assert len(data.feature_names) == (1 if key == "sine" else 2)


@pytest.mark.parametrize("key", [*CLASSES, *NUMBERS])
def test_most_noise_still_gives_finite_points(key: str) -> None:
    data = load(DataChoice(key, {"noise": 1.0}))
    assert np.isfinite(points_of(data)).all()
    assert np.isfinite(data.y).all()


def test_circles_without_noise_lie_in_a_disc_and_a_ring() -> None:
    data = load(DataChoice("circles", {"noise": 0.0}))
    radius = np.hypot(*points_of(data).T)
    assert radius[data.y == 0].max() <= 0.5
    assert 0.7 <= radius[data.y == 1].min() <= radius[data.y == 1].max() <= 1.0


def test_xor_without_noise_is_told_by_signs() -> None:
    data = load(DataChoice("xor", {"noise": 0.0}))
    points = points_of(data)
    np.testing.assert_array_equal(points[:, 0] * points[:, 1] < 0, data.y == 1)
    assert len({tuple(signs) for signs in np.sign(points)}) == 4


def test_gaussians_lie_around_their_centres() -> None:
    data = load(DataChoice("gauss", {"n_classes": 4, "n_samples": 4_000}))
    points = points_of(data)
    centres = np.array([points[data.y == c].mean(axis=0) for c in range(4)])
    np.testing.assert_allclose(np.hypot(*centres.T), 0.6, atol=0.03)
    assert abs(points[data.y == 0].std(axis=0) - 0.15).max() < 0.02
    assert data.class_names == ("A", "B", "C", "D")


def test_spiral_arms_are_each_other_turned() -> None:
    data = load(DataChoice("spiral", {"noise": 0.0, "n_samples": 1_000, "n_classes": 3}))
    points = points_of(data)
    along = np.hypot(*points.T)
    angle = np.arctan2(points[:, 0], points[:, 1]) - 2 * np.pi * 1.75 * along
    turned = np.exp(1j * (angle - 2 * np.pi * data.y / 3))
    np.testing.assert_allclose(turned, 1.0, atol=1e-9)


def test_moons_do_not_touch_without_noise() -> None:
    data = load(DataChoice("moons", {"noise": 0.0}))
    points = points_of(data)
    upper, lower = points[data.y == 0], points[data.y == 1]
    gaps = np.hypot(*(upper[:, None] - lower[None]).transpose(2, 0, 1))
    assert gaps.min() > 0.2
    assert abs(points).max() <= 1.5


def test_surfaces_without_noise_follow_their_formula() -> None:
    plane = load(DataChoice("plane", {"noise": 0.0}))
    np.testing.assert_allclose(plane.y[:, 0], points_of(plane).sum(axis=1) / 2)
    hills = load(DataChoice("hills", {"noise": 0.0, "n_samples": 5_000}))
    assert hills.y.max() == pytest.approx(1.0, abs=0.1)
    assert hills.y.min() == pytest.approx(-1.0, abs=0.1)
    sine = load(DataChoice("sine", {"noise": 0.0}))
    np.testing.assert_allclose(sine.y[:, 0], np.sin(points_of(sine)[:, 0]))


def test_noise_has_the_size_that_was_asked_for() -> None:
    clean = load(DataChoice("sine", {"noise": 0.0, "n_samples": 20_000}))
    noisy = load(DataChoice("sine", {"noise": 0.3, "n_samples": 20_000}))
    np.testing.assert_array_equal(points_of(clean), points_of(noisy))
    assert (noisy.y - clean.y).std() == pytest.approx(0.3, rel=0.05)
