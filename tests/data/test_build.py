"""From a table to a data set: target, task, inputs, and what the report says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nn_designer.data import DataChoice, DataError, Dataset, load
from nn_designer.data.prepare import prepare

WriteTable = Callable[..., Path]


@pytest.fixture
def load_table(write_table: WriteTable) -> Callable[..., Dataset]:
    def load_it(content: str, **settings: str) -> Dataset:
        path = write_table(content, "t.csv")
        return load(DataChoice("table", {"path": str(path), **settings}))

    return load_it


LoadTable = Callable[..., Dataset]


def lines(*rows: str, header: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_without_a_word_the_last_column_is_predicted(load_table: LoadTable) -> None:
    data = load_table("a,b\n1,x\n2,y\n3,x\n")
    assert data.target_names == ("b",)
    assert data.report == ("No target was chosen; 'b' is predicted.",)
    assert data.title == "t.csv"
    assert data.description == "Predict 'b' from the other columns."


@pytest.mark.parametrize("name", ["target", "Label", "class", "Y"])
def test_a_telling_name_is_predicted(load_table: LoadTable, name: str) -> None:
    assert load_table(f"{name},b\n1,2.5\n2,3.5\n1,4\n").target_names == (name,)


def test_a_target_that_is_not_there(load_table: LoadTable) -> None:
    with pytest.raises(DataError) as caught:
        load_table("height,width,kind\n1,2,x\n3,4,y\n", target="hight")
    assert str(caught.value) == (
        "The target of t.csv is not there. There is no column 'hight'; choose one of 'height', "
        "'width', 'kind'. Did you mean 'height'?"
    )


@pytest.mark.parametrize(
    ("targets", "task", "names"),
    [
        (["x", "y", "x", "y"], "classes", ("x", "y")),
        (["0", "1", "0", "1"], "classes", ("0", "1")),
        (["1.5", "2.5", "1.5", "2.5"], "classes", ("1.5", "2.5")),
        (["3", "10", "3", "7", "10", "7"], "classes", ("3", "7", "10")),
        (["true", "false", "TRUE", "False"], "classes", ("false", "true")),
        (["1.5", "2.5", "3.5", "4.5"], "number", ()),
        (["1", "2", "3", "4", "5"], "number", ()),
        ([str(i % 30) for i in range(90)], "number", ()),
        (["2020-01-01", "2021-01-01", "2022-01-01"], "number", ()),
    ],
)
def test_the_task_is_found(
    load_table: LoadTable, targets: list[str], task: str, names: tuple[str, ...]
) -> None:
    rows = [f"{i}.5,{target}" for i, target in enumerate(targets)]
    data = load_table(lines(*rows, header="a,b"))
    assert (data.task, data.class_names) == (task, names)


def test_the_task_can_be_changed(load_table: LoadTable) -> None:
    content = lines(*(f"{i}.5,{i % 3}" for i in range(9)), header="a,b")
    assert load_table(content).task == "classes"
    number = load_table(content, task="number")
    assert number.task == "number"
    np.testing.assert_array_equal(number.y[:, 0], [i % 3 for i in range(9)])
    decimals = lines(*(f"{i},{i % 4}.5" for i in range(9)), header="a,b")
    assert load_table(decimals).task == "number"
    assert load_table(decimals, task="classes").class_names == ("0.5", "1.5", "2.5", "3.5")


def test_words_are_no_number_to_predict(load_table: LoadTable) -> None:
    with pytest.raises(DataError) as caught:
        load_table("a,b\n1,2\n2,many\n3,few\n", task="number")
    assert str(caught.value) == (
        "The target 'b' was to be predicted as a number, but row 2 holds 'many'. Predict it as "
        "classes, or correct the cell."
    )
    with pytest.raises(DataError, match=r"none of its cells is a number \(row 1 holds 'x'\)"):
        load_table("a,b\n1,x\n2,y\n3,x\n", task="number")


def test_a_constant_number_is_nothing_to_learn(load_table: LoadTable) -> None:
    with pytest.raises(DataError, match=r"The target 'b' is 7 in every row, so there is nothing"):
        load_table("a,b\n1,7\n2,7\n3,7\n", task="number")


def test_rows_without_a_target_are_left_out(load_table: LoadTable) -> None:
    data = load_table("a,b\n1,x\n2,\n3,y\n4,NA\n5,x\n")
    assert data.n_rows == 3
    np.testing.assert_array_equal(data.columns[0].values, [1, 3, 5])
    assert "2 rows without a value in the target 'b' were left out." in data.report


def test_infinite_targets_are_left_out(load_table: LoadTable) -> None:
    data = load_table("a,b\n1,0.5\n2,inf\n3,0.25\n4,0.75\n")
    np.testing.assert_array_equal(data.y, [[0.5], [0.25], [0.75]])


def test_columns_that_tell_nothing_are_left_out(load_table: LoadTable) -> None:
    rows = [f"{i},P{i},{i % 3}.5,same,7,,{'xy'[i % 2]}" for i in range(30)]
    data = load_table(lines(*rows, header="id,name,useful,word,seven,empty,kind"))
    assert data.feature_names == ("useful",)
    assert data.report == (
        "No target was chosen; 'kind' is predicted.",
        "id: a different number in every row, like a row number; left out.",
        "name: text with 30 different values in 30 rows, like a name; left out.",
        "word: the same value in every row, left out.",
        "seven: the same value in every row, left out.",
        "empty: empty, left out.",
    )


def test_an_index_column_of_pandas_is_left_out(load_table: LoadTable) -> None:
    data = load_table(lines(*(f"{i},{i}.5,{'xy'[i % 2]}" for i in range(9)), header=",a,b"))
    assert data.feature_names == ("a",)


def test_a_plain_counting_input_is_kept(load_table: LoadTable) -> None:
    data = load_table(lines(*(f"{i},{i * i}" for i in range(50)), header="x,square"))
    assert data.feature_names == ("x",)


def test_columns_can_be_read_otherwise(load_table: LoadTable) -> None:
    rows = [f"{i},{4 + 2 * (i % 3)},{i}.5,w{i % 2},{i % 2}" for i in range(12)]
    content = lines(*rows, header="id,cylinders,noise,word,label")
    types = "id: number, cylinders: category, noise: ignore"
    data = load_table(content, column_types=types)
    assert data.feature_names == (
        *("id", "cylinders=4", "cylinders=6", "cylinders=8", "word=w0", "word=w1"),
    )
    with pytest.raises(DataError, match=r"The column types name 'cylindres'.*mean 'cylinders'"):
        load_table(content, column_types="cylindres: category")
    with pytest.raises(DataError, match=r"row 1 holds 'w0'\). Choose the type category"):
        load_table(content, column_types="word: number")
    with pytest.raises(DataError, match=r"The column 'word' was to be read as dates, but not all"):
        load_table(content, column_types="word: date")


def test_a_thousand_categories_share_inputs(load_table: LoadTable) -> None:
    rng = np.random.default_rng(1)
    cities = np.minimum(rng.geometric(0.01, 5_000), 1_000)
    rows = [f"city {c},{i % 2}" for i, c in enumerate(cities)]
    data = load_table(lines(*rows, header="city,label"))
    column = data.columns[0]
    assert data.sample_shape == (101,)
    assert column.categories[-1] == "(other)"
    frequent = np.bincount(cities).argsort()[::-1]
    assert f"city {frequent[0]}" in column.categories
    assert np.count_nonzero(column.values == 100) == sum(
        f"city {c}" not in column.categories for c in cities
    )


def test_what_would_fill_the_memory_is_refused(
    load_table: LoadTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn_designer.data.build._memory_bytes", lambda: 40_000)
    rows = [f"c{i % 90},{i}.5,{i % 2}" for i in range(300)]
    with pytest.raises(DataError) as caught:
        load_table(lines(*rows, header="city,x,label"))
    assert str(caught.value) == (
        "The table would need 0.0 GiB of memory as 91 inputs in 300 rows, and at most 0.0 GiB were "
        "expected. Ignore wide columns such as 'city' (90 inputs), or use fewer rows."
    )


def test_slips_and_infinite_cells_are_reported(load_table: LoadTable) -> None:
    rows = [f"{i},{i}.5,{i % 2}" for i in range(40)]
    rows[4] = "abc,inf,1"
    data = load_table(lines(*rows, header="n,m,label"))
    assert data.report[1:] == (
        "n: 1 cell is not a number (the first is 'abc' in row 5); taken as missing.",
        "n: 1 cell missing, filled with the training mean.",
        "m: 1 cell is infinite or too large; taken as missing.",
        "m: 1 cell missing, filled with the training mean.",
    )


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        *(("id", True), ("customer_id", True), ("Row", True), ("orderId", True), ("Nr", True)),
        *(("acid", False), ("humid", False), ("year", False), ("width", False)),
    ],
)
def test_names_that_tell_a_row_number(load_table: LoadTable, name: str, is_id: bool) -> None:
    rows = [f"{i * 3},{i % 5}.5,{'xy'[i % 2]}" for i in range(20)]
    data = load_table(lines(*rows, header=f"{name},a,b"))
    assert (name not in data.feature_names) == is_id


def test_an_index_stays_as_it_is_for_an_embedding(load_table: LoadTable) -> None:
    rows = [f"{i % 7},{i % 3},0,{'ab'[i % 2]}" for i in range(42)]
    text = lines(*rows, header="word,number,pad,y")
    dataset = load_table(text, column_types="word: index, pad: index")
    x = prepare(dataset, 0.0).x_train
    assert sorted(set(x[:, 0])) == [0, 1, 2, 3, 4, 5, 6]
    assert abs(x[:, 1].mean()) < 1e-6  # the number is standardized
    assert (x[:, 2] == 0).all()  # an index that is always the same is no reason to leave it out
