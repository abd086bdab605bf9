"""Tables are read however they are written: separators, signs, encodings, headers, endings."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from nn_designer.data import DataError, read_preview
from nn_designer.data.reading import TableData, read_table
from nn_designer.data.reading_options import ReadingOptions

WriteTable = Callable[..., Path]


def kinds(table: TableData) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}


def cells(table: TableData, name: str) -> list[object]:
    """The cells of a column as plain values; None where missing."""
    column = next(c.column for c in table.columns if c.name == name)
    if column.kind == "category":
        return [None if c < 0 else column.categories[c] for c in column.values]
    return [None if np.isnan(v) else float(v) for v in column.values]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("a,b,c\n1,2.5,x\n2,-3,y\n", "t.csv"),
        ("a;b;c\n1;2,5;x\n2;-3;y\n", "t.csv"),
        ("a\tb\tc\n1\t2.5\tx\n2\t-3\ty\n", "t.tsv"),
        ("a\tb\tc\n1\t2,5\tx\n2\t-3\ty\n", "t.txt"),
        ("a|b|c\n1|2.5|x\n2|-3|y\n", "t.csv"),
        ("a b   c\n1 2.5 x\n 2  -3 y \n", "t.txt"),
        ('"a","b","c"\n"1","2.5","x"\n"2","-3","y"\n', "t.csv"),
        ("a, b, c\n1, 2.5, x\n2, -3, y", "t.csv"),
        ("a,b,c\r\n1,2.5,x\r\n2,-3,y\r\n", "t.csv"),
        ("a,b,c\r1,2.5,x\r2,-3,y\r", "t.csv"),
        ("\n\na,b,c\n\n1,2.5,x\n\n2,-3,y\n\n", "t.csv"),
        ("# made by a machine\n# on Monday\na,b,c\n1,2.5,x\n2,-3,y\n", "t.csv"),
        ("#a b c\n1 2.5 x\n2 -3 y\n", "t.dat"),
        ("sep=;\na;b;c\n1;2,5;x\n2;-3;y\n", "t.csv"),
        ("a,b,c,\n1,2.5,x,\n2,-3,y,\n", "t.csv"),
        ("a,b,c\n1,2.5,x,\n2,-3,y,\n", "t.csv"),
        ('[{"a": 1, "b": 2.5, "c": "x"}, {"a": 2, "b": -3, "c": "y"}]', "t.json"),
        ('{"a": 1, "b": 2.5, "c": "x"}\n{"a": 2, "b": -3, "c": "y"}\n', "t.jsonl"),
        ('{"a": [1, 2], "b": [2.5, -3], "c": ["x", "y"]}', "t.json"),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": 2.5, "1": -3}, "c": {"0": "x", "1": "y"}}', "t.json"),
        ('{"data": [{"a": 1, "b": 2.5, "c": "x"}, {"a": 2, "b": -3, "c": "y"}]}', "t.json"),
        ('[["a", "b", "c"], [1, 2.5, "x"], [2, -3, "y"]]', "t.json"),
    ],
)
def test_the_same_table_in_many_writings(write_table: WriteTable, content: str, name: str) -> None:
    table = read_table(write_table(content, name))
    found = {column: cells(table, column) for column in ("a", "b", "c")}
    assert found == {"a": [1.0, 2.0], "b": [2.5, -3.0], "c": ["x", "y"]}


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_encodings_are_found(write_table: WriteTable, encoding: str, note: str | None) -> None:
    table = read_table(write_table("größe,ort\n1,Köln\n2,Zürich\n", "t.csv", encoding))
    assert cells(table, "größe") == [1.0, 2.0]
    assert cells(table, "ort") == ["Köln", "Zürich"]
    expected = () if note is None else (f"The file is not UTF-8; it was read as {note}.",)
    assert table.notes == expected


def test_a_file_name_with_letters_of_many_scripts(write_table: WriteTable) -> None:
    path = write_table("a,b\n1,2\n3,4\n", "Tabelle – größe 表 ✓.csv")
    assert read_table(path).n_rows == 2


def test_quoted_cells_may_hold_anything(write_table: WriteTable) -> None:
    content = 'text,n\n"a, b",1\n"two\nlines",2\n"say ""hi""",3\n'
    table = read_table(write_table(content))
    assert cells(table, "text") == ["a, b", "two\nlines", 'say "hi"']
    assert cells(table, "n") == [1.0, 2.0, 3.0]


