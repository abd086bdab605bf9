"""How a design's weights are called and laid out in PyTorch; the layer kinds declare it.

A chain becomes an ``nn.Sequential``, whose index counts every module, also those without
tensors: Dense with ReLU twice gives ``0.weight 0.bias 2.weight 2.bias``. Other designs get the
names of their layers, as a module with these attributes would: ``dense_1.weight``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nn_designer.interchange.channels_first import has_channels_first, same_in_either_order
from nn_designer.interchange.layout import Step
from nn_designer.layers import LayerKind


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
    """The names in an ``nn.Sequential`` of all steps; None if they are no chain of layers with
    weights of their own, or one of them has no modules."""
    if any(after.inputs != (before.name,) for before, after in pairwise(steps)):
        return None
    if any(step.shares is not None for step in steps):
        return None
    modules: list[str] = []
    prefixes: dict[str, str] = {}
    turned = has_channels_first(steps)
    for step in steps:
        found = step.kind.torch_modules(step.input_shapes)
        if found is None or (turned and not same_in_either_order(step)):
            return None
        if step.tensor_shapes:
            prefixes[step.name] = str(len(modules))
        modules += found
    lines = "".join(f"\n    {module}," for module in modules)
    return TorchNames(prefixes, f"nn.Sequential({lines}\n)")


def to_torch(kind: LayerKind, tensor: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """What a layer's tensor is in PyTorch, by name; as ours where PyTorch has none."""
    foreign = kind.tensors_in_torch().get(tensor)
    if foreign is None:
        return {tensor: np.ascontiguousarray(array)}
    array = _reordered(array, foreign.blocks)
    if foreign.added:
        first, second = array if foreign.two_rows else (array, np.zeros_like(array))
        return {foreign.name: first.copy(), foreign.added: second.copy()}
    axes = foreign.axes or range(array.ndim)
    return {foreign.name: np.ascontiguousarray(array.transpose(*axes))}


def from_torch(kind: LayerKind | None, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Our names and layout of the tensors that PyTorch has in a layer of this kind."""
    declared = {} if kind is None else kind.tensors_in_torch()
    left = dict(tensors)
    found: dict[str, np.ndarray] = {}
    for tensor, (name, axes, blocks, added, two_rows) in declared.items():
        array = left.get(name)
        if array is None or (axes is not None and len(axes) != array.ndim):
            continue
        del left[name]
        if added:
            second = left.pop(added, np.zeros_like(array))
            array = np.stack([array, second]) if two_rows else array + second
        elif axes is not None:
            array = array.transpose(*map(axes.index, range(array.ndim)))
        back = tuple(map(blocks.index, range(len(blocks))))
        found[tensor] = np.ascontiguousarray(_reordered(array, back))
    return {**found, **left}


def _reordered(array: np.ndarray, blocks: tuple[int, ...]) -> np.ndarray:
    """The parts of equal size along the last axis in another order."""
    if not blocks:
        return array
    parts = np.split(array, len(blocks), axis=-1)
    return np.concatenate([parts[index] for index in blocks], axis=-1)
