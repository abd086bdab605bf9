"""What was done to the data travels: to JSON and back, and onto new tables."""

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
from nn_designer.data.reading_options import ReadingOptions
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


def test_the_sheet_of_a_workbook_travels(tmp_path: Path) -> None:
    numbers = pd.DataFrame({"size": range(20), "price": [3 * i for i in range(20)]})
    other = pd.DataFrame({"size": range(900, 920), "price": range(20)})

    def words_only() -> pd.DataFrame:
        return pd.DataFrame({"text": ["a", "b"]})

    def workbook(name: str, **sheets: pd.DataFrame) -> Path:
        with pd.ExcelWriter(tmp_path / name) as writer:
            for title, frame in sheets.items():
                frame.to_excel(writer, sheet_name=title, index=False)
        return tmp_path / name

    path = workbook("a.xlsx", Old=other, New=numbers)
    words = workbook("words.xlsx", About=words_only(), New=numbers)
    with pytest.raises(DataError, match=r"Read from the sheet 'About'; there is also 'New'\.$"):
        load(DataChoice("table", {"path": str(words), "target": "price"}))
    choice = DataChoice("table", {"path": str(path), "target": "price", "sheet": "New"})
    before = prepare(load(choice)).preprocessing
    after = Preprocessing.from_json(json.dumps(before.to_json()))
    assert after == before
    sizes = after.inverse_inputs(after.transform_table(path))[:, 0]
    np.testing.assert_allclose(sizes, range(20), atol=1e-5)
    # Asked for, another sheet is read; a workbook without such a sheet is read as it is.
    asked = after.transform_table(path, reading=ReadingOptions(sheet="Old"))
    np.testing.assert_allclose(after.inverse_inputs(asked)[:, 0], range(900, 920), rtol=1e-5)
    plain = after.transform_table(workbook("b.xlsx", Sheet1=numbers))
    np.testing.assert_allclose(after.inverse_inputs(plain)[:, 0], range(20), atol=1e-5)
    with pytest.raises(DataError, match=r"misses the column 'size' .*; there is also 'B'\.$"):
        after.transform_table(workbook("c.xlsx", A=words_only(), B=words_only()))


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


@pytest.fixture
def houses(write_table: WriteTable) -> Preprocessing:
    """size (number), kind (category), built (date, day first), → price."""
    rows = "".join(
        f"{50 + i};{'flat' if i % 3 else 'house'};{13 + i % 5}.0{1 + i % 9}.200{i % 10};{100 + i}\n"
        for i in range(40)
    )
    path = write_table("size;kind;built;price\n" + rows, "houses.csv")
    return prepare(load(DataChoice("table", {"path": str(path)}))).preprocessing


def test_new_rows_in_another_order_with_more_columns(
    houses: Preprocessing, write_table: WriteTable
) -> None:
    assert houses.feature_names == ("size", "kind=flat", "kind=house", "built")
    path = write_table("owner,built,kind,size\nAnn,14.02.2003,house,60\n", "new.csv")
    notes: list[str] = []
    x = houses.transform_table(path, notes)
    size, _, built = houses.columns
    year = 2003 + (31 + 13) / 365
    np.testing.assert_allclose(
        x, [[(60 - size.mean) / size.scale, 0, 1, (year - built.mean) / built.scale]], rtol=1e-5
    )
    assert notes == []


def test_new_rows_with_missing_and_unknown_cells(houses: Preprocessing) -> None:
    notes: list[str] = []
    table = {"size": [60.0, None, "big"], "kind": ["flat", "tent", None], "built": [None] * 3}
    x = houses.transform_table(table, notes)
    np.testing.assert_array_equal(x[1:, 0], [0, 0])
    np.testing.assert_array_equal(x[:, 1:3], [[1, 0], [0, 0], [0, 0]])
    np.testing.assert_array_equal(x[:, 3], 0)
    assert notes == [
        "size: 1 cell is not a number (such as 'big').",
        "size: 2 missing, filled with the training mean.",
        "kind: not seen in training: 'tent'; all its inputs are 0 there.",
        "kind: 1 missing; all its inputs are 0 there.",
        "built: 3 missing, filled with the training mean.",
    ]


def test_ambiguous_dates_are_read_as_in_training(houses: Preprocessing) -> None:
    base = {"size": [60], "kind": ["flat"]}
    day_first = houses.transform_table({**base, "built": ["04/03/2005"]})
    iso = houses.transform_table({**base, "built": ["2005-03-04"]})
    np.testing.assert_allclose(day_first, iso, atol=1e-6)
    with pytest.raises(DataError) as caught:
        houses.transform_table({**base, "built": ["last spring"]})
    assert str(caught.value) == (
        "The column 'built' held dates in training, and now not all of its cells are dates (row 1 "
        "holds 'last spring'). Write dates in the same way as in the training data."
    )


