"""Designs with convolutions, exported, loaded into a PyTorch module, and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from nn_designer.data import DataChoice
from nn_designer.design.document import Document
from nn_designer.interchange import safetensors
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.model import InterchangeError, TrainedModel
from tests.helpers.models import chain, random_weights

CLOSE = 1e-5


class LeNet(nn.Module):
    """As a person writes it in PyTorch: pictures have the channels first. Of the padding
    "same" of an even kernel, the larger part is behind."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_1 = nn.Conv2d(2, 4, 3)
        self.conv2d_2 = nn.Conv2d(4, 6, (3, 2), groups=2)
        self.dense_1 = nn.Linear(54, 7)
        self.dense_2 = nn.Linear(7, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(torch.relu(self.conv2d_1(x)), 2)
        x = nn.functional.pad(x, (0, 1, 1, 1))
        x = torch.tanh(self.conv2d_2(x)).flatten(1)
        return torch.softmax(self.dense_2(torch.relu(self.dense_1(x))), dim=-1)


def lenet(*between: tuple[str, dict[str, object]]) -> Document:
    return chain(
        ("input", {"shape": [8, 9, 2]}),
        ("conv2d", {"filters": 4}),
        ("max_pooling2d", {}),
        (
            "conv2d",
            {
                "filters": 6,
                "kernel_size": [3, 2],
                "padding": "same",
                "groups": 2,
                "activation": "tanh",
            },
        ),
        ("max_pooling2d", {"pool_size": [1, 1], "strides": [1, 1]}),
        *between,
        ("flatten", {}),
        ("dropout", {"rate": 0.5}),
        ("dense", {"units": 7}),
        ("dense", {"units": 3, "activation": "softmax"}),
        ("output", {}),
        data=DataChoice("iris", {}),
        training={"loss": "sparse_categorical_crossentropy"},
    )


def answers(network: nn.Module, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network(torch.tensor(x).permute(0, 3, 1, 2)).numpy()


def pictures() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(20, 8, 9, 2)).astype(np.float32)


def test_a_module_with_the_layers_names_takes_the_weights(tmp_path: Path) -> None:
    design = lenet()
    model = TrainedModel(design, random_weights(design))
    safetensors.write(model, tmp_path / "a.safetensors")
    network = LeNet()
    network.load_state_dict(load_file(tmp_path / "a.safetensors"))
    assert np.abs(answers(network, pictures()) - model.predict(pictures())).max() < CLOSE


def test_what_was_exported_comes_back(tmp_path: Path) -> None:
    design = lenet()
    weights = random_weights(design)
    safetensors.write(TrainedModel(design, weights), tmp_path / "a.safetensors")
    fitted = fit_weights(design, safetensors.read(tmp_path / "a.safetensors"))
    for layer, tensors in weights.items():
        for name, array in tensors.items():
            np.testing.assert_array_equal(fitted[layer][name], array)


def test_a_state_dict_of_pytorch_loads_into_a_design(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = LeNet()
    save_file(network.state_dict(), tmp_path / "torch.safetensors")
    design = lenet()
    weights = fit_weights(design, safetensors.read(tmp_path / "torch.safetensors"))
    found = TrainedModel(design, weights).predict(pictures())
    assert np.abs(answers(network, pictures()) - found).max() < CLOSE


def test_what_has_another_order_there_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    design = lenet(("reshape", {"target_shape": [-1, 6]}))
    model = TrainedModel(design, random_weights(design))
    with pytest.raises(InterchangeError, match=r"'reshape_1' depends on the order .* as npz"):
        safetensors.write(model, tmp_path / "a.safetensors")
    assert list(tmp_path.iterdir()) == []
