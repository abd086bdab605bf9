"""Torch twins of layers that bring branches together."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F


def average(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return torch.stack(inputs).mean(dim=0)


def maximum(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return torch.stack(inputs).amax(dim=0)  # equal inputs share the gradient


def dot(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    first, second = inputs
    if layer.normalize:
        first = F.normalize(first, dim=layer.axes[0])
        second = F.normalize(second, dim=layer.axes[1])
    pairs = zip(first, second, strict=True)
    axes = tuple([axis - 1] for axis in layer.axes)
    products = torch.stack([torch.tensordot(a, b, dims=axes) for a, b in pairs])
    return products if products.ndim > 1 else products[:, None]


TWINS = {
    "subtract": lambda layer, inputs, weights: inputs[0] - inputs[1],
    "multiply": lambda layer, inputs, weights: torch.stack(inputs).prod(dim=0),
    "average": average,
    "maximum": maximum,
    "dot": dot,
}
