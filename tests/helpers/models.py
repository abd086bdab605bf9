"""Small designs and trained models for tests of files and commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nn_designer.data import DataChoice
from nn_designer.data.preprocessing import ColumnInput, Preprocessing
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.interchange.layout import expected_shapes
from nn_designer.interchange.model import TrainedModel, Weights


def chain(*kinds: tuple[str, dict[str, Any]], **document: Any) -> Document:
    """Layers one after the other: ``chain(("input", {"shape": [2]}), ("dense", {}), ...)``."""
    layers: list[Layer] = []
    for kind, settings in kinds:
        number = sum(layer.kind == kind for layer in layers) + 1
        name = f"{kind.capitalize()} {number}"
        layers.append(Layer(f"{kind}_{number}", kind, name, settings, x=280.0 * len(layers)))
    wires = [Wire(a.id, b.id) for a, b in pairwise(layers)]
    return Document(layers=tuple(layers), wires=tuple(wires), **document)


def small_design(activation: str = "relu", n_inputs: int = 4, n_classes: int = 3) -> Document:
    """Input 4 → Dense 5 → Dropout → Dense 3 softmax, for iris."""
    return chain(
        ("input", {"shape": [n_inputs]}),
        ("dense", {"units": 5, "activation": activation}),
        ("dropout", {"rate": 0.25}),
        ("dense", {"units": n_classes, "activation": "softmax"}),
        ("output", {}),
        name="Small",
        data=DataChoice("iris", {}),
        training={"loss": "sparse_categorical_crossentropy", "epochs": 3},
    )


def skip_design() -> Document:
    """Two branches that are added: no chain."""
    layers = (
        Layer("input_1", "input", "Input 1", {"shape": [4]}),
        Layer("dense_1", "dense", "Dense 1", {"units": 6, "activation": "tanh"}),
        Layer("dense_2", "dense", "Dense 2", {"units": 6, "activation": "linear"}),
        Layer("add_1", "add", "Add 1", {}),
        Layer("dense_3", "dense", "Dense 3", {"units": 3, "activation": "softmax"}),
        Layer("output_1", "output", "Output 1", {}),
    )
    wires = (
        Wire("input_1", "dense_1"),
        Wire("dense_1", "dense_2"),
        Wire("dense_1", "add_1", 0),
        Wire("dense_2", "add_1", 1),
        Wire("add_1", "dense_3"),
        Wire("dense_3", "output_1"),
    )
    training = {"loss": "sparse_categorical_crossentropy"}
    return Document(layers=layers, wires=wires, data=DataChoice("iris", {}), training=training)


def random_weights(document: Document, seed: int = 0) -> Weights:
    random = np.random.default_rng(seed)
    return {
        layer: {
            name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()
        }
        for layer, shapes in expected_shapes(document).items()
    }


def iris_preprocessing(names: Sequence[str] = ("a", "b", "c", "d")) -> Preprocessing:
    columns = [ColumnInput(name, "number", 1.5 + i, 0.5 + i) for i, name in enumerate(names)]
    classes = ("setosa", "versicolor", "virginica")
    return Preprocessing("classes", (len(names),), ("species",), classes, tuple(columns))


def small_model(document: Document | None = None, seed: int = 0) -> TrainedModel:
    document = document or small_design()
    preprocessing = iris_preprocessing()
    return TrainedModel(
        document,
        random_weights(document, seed),
        preprocessing,
        preprocessing.class_names,
        preprocessing.target_names,
        "classes",
        ({"epoch": 1, "loss": 0.5, "accuracy": 0.75},),
    )


def edit_file(path: str, **parts: Any) -> None:
    """Exchange parts of a design's file by hand."""
    design = json.loads(Path(path).read_text(encoding="utf-8"))
    Path(path).write_text(json.dumps({**design, **parts}), encoding="utf-8")
