"""Numbers behind the curves: smoothing, decimation, bounded memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer.app.views.series import Series, decimate


def test_a_spike_survives_decimation() -> None:
    y = np.zeros(100_000)
    y[54_321] = 7.0
    y[77_777] = -3.0
    kept = decimate(y, 400)
    assert len(kept) <= 400
    assert {0, 54_321, 77_777, 99_999} <= set(kept.tolist())


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=900), st.integers(4, 400))
def test_decimation_keeps_extremes_ends_and_order(values: list[float], limit: int) -> None:
    y = np.array(values)
    kept = decimate(y, limit)
    assert len(kept) <= max(limit, 4)
    assert y[kept].max() == y.max() and y[kept].min() == y.min()
    assert kept[0] == 0 and kept[-1] == len(y) - 1
    assert np.all(np.diff(kept) > 0)


def test_the_smoothed_line_starts_at_the_first_value_and_is_steady_on_a_constant() -> None:
    series = Series(share=0.1)
    series.extend(np.arange(50.0), np.full(50, 2.5))
    assert series.smooth == pytest.approx(np.full(50, 2.5))


def test_the_smoothed_line_does_not_depend_on_how_the_points_arrive() -> None:
    x, y = np.arange(100.0), np.random.default_rng(0).normal(size=100)
    at_once, in_parts = Series(), Series()
    at_once.extend(x, y)
    for start in range(0, 100, 7):
        in_parts.extend(x[start : start + 7], y[start : start + 7])
    np.testing.assert_array_equal(at_once.smooth, in_parts.smooth)


def test_a_point_of_few_batches_pulls_the_smoothed_line_little() -> None:
    x = np.arange(1, 21, dtype=float)
    y = np.ones(21)
    y[-1] = 5.0
    whole, part = Series(), Series()
    whole.extend(np.append(x, 21.0), y)
    part.extend(np.append(x, 20.02), y)
    assert part.smooth[-1] - 1.0 < 0.1 * (whole.smooth[-1] - 1.0)


def test_memory_is_bounded_and_the_spike_is_still_there() -> None:
    series = Series(capacity=2000)
    for start in range(0, 50_000, 100):
        y = np.zeros(100)
        if start == 3000:
            y[50] = 9.0
        series.extend(np.arange(start, start + 100, dtype=float), y)
    assert len(series) <= 4000
    assert series.y.max() == 9.0
    assert series.x[0] == 0.0 and series.x[-1] == 49_999.0


def test_values_that_are_not_finite_are_left_out() -> None:
    series = Series()
    series.extend(np.arange(3.0), np.array([1.0, np.nan, np.inf]))
    assert series.y.tolist() == [1.0]


def test_nearest_point() -> None:
    series = Series()
    assert series.nearest(1.0) is None
    series.extend(np.array([0.0, 1.0, 5.0]), np.zeros(3))
    assert [series.nearest(x) for x in (-9, 0.4, 0.6, 2.9, 3.1, 99)] == [0, 0, 1, 1, 2, 2]
