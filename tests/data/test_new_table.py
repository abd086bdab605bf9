"""New tables for a trained network: the columns it knows, read as they were in training."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nn_designer.data import DataChoice, DataError, Preprocessing, load, prepare
from nn_designer.data.preprocessing import ColumnInput
from nn_designer.data.reading_options import ReadingOptions

WriteTable = Callable[..., Path]


def fitted(key: str) -> Preprocessing:
    return prepare(load(DataChoice(key))).preprocessing


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
