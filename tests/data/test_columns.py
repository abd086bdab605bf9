"""Small parts: numbers, dates, the setting of column types."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.data import DataError
from nn_designer.data.column_types import COLUMN_TYPES, format_column_types, parse_column_types
from nn_designer.data.columns import column_from_cells, parse_number, to_categories
from nn_designer.data.dates import parse_dates, swap_day_and_month, years_of
from nn_designer.data.names import column_names


@given(st.floats(allow_nan=False))
def test_every_number_that_python_writes_is_read(number: float) -> None:
    assert parse_number(repr(number)) == number
    assert parse_number(repr(number).replace(".", ","), "comma") == number


@pytest.mark.parametrize("text", ["", "x", "1_000", "0x10", "1e", "--1", "1 2", "1,2,3", ".", "e5"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_infinite_numbers_are_told_apart_from_words() -> None:
    assert parse_number("-inf") == -math.inf
    assert parse_number("∞") == math.inf
    assert parse_number("information") is None


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())))
def test_any_cells_make_a_column(cells: list[object]) -> None:
    found = column_from_cells("c", cells)
    assert len(found.column) == len(cells)
    if found.kind == "category":
        assert found.column.values.max() == len(found.column.categories) - 1
        assert len(set(found.column.categories)) == len(found.column.categories)
    else:
        assert not np.isinf(found.column.values).any()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1))
def test_numbers_survive_as_categories(numbers: list[float]) -> None:
    column = to_categories(column_from_cells("c", numbers).column)
    names = [column.categories[code] for code in column.values if code >= 0]
    kept = [number for number in numbers if abs(number) <= 1e30]
    assert [float(name) for name in names] == kept


def test_years_hold_the_part_of_the_year_passed() -> None:
    years, order = parse_dates(["2020-01-01", "2020-07-02", "2021-12-31 12:00:00"]) or ([], "")
    np.testing.assert_allclose(years, [2020, 2020 + 183 / 366, 2021 + 364.5 / 365])
    assert order == "ymd"


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["31/12/2020", "01/02/2020"], "dmy"),
        (["12/31/2020", "01/02/2020"], "mdy"),
        (["01/02/2020"], "mdy"),
        (["01.02.2020"], "dmy"),
        (["2020/02/01", "2020/12/31"], "ymd"),
        (["2020-02-01T10:00:00Z"], "ymd"),
    ],
)
def test_the_order_of_dates_is_found(texts: list[str], order: str) -> None:
    parsed = parse_dates(texts)
    assert parsed is not None
    assert parsed[1] == order


@pytest.mark.parametrize(
    "texts", [["2020-02-30"], ["2020-13-01"], ["1/2/2020", "soon"], ["13/13/2020"], ["2020"], ["x"]]
)
def test_what_is_no_date(texts: list[str]) -> None:
    assert parse_dates(texts) is None


@given(st.datetimes(min_value=datetime(1800, 1, 1), max_value=datetime(2199, 12, 31)))
def test_day_and_month_can_be_exchanged(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    years = years_of(np.array([moment], dtype="datetime64[s]"))
    swapped = swap_day_and_month(years)
    if moment.day > 12:
        assert swapped is None
        return
    other = moment.replace(day=1).replace(month=moment.day, day=moment.month)
    expected = years_of(np.array([other], dtype="datetime64[s]"))
    assert swapped is not None
    assert abs(swapped[0] - expected[0]) < timedelta(seconds=2) / timedelta(days=365)


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


@given(st.dictionaries(names, st.sampled_from(COLUMN_TYPES)))
def test_column_types_are_read_back(types: dict[str, str]) -> None:
    assert parse_column_types(format_column_types(types)) == types


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Cylinders",
            "The column types hold 'Cylinders', where a column's name, a colon and a type were "
            "expected. Write them like this: Cylinders: category, Name: ignore.",
        ),
        (
            "a: categories",
            "The type of column 'a' must be one of number, category, date, index, ignore, but it "
            "is 'categories'. Did you mean 'category'?",
        ),
    ],
)
def test_wrong_column_types(text: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_column_types(text)
    assert str(caught.value) == sentence


def test_categories_come_by_size_then_by_the_alphabet() -> None:
    cells = ["zebra", "10", "9", "Ape", "2.5", "ape", "x1", "y", "z"]
    column = column_from_cells("c", cells).column
    assert column.categories == ("2.5", "9", "10", "Ape", "ape", "x1", "y", "z", "zebra")


def test_names_of_columns_are_never_twice() -> None:
    given = ["a", "a (2)", "a", "", "a", " a "]
    names, made_up = column_names(given, 7)
    assert names == ["a", "a (2)", "a (3)", "column 4", "a (4)", "a (5)", "column 7"]
    assert made_up == [False, False, False, True, False, False, True]
