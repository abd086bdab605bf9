"""Choices, the list of sources, their settings and the cache."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from nn_designer.data import SOURCES, DataChoice, DataError, load, source_of, summary
from nn_designer.params import ParamError

KEYS = (
    *("mnist", "digits", "iris", "wine", "breast_cancer", "penguins", "auto_mpg", "co2"),
    *("circles", "xor", "gauss", "spiral", "moons", "plane", "hills", "sine", "table"),
)


def test_all_sources_are_listed_in_the_order_to_show() -> None:
    assert tuple(SOURCES) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_source_declares_itself(key: str) -> None:
    source = SOURCES[key]
    assert source.title
    assert source.origin
    assert source.licence
    assert source.description.endswith(("?", "."))
    assert source.group in ("shipped", "drawn", "own")
    for param in source.params.values():
        assert param.help, f"{key}.{param.name} has no help"
        for value in param.invalid_values():
            with pytest.raises(ParamError):
                source(**{param.name: value})


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("mnist", "table")])
def test_a_summary_says_what_loading_gives(key: str) -> None:
    choice = DataChoice(key)
    data, found = load(choice), summary(choice)
    assert found == data.summary()
    assert found.source == key
    assert found.n_targets == 1
    assert found.task == SOURCES[key].declared_task
    assert (found.n_classes > 1) == (found.task == "classes")
    assert len(data.y) == found.n_rows


def test_an_unknown_source_is_refused_with_what_there_is() -> None:
    with pytest.raises(DataError, match=r"There is no data source 'mnits'.*Did you mean 'mnist'"):
        load(DataChoice("mnits"))


def test_a_wrong_setting_is_refused_with_what_is_expected() -> None:
    with pytest.raises(DataError, match=r"'Circles' is not allowed: Points must be a whole"):
        summary(DataChoice("circles", {"n_samples": 0}))
    with pytest.raises(DataError, match=r"has no setting 'nois'.*Did you mean 'noise'"):
        summary(DataChoice("circles", {"nois": 0}))


def test_choices_are_values() -> None:
    choice = DataChoice("circles", {"noise": 0.1, "seed": 3})
    assert choice == DataChoice("circles", {"seed": 3, "noise": 0.1})
    assert hash(choice) == hash(DataChoice("circles", {"seed": 3, "noise": 0.1}))
    assert choice != DataChoice("circles", {"noise": 0.2, "seed": 3})
    assert pickle.loads(pickle.dumps(choice)) == choice
    settings = {"noise": 0.1}
    kept = DataChoice("circles", settings)
    settings["noise"] = 0.9
    assert kept.settings["noise"] == 0.1


def test_loading_twice_gives_the_same_data_without_reading_again() -> None:
    assert load(DataChoice("iris")) is load(DataChoice("iris"))
    assert source_of(DataChoice("iris")).title == "Iris flowers"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,x\n2,y\n3,x\n")
    choice = DataChoice("table", {"path": str(path)})
    assert summary(choice).n_rows == 3
    path.write_text("a,b\n1,x\n2,y\n3,x\n4,y\n")
    os.utime(path, ns=(1, 1))
    assert summary(choice).n_rows == 4
    path.unlink()
    with pytest.raises(DataError, match=r"There is no file"):
        summary(choice)


def test_the_own_table_needs_a_file() -> None:
    with pytest.raises(DataError, match=r"No file is chosen for the own table"):
        load(DataChoice("table"))
