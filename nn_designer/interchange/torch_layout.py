"""How a design's weights are called and laid out in PyTorch; the layer kinds declare it.

A chain becomes an ``nn.Sequential``, whose index counts every module, also those without
tensors: Dense with ReLU twice gives ``0.weight 0.bias 2.weight 2.bias``. Other designs get the
names of their layers, as a module with these attributes would: ``dense_1.weight``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nn_designer.interchange.layout import Step
from nn_designer.layers import KINDS, LayerKind


@dataclass(frozen=True)
class TorchNames:
    """Layer name → prefix of its tensors; ``modules`` is the Sequential as code, "" if none."""

    prefixes: dict[str, str]
    modules: str


def torch_names(steps: tuple[Step, ...]) -> TorchNames:
    """The names that the tensors of these layers have in PyTorch."""
    by_name = {step.name: step.name for step in steps if step.tensor_shapes}
    return _sequential(steps) or TorchNames(by_name, "")


def _sequential(steps: tuple[Step, ...]) -> TorchNames | None:
    """The names in an ``nn.Sequential`` of all steps; None if one of them has no modules.

    Merges have none, so what has modules throughout is a chain.
    """
    modules: list[str] = []
    prefixes: dict[str, str] = {}
    for step in steps:
        found = step.kind.torch_modules(step.input_shapes)
        if found is None:
            return None
        if step.tensor_shapes:
            prefixes[step.name] = str(len(modules))
        modules += found
    lines = "".join(f"\n    {module}," for module in modules)
    return TorchNames(prefixes, f"nn.Sequential({lines}\n)")


def to_torch(kind: LayerKind, tensor: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """The name and layout of a layer's tensor in PyTorch."""
    if tensor not in kind.torch_tensors:
        return tensor, np.ascontiguousarray(array)
    name, axes = kind.torch_tensors[tensor]
    return name, np.ascontiguousarray(array.transpose(axes))


def from_torch(name: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """Our name and layout of a PyTorch tensor. Name and rank tell what it is."""
    if (name, array.ndim) not in _OURS:
        return name, array
    tensor, axes = _OURS[name, array.ndim]
    return tensor, np.ascontiguousarray(array.transpose(axes))


def _known_tensors() -> dict[tuple[str, int], tuple[str, tuple[int, ...]]]:
    """PyTorch's name and rank → our name and axes, of all kinds."""
    known: dict[tuple[str, int], tuple[str, tuple[int, ...]]] = {}
    for kind in KINDS.values():
        for tensor, (name, axes) in kind.torch_tensors.items():
            back = tuple(axes.index(axis) for axis in range(len(axes)))
            if known.setdefault((name, len(axes)), (tensor, back)) != (tensor, back):
                raise AssertionError(f"{kind.key}: another kind means something else by {name!r}")
    return known


_OURS = _known_tensors()
