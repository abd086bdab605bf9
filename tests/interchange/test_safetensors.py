"""Safetensors: PyTorch's names, and that only what is in order is read."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from safetensors.numpy import load_file, save, save_file

from nn_designer.engine.network import Network
from nn_designer.interchange import safetensors
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.model import InterchangeError
from nn_designer.interchange.torch_layout import from_torch, to_torch
from nn_designer.layers import KINDS
from tests.helpers.damage import damaged, damaged_settings
from tests.helpers.models import chain, random_weights, skip_design, small_design, small_model
from tests.helpers.networks import EXAMPLES


@pytest.mark.parametrize("design", [small_design(), skip_design()])
def test_what_is_written_comes_back_bit_for_bit(folder, design):
    model = small_model(design)
    safetensors.write(model, folder / "a.safetensors")
    loaded = safetensors.read(folder / "a.safetensors")
    assert list(loaded.weights) == list(model.weights)
    for layer, tensors in model.weights.items():
        for name, array in tensors.items():
            np.testing.assert_array_equal(loaded.weights[layer][name], array)
    assert loaded.preprocessing == model.preprocessing
    assert loaded.document == design
    assert [path.name for path in folder.iterdir()] == ["a.safetensors"]


def test_a_chain_has_the_names_of_a_sequential_and_its_code(folder):
    # Linear, ReLU, Dropout, Linear, Softmax: the second Linear is number 3
    model = small_model()
    safetensors.write(model, folder / "a.safetensors")
    tensors = load_file(folder / "a.safetensors")
    assert set(tensors) == {"0.weight", "0.bias", "3.weight", "3.bias"}
    np.testing.assert_array_equal(tensors["3.weight"], model.weights["dense_2"]["kernel"].T)
    assert strings_of(folder / "a.safetensors")["format"] == "pt"
    assert strings_of(folder / "a.safetensors")["modules"] == (
        "nn.Sequential(\n    nn.Linear(4, 5),\n    nn.ReLU(),\n    nn.Dropout(0.25),\n"
        "    nn.Linear(5, 3),\n    nn.Softmax(dim=-1),\n)"
    )


def strings_of(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length])["__metadata__"]


def test_a_design_with_branches_has_the_names_of_its_layers(folder):
    safetensors.write(small_model(skip_design()), folder / "a.safetensors")
    assert set(load_file(folder / "a.safetensors")) == {
        f"dense_{n}.{tensor}" for n in (1, 2, 3) for tensor in ("weight", "bias")
    }
    assert "modules" not in strings_of(folder / "a.safetensors")


def test_a_kind_of_several_inputs_has_no_modules():
    merges = [kind for kind in KINDS.values() if kind.maximum_inputs != 1 and kind.minimum_inputs]
    assert merges
    assert all(kind().torch_modules([(4,), (4,)]) is None for kind in merges)


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_torch_makes_of_a_tensor_comes_back(example):
    network = Network(EXAMPLES[example])
    for node in network.nodes:
        tensors = network.weights.get(node.name, {})
        assert set(node.layer.tensors_in_torch()) >= set(tensors)
        for name, array in tensors.items():
            back = from_torch(node.layer, to_torch(node.layer, name, array))
            assert list(back) == [name]
            np.testing.assert_array_equal(back[name], array)


def test_more_than_ten_modules_keep_their_order(folder):
    layers = [("dense", {"units": 4}) for _ in range(7)]
    design = chain(("input", {"shape": [4]}), *layers, ("output", {}))
    weights = random_weights(design)
    tensors = {}
    for index, layer in enumerate(weights.values()):
        tensors[f"{2 * index}.weight"] = np.ascontiguousarray(layer["kernel"].T)
        tensors[f"{2 * index}.bias"] = layer["bias"]
    save_file(tensors, folder / "a.safetensors")  # as PyTorch would: no metadata
    fitted = fit_weights(design, safetensors.read(folder / "a.safetensors"))
    np.testing.assert_array_equal(fitted["dense_6"]["kernel"], weights["dense_6"]["kernel"])


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_widths_become_float32(folder, dtype):
    save_file({"0.weight": np.full((2, 3), 0.5, dtype)}, folder / "a.safetensors")
    kernel = safetensors.read(folder / "a.safetensors").weights["0"]["weight"]
    assert (kernel.dtype, kernel.shape, kernel[0, 0]) == (np.float32, (2, 3), 0.5)


def raw(folder, header: object, data: bytes = b"", length: int | None = None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    content = struct.pack("<Q", len(text) if length is None else length) + text + data
    (folder / "a.safetensors").write_bytes(content)
    return folder / "a.safetensors"


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


ABSURD = {
    "empty file": (None, "too short"),
    "header longer than the file": (({}, b"", 2**40), "not a complete"),
    "header of the largest length": (({}, b"", 2**64 - 1), "not a complete"),
    "header no JSON": ((b"{" * 20, b""), "not a complete"),
    "header nested": ((b"[" * 90_000, b""), "not a complete"),
    "a list": (([], b""), "not a complete"),
    "a huge tensor": (
        ({"0.bias": tensor(shape=(2**40,), offsets=(0, 2**42))}, b"0000"),
        "complete",
    ),
    "sizes disagree": (({"0.bias": tensor(shape=(3,))}, b"0000"), "not a complete"),
    "overflowing shape": (({"0.bias": tensor(shape=(2**62, 2**62))}, b"0000"), "not a complete"),
    "cut off": (({"0.bias": tensor()}, b"00"), "not a complete"),
    "bfloat16": (({"0.bias": tensor("BF16", (2,))}, b"0000"), "has the type BF16"),
    "whole numbers": (({"0.bias": tensor("I32")}, b"0000"), "has the type I32"),
    "not finite": (({"0.bias": tensor()}, b"\0\0\xc0\x7f"), "not finite"),
    "no layer": (({"bias": tensor()}, b"0000"), "called 'bias'"),
}


@pytest.mark.parametrize("case", ABSURD)
def test_absurd_files_are_refused_with_the_reason(folder, case):
    content, sentence = ABSURD[case]
    path = raw(folder, *content) if content else folder / "a.safetensors"
    if not content:
        path.write_bytes(b"")
    with pytest.raises(InterchangeError, match=sentence):
        safetensors.read(path)


META = {"format": "nn-designer weights", "version": 1}


@pytest.mark.parametrize("names", ["text", {"0": 7}, ["0"]])
def test_damaged_names_are_refused(folder, names):
    strings = {"nn_designer": json.dumps(META | {"names": names})}
    content = save({"0.bias": np.ones(2, np.float32)}, metadata=strings)
    (folder / "a.safetensors").write_bytes(content)
    with pytest.raises(InterchangeError, match="names of the layers are damaged"):
        safetensors.read(folder / "a.safetensors")


WHOLE = save(
    {"0.weight": np.ones((2, 3), np.float32)},
    metadata={"nn_designer": json.dumps(META | {"names": {"0": "dense_1"}})},
)


@damaged_settings
@given(content=damaged(WHOLE))
def test_a_damaged_file_is_read_or_refused_with_a_sentence(tmp_path, content):
    (tmp_path / "a.safetensors").write_bytes(content)
    try:
        safetensors.read(tmp_path / "a.safetensors")
    except InterchangeError as error:
        assert str(error).endswith("."), str(error)
