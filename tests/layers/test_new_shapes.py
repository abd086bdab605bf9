"""Shape rules of merges and of layers that lay numbers out anew, and their sentences."""

from __future__ import annotations

from typing import Any

import pytest

from nn_designer.layers import Shape, ShapeError, kind_of


@pytest.mark.parametrize(
    ("kind", "settings", "shapes", "expected"),
    [
        ("reshape", {"target_shape": (28, 28, 1)}, [(784,)], (28, 28, 1)),
        ("reshape", {"target_shape": (-1, 7)}, [(4, 7, 2)], (8, 7)),
        ("reshape", {}, [(5,)], (5, 1)),
        ("permute", {}, [(4, 7)], (7, 4)),
        ("permute", {"dims": (3, 1, 2)}, [(4, 7, 2)], (2, 4, 7)),
        ("repeat_vector", {"n": 3}, [(8,)], (3, 8)),
        ("zero_padding2d", {}, [(28, 28, 1)], (30, 30, 1)),
        ("zero_padding2d", {"top": 0, "left": 3}, [(4, 5, 2)], (5, 9, 2)),
        ("cropping2d", {"top": 2, "bottom": 0}, [(28, 28, 1)], (26, 26, 1)),
        ("up_sampling2d", {"size": (2, 3)}, [(4, 5, 2)], (8, 15, 2)),
        ("spatial_dropout1d", {}, [(4, 2)], (4, 2)),
        ("gaussian_noise", {}, [(4, 2)], (4, 2)),
        ("subtract", {}, [(4, 2), (4, 2)], (4, 2)),
        ("maximum", {}, [(4,), (4,), (4,)], (4,)),
        ("prelu", {"shared_axes": (1, 2)}, [(4, 5, 2)], (4, 5, 2)),
        ("group_normalization", {"groups": 2}, [(5, 4)], (5, 4)),
        ("normalization", {"mean": (1, 2), "variance": (3,)}, [(5, 2)], (5, 2)),
        ("dot", {}, [(8,), (8,)], (1,)),
        ("dot", {"axes": (2, 1)}, [(5, 8), (8, 3)], (5, 3)),
        ("dot", {"axes": (1, 2)}, [(8,), (3, 8)], (3,)),
        ("dot", {"axes": (2, 2)}, [(5, 8), (3, 8)], (5, 3)),
    ],
)
def test_shapes(kind: str, settings: dict[str, Any], shapes: list[Shape], expected: Shape) -> None:
    assert kind_of(kind)(**settings).output_shape(shapes) == expected


