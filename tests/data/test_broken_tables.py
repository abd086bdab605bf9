"""Tables that can't be used, each with the exact sentence it must produce."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from nn_designer.data import DataChoice, DataError, load, read_preview

WriteTable = Callable[..., Path]

ENDINGS = "Choose a CSV, TSV, Excel (.xlsx) or JSON file."

BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "t.csv is empty. Choose a file with a header and rows of data."),
    "blank": (b" \n\n  \n", "t.csv is empty. Choose a file with a header and rows of data."),
    "only_bom": (b"\xef\xbb\xbf", "t.csv is empty. Choose a file with a header and rows of data."),
    "only_separators": (
        b",,\n,,\n",
        "t.csv holds no cell with a value. Choose a file with rows of data.",
    ),
    "only_header": (
        b"a,b,c\n",
        "t.csv holds only the names of columns and no row of data. Add rows, or say that the file "
        "has no header.",
    ),
    "one_column": (
        b"a\n1\n2\n",
        "t.csv has only one column, and at least two were expected: one to predict and one to "
        "predict it from. If it was not read rightly, choose the separator, or the sheet of a "
        "workbook.",
    ),
    "short_row": (
        b"a,b,c\n1,2,x\n3,4\n5,6,y\n",
        "Line 3 of t.csv has 2 cells, and 3 were expected, as the header has. Correct that line, "
        "or choose another separator.",
    ),
    "long_row": (
        b"a,b,c\n1,2,x\n3,4,y,5\n5,6,y\n",
        "Line 3 of t.csv has 4 cells, and 3 were expected, as the header has. Correct that line, "
        "or choose another separator.",
    ),
    "short_and_long": (
        b"a,b\n1,x\n2\n3,y,4\n",
        "Line 3 of t.csv has 1 cell, and 2 were expected, as the header has. Correct that line, or "
        "choose another separator.",
    ),
    "ragged_after_a_cell_of_two_lines": (
        b'a,b\n"x\ny",1\n2\n',
        "Line 4 of t.csv has 1 cell, and 2 were expected, as the header has. Correct that line, or "
        "choose another separator.",
    ),
    "ragged_without_header": (
        b"1,2\n3,4\n5,6,7\n",
        "Line 3 of t.csv has 3 cells, and 2 were expected, as most lines have. Correct that line, "
        "or choose another separator.",
    ),
    "open_quote": (
        b'a,b\n1,x\n2,"y\n3,z\n',
        "t.csv ends inside a quoted cell; a quotation mark is missing its partner. Correct the "
        "file, or save it again.",
    ),
    "one_class": (
        b"a,b\n1,x\n2,x\n3,x\n",
        "The target 'b' has only one class, 'x', in all 3 rows, so there is nothing to tell apart. "
        "Choose another target, or add rows of another class.",
    ),
    "all_missing": (
        b"a,b\nNA,NA\n,\n?,-\n",
        "The target column 'b' has no value in any of its 3 rows. Choose another target.",
    ),
    "features_all_missing": (
        b"a,b\nNA,x\n,y\n?,x\n",
        "No column of t.csv is left to predict 'b' from: the others are empty, constant or "
        "different in every row. Choose another target, or give a column its type.",
    ),
    "features_constant": (
        b"a,c,b\n1,u,x\n1,u,y\n1,u,x\n",
        "No column of t.csv is left to predict 'b' from: the others are empty, constant or "
        "different in every row. Choose another target, or give a column its type.",
    ),
    "one_row": (
        b"a,b\n1,x\n",
        "Only one row has a value in the target 'b', and at least two are needed to learn from. "
        "Add rows.",
    ),
    "target_all_different": (
        b"a,b\n1,p\n2,q\n3,r\n4,s\n",
        "The target 'b' has 4 different classes in 4 rows, and at most 1,000 that occur more than "
        "once were expected. Choose another target.",
    ),
    "nul_bytes": (
        b"a,b\n1,\0\n",
        "t.csv is not a text table: it holds bytes that text never has. " + ENDINGS,
    ),
    "noise": (
        bytes(range(1, 9)) * 50,
        "t.csv is not a text table: it holds bytes that text never has. " + ENDINGS,
    ),
    "gzip": (
        b"\x1f\x8b\x08\0\0\0\0\0",
        "t.csv is packed with gzip, and a table was expected. " + ENDINGS,
    ),
    "old_excel": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "t.csv is an old Excel file (.xls), and a table was expected. " + ENDINGS,
    ),
    "pdf": (b"%PDF-1.7\n", "t.csv is a PDF document, and a table was expected. " + ENDINGS),
    "picture": (b"\x89PNG\r\n\x1a\n", "t.csv is a picture, and a table was expected. " + ENDINGS),
    "web_page": (
        b"<!DOCTYPE html><html></html>",
        "t.csv is a web page, and a table was expected. " + ENDINGS,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_csv(write_table: WriteTable, name: str) -> None:
    content, sentence = BROKEN[name]
    path = write_table(content, "t.csv")
    with pytest.raises(DataError) as caught:
        load(DataChoice("table", {"path": str(path)}))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        ('[{"a": 1}, {"a": ', "t.json is not readable JSON (Expecting value"),
        ("[" * 100_000, "t.json is not readable JSON ("),
        ('"text"', "t.json is JSON, but no table: a list of records such as"),
        ("[1, 2, 3]", "t.json is JSON, but no table: a list of records such as"),
        ("[]", "t.json is empty. Choose a file with records in it."),
        ('{"a": [1, 2], "b": [1]}', "t.json is JSON, but no table"),
        ("{}", "t.json is JSON, but no table"),
    ],
)
def test_broken_json(write_table: WriteTable, content: str, beginning: str) -> None:
    with pytest.raises(DataError) as caught:
        load(DataChoice("table", {"path": str(write_table(content, "t.json"))}))
    assert str(caught.value).startswith(beginning)


def test_broken_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing of use")
    with pytest.raises(DataError, match=r"t.xlsx can't be read as an Excel file \(File is not"):
        read_preview(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "not a workbook")
    with pytest.raises(DataError, match=r"t.xlsx can't be read as an Excel file"):
        read_preview(path)


def test_an_empty_first_sheet_names_the_others(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "Cover"
    sheet = workbook.create_sheet("Prices")
    for row in (("a", "b"), (1, 2), (3, 4)):
        sheet.append(row)
    workbook.save(path)
    with pytest.raises(DataError) as caught:
        read_preview(path)
    assert str(caught.value) == (
        "t.xlsx is empty. Choose a file with a header and rows of data. This was read from the "
        "sheet 'Cover'; there is also 'Prices': to read it, give its name as the sheet."
    )


def test_a_workbook_that_unpacks_to_gigabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn_designer.data.cell_rows.LARGEST_WORKBOOK_BYTES", 2**20)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2**22))
    with pytest.raises(DataError, match=r"bomb.xlsx unpacks to 0.0 GiB, and at most"):
        read_preview(path)


def test_files_that_are_not_there_or_no_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no file .*gone.csv'. Choose the file again."):
        read_preview(tmp_path / "gone.csv")
    with pytest.raises(DataError, match=r"is not a file. Choose a CSV"):
        read_preview(tmp_path)
    with pytest.raises(DataError, match=r"can't be opened"):
        read_preview("a\0b.csv")
    with pytest.raises(DataError, match=r"can't be opened"):
        read_preview("x" * 5_000 + ".csv")
    pipe = tmp_path / "pipe.csv"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        with pytest.raises(DataError, match=r"pipe.csv is not a file"):
            read_preview(pipe)


def test_a_wrong_encoding_setting(write_table: WriteTable) -> None:
    path = write_table("a,b\n1,Köln\n2,Rom\n", "t.csv", "latin-1")
    settings = {"path": str(path), "encoding": "utf-8"}
    with pytest.raises(DataError) as caught:
        load(DataChoice("table", settings))
    assert str(caught.value) == (
        "t.csv is not text in utf-8, as the setting says. Set the encoding to auto, or to the one "
        "that the file was saved with."
    )
