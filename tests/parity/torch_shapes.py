"""Torch twins of layers that lay numbers out anew."""

from __future__ import annotations

from typing import Any

import torch


def permute(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return inputs[0].permute(0, *layer.dims)


def repeat_vector(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
    return inputs[0][:, None, :].expand(-1, layer.n, -1)


TWINS = {
    "reshape": lambda layer, inputs, weights: (
        inputs[0].reshape(-1, *layer.target_shape)
        if -1 not in layer.target_shape
        else inputs[0].reshape(len(inputs[0]), *layer.target_shape)
    ),
    "permute": permute,
    "repeat_vector": repeat_vector,
}
