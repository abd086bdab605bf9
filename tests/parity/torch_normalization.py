"""Torch twins of layers that scale and normalize, and of PReLU."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

Tensors = dict[str, torch.Tensor]


def place(axis: int, x: torch.Tensor) -> int:
    """The axis of ``x`` (N, *shape) that a setting names."""
    return axis if axis > 0 else x.ndim + axis


def affine(layer: Any, x: torch.Tensor, axes: list[int], weights: Tensors) -> torch.Tensor:
    """gamma · x + beta, for tensors that lie along ``axes`` of x."""
    shape = [size if axis in axes else 1 for axis, size in enumerate(x.shape)]
    if layer.scale:
        x = x * weights["gamma"].reshape(shape)
    if layer.center:
        x = x + weights["beta"].reshape(shape)
    return x


def prelu(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    return torch.where(x > 0, x, weights["alpha"] * x)


def layer_normalization(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    axes = sorted({place(axis, x) for axis in layer.axis})
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    sizes = [x.shape[axis] for axis in axes]
    y = F.layer_norm(x.permute(*rest, *axes), sizes, eps=layer.epsilon)
    y = y.permute(*(int(i) for i in torch.argsort(torch.tensor([*rest, *axes]))))
    return affine(layer, y, axes, weights)


def group_normalization(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    axis = place(layer.axis, x)
    groups = x.shape[axis] if layer.groups == -1 else layer.groups
    if x.ndim == 2:
        y = F.group_norm(x, groups, eps=layer.epsilon)
    else:
        y = F.group_norm(x.moveaxis(axis, 1), groups, eps=layer.epsilon).moveaxis(1, axis)
    return affine(layer, y, [axis], weights)


def batch_normalization(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    axis = place(layer.axis, x)
    y = F.batch_norm(
        x.moveaxis(axis, 1), weights["moving_mean"], weights["moving_variance"], eps=layer.epsilon
    )
    return affine(layer, y.moveaxis(1, axis), [axis], weights)


def normalization(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    shape = [-1, *[1] * (x.ndim - 1 - place(layer.axis, x))]
    mean = torch.tensor(layer.mean).reshape(shape)
    deviation = torch.tensor(layer.variance).sqrt().clamp(min=1e-7).reshape(shape)
    return mean + deviation * x if layer.invert else (x - mean) / deviation


TWINS = {
    "prelu": prelu,
    "batch_normalization": batch_normalization,
    "layer_normalization": layer_normalization,
    "group_normalization": group_normalization,
    "normalization": normalization,
    "rescaling": lambda layer, inputs, weights: layer.scale * inputs[0] + layer.offset,
}