def test_missing_cells_have_many_spellings(write_table: WriteTable) -> None:
    table = read_table(write_table("n,c\n1,x\nNA,?\n,\n-,n/a\nnull,NaN\n#N/A, NA \n2,y\n"))
    assert cells(table, "n") == [1.0, None, None, None, None, None, 2.0]
    assert cells(table, "c") == ["x", None, None, None, None, None, "y"]


def test_booleans_are_two_categories_however_written(write_table: WriteTable) -> None:
    table = read_table(write_table("p,q,n\nTrue,TRUE,1\nFalse,false,2\nTrue,,3\n"))
    assert cells(table, "p") == ["true", "false", "true"]
    assert cells(table, "q") == ["true", "false", None]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("+7", 7.0),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("12,5", 12.5),
        ("1 234", 1234.0),
        ("12%", 12.0),
        ("007", 7.0),
        ("99999999999999999999999", 1e23),
    ],
)
def test_numbers_in_many_writings(write_table: WriteTable, written: str, number: float) -> None:
    table = read_table(write_table(f'n,c\n"{written}",x\n"{written}",y\n'))
    assert cells(table, "n") == [pytest.approx(number)] * 2


@pytest.mark.parametrize("written", ["inf", "-Infinity", "1e999", "1e40"])
def test_infinite_and_huge_numbers_are_missing(write_table: WriteTable, written: str) -> None:
    table = read_table(write_table(f"n,c\n1,x\n{written},y\n3,x\n"))
    assert cells(table, "n") == [1.0, None, 3.0]
    assert table.columns[0].n_infinite == 1


def test_a_few_slips_do_not_make_a_number_column_text(write_table: WriteTable) -> None:
    rows = [str(i) for i in range(30)]
    rows[6] = "ab"
    table = read_table(write_table("n,c\n" + "".join(f"{r},x\n" for r in rows)))
    found = table.columns[0]
    assert found.kind == "number"
    assert (found.n_slips, found.first_slip, found.first_slip_row) == (1, "ab", 7)


@pytest.mark.parametrize(
    ("content", "has_header"),
    [
        ("1,2,x\n3,4,y\n", False),
        ("a,b,c\n1,2,x\n", True),
        ("name,city\nAnn,Rome\nBob,Oslo\n", True),
        ("red,small\nblue,small\nred,large\n", False),
        ("1,2,3\n4,5,6\n", False),
        ("year,2001,2002\nx,1,2\n", False),
        (",a,b\n0,1,2\n1,3,4\n", True),
        ("1,2\n", False),
    ],
)
def test_a_header_is_found_by_what_stands_below(
    write_table: WriteTable, content: str, has_header: bool
) -> None:
    assert read_table(write_table(content)).has_header == has_header


def test_columns_always_have_different_names(write_table: WriteTable) -> None:
    table = read_table(write_table("a,a,,b  c\n1,2,3,4\n5,6,7,8\n"))
    assert list(kinds(table)) == ["a", "a (2)", "column 3", "b c"]
    table = read_table(write_table("1,2\n3,4\n", "without.csv"))
    assert list(kinds(table)) == ["column 1", "column 2"]
    assert table.notes == ("The file has no header; its columns are named by their place.",)


def test_row_names_as_r_writes_them(write_table: WriteTable) -> None:
    table = read_table(write_table('"a" "b"\n"1" 1.5 "x"\n"2" 2.5 "y"\n', "r.txt"))
    assert list(kinds(table)) == ["row", "a", "b"]
    table = read_table(write_table('"a","b"\n"r1",1.5,"x"\n"r2",2.5,"y"\n', "r.csv"))
    assert list(kinds(table)) == ["row", "a", "b"]
    assert cells(table, "a") == [1.5, 2.5]


def test_settings_win_over_what_was_found(write_table: WriteTable) -> None:
    path = write_table("1;2,5\n3;4,5\n")
    table = read_table(path, ReadingOptions(header="yes", separator="semicolon"))
    assert list(kinds(table)) == ["1", "2,5"]
    table = read_table(path, ReadingOptions(separator="pipe", header="no"))
    assert len(table.columns) == 1
    path = write_table("a;b\n1,234;2\n5,678;3\n", "thousands.csv")
    assert cells(read_table(path), "a") == [1.234, 5.678]
    assert cells(read_table(path, ReadingOptions(decimal="point")), "a") == [1234.0, 5678.0]


def workbook_with(rows: list[list[object]], path: Path, title: str = "Data") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Notes"
    sheet.append(["nothing here"])
    data = book.create_sheet(title, 0)
    for row in rows:
        data.append(row)
    book.save(path)
    return path


