"""Exported weights, used elsewhere: ten lines of NumPy, and PyTorch, give the same answers.

Both begin with the data as the person has it and do the preprocessing from what the file says.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from nn_designer import data
from nn_designer.cli import main
from nn_designer.data import DataChoice
from nn_designer.design import codec
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.interchange import npz, safetensors
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.formats import read_weights
from nn_designer.interchange.model import TrainedModel
from tests.helpers.models import chain, random_weights, skip_design

CLOSE = 1e-5


@pytest.fixture(scope="module", params=["article", "iris", "auto-mpg", "spiral"])
def trained(request, tmp_path_factory):
    """A folder with a.nnd, w.npz and w.safetensors, trained for two epochs."""
    folder = tmp_path_factory.mktemp("trained")
    design = str(folder / "a.nnd")
    assert main(["new", request.param, design]) == 0
    weights = str(folder / "w.npz")
    assert main(["train", design, "--epochs", "2", "--weights", weights]) == 0
    exported = str(folder / "w.safetensors")
    assert main(["export", design, "--weights", weights, "--to", "safetensors", exported]) == 0
    return folder


def raw_and_predicted(folder):
    """The data in the person's units, (N, inputs) with categories as 0 and 1, and our answers."""
    loaded = read_weights(folder / "w.npz")
    document = codec.load(folder / "a.nnd").document
    dataset = data.load(document.data)
    weights = fit_weights(document, loaded)
    model = TrainedModel(document, weights, loaded.preprocessing, task=loaded.task)
    if dataset.x is not None:
        raw = dataset.x[-1000:]
        return raw, model.predict(raw)
    parts = []
    for column in dataset.columns:
        if column.kind == "category":
            parts += [column.values == i for i in range(len(column.categories))]
        else:
            parts.append(column.values)
    return np.stack(parts, axis=1).astype(float), model.predict(dataset)


def code_of(language):
    """The code that docs/WEIGHTS.md shows for a language."""
    text = (Path(__file__).parents[2] / "docs" / "WEIGHTS.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```python {language}\n(.*?)```", text, re.DOTALL)
    return code


def close(found, expected):
    """Within 1e-5 of the size of the numbers: miles per gallon are not between 0 and 1."""
    size = max(1.0, float(np.abs(expected).max()))
    assert found.shape == expected.shape
    return np.abs(found - expected).max() / size < CLOSE


def test_npz_is_reproduced_with_the_ten_lines_of_numpy_in_the_documents(trained, monkeypatch):
    raw, expected = raw_and_predicted(trained)
    assert len(raw) > 100
    code = code_of("numpy")
    after_the_table_of_functions = code.split("\n}\n")[1]
    assert len(after_the_table_of_functions.strip().splitlines()) <= 8
    monkeypatch.chdir(trained)
    (trained / "a.npz").write_bytes((trained / "w.npz").read_bytes())
    names = {"raw": raw}
    exec(code, names)  # our own document
    names["file"].close()
    assert close(names["answers"], expected)


def test_safetensors_load_into_the_sequential_that_the_file_names(trained):
    raw, expected = raw_and_predicted(trained)
    path = trained / "w.safetensors"
    with safe_open(path, "pt") as file:
        strings = file.metadata()
    meta = json.loads(strings["nn_designer"])
    network = eval(strings["modules"], {"nn": nn})  # noqa: S307 - our own file, in a test
    network.load_state_dict(load_file(path))  # strict: every name and every shape fits
    network.eval()
    x = np.nan_to_num((raw - np.array(meta["inputs"]["mean"])) / meta["inputs"]["scale"])
    with torch.no_grad():
        found = network(torch.tensor(x, dtype=torch.float32)).numpy()
    assert close(found * meta["outputs"]["scale"] + meta["outputs"]["mean"], expected)


