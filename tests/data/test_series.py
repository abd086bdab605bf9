"""Series: windows of the past, what came next, and a border in time between the parts."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.data import DataChoice, Preprocessing, load, prepare, summary
from nn_designer.data.dataset import Dataset
from nn_designer.data.series import CarbonDioxide


def windows(levels: list[float], **settings: int) -> Dataset:
    source = CarbonDioxide(**settings)
    return source.windows(np.arange(len(levels), dtype=float), np.array(levels), 0)


def test_a_window_holds_the_last_changes_and_the_target_is_the_next_one() -> None:
    data = windows([1.0, 2.0, 4.0, 7.0, 11.0, 16.0], window=2)
    assert data.x is not None and data.timeline is not None
    np.testing.assert_array_equal(data.x[:, :, 0], [[1, 2], [2, 3], [3, 4]])
    np.testing.assert_array_equal(data.y[:, 0], [3, 4, 5])
    np.testing.assert_array_equal(data.timeline.base + data.y[:, 0], [7, 11, 16])
    np.testing.assert_array_equal(data.timeline.times, [3, 4, 5])


def test_the_horizon_says_how_far_ahead() -> None:
    data = windows([1.0, 2.0, 4.0, 7.0, 11.0, 16.0], window=2, horizon=2)
    assert data.x is not None and data.timeline is not None
    np.testing.assert_array_equal(data.x[:, :, 0], [[1, 2], [2, 3]])
    np.testing.assert_array_equal(data.y[:, 0], [3 + 4, 4 + 5])
    np.testing.assert_array_equal(data.timeline.times, [4, 5])


def test_the_last_part_of_the_time_is_the_test_part() -> None:
    data = load(DataChoice("co2"))
    prepared = prepare(data, validation_split=0.5, seed=3)
    assert data.timeline is not None
    times = data.timeline.times
    assert times[prepared.train_rows].max() < times[prepared.validation_rows].min()
    assert len(prepared.x_validation) == round(0.2 * data.n_rows)
    test_part = data.test_part()
    assert test_part.timeline is not None
    np.testing.assert_array_equal(test_part.timeline.times, times[prepared.validation_rows])


def test_only_the_training_part_decides_mean_and_deviation() -> None:
    prepared = prepare(load(DataChoice("co2")))
    assert prepared.x_train.mean() == pytest.approx(0.0, abs=1e-5)
    assert prepared.x_train.std() == pytest.approx(1.0, abs=1e-5)
    assert abs(prepared.x_validation.mean()) > 1e-3


def test_what_was_done_to_the_numbers_travels_and_can_be_undone() -> None:
    data = load(DataChoice("co2"))
    fitted = prepare(data).preprocessing
    again = Preprocessing.from_json(fitted.to_json())
    assert again == fitted
    assert data.x is not None
    np.testing.assert_allclose(again.inverse_inputs(again.transform(data)), data.x, atol=1e-6)


def test_preprocessing_of_older_files_has_no_center() -> None:
    stored = prepare(load(DataChoice("digits"))).preprocessing.to_json()
    del stored["center"]
    assert Preprocessing.from_json(stored).center == 0.0


def test_months_without_a_value_are_filled_and_told() -> None:
    data = load(DataChoice("co2"))
    assert data.n_rows == 526 - 24 - 1
    assert data.report == ("5 months without a value lie on the line between their neighbours.",)
    assert summary(DataChoice("co2", {"window": 36})).sample_shape == (36, 1)