def test_reading_settings_travel_to_new_files(write_table: WriteTable) -> None:
    rows = "".join(f"{i},125;{'xy'[i % 2]}\n" for i in range(20))
    path = write_table("size;kind\n" + rows, "thousands.csv")
    settings = {"path": str(path), "decimal": "point"}
    before = prepare(load(DataChoice("table", settings))).preprocessing
    after = Preprocessing.from_json(json.dumps(before.to_json()))
    assert after == before
    new = write_table("size;kind\n3,125;x\n", "new.csv")
    size = after.columns[0]
    assert after.inverse_inputs(after.transform_table(new)) == pytest.approx(3125.0, rel=1e-6)
    assert 9_000 < size.mean < 10_500
    # A file written otherwise is still understood.
    other = write_table('[{"size": 3125}]', "new.json")
    assert after.inverse_inputs(after.transform_table(other)) == pytest.approx(3125.0, rel=1e-6)


def test_a_new_table_that_misses_columns(houses: Preprocessing, write_table: WriteTable) -> None:
    path = write_table("Size,kind\n60,flat\n", "new.csv")
    with pytest.raises(DataError) as caught:
        houses.transform_table(path)
    assert str(caught.value) == (
        "new.csv misses the columns 'size', 'built' that the network was trained on; it has "
        "'Size', 'kind'. Add the columns, with a header that names them. Did you mean to rename "
        "'Size'?"
    )


def test_a_new_table_with_words_for_numbers(houses: Preprocessing) -> None:
    table = {"size": ["big", "small"], "kind": ["flat", "flat"], "built": [None, None]}
    with pytest.raises(DataError, match=r"'size' was to be read as numbers.*row 1 holds 'big'"):
        houses.transform_table(table)


def test_a_new_table_without_a_header_is_taken_by_place(
    houses: Preprocessing, write_table: WriteTable
) -> None:
    path = write_table("60,flat,2003-02-14\n61,house,2004-02-14\n", "new.csv")
    notes: list[str] = []
    x = houses.transform_table(path, notes)
    assert x.shape == (2, 4)
    assert notes == ["new.csv has no header; its columns were taken by their place."]


def test_columns_of_different_lengths(houses: Preprocessing) -> None:
    with pytest.raises(DataError, match=r"different lengths \(1 to 2 cells\)"):
        houses.transform_table({"size": [1, 2], "kind": ["flat"], "built": [None]})
    with pytest.raises(DataError, match=r"The table has no columns"):
        houses.transform_table({})


def test_pictures_as_a_table(write_table: WriteTable) -> None:
    preprocessing = fitted("digits")
    data = load(DataChoice("digits"))
    assert data.x is not None
    rows = "\n".join(",".join(map(str, row)) for row in data.x[:5])
    expected = preprocessing.transform(data.x[:5])
    x = preprocessing.transform_table(write_table(rows + "\n", "plain.csv"))
    np.testing.assert_array_equal(x, expected)
    header = ",".join(["label", *(f"pixel{i}" for i in range(64))])
    labelled = "\n".join(f"7,{row}" for row in rows.split("\n"))
    notes: list[str] = []
    path = write_table(f"{header}\n{labelled}\n", "labelled.csv")
    np.testing.assert_array_equal(preprocessing.transform_table(path, notes), expected)
    assert notes == ["The column 'label' was passed over."]
    with pytest.raises(DataError, match=r"wide.csv has 65 columns, and 64 were expected"):
        preprocessing.transform_table(write_table(labelled + "\n", "wide.csv"))


def test_rare_categories_go_where_training_put_them() -> None:
    preprocessing = Preprocessing(
        task="number",
        sample_shape=(3,),
        target_names=("y",),
        columns=(ColumnInput("c", "category", categories=("a", "b", "(other)"), has_other=True),),
        target_mean=(0.0,),
        target_scale=(1.0,),
    )
    x = preprocessing.transform_table({"c": ["b", "rare", None]})
    np.testing.assert_array_equal(x, [[0, 1, 0], [0, 0, 1], [0, 0, 0]])


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
    if key in ("version", "image_shape", "reading"):
        assert Preprocessing.from_json(data) == Preprocessing.from_json(GOOD)
        return
    with pytest.raises(DataError, match=r"is damaged"):
        Preprocessing.from_json(data)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "[" * 100_000, b"\xff\xfe", "NaN"])
def test_text_that_is_no_preprocessing(text: str | bytes) -> None:
    with pytest.raises(DataError, match=r"The preprocessing stored with the weights is"):
        Preprocessing.from_json(text)
