"""What was done to the data travels: to JSON and back, and onto other data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.data import Column, DataChoice, DataError, Preprocessing, load, prepare
from nn_designer.data.columns import column_from_cells
from nn_designer.data.preprocessing import ColumnInput
from nn_designer.resources import resource_path

WriteTable = Callable[..., Path]

SHIPPED = ("digits", "iris", "penguins", "auto_mpg", "spiral", "sine")


def fitted(key: str) -> Preprocessing:
    return prepare(load(DataChoice(key))).preprocessing


@pytest.mark.parametrize("key", SHIPPED)
def test_through_json_text_and_back(key: str) -> None:
    before = fitted(key)
    text = json.dumps(before.to_json(), allow_nan=False)
    after = Preprocessing.from_json(text)
    assert after == before
    assert Preprocessing.from_json(json.loads(text)) == before
    data = load(DataChoice(key))
    np.testing.assert_array_equal(after.transform(data), before.transform(data))


finite = st.floats(allow_nan=False, allow_infinity=False)
scales = st.floats(min_value=1e-300, allow_nan=False, allow_infinity=False)
inputs = st.one_of(
    st.builds(ColumnInput, st.text(), st.just("number"), finite, scales),
    st.builds(
        ColumnInput, st.text(), st.just("date"), finite, scales, date_order=st.sampled_from(["ymd"])
    ),
    st.builds(
        ColumnInput,
        st.text(),
        st.just("category"),
        categories=st.lists(st.text(), min_size=1).map(tuple),
        has_other=st.booleans(),
    ),
)


@given(columns=st.lists(inputs, min_size=1, max_size=5), mean=finite, scale=scales)
def test_any_preprocessing_round_trips_bit_for_bit(
    columns: list[ColumnInput], mean: float, scale: float
) -> None:
    width = sum(column.width for column in columns)
    before = Preprocessing(
        task="number",
        sample_shape=(width,),
        target_names=("y",),
        columns=tuple(columns),
        target_mean=(mean,),
        target_scale=(scale,),
    )
    assert Preprocessing.from_json(json.dumps(before.to_json(), allow_nan=False)) == before


@pytest.mark.parametrize("key", ["iris", "penguins", "auto_mpg"])
def test_the_file_trained_on_gives_the_inputs_trained_on(key: str) -> None:
    data = load(DataChoice(key))
    preprocessing = fitted(key)
    path = resource_path("datasets", f"{key}.csv")
    notes: list[str] = []
    x = preprocessing.transform_table(path, notes)
    expected = preprocessing.transform(data)
    # The file also has the rows without a target, which training left out.
    kept = ~pd.read_csv(path)[data.target_names[0]].isna().to_numpy()
    np.testing.assert_array_equal(x[kept], expected)
    from_pandas = preprocessing.transform_table(pd.read_csv(path))
    np.testing.assert_array_equal(from_pandas, x)
    assert bool(notes) == (key != "iris")


def test_prepared_inputs_are_transformed_raw_ones() -> None:
    data = load(DataChoice("penguins"))
    prepared = prepare(data)
    np.testing.assert_array_equal(
        prepared.preprocessing.transform(data)[prepared.validation_rows], prepared.x_validation
    )


def test_a_data_set_is_matched_by_column_names_and_categories() -> None:
    data = load(DataChoice("penguins"))
    preprocessing = fitted("penguins")
    few = np.flatnonzero(data.columns[0].values == 1)[:20]  # one island alone
    columns = [
        column_from_cells(column.name, _cells(column.take(few))).column
        for column in reversed(data.columns)
    ]
    part = replace(data, y=data.y[few], columns=tuple(columns))
    assert part.columns[-1].categories != data.columns[0].categories
    np.testing.assert_array_equal(preprocessing.transform(part), preprocessing.transform(data)[few])


def _cells(column: Column) -> list[Any]:
    """The cells of a column as in a file."""
    if column.kind == "category":
        return [None if code < 0 else column.categories[int(code)] for code in column.values]
    return list(column.values)


@pytest.mark.parametrize(
    ("trained", "other", "sentence"),
    [
        (
            "iris",
            "auto_mpg",
            "Auto MPG misses the columns 'sepal_length_cm', 'sepal_width_cm', "
            "'petal_length_cm', 'petal_width_cm' that the network was trained on; it has "
            "'Cylinders', 'Displacement', 'Horsepower', 'Weight_in_lbs', 'Acceleration', 'Year', "
            "'Origin'. Choose data of the same kind.",
        ),
        (
            "circles",
            "digits",
            "The network was trained on the columns 'x1', 'x2', and 'Small digits' holds "
            "pictures. Choose data of the same kind.",
        ),
        (
            "digits",
            "iris",
            "The network was trained on pictures of 64 numbers, and 'Iris flowers' is a table. "
            "Choose data of the same kind.",
        ),
        (
            "digits",
            "mnist",
            "The network was trained on pictures of 64 numbers, and 'MNIST digits' is of 784 "
            "numbers. Choose data of the same kind.",
        ),
    ],
)
def test_data_of_another_kind_is_refused(trained: str, other: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        fitted(trained).transform(load(DataChoice(other)))
    assert str(caught.value) == sentence


def test_pictures_flat_or_not_are_the_same_pictures() -> None:
    flat, image = (load(DataChoice("digits", {"shape": shape})) for shape in ("flat", "image"))
    preprocessing = prepare(image).preprocessing
    np.testing.assert_array_equal(preprocessing.transform(flat), preprocessing.transform(image))


def test_points_of_a_plane_as_an_array() -> None:
    data = load(DataChoice("circles"))
    preprocessing = prepare(data).preprocessing
    raw = np.stack([column.values for column in data.columns], axis=1)
    x = preprocessing.transform(raw)
    np.testing.assert_array_equal(x, preprocessing.transform(data))
    np.testing.assert_allclose(preprocessing.inverse_inputs(x), raw, atol=1e-6)
    with pytest.raises(DataError, match=r"columns 'x1', 'x2', and an array of shape 3×5"):
        preprocessing.transform(np.zeros((3, 5)))


def test_pixels_as_an_array() -> None:
    preprocessing = fitted("digits")
    pixels = np.full((2, 8, 8), 16, dtype=np.uint8)
    np.testing.assert_array_equal(preprocessing.transform(pixels), np.ones((2, 64)))
    with pytest.raises(DataError, match=r"samples of 64 numbers, and an array of shape 2×9"):
        preprocessing.transform(np.zeros((2, 9)))


def test_targets_come_back_in_the_units_of_the_person() -> None:
    data = load(DataChoice("auto_mpg"))
    prepared = prepare(data)
    back = prepared.preprocessing.inverse_target(prepared.y_validation)
    np.testing.assert_allclose(back, data.y[prepared.validation_rows], rtol=1e-5)
    iris = prepare(load(DataChoice("iris")))
    assert iris.preprocessing.inverse_target(iris.y_train) is iris.y_train


GOOD = fitted("penguins").to_json()

DAMAGED: list[tuple[str, Any]] = [
    ("format", "something else"),
    ("version", 99),
    ("task", "magic"),
    ("sample_shape", []),
    ("sample_shape", [11]),
    ("sample_shape", [10.5]),
    ("sample_shape", [10**12]),
    ("image_shape", [1, 2]),
    ("columns", {"a": 1}),
    ("columns", [3]),
    ("columns", [{"name": "a", "kind": "number", "mean": 0, "scale": 0}]),
    ("columns", [{"name": "a", "kind": "number", "mean": 0, "scale": float("nan")}]),
    ("columns", [{"name": "a", "kind": "number", "mean": 10**400, "scale": 1}]),
    ("columns", [{"name": "a", "kind": "category", "categories": [1], "has_other": False}]),
    ("columns", [{"name": "a", "kind": "text"}]),
    ("divide_by", 0),
    ("divide_by", True),
    ("class_names", ["one"]),
    ("class_names", "abc"),
    ("target_names", [None]),
    ("target_mean", [1.0]),
    ("source", 5),
    ("reading", "fast"),
    ("reading", {"decimal": "both"}),
    ("reading", {"speed": "auto"}),
    ("reading", {"sheet": 1}),
    ("reading", {"sheet": "x" * 201}),
]


@pytest.mark.parametrize(("key", "value"), DAMAGED)
def test_damaged_preprocessing_is_refused(key: str, value: Any) -> None:
    with pytest.raises(DataError, match=r"preprocessing stored with the weights is") as caught:
        Preprocessing.from_json({**GOOD, key: value})
    assert str(caught.value).endswith(("Export the weights again.", "Use a newer NN Designer."))


@pytest.mark.parametrize("key", GOOD)
def test_every_missing_part_is_noticed(key: str) -> None:
    data = {other: value for other, value in GOOD.items() if other != key}
    if key in ("version", "image_shape", "reading", "center"):
        assert Preprocessing.from_json(data) == Preprocessing.from_json(GOOD)
        return
    with pytest.raises(DataError, match=r"is damaged"):
        Preprocessing.from_json(data)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "[" * 100_000, b"\xff\xfe", "NaN"])
def test_text_that_is_no_preprocessing(text: str | bytes) -> None:
    with pytest.raises(DataError, match=r"The preprocessing stored with the weights is"):
        Preprocessing.from_json(text)
