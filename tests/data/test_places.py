"""Files of the data: named from the design's folder in its file, in full while it is open."""

import os
from pathlib import Path

import pytest

from nn_designer.data import DataChoice
from nn_designer.data.places import kept_beside, opened_beside, without_folders


def table(path: object) -> DataChoice:
    return DataChoice("table", {"path": path, "target": "price"})


@pytest.fixture
def houses(folder: Path) -> Path:
    path = folder / "data" / "houses.csv"
    path.parent.mkdir()
    path.write_text("a,b\n", encoding="utf-8")
    return path


def test_a_file_below_the_design_is_found_from_anywhere_and_kept_without_the_folder(folder, houses):
    assert opened_beside(table("data/houses.csv"), folder) == (table(str(houses)), ())
    assert kept_beside(table(str(houses)), folder) == table("data/houses.csv")


def test_a_relative_folder_is_meant_from_the_present_one(folder, houses, monkeypatch):
    monkeypatch.chdir(folder.parent)
    choice = table("data/houses.csv")
    opened, _ = opened_beside(choice, Path(folder.name))
    assert opened == table(str(houses))
    assert kept_beside(opened, Path(folder.name)) == choice


def test_a_file_elsewhere_stays_as_it_is_named(folder, houses):
    assert kept_beside(table(str(houses)), folder / "designs") == table(str(houses))
    assert opened_beside(table(str(houses)), folder / "designs") == (table(str(houses)), ())


@pytest.mark.parametrize("lost", ["/old/folder/houses.csv", r"C:\old\houses.csv", "old/houses.csv"])
def test_a_file_that_moved_along_with_the_design_is_taken_and_it_is_said(houses, lost):
    opened, notes = opened_beside(table(lost), houses.parent)
    assert opened == table(str(houses))
    assert notes == (f"The file {lost} is taken from {houses}, beside the design.",)


def test_a_file_that_is_nowhere_is_named_in_full(folder):
    assert opened_beside(table("lost.csv"), folder) == (table(str(folder / "lost.csv")), ())


@pytest.mark.parametrize("odd", ["", 3, None, ["a"], "\0", "x" * 100_000])
def test_what_is_no_path_does_no_harm(folder, odd):
    opened, notes = opened_beside(table(odd), folder)
    assert notes == ()
    assert set(opened.settings) == {"path", "target"}
    kept_beside(opened, folder)
    without_folders(opened)


def test_other_data_than_files_stays_as_it_is(folder):
    for choice in (DataChoice("spiral", {"noise": 0.1}), DataChoice("no such", {"path": "a"})):
        assert opened_beside(choice, folder) == (choice, ())
        assert kept_beside(choice, folder) == without_folders(choice) == choice


@pytest.mark.parametrize("path", ["/home/ann/houses.csv", r"C:\Users\ann\houses.csv", "houses.csv"])
def test_the_name_alone_tells_nothing_of_the_disk(path):
    assert without_folders(table(path)) == table("houses.csv")


def test_a_way_up_from_the_design_is_kept_in_full(folder, houses):
    above = houses.parent / os.pardir / "data" / "houses.csv"
    assert kept_beside(table(str(above)), folder / "designs") == table(str(above))
