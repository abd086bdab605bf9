"""How a design's weights are called and laid out in PyTorch; the layer kinds declare it.

A chain becomes an ``nn.Sequential``, whose index counts every module, also those without
tensors: Dense with ReLU twice gives ``0.weight 0.bias 2.weight 2.bias``. Other designs get the
names of their layers, as a module with these attributes would: ``dense_1.weight``.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """The names in an ``nn.Sequential`` of all steps; None if one of them has no modules.

    Merges have none, so what has modules throughout is a chain.
    """
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


def to_torch(kind: LayerKind, tensor: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """The name and layout of a layer's tensor in PyTorch; ours where PyTorch has none."""
    foreign = kind.torch_tensors.get(tensor)
    if foreign is None:
        return tensor, np.ascontiguousarray(array)
    axes = foreign.axes or range(array.ndim)
    return foreign.name, np.ascontiguousarray(array.transpose(*axes))


def from_torch(
    kind: type[LayerKind] | LayerKind | None, name: str, array: np.ndarray
) -> tuple[str, np.ndarray]:
    """Our name and layout of the tensor that PyTorch calls ``name`` in a layer of this kind."""
    tensors = {} if kind is None else kind.torch_tensors
    for tensor, (theirs, axes) in tensors.items():
        if theirs == name and (axes is None or len(axes) == array.ndim):
            back = range(array.ndim) if axes is None else map(axes.index, range(array.ndim))
            return tensor, np.ascontiguousarray(array.transpose(*back))
    return name, array