def test_the_torch_code_in_the_documents_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "article", "a.nnd"]) == 0
    assert main(["export", "a.nnd", "--to", "safetensors", "a.safetensors"]) == 0
    document = codec.load("a.nnd").document
    raw = data.load(document.data).x[:100]
    capsys.readouterr()
    names = {"raw": raw}
    exec(code_of("torch"), names)  # our own document
    loaded = read_weights("a.safetensors")
    model = TrainedModel(document, loaded.weights, loaded.preprocessing)
    assert close(names["answers"], model.predict(raw))
    shown = capsys.readouterr().out
    assert [line.strip(" ,") for line in shown.splitlines()] == [
        *("nn.Sequential(", "nn.Linear(784, 10)", "nn.ReLU()", "nn.Linear(10, 10)", "nn.ReLU()"),
        *("nn.Linear(10, 10)", "nn.Softmax(dim=-1)", ")"),
    ]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_computes_the_same_in_torch(activation):
    x = np.linspace(-8, 8, 401, dtype=np.float64).reshape(-1, 1) * [[1.0, 0.5, -0.3]]
    module = eval(ACTIVATIONS[activation].torch or "nn.Identity()", {"nn": nn})  # noqa: S307
    found = module(torch.tensor(x)).numpy()
    assert np.abs(found - ACTIVATIONS[activation].function(x)).max() < 1e-6


def test_flatten_activation_and_bias_free_layers_in_a_sequential(tmp_path):
    design = chain(
        ("input", {"shape": [4, 3, 2]}),
        ("flatten", {}),
        ("dense", {"units": 7, "activation": "gelu", "use_bias": False}),
        ("dropout", {"rate": 0.5}),
        ("dense", {"units": 5, "activation": "linear"}),
        ("activation", {"activation": "leaky_relu"}),
        ("dense", {"units": 3, "activation": "softmax"}),
        ("output", {}),
        data=DataChoice("iris", {}),
        training={"loss": "sparse_categorical_crossentropy"},
    )
    model = TrainedModel(design, random_weights(design))
    safetensors.write(model, tmp_path / "a.safetensors")
    with safe_open(tmp_path / "a.safetensors", "pt") as file:
        network = eval(file.metadata()["modules"], {"nn": nn})  # noqa: S307
    network.load_state_dict(load_file(tmp_path / "a.safetensors"))
    network.eval()
    x = np.random.default_rng(0).normal(size=(50, 4, 3, 2)).astype(np.float32)
    with torch.no_grad():
        found = network(torch.tensor(x)).numpy()
    assert np.abs(found - model.predict(x)).max() < CLOSE


def test_a_design_with_branches_loads_into_a_module_with_its_layers_names(tmp_path):
    class Skip(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense_1 = nn.Linear(4, 6)
            self.dense_2 = nn.Linear(6, 6)
            self.dense_3 = nn.Linear(6, 3)

        def forward(self, x):
            a = torch.tanh(self.dense_1(x))
            return torch.softmax(self.dense_3(a + self.dense_2(a)), dim=-1)

    model = TrainedModel(skip_design(), random_weights(skip_design()))
    safetensors.write(model, tmp_path / "a.safetensors")
    network = Skip()
    network.load_state_dict(load_file(tmp_path / "a.safetensors"))
    x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    with torch.no_grad():
        assert np.abs(network(torch.tensor(x)).numpy() - model.predict(x)).max() < CLOSE


def test_a_state_dict_that_torch_saved_loads_into_a_design(tmp_path):
    from safetensors.torch import save_file

    network = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3), nn.Softmax(dim=-1))
    save_file(network.state_dict(), tmp_path / "torch.safetensors")
    design = chain(
        ("input", {"shape": [4]}),
        ("dense", {"units": 5, "activation": "relu"}),
        ("dense", {"units": 3, "activation": "softmax"}),
        ("output", {}),
        data=DataChoice("iris", {}),
        training={"loss": "sparse_categorical_crossentropy"},
    )
    model = TrainedModel(design, fit_weights(design, read_weights(tmp_path / "torch.safetensors")))
    x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    with torch.no_grad():
        assert np.abs(network(torch.tensor(x)).numpy() - model.predict(x)).max() < CLOSE
    npz.write(model, tmp_path / "a.npz")