def test_excel_sheets(tmp_path: Path) -> None:
    path = workbook_with(
        [
            [None, None, None, None, None],
            [None, "when", "n", "flag", "kind"],
            [None, datetime(2020, 1, 1), 1, True, "x"],
            [None, datetime(2020, 7, 1), 2.5, False, "y"],
            [None, datetime(2021, 1, 1), None, True, "#DIV/0!"],
            [None, None, None, None, None],
        ],
        tmp_path / "book.xlsx",
    )
    table = read_table(path)
    assert kinds(table) == {"when": "date", "n": "number", "flag": "category", "kind": "category"}
    assert cells(table, "n") == [1.0, 2.5, None]
    assert cells(table, "flag") == ["true", "false", "true"]
    assert cells(table, "kind") == ["x", "y", None]
    assert cells(table, "when") == [2020.0, pytest.approx(2020.497, abs=0.001), 2021.0]
    assert table.notes == ("Read from the sheet 'Data'; there is also 'Notes'.",)


def test_an_excel_sheet_by_name(tmp_path: Path) -> None:
    path = workbook_with([["a", "b"], [1, 2]], tmp_path / "book.xlsx")
    with pytest.raises(DataError, match=r"has no sheet 'Dta'; choose one of Data, Notes"):
        read_table(path, ReadingOptions(sheet="Dta"))
    assert list(kinds(read_table(path, ReadingOptions(sheet="Data")))) == ["a", "b"]


def test_an_excel_file_that_is_called_csv(tmp_path: Path) -> None:
    path = workbook_with([["a", "b"], [1, 2]], tmp_path / "book.xlsx")
    renamed = path.rename(tmp_path / "book.csv")
    assert cells(read_table(renamed), "b") == [2.0]


def test_json_with_missing_keys_and_nested_values(write_table: WriteTable) -> None:
    records = [{"a": 1, "b": None}, {"a": 2.5, "c": [1, 2]}, {"b": True}]
    table = read_table(write_table(json.dumps(records), "t.json"))
    assert cells(table, "a") == [1.0, 2.5, None]
    assert cells(table, "b") == [None, None, "true"]
    assert cells(table, "c") == [None, "[1, 2]", None]


def test_a_million_rows_in_a_few_seconds(write_table: WriteTable) -> None:
    # A tenth of it in the suite: 100,000 rows take about 0.15 s.
    lines = "".join(f"{i},{i % 7}.5,c{i % 1000},{i % 3}\n" for i in range(100_000))
    table = read_table(write_table("id,x,city,label\n" + lines))
    assert table.n_rows == 100_000
    column = table.columns[2].column
    assert len(column.categories) == 1_000
    assert column.values.dtype == np.int32
    assert cells(table, "x")[:3] == [0.5, 1.5, 2.5]


def test_preview_shows_cells_and_types(write_table: WriteTable) -> None:
    path = write_table(
        "name,when,n,species\nAnn,2020-01-01,1.50,cat\nBob,2020-02-01,NA,dog\nCid,2020-03-01,3,cat\n"
    )
    preview = read_preview(path, n=2)
    assert preview.suggested_target == "species"
    assert preview.n_rows == 3
    assert [(c.name, c.kind) for c in preview.columns] == [
        ("name", "category"),
        ("when", "date"),
        ("n", "number"),
        ("species", "category"),
    ]
    by_name = {c.name: c for c in preview.columns}
    assert by_name["n"].cells == ("1.5", "")
    assert by_name["n"].n_missing == 1
    assert by_name["species"].cells == ("cat", "dog")
    assert (by_name["species"].n_distinct, by_name["species"].suggested_task) == (2, "classes")


def test_preview_of_a_huge_file_reads_only_its_start(write_table: WriteTable) -> None:
    row = '1,"two\nlines ' + "x" * 1000 + '"\n'
    path = write_table("n,text\n" + row * 6_000)
    preview = read_preview(path)
    assert 3_000 < preview.n_rows < 5_000
    assert preview.columns[0].n_missing == 0


def test_thousands_of_columns_are_read_in_seconds(write_table: WriteTable) -> None:
    # The 3,000 columns take 0.3 s; taking each out of the whole table took over a minute.
    header = ",".join(f"c{number}" for number in range(3_000))
    rows = "\n".join(",".join(str(row * column % 7) for column in range(3_000)) for row in range(5))
    path = write_table(f"{header}\n{rows}\n")
    begin = time.perf_counter()
    columns = read_table(str(path)).columns
    assert time.perf_counter() - begin < 20
    assert len(columns) == 3_000