@pytest.mark.parametrize(
    ("kind", "settings", "shapes", "words"),
    [
        ("reshape", {"target_shape": (28, 28)}, [(783,)], "Reshape receives 783 = 783 numbers, "
         "but its shape needs 784. Change the shape, or the layer before it."),
        ("reshape", {"target_shape": (-1, 10)}, [(4, 4)], "needs a multiple of 10"),
        ("reshape", {"target_shape": (0, 4)}, [(4,)], "a size of 0 leaves no numbers"),
        ("reshape", {"target_shape": (-1, -1)}, [(4,)], "only one size by itself"),
        ("permute", {}, [(4,)], "A list of numbers has nothing to swap"),
        ("permute", {"dims": (1, 1)}, [(4, 2)], "Use each of 1, 2 once."),
        ("permute", {"dims": (2, 1)}, [(4, 2, 1)], "Use each of 1, 2, 3 once."),
        ("repeat_vector", {}, [(4, 2)], "Insert a Flatten layer before it."),
        ("zero_padding2d", {}, [(4,)], "ZeroPadding2D expects a picture of height × width × "
         "channels, but it receives 4. Insert a Reshape layer before it, or choose the shape"),
        ("up_sampling2d", {}, [(4, 2)], "UpSampling2D expects a picture"),
        ("cropping2d", {"left": 9}, [(5, 10, 1)], "Cropping2D cuts 2 rows and 10 columns off a "
         "picture of 5 × 10 × 1: nothing is left. Cut off less."),
        ("spatial_dropout1d", {}, [(4,)], "expects a series of length × channels, but it "
         "receives 4. Use Dropout instead"),
        ("spatial_dropout2d", {}, [(4, 2)], "expects a picture of height × width × channels"),
        ("subtract", {}, [(4,), (3,)], "Subtract expects inputs of the same shape, but it "
         "receives 4 and 3."),
        ("multiply", {}, [(4,), (4,), (2, 2)], "Multiply expects inputs of the same shape"),
        ("prelu", {"shared_axes": (2,)}, [(4,)], "PReLU is set to axis 2, but it receives 4. "
         "Choose axis 1, or -1 for the last."),
        ("layer_normalization", {"axis": (0,)}, [(4, 2)], "LayerNormalization is set to axis 0, "
         "but it receives 4 × 2. Choose an axis from 1 to 2, or -1 for the last."),
        ("group_normalization", {}, [(12,)], "GroupNormalization can't part the 12 channels of "
         "12 into 32 groups of the same size. Choose a number of groups that divides 12, such as "
         "1, 2, 3, 4, 6, 12."),
        ("group_normalization", {"groups": 0}, [(12,)], "into 0 groups"),
        ("normalization", {"variance": (1, 2)}, [(5, 3)], "Normalization has a variance of 2 "
         "numbers, but it receives 5 × 3: 3 features. Give one number for each, or one for all."),
        ("dot", {}, [(4,), (3,)], "their sizes 4 and 3 differ. Make them equal, or choose other"),
        ("dot", {"axes": (2, 1)}, [(4,), (4,)], "Dot is to add up along axis 2, but that input "
         "is 4. Choose an axis from 1 to 1."),
    ],
)  # fmt: skip
def test_a_shape_that_does_not_fit_says_the_way_out(
    kind: str, settings: dict[str, Any], shapes: list[Shape], words: str
) -> None:
    with pytest.raises(ShapeError) as refusal:
        kind_of(kind)(**settings).output_shape(shapes)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("reshape", {"target_shape": (-1, 28)}, "? × 28"),
        ("permute", {}, "2, 1"),
        ("repeat_vector", {"n": 3}, "3 ×"),
        ("zero_padding2d", {}, "1 all around"),
        ("cropping2d", {"top": 2, "right": 0}, "↑2 ↓1 ←1 →0"),
        ("up_sampling2d", {}, "2×2"),
        ("spatial_dropout1d", {"rate": 0.25}, "25%"),
        ("gaussian_noise", {}, "± 0.1"),
        ("gaussian_dropout", {}, "50%"),
        ("group_normalization", {}, "32 groups"),
        ("group_normalization", {"groups": 1}, "1 group"),
        ("group_normalization", {"groups": -1}, "each channel"),
        ("rescaling", {}, "× 0.003922"),
        ("rescaling", {"scale": 2.0, "offset": -1.0}, "× 2 - 1"),
        ("normalization", {}, "mean 0, variance 1"),
        ("normalization", {"mean": (1, 2, 3)}, "3 features"),
        ("dot", {}, "axes 1, 1"),
        ("dot", {"normalize": True}, "cosine, axes 1, 1"),
        ("add", {}, ""),
    ],
)
def test_summaries(kind: str, settings: dict[str, Any], words: str) -> None:
    assert kind_of(kind)(**settings).summary() == words


def test_a_product_counts_its_multiplications() -> None:
    assert kind_of("dot")(axes=(2, 1)).macs([(5, 8), (8, 3)]) == 5 * 8 * 3


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "expected"),
    [
        ("prelu", {}, (4, 5), {"alpha": (4, 5)}),
        ("prelu", {"shared_axes": (1,)}, (4, 5), {"alpha": (1, 5)}),
        ("layer_normalization", {}, (4, 5), {"gamma": (5,), "beta": (5,)}),
        ("layer_normalization", {"axis": (2, 1)}, (4, 5), {"gamma": (4, 5), "beta": (4, 5)}),
        ("layer_normalization", {"center": False}, (4, 5), {"gamma": (5,)}),
        ("group_normalization", {"groups": 2, "axis": 1}, (4, 5), {"gamma": (4,), "beta": (4,)}),
        ("group_normalization", {"groups": 2, "scale": False}, (4,), {"beta": (4,)}),
    ],
)
def test_weights(
    kind: str, settings: dict[str, Any], shape: Shape, expected: dict[str, Shape]
) -> None:
    specs = kind_of(kind)(**settings).weight_specs([shape])
    assert {spec.name: spec.shape for spec in specs} == expected
