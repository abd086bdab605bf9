"""Torch twins of layers of series."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from tests.parity.torch_convolutions import activated

Tensors = dict[str, torch.Tensor]


def time_distributed_dense(
    layer: Any, inputs: list[torch.Tensor], weights: Tensors
) -> torch.Tensor:
    z = F.linear(inputs[0], weights["kernel"].T, weights.get("bias"))
    return activated(layer, z)


def positional_embedding(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    (x,) = inputs
    if layer.kind == "learned":
        return x + weights["embeddings"]
    _, steps, features = x.shape
    table = torch.zeros(steps, features, dtype=torch.float64)
    for t in range(steps):
        for i in range(0, features, 2):
            angle = torch.tensor(t / layer.max_wavelength ** (i / features), dtype=torch.float64)
            table[t, i] = angle.sin()
            if i + 1 < features:
                table[t, i + 1] = angle.cos()
    return x + table.to(x.dtype)


def multi_head_attention(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    query, value, key = (inputs[0], inputs[-1], inputs[-1]) if len(inputs) < 3 else inputs

    def heads(name: str, x: torch.Tensor) -> torch.Tensor:
        projected = torch.einsum("btf,fhd->bhtd", x, weights[f"{name}_kernel"])
        bias = weights.get(f"{name}_bias")
        return projected if bias is None else projected + bias[:, None]

    arrays = heads("query", query), heads("key", key), heads("value", value)
    found = F.scaled_dot_product_attention(*arrays, is_causal=layer.use_causal_mask)
    y = torch.einsum("bhtd,hdf->btf", found, weights["attention_output_kernel"])
    return y + weights["attention_output_bias"] if layer.use_bias else y


def embedding(layer: Any, inputs: list[torch.Tensor], weights: Tensors) -> torch.Tensor:
    indexes = inputs[0].clamp(0, layer.input_dim - 1).long()
    return F.embedding(indexes, weights["embeddings"])


TWINS = {
    "embedding": embedding,
    "time_distributed_dense": time_distributed_dense,
    "positional_embedding": positional_embedding,
    "multi_head_attention": multi_head_attention,
}
