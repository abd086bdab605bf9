"""Splitting and scaling: the training part decides, the validation part is only looked at."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.data import DataChoice, DataError, Dataset, Preprocessing, load, prepare
from nn_designer.data.dataset import Column


def numbers_dataset(values: np.ndarray, y: np.ndarray | None = None) -> Dataset:
    """Numbers (N, columns) with a number to predict."""
    columns = tuple(
        Column(f"c{i}", "number", np.asarray(column, dtype=np.float64))
        for i, column in enumerate(values.T)
    )
    target = np.arange(len(values), dtype=np.float64) if y is None else y
    return Dataset("test", "Test", "number", target[:, None], ("y",), columns=columns)


def labels_dataset(labels: list[int]) -> Dataset:
    column = Column("row", "number", np.arange(len(labels), dtype=np.float64))
    names = tuple(f"class {i}" for i in range(max(labels) + 1))
    y = np.array(labels, dtype=np.int64)
    return Dataset("test", "Test", "classes", y, ("y",), names, columns=(column,))


def test_validation_outliers_do_not_change_the_scaler() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(5.0, 2.0, (100, 2))
    calm = numbers_dataset(values)
    rows = prepare(calm, 0.2, seed=4).validation_rows
    wild_values, wild_y = values.copy(), np.arange(100.0)
    wild_values[rows] = 1e9
    wild_y[rows] = -1e9
    wild = prepare(numbers_dataset(wild_values, wild_y), 0.2, seed=4)
    np.testing.assert_array_equal(wild.validation_rows, rows)
    before = prepare(calm, 0.2, seed=4)
    assert wild.preprocessing == before.preprocessing
    np.testing.assert_array_equal(wild.x_train, before.x_train)
    np.testing.assert_array_equal(wild.y_train, before.y_train)


def test_missing_cells_of_validation_take_the_mean_of_training() -> None:
    values = np.arange(20.0)[:, None]
    rows = prepare(numbers_dataset(values), 0.25, seed=1).validation_rows
    values[rows[0]] = np.nan
    prepared = prepare(numbers_dataset(values), 0.25, seed=1)
    assert prepared.x_validation[0, 0] == 0.0
    mean = prepared.preprocessing.columns[0].mean
    assert mean == np.nanmean(values[prepared.train_rows])


def test_training_inputs_and_targets_are_standardized() -> None:
    prepared = prepare(load(DataChoice("auto_mpg")), 0.2, seed=1)
    numbers = prepared.x_train[:, :6]
    np.testing.assert_allclose(numbers.mean(axis=0), 0.0, atol=1e-5)
    # Horsepower has filled cells at the mean, which draw its deviation in a little.
    np.testing.assert_allclose(numbers.std(axis=0), 1.0, atol=0.02)
    assert set(np.unique(prepared.x_train[:, 6:])) == {0.0, 1.0}
    np.testing.assert_allclose(prepared.y_train.mean(), 0.0, atol=1e-6)
    np.testing.assert_allclose(prepared.y_train.std(), 1.0, atol=1e-5)
    assert prepared.target_scale is not None
    assert prepared.target_scale.shape == (1,)
    assert 7.0 < prepared.target_scale[0] < 8.5


def test_arrays_have_the_types_that_training_expects() -> None:
    classes = prepare(load(DataChoice("iris")))
    assert (classes.x_train.dtype, classes.y_train.dtype) == (np.float32, np.int64)
    assert classes.target_scale is None
    assert classes.y_train.shape == (120,)
    number = prepare(load(DataChoice("sine")))
    assert (number.x_train.dtype, number.y_train.dtype) == (np.float32, np.float32)
    assert number.y_train.shape == (400, 1)


def test_the_seed_decides_the_split() -> None:
    data = load(DataChoice("wine"))
    first, again, other = prepare(data, 0.2, 1), prepare(data, 0.2, 1), prepare(data, 0.2, 2)
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert not np.array_equal(first.train_rows, other.train_rows)
    assert first.report == ("142 samples to train on, 36 to validate.",)


def test_a_single_sample_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("a,b,y\n1,2,x\n3,4,z\n", encoding="utf-8")
    report = prepare(load(DataChoice("table", {"path": str(path)})), 0.5, 1).report
    assert "1 sample to train on, 1 to validate." in report


@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=200).filter(lambda y: len(set(y)) > 1),
    split=st.floats(0.0, 0.9),
    seed=st.integers(0, 100),
)
def test_any_split_takes_every_row_once(labels: list[int], split: float, seed: int) -> None:
    prepared = prepare(labels_dataset(labels), split, seed)
    n = len(labels)
    both = np.concatenate([prepared.train_rows, prepared.validation_rows])
    np.testing.assert_array_equal(np.sort(both), np.arange(n))
    assert len(prepared.train_rows) >= 1
    if split == 0.0:
        assert len(prepared.validation_rows) == 0
        assert prepared.x_validation.shape == (0, 1)
    else:
        expected = min(max(round(n * split), 1), n - 1)
        assert len(prepared.validation_rows) == expected


@given(
    sizes=st.lists(st.integers(10, 60), min_size=2, max_size=5),
    split=st.floats(0.1, 0.9),
    seed=st.integers(0, 100),
)
def test_every_class_gives_its_share(sizes: list[int], split: float, seed: int) -> None:
    labels = [label for label, size in enumerate(sizes) for _ in range(size)]
    prepared = prepare(labels_dataset(labels), split, seed)
    counts = np.bincount(prepared.y_validation.astype(int), minlength=len(sizes))
    np.testing.assert_allclose(counts, np.array(sizes) * split, atol=1.6)


def test_the_only_sample_of_a_class_is_trained_on() -> None:
    prepared = prepare(labels_dataset([0] * 50 + [1]), 0.3, seed=1)
    assert 50 in prepared.train_rows


def test_a_class_that_is_only_validated_is_reported() -> None:
    prepared = prepare(labels_dataset([0, 1]), 0.5, seed=1)
    absent = "class 1" if prepared.y_train[0] == 0 else "class 0"
    assert prepared.report[-1] == (
        f"No sample of the class '{absent}' is in the training part, so it can't be learned."
    )


@pytest.mark.parametrize("split", [-0.1, 1.0, 2.0, float("nan")])
def test_a_split_that_leaves_nothing(split: float) -> None:
    with pytest.raises(DataError, match=r"must be at least 0 and below 1"):
        prepare(load(DataChoice("iris")), split)


@pytest.mark.parametrize("value", [0.0, 1e-300, 0.1, 3.3e7, 1e30])
def test_a_column_constant_in_the_training_part_stays_calm(value: float) -> None:
    values = np.full((50, 1), value)
    rows = prepare(numbers_dataset(values), 0.2, seed=1).validation_rows
    values[rows] = value + 1.0
    prepared = prepare(numbers_dataset(values), 0.2, seed=1)
    np.testing.assert_array_equal(prepared.x_train, 0.0)
    assert abs(prepared.x_validation).max() <= 1.0


def test_prepared_data_is_a_copy() -> None:
    data = load(DataChoice("circles"))
    before = data.columns[0].values.copy()
    prepared = prepare(data)
    prepared.x_train[:] = 99.0
    np.testing.assert_array_equal(data.columns[0].values, before)


def test_own_test_part_wins_over_the_split() -> None:
    data = dataclasses.replace(labels_dataset([0, 1] * 10), n_test=4)
    prepared = prepare(data, 0.5, seed=3)
    np.testing.assert_array_equal(prepared.validation_rows, [16, 17, 18, 19])
    assert prepared.report == ("The data's own test part of 4 samples is the validation part.",)


def test_the_wildest_validation_cells_stay_finite() -> None:
    values = np.linspace(0.0, 1e-250, 50)[:, None]
    rows = prepare(numbers_dataset(values), 0.2, seed=1).validation_rows
    values[rows] = 1e30
    prepared = prepare(numbers_dataset(values), 0.2, seed=1)
    assert np.isfinite(prepared.x_train).all()
    assert np.isfinite(prepared.x_validation).all()


def test_a_second_target_is_split_and_scaled_with_the_first() -> None:
    dataset = load(DataChoice("penguins", {"body_mass": True}))
    assert "body_mass_g" not in dataset.feature_names
    assert "2 rows without a value in the target 'body_mass_g' were left out." in dataset.report
    prepared = prepare(dataset, 0.25, 3)
    species, mass = prepared.targets
    assert (species.info.title, mass.info.title) == ("species", "body_mass_g")
    assert species.y_train is prepared.y_train and species.scale is None
    assert mass.y_train.shape == (len(prepared.x_train), 1)
    assert abs(float(mass.y_train.mean())) < 1e-5 and float(mass.y_train.std()) == pytest.approx(1)
    back = prepared.preprocessing.targets[1].inverse(mass.y_validation)
    grams = dataset.further_targets[0].y[prepared.validation_rows]
    np.testing.assert_allclose(back, grams, rtol=1e-5)
    again = type(prepared.preprocessing).from_json(json.dumps(prepared.preprocessing.to_json()))
    assert again == prepared.preprocessing


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"task": "guess"}, "'task' must be"),
        ({"mean": []}, "'target_mean' must be a list of 1 numbers"),
        ({"scale": [0.0]}, "'scale' must be a number above 0"),
    ],
)
def test_a_damaged_second_target_is_refused(damage: dict[str, object], words: str) -> None:
    found = prepare(load(DataChoice("penguins", {"body_mass": True}))).preprocessing.to_json()
    found["further_targets"][0] |= damage
    with pytest.raises(DataError, match=words):
        Preprocessing.from_json(found)


def test_weights_go_with_their_rows() -> None:
    iris = load(DataChoice("iris"))
    weights = np.arange(150, dtype=np.float64)
    prepared = prepare(replace(iris, weights=weights), 0.2, 3)
    assert prepared.weights_train is not None and prepared.weights_validation is not None
    np.testing.assert_array_equal(prepared.weights_train, prepared.train_rows)
    np.testing.assert_array_equal(prepared.weights_validation, prepared.validation_rows)
    assert prepared.for_training().weights_train is prepared.weights_train
    assert prepare(iris).weights_train is None


def test_targets_can_stay_as_they_are() -> None:
    cars = load(DataChoice("auto_mpg"))
    prepared = prepare(cars, 0.2, 3, scale_targets=False)
    np.testing.assert_array_equal(prepared.y_train, cars.y[prepared.train_rows].astype(np.float32))
    np.testing.assert_array_equal(
        prepared.preprocessing.inverse_target(prepared.y_train), prepared.y_train
    )
