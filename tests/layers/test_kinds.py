"""What every layer kind declares, and the shape rules."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import nn_designer.layers
from nn_designer.layers import (
    KINDS,
    Category,
    LayerKind,
    Shape,
    ShapeError,
    UnknownKind,
    kind_of,
)
from nn_designer.params import ParamError
from tests.helpers.layer_examples import input_shapes


def test_keys_are_those_that_files_use() -> None:
    assert list(KINDS) == [
        "input",
        "dense",
        "conv1d",
        "conv2d",
        "depthwise_conv2d",
        "separable_conv2d",
        "conv2d_transpose",
        "max_pooling1d",
        "max_pooling2d",
        "average_pooling1d",
        "average_pooling2d",
        "global_max_pooling1d",
        "global_max_pooling2d",
        "global_average_pooling1d",
        "global_average_pooling2d",
        "simple_rnn",
        "lstm",
        "gru",
        "embedding",
        "positional_embedding",
        "multi_head_attention",
        "time_distributed_dense",
        "activation",
        "prelu",
        "formula",
        "batch_normalization",
        "layer_normalization",
        "group_normalization",
        "normalization",
        "rescaling",
        "dropout",
        "spatial_dropout1d",
        "spatial_dropout2d",
        "gaussian_noise",
        "gaussian_dropout",
        "flatten",
        "reshape",
        "permute",
        "repeat_vector",
        "zero_padding2d",
        "cropping2d",
        "up_sampling2d",
        "add",
        "subtract",
        "multiply",
        "average",
        "maximum",
        "concatenate",
        "dot",
        "output",
    ]
    assert all(key == kind.key for key, kind in KINDS.items())


def test_every_kind_in_the_package_is_listed() -> None:
    """Files are listed by hand (finding them fails in a bundle); so the list may be short."""
    folder = Path(nn_designer.layers.__file__).parent
    found: set[type] = set()
    for path in folder.glob("*.py"):
        module = importlib.import_module(
            f"nn_designer.layers.{path.stem}".removesuffix(".__init__")
        )
        classes = [c for _, c in inspect.getmembers(module, inspect.isclass)]
        found |= {c for c in classes if issubclass(c, LayerKind) and "key" in vars(c)}
    assert found == set(KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_texts_and_category(kind: type[LayerKind]) -> None:
    assert kind.title
    assert isinstance(kind.category, Category)
    first_paragraph = inspect.getdoc(kind).split("\n\n")[0]  # type: ignore[union-attr]
    assert first_paragraph.endswith((".", ":")) or "." in first_paragraph
    for param in kind.params.values():
        assert param.help.endswith(".")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.minimum_inputs and kind.has_output]
)
def test_each_layer_declares_its_formula_both_ways_and_a_source(kind: type[LayerKind]) -> None:
    assert "=" in kind.formula
    assert "∂L/∂" in kind.backward and "=" in kind.backward
    assert kind.source and not kind.source.endswith(".")
    told = set(re.findall(r"∂L/∂(\w+)", kind.backward)) - {"x", "y", "z"}
    assert told or not kind().weight_specs(input_shapes(kind)), "how it learns is not told"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_defaults_make_a_layer(kind: type[LayerKind]) -> None:
    layer = kind()
    assert layer == kind(**layer.values())
    shapes = input_shapes(kind)
    assert all(isinstance(size, int) and size > 0 for size in layer.output_shape(shapes))
    assert isinstance(layer.summary(), str)
    assert layer.macs(shapes) >= 0
    assert isinstance(layer.output_activation(["linear"] * len(shapes)), str)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_weights_are_views_of_the_blocks(kind: type[LayerKind]) -> None:
    layer, shapes = kind(), input_shapes(kind)
    blocks = {name: np.zeros(shape) for name, shape in layer.block_shapes(shapes).items()}
    views = layer.weight_views(blocks)
    specs = layer.weight_specs(shapes)
    assert {spec.name: spec.shape for spec in specs} == {k: v.shape for k, v in views.items()}
    for view in views.values():
        view += 1.0
    # each number of the blocks belongs to exactly one weight
    assert all((block == 1.0).all() for block in blocks.values())
    assert sum(spec.size for spec in specs) == sum(block.size for block in blocks.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_settings_outside_the_declaration_are_refused(kind: type[LayerKind]) -> None:
    for name, param in kind.params.items():
        for value in param.invalid_values():
            with pytest.raises(ParamError):
                kind(**{name: value})


def test_shapes() -> None:
    assert kind_of("input")(shape=[28, 28, 1]).output_shape([]) == (28, 28, 1)
    assert kind_of("dense")(units=7).output_shape([(3,)]) == (7,)
    assert kind_of("flatten")().output_shape([(28, 28, 1)]) == (784,)
    assert kind_of("add")().output_shape([(4, 2), (4, 2)]) == (4, 2)
    assert kind_of("concatenate")().output_shape([(4,), (2,), (1,)]) == (7,)
    assert kind_of("concatenate")().output_shape([(4, 2), (4, 3)]) == (4, 5)
    for key in ("activation", "dropout", "output"):
        assert kind_of(key)().output_shape([(4, 2)]) == (4, 2)


@pytest.mark.parametrize(
    ("kind", "shapes", "words"),
    [
        ("dense", [(28, 28, 1)], "Dense expects a flat list of numbers, but it receives "
         "28 × 28 × 1. Insert a Flatten layer before it."),
        ("add", [(4,), (3,)], "receives 4 and 3. Give the layers before it the same number"),
        ("add", [(4,), (4,), (2, 2)], "receives 4 and 2 × 2"),
        ("concatenate", [(4, 2), (3, 2)], "receives 4 × 2 and 3 × 2. Insert Flatten"),
        ("concatenate", [(4,), (4, 2)], "differ at most in their last size"),
    ],
)  # fmt: skip
def test_a_shape_that_does_not_fit_says_the_way_out(
    kind: str, shapes: list[Shape], words: str
) -> None:
    with pytest.raises(ShapeError) as refusal:
        kind_of(kind)().output_shape(shapes)
    assert words in str(refusal.value)


def test_summaries() -> None:
    assert kind_of("dense")(units=1).summary() == "1 unit"
    assert kind_of("dense")(units=1024).summary() == "1,024 units"
    assert kind_of("dropout")(rate=0.25).summary() == "25%"
    assert kind_of("input")(shape=(28, 28, 1)).summary() == "28 × 28 × 1"
    assert kind_of("activation")(activation="gelu").summary() == "GELU"


def test_counts_of_a_dense_layer() -> None:
    with_bias, without = kind_of("dense")(units=10), kind_of("dense")(units=10, use_bias=False)
    assert sum(spec.size for spec in with_bias.weight_specs([(784,)])) == 7850
    assert sum(spec.size for spec in without.weight_specs([(784,)])) == 7840
    assert with_bias.macs([(784,)]) == 7840


def test_the_fan_of_a_dense_layer_is_what_a_neuron_sees_and_what_sees_an_input() -> None:
    kernel, bias = kind_of("dense")(units=10).weight_specs([(784,)])
    assert kernel.fan == bias.fan == (784, 10)


def test_a_layer_of_a_billion_units_can_be_described() -> None:
    """The form allows it, the check refuses it with the memory it would need: nothing here may
    allocate."""
    layer = kind_of("dense")(units=1_000_000_000)
    assert layer.output_shape([(784,)]) == (1_000_000_000,)
    assert sum(spec.size for spec in layer.weight_specs([(784,)])) == 785_000_000_000


def test_an_unknown_kind_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownKind, match=r"no layer kind 'dens'.*Did you mean 'dense'\?"):
        kind_of("dens")
