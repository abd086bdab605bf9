"""Whatever bytes a file holds: a table, or a DataError with a sentence. Nothing else, ever."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.data import (
    DataChoice,
    DataError,
    Preprocessing,
    clear_cache,
    load,
    prepare,
    read_preview,
    summary,
)
from tests.helpers.damage import damaged, damaged_settings

GOOD_CSV = (
    'name,when,size,kind,"a, b",label\n'
    + "".join(
        f'"N{i}, x",2020-0{i % 9 + 1}-1{i % 9},{i * 1.5},{"uvw"[i % 3]},{i % 4},{"yn"[i % 2]}\n'
        for i in range(24)
    )
).encode()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [["a", "b"], *([i, "xy"[i % 2]] for i in range(12))]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


GOOD_XLSX = _workbook()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def use(path: Path, **options: str) -> None:
    """Take a file down all roads; only a DataError may come back, with whole sentences."""
    clear_cache()
    choice = DataChoice("table", {"path": str(path), **options})
    roads: list[Callable[[], object]] = [
        lambda: read_preview(path),
        lambda: summary(choice),
        lambda: check_prepared(choice),
        lambda: PREPROCESSING.transform_table(path),
    ]
    for road in roads:
        try:
            road()
        except DataError as error:
            sentence = str(error)
            assert sentence[-1] in ".?", sentence
            assert "Traceback" not in sentence
            assert len(sentence) < 1_500, sentence


def check_prepared(choice: DataChoice) -> None:
    prepared = prepare(load(choice))
    assert np.isfinite(prepared.x_train).all()
    assert np.isfinite(prepared.x_validation).all()
    assert np.isfinite(prepared.y_train).all()
    assert prepared.x_train.shape[1:] == prepared.sample_shape


PREPROCESSING: Preprocessing = prepare(load(DataChoice("penguins"))).preprocessing


@damaged_settings
@given(content=damaged(GOOD_CSV))
def test_damaged_csv(folder: Path, content: bytes) -> None:
    path = folder / "t.csv"
    path.write_bytes(content)
    use(path)


@damaged_settings
@given(content=st.binary(max_size=300), ending=st.sampled_from(["csv", "xlsx", "json", "txt"]))
def test_any_bytes(folder: Path, content: bytes, ending: str) -> None:
    path = folder / f"t.{ending}"
    path.write_bytes(content)
    use(path)


cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["", "NA", "1", "2.5", "1,5", "-", "inf", "1e400", "2020-01-01", "true", '"']),
    st.integers().map(str),
    st.floats().map(str),
)


@damaged_settings
@given(
    rows=st.lists(st.lists(cells, min_size=1, max_size=4), max_size=12),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    task=st.sampled_from(["auto", "classes", "number"]),
    header=st.sampled_from(["auto", "yes", "no"]),
)
def test_any_rows_of_cells(
    folder: Path, rows: list[list[str]], separator: str, task: str, header: str
) -> None:
    path = folder / "t.csv"
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    use(path, task=task, header=header)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@damaged_settings
@given(value=json_values)
def test_any_json(folder: Path, value: object) -> None:
    import json

    path = folder / "t.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    use(path)


@damaged_settings
@given(content=damaged(GOOD_XLSX))
def test_damaged_workbooks(folder: Path, content: bytes) -> None:
    path = folder / "t.xlsx"
    path.write_bytes(content)
    use(path)


@st.composite
def damaged_sheets(draw: st.DrawFn) -> bytes:
    """A workbook whose zip is sound, with one of its parts damaged or gone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD_XLSX)) as good, zipfile.ZipFile(stream, "w") as bad:
        names = good.namelist()
        victim = draw(st.sampled_from(names))
        for name in names:
            content = good.read(name)
            if name == victim:
                if draw(st.booleans()):
                    continue
                content = draw(damaged(content))
            bad.writestr(name, content)
    return stream.getvalue()


@damaged_settings
@given(content=damaged_sheets())
def test_workbooks_with_damaged_parts(folder: Path, content: bytes) -> None:
    path = folder / "t.xlsx"
    path.write_bytes(content)
    use(path)
