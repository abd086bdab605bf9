"""Shape rules of convolutions and pooling, their sentences, weights and counts."""

from __future__ import annotations

from typing import Any

import pytest

from nn_designer.layers import Shape, ShapeError, kind_of


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "expected"),
    [
        ("conv2d", {}, (28, 28, 1), (26, 26, 16)),
        ("conv2d", {"padding": "same"}, (28, 27, 3), (28, 27, 16)),
        ("conv2d", {"padding": "same", "strides": (2, 3)}, (28, 28, 1), (14, 10, 16)),
        ("conv2d", {"dilation_rate": (2, 1), "filters": 4}, (9, 9, 2), (5, 7, 4)),
        ("conv2d", {"groups": 2, "filters": 4}, (9, 9, 6), (7, 7, 4)),
        ("conv1d", {"strides": 2}, (9, 2), (4, 16)),
        ("depthwise_conv2d", {"depth_multiplier": 3}, (9, 9, 2), (7, 7, 6)),
        ("separable_conv2d", {"filters": 5}, (9, 9, 2), (7, 7, 5)),
        ("conv2d_transpose", {"strides": (2, 2)}, (7, 7, 2), (15, 15, 16)),
        ("conv2d_transpose", {"strides": (2, 2), "padding": "same"}, (7, 7, 2), (14, 14, 16)),
        ("conv2d_transpose", {"strides": (4, 4)}, (7, 7, 2), (28, 28, 16)),
        ("max_pooling2d", {}, (13, 12, 4), (6, 6, 4)),
        ("max_pooling2d", {"padding": "same"}, (13, 12, 4), (7, 6, 4)),
        ("average_pooling2d", {"pool_size": (3, 3)}, (13, 12, 4), (6, 5, 4)),
        ("max_pooling1d", {}, (7, 4), (3, 4)),
        ("average_pooling1d", {"strides": 1}, (7, 4), (6, 4)),
        ("global_max_pooling1d", {}, (7, 4), (4,)),
        ("global_average_pooling2d", {}, (7, 7, 4), (4,)),
    ],
)
def test_shapes(kind: str, settings: dict[str, Any], shape: Shape, expected: Shape) -> None:
    assert kind_of(kind)(**settings).output_shape([shape]) == expected


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "sentence"),
    [
        (
            "conv2d",
            {},
            (784,),
            "Conv2D expects a picture of height × width × channels, but it receives 784. Insert a "
            "Reshape layer before it, or choose the shape image where the data is chosen.",
        ),
        (
            "conv1d",
            {},
            (784,),
            "Conv1D expects a series of length × channels, but it receives 784. Insert a Reshape "
            "layer before it.",
        ),
        (
            "conv2d",
            {"kernel_size": (5, 5)},
            (3, 8, 1),
            "Conv2D has a kernel of 5×5, and that is larger than what it receives, 3 × 8 × 1. "
            "Choose a smaller kernel, or the padding same.",
        ),
        (
            "conv2d",
            {"dilation_rate": (4, 1)},
            (8, 8, 1),
            "Conv2D has a kernel of 3×3 with dilation rate 4×1, and that is larger than what it "
            "receives, 8 × 8 × 1. Choose a smaller kernel, or the padding same.",
        ),
        (
            "conv2d",
            {"groups": 3},
            (8, 8, 4),
            "Conv2D can't share out the 4 channels it receives evenly to 3 groups. Choose a "
            "number of groups that divides 4.",
        ),
        (
            "conv2d",
            {"groups": 4, "filters": 6},
            (8, 8, 4),
            "Conv2D can't share out the 6 filters it has evenly to 4 groups. Choose a number of "
            "groups that divides 6.",
        ),
        (
            "depthwise_conv2d",
            {"strides": (2, 2), "dilation_rate": (2, 2)},
            (8, 8, 4),
            "DepthwiseConv2D can't have strides and a dilation rate above 1 at the same time. Set "
            "one of them to 1.",
        ),
        (
            "conv2d_transpose",
            {"strides": (2, 2), "dilation_rate": (2, 2)},
            (8, 8, 4),
            "Conv2DTranspose can't have strides and a dilation rate above 1 at the same time. Set "
            "one of them to 1.",
        ),
        (
            "max_pooling2d",
            {"pool_size": (2, 4)},
            (1, 3, 16),
            "MaxPooling2D has a pool size of 2×4, and that is larger than what it receives, "
            "1 × 3 × 16. Choose a smaller pool size, or the padding same.",
        ),
        (
            "global_average_pooling2d",
            {},
            (5, 5),
            "GlobalAveragePooling2D expects a picture of height × width × channels, but it "
            "receives 5 × 5. Insert a Reshape layer before it, or choose the shape image where "
            "the data is chosen.",
        ),
    ],
)
def test_a_shape_that_does_not_fit_says_the_way_out(
    kind: str, settings: dict[str, Any], shape: Shape, sentence: str
) -> None:
    with pytest.raises(ShapeError) as refusal:
        kind_of(kind)(**settings).output_shape([shape])
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("conv2d", {}, "16 filters, 3×3"),
        ("conv2d", {"filters": 1, "kernel_size": (5, 1)}, "1 filter, 5×1"),
        ("conv1d", {}, "16 filters, 3"),
        ("separable_conv2d", {}, "16 filters, 3×3"),
        ("conv2d_transpose", {}, "16 filters, 3×3"),
        ("depthwise_conv2d", {}, "3×3"),
        ("depthwise_conv2d", {"depth_multiplier": 2}, "3×3, 2 per channel"),
        ("max_pooling2d", {}, "2×2"),
        ("average_pooling1d", {}, "2"),
        ("global_max_pooling2d", {}, ""),
    ],
)
def test_summaries(kind: str, settings: dict[str, Any], words: str) -> None:
    assert kind_of(kind)(**settings).summary() == words


@pytest.mark.parametrize(
    ("kind", "settings", "shapes", "macs"),
    [
        ("conv2d", {}, {"kernel": (3, 3, 2, 16), "bias": (16,)}, 7 * 8 * 9 * 2 * 16),
        ("conv2d", {"groups": 2, "use_bias": False}, {"kernel": (3, 3, 1, 16)}, 7 * 8 * 9 * 16),
        (
            "depthwise_conv2d",
            {"depth_multiplier": 2},
            {"kernel": (3, 3, 2, 2), "bias": (4,)},
            7 * 8 * 9 * 2 * 2,
        ),
        (
            "separable_conv2d",
            {"filters": 5},
            {"depthwise_kernel": (3, 3, 2, 1), "pointwise_kernel": (1, 1, 2, 5), "bias": (5,)},
            7 * 8 * (9 * 2 + 2 * 5),
        ),
        (
            "conv2d_transpose",
            {"filters": 5, "kernel_size": (3, 2)},
            {"kernel": (3, 2, 5, 2), "bias": (5,)},
            9 * 10 * 6 * 5 * 2,
        ),
    ],
)
def test_weights_are_those_of_keras(
    kind: str, settings: dict[str, Any], shapes: dict[str, Shape], macs: int
) -> None:
    layer = kind_of(kind)(**settings)
    specs = layer.weight_specs([(9, 10, 2)])
    assert {spec.name: spec.shape for spec in specs} == shapes
    assert layer.macs([(9, 10, 2)]) == macs


def test_the_main_settings_come_first() -> None:
    assert list(kind_of("conv2d").params)[:4] == ["filters", "kernel_size", "strides", "padding"]
    assert list(kind_of("conv1d").params)[:4] == ["filters", "kernel_size", "strides", "padding"]
    assert next(iter(kind_of("depthwise_conv2d").params)) == "kernel_size"
