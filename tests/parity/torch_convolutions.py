"""Torch twins of convolutions and pooling. Pictures come and go channels last, as in Keras."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from nn_designer.engine.activations import ACTIVATIONS


def sizes(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else value


def channels_first(x: torch.Tensor) -> torch.Tensor:
    return x.movedim(-1, 1)


def channels_last(x: torch.Tensor) -> torch.Tensor:
    return x.movedim(1, -1)


def activated(layer: Any, z: torch.Tensor) -> torch.Tensor:
    module = ACTIVATIONS[layer.activation].torch
    return eval(module, {"nn": torch.nn})(z) if module else z  # noqa: S307 - a module's name


def same_padding(length: int, taps: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """TensorFlow's, see the notes on padding in its API documentation of tf.nn."""
    span = (taps - 1) * dilation + 1
    total = max((math.ceil(length / stride) - 1) * stride + span - length, 0)
    return total // 2, total - total // 2


def padded(
    x: torch.Tensor, kernel: Any, layer: Any, value: float = 0.0, dilation: Any = 1
) -> torch.Tensor:
    """x (N, C, ...) with the border that padding "same" asks for."""
    if layer.padding == "valid":
        return x
    axes = x.ndim - 2
    dilations = sizes(dilation) * axes if isinstance(dilation, int) else dilation
    borders: list[int] = []
    for length, taps, stride, gap in zip(
        x.shape[2:], sizes(kernel), sizes(layer.strides), dilations, strict=True
    ):
        borders = [*same_padding(length, taps, stride, gap), *borders]
    return F.pad(x, borders, value=value)


def convolution(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    x = padded(channels_first(inputs[0]), layer.kernel_size, layer, dilation=layer.dilation_rate)
    kernel = weights["kernel"]
    function = F.conv1d if kernel.ndim == 3 else F.conv2d
    weight = kernel.movedim(-1, 0).movedim(-1, 1)  # (out, in, ...)
    options = (layer.strides, 0, layer.dilation_rate, layer.groups)
    return activated(layer, channels_last(function(x, weight, weights.get("bias"), *options)))


def _depthwise(layer: Any, x: torch.Tensor, kernel: torch.Tensor, bias: Any) -> torch.Tensor:
    height, width, channels, multiplier = kernel.shape
    weight = kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    x = padded(channels_first(x), layer.kernel_size, layer, dilation=layer.dilation_rate)
    return F.conv2d(x, weight, bias, layer.strides, 0, layer.dilation_rate, channels)


def depthwise(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    z = _depthwise(layer, inputs[0], weights["kernel"], weights.get("bias"))
    return activated(layer, channels_last(z))


def separable(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    between = _depthwise(layer, inputs[0], weights["depthwise_kernel"], None)
    pointwise = weights["pointwise_kernel"].permute(3, 2, 0, 1)
    return activated(layer, channels_last(F.conv2d(between, pointwise, weights.get("bias"))))


def transposed(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    x, weight = channels_first(inputs[0]), weights["kernel"].permute(3, 2, 0, 1)
    z = F.conv_transpose2d(x, weight, stride=layer.strides, dilation=layer.dilation_rate)
    options = zip(
        x.shape[2:], z.shape[2:], layer.kernel_size, layer.strides, layer.dilation_rate, strict=True
    )
    for axis, (length, found, taps, stride, gap) in enumerate(options, start=2):
        span = (taps - 1) * gap + 1
        wanted, start = length * stride, 0
        if layer.padding == "same":
            start, _ = same_padding(wanted, taps, stride, gap)
        else:
            wanted += max(span - stride, 0)
        z = z.narrow(axis, start, min(wanted, found - start))
        missing = wanted - z.shape[axis]
        z = F.pad(z, (0, missing) if axis == 3 else (0, 0, 0, missing))
    if "bias" in weights:
        z = z + weights["bias"][:, None, None]
    return activated(layer, channels_last(z))


def max_pooling(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    x = padded(channels_first(inputs[0]), layer.pool_size, layer, value=-torch.inf)
    function = F.max_pool1d if x.ndim == 3 else F.max_pool2d
    return channels_last(function(x, layer.pool_size, layer.strides))


def average_pooling(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    x = channels_first(inputs[0])
    function = F.avg_pool1d if x.ndim == 3 else F.avg_pool2d
    inside = padded(torch.ones_like(x), layer.pool_size, layer)
    sums, counts = (
        function(each, layer.pool_size, layer.strides)
        for each in (padded(x, layer.pool_size, layer), inside)
    )
    return channels_last(sums / counts)


TWINS = {
    "conv1d": convolution,
    "conv2d": convolution,
    "depthwise_conv2d": depthwise,
    "separable_conv2d": separable,
    "conv2d_transpose": transposed,
    "max_pooling1d": max_pooling,
    "max_pooling2d": max_pooling,
    "average_pooling1d": average_pooling,
    "average_pooling2d": average_pooling,
    "global_max_pooling1d": lambda layer, inputs, weights: inputs[0].amax(1),
    "global_max_pooling2d": lambda layer, inputs, weights: inputs[0].amax((1, 2)),
    "global_average_pooling1d": lambda layer, inputs, weights: inputs[0].mean(1),
    "global_average_pooling2d": lambda layer, inputs, weights: inputs[0].mean((1, 2)),
}
