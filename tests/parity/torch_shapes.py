"""Torch twins of layers that lay numbers out anew."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

NOISE = ("gaussian_noise", "gaussian_dropout", "spatial_dropout1d", "spatial_dropout2d")
"""They do nothing when predicting."""


def permute(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return inputs[0].permute(0, *layer.dims)


def repeat_vector(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return inputs[0][:, None, :].expand(-1, layer.n, -1)


def zero_padding2d(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return F.pad(inputs[0], (0, 0, layer.left, layer.right, layer.top, layer.bottom))


def cropping2d(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return F.pad(inputs[0], (0, 0, -layer.left, -layer.right, -layer.top, -layer.bottom))


def up_sampling2d(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    channels_first = inputs[0].permute(0, 3, 1, 2)
    return F.interpolate(channels_first, scale_factor=layer.size).permute(0, 2, 3, 1)


TWINS = {
    "reshape": lambda layer, inputs, weights: (
        inputs[0].reshape(-1, *layer.target_shape)
        if -1 not in layer.target_shape
        else inputs[0].reshape(len(inputs[0]), *layer.target_shape)
    ),
    "permute": permute,
    "repeat_vector": repeat_vector,
    "zero_padding2d": zero_padding2d,
    "cropping2d": cropping2d,
    "up_sampling2d": up_sampling2d,
    **dict.fromkeys(NOISE, lambda layer, inputs, weights: inputs[0]),
}
