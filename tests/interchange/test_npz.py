"""NumPy files: what is in them, and that only what is in order is read."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.interchange import npz
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.model import InterchangeError
from tests.helpers.damage import damaged, damaged_settings
from tests.helpers.models import random_weights, skip_design, small_design, small_model


@pytest.mark.parametrize("design", [small_design(), skip_design()])
def test_what_is_written_comes_back_bit_for_bit(folder, design):
    model = small_model(design)
    npz.write(model, folder / "a.npz")
    loaded = npz.read(folder / "a.npz")
    assert list(loaded.weights) == list(model.weights)
    for layer, tensors in model.weights.items():
        for name, array in tensors.items():
            assert loaded.weights[layer][name].dtype == np.float32
            np.testing.assert_array_equal(loaded.weights[layer][name], array)
    assert loaded.preprocessing == model.preprocessing
    assert loaded.class_names == ("setosa", "versicolor", "virginica")
    assert loaded.task == "classes"
    assert loaded.history == model.history
    assert loaded.document == design
    assert [path.name for path in folder.iterdir()] == ["a.npz"]


def test_numpy_loads_it_without_pickle_and_finds_what_the_documents_say(folder):
    npz.write(small_model(), folder / "a.npz")
    with np.load(folder / "a.npz", allow_pickle=False) as file:
        assert set(file.files) == {
            *("dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias", "__meta__")
        }
        assert file["dense_1.kernel"].shape == (4, 5)
        assert file["dense_2.bias"].shape == (3,)
        meta = json.loads(str(file["__meta__"]))
    assert [layer["name"] for layer in meta["layers"]] == [
        *("input_1", "dense_1", "dropout_1", "dense_2", "output_1")
    ]
    assert meta["layers"][1]["settings"]["activation"] == "relu"
    assert meta["class_names"][1] == "versicolor"
    assert meta["preprocessing"]["columns"][2] == {
        **{"name": "c", "kind": "number", "mean": 3.5, "scale": 2.5}
    }


def test_the_same_model_gives_the_same_bytes(folder):
    npz.write(small_model(), folder / "a.npz")
    npz.write(small_model(), folder / "b.npz")
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()


def test_the_folder_of_a_persons_table_stays_private(folder):
    model = small_model()
    table = replace(
        model.document.data, source="table", settings={"path": "/home/ada/x/secret.csv"}
    )
    npz.write(replace(model, document=replace(model.document, data=table)), folder / "a.npz")
    with np.load(folder / "a.npz", allow_pickle=False) as file:
        text = str(file["__meta__"])
    assert "ada" not in text
    assert json.loads(text)["design"]["data"]["settings"]["path"] == "secret.csv"


def test_weights_of_another_design_are_not_exported(folder):
    model = replace(small_model(), weights=random_weights(small_design(n_inputs=3)))
    with pytest.raises(InterchangeError, match="do not belong to this design: layer 'dense_1'"):
        npz.write(model, folder / "a.npz")
    assert not list(folder.iterdir())


def test_weights_that_are_not_numbers_are_not_exported(folder):
    model = small_model()
    model.weights["dense_2"]["kernel"][0, 0] = np.nan
    with pytest.raises(InterchangeError, match=r"'dense_2.kernel' hold 1 values that are not"):
        npz.write(model, folder / "a.npz")


# ------------------------------------------------------------------ files of others and damaged ones
def saved(folder, **arrays):
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


def test_a_file_of_plain_numpy_fits_without_metadata(folder):
    weights = random_weights(small_design())
    flat = {f"{a}.{b}": w.astype(np.float64) for a, ts in weights.items() for b, w in ts.items()}
    loaded = npz.read(saved(folder, **flat))
    fitted = fit_weights(small_design(), loaded)
    np.testing.assert_array_equal(fitted["dense_1"]["kernel"], weights["dense_1"]["kernel"])
    assert fitted["dense_1"]["kernel"].dtype == np.float32


def test_fortran_order_is_read_rightly(folder):
    kernel = np.asfortranarray(np.arange(12, dtype=np.float32).reshape(3, 4))
    loaded = npz.read(saved(folder, **{"d.kernel": kernel}))
    np.testing.assert_array_equal(loaded.weights["d"]["kernel"], kernel)


class Hostile:
    """Would print if it were unpickled."""

    def __reduce__(self):
        return (print, ("it was run",))


def test_pickled_objects_are_refused_unread(folder, capsys):
    array = np.empty(1, dtype=object)
    array[0] = Hostile()
    np.savez(folder / "a.npz", **{"d.kernel": array}, allow_pickle=True)
    with pytest.raises(InterchangeError, match="Python objects"):
        npz.read(folder / "a.npz")
    assert capsys.readouterr().out == ""


REFUSED = {
    "whole numbers": ({"d.kernel": np.ones((2, 2), dtype=np.int64)}, "type int64"),
    "complex numbers": ({"d.kernel": np.ones((2, 2), dtype=np.complex64)}, "type complex64"),
    "text": ({"d.kernel": np.array(["a"])}, "floating-point numbers were expected"),
    "not finite": ({"d.kernel": np.array([[np.nan, np.inf]])}, "2 values that are not finite"),
    "too large for float32": ({"d.kernel": np.array([[1e300]])}, "not finite"),
    "no layer's name": ({"kernel": np.ones(2)}, "called 'kernel'"),
    "meta no text": ({"__meta__": np.ones(2)}, "expected to be text"),
    "meta no JSON": ({"__meta__": np.array("{")}, "not readable JSON"),
    "meta of others": ({"__meta__": np.array('{"a": 1}')}, "something else"),
    "meta nested": ({"__meta__": np.array("[" * 100_000)}, "not readable JSON|something else"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arrays_that_are_no_weights_are_refused(folder, case):
    arrays, sentence = REFUSED[case]
    with pytest.raises(InterchangeError, match=sentence):
        npz.read(saved(folder, **arrays))


META = {"format": "nn-designer weights", "version": 1}
META_REFUSED = [
    (META | {"version": 99}, "Install a newer NN Designer"),
    (META | {"version": "1"}, "no version"),
    (META | {"class_names": "abc"}, "class names in the file are not a list"),
    (META | {"task": 7}, "'classes' or 'number' was expected"),
    (META | {"preprocessing": {"format": "x"}}, "can be read, but not used"),
    (META | {"design": {"format": "x"}}, "design inside the file is damaged"),
]


@pytest.mark.parametrize(("meta", "sentence"), META_REFUSED)
def test_damaged_metadata_is_refused(folder, meta, sentence):
    with pytest.raises(InterchangeError, match=sentence):
        npz.read(saved(folder, __meta__=np.array(json.dumps(meta)), **{"d.bias": np.ones(2)}))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b"hello world", "it is something else"),
        (b"\x93NUMPY\x01\x00", "a single .npy array"),
        (b"PK\x03\x04" + b"\0" * 50, "not a complete .npz"),
    ],
)
def test_files_of_another_kind_are_refused(folder, content, sentence):
    (folder / "a.npz").write_bytes(content)
    with pytest.raises(InterchangeError, match=sentence):
        npz.read(folder / "a.npz")


def test_a_missing_file_and_a_folder_are_refused(folder):
    with pytest.raises(InterchangeError, match="there is no such file"):
        npz.read(folder / "none.npz")
    with pytest.raises(InterchangeError, match="can't be read"):
        npz.read(folder)


def header(shape: str, descr: str = "'<f4'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def zipped(folder, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED):
    with zipfile.ZipFile(folder / "a.npz", "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "a.npz"


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ("(1000000000000,)", "says it holds 4,000,000,000,000 bytes, but the file has only"),
        ("(99999999, 99999999)", "bytes, but the file has only"),
        ("(100,)", "says it holds 400 bytes, but the file has only 136 for it"),
        ("(10,)", "is cut off or damaged"),
        ("(-3,)", "has a damaged header"),
    ],
)
def test_sizes_are_compared_with_the_file_before_memory_is_asked_for(folder, shape, sentence):
    path = zipped(folder, {"d.kernel.npy": header(shape) + b"\0" * 8})
    with pytest.raises(InterchangeError, match=sentence):
        npz.read(path)


def test_zip_bombs_are_refused_unopened(folder):
    path = zipped(
        folder,
        {"d.kernel.npy": header("(20000000,)") + bytes(80_000_000)},
        compression=zipfile.ZIP_DEFLATED,
    )
    assert path.stat().st_size < 200_000
    with pytest.raises(InterchangeError, match="would unpack from"):
        npz.read(path)


def test_other_zip_archives_are_refused(folder):
    with pytest.raises(InterchangeError, match="another kind of zip archive"):
        npz.read(zipped(folder, {"word/document.xml": b"<x/>"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name_are_refused(folder):
    content = header("(1,)") + b"\0" * 4
    with zipfile.ZipFile(folder / "a.npz", "w") as archive:
        archive.writestr("d.bias.npy", content)
        archive.writestr("d.bias.npy", content)
    with pytest.raises(InterchangeError, match="two arrays of the same name"):
        npz.read(folder / "a.npz")


@pytest.mark.parametrize("descr", ["'|O'", "[('a', '|O')]", "'<V4'", "'<f3'", "'<M8[s]'", "'|S4'"])
def test_odd_types_are_refused(folder, descr):
    with pytest.raises(InterchangeError):
        npz.read(zipped(folder, {"d.kernel.npy": header("(1,)", descr) + b"\0" * 8}))


def whole_file() -> bytes:
    out = io.BytesIO()
    np.savez(out, **{"dense_1.kernel": np.ones((4, 5)), "__meta__": np.array(json.dumps(META))})
    return out.getvalue()


def read_or_refuse(path: Path) -> None:
    try:
        npz.read(path)
    except InterchangeError as error:
        assert str(error).endswith("."), str(error)


@damaged_settings
@given(content=damaged(whole_file()))
def test_a_damaged_file_is_read_or_refused_with_a_sentence(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    read_or_refuse(tmp_path / "a.npz")


@damaged_settings
@given(data=st.data())
def test_a_sound_archive_with_a_damaged_part_is_read_or_refused_with_a_sentence(tmp_path, data):
    with zipfile.ZipFile(io.BytesIO(whole_file())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    victim = data.draw(st.sampled_from(sorted(members)))
    members[victim] = data.draw(damaged(members[victim]))
    read_or_refuse(zipped(tmp_path, members))


@damaged_settings
@given(text=damaged(json.dumps(META).encode()))
def test_a_damaged_description_is_read_or_refused_with_a_sentence(tmp_path, text):
    with (tmp_path / "a.npz").open("wb") as out:
        words = np.array(text.decode("utf-8", "replace"))
        np.savez(out, **{"d.kernel": np.ones((4, 5)), "__meta__": words})
    read_or_refuse(tmp_path / "a.npz")
