"""What a network holds, in one flat vector, and the gradients in another.

    variables = trainable parameters | frozen parameters | state

The beginning is what training changes: optimizers see nothing but these numbers. State is what
layers keep from step to step without learning it, such as the running statistics of
BatchNormalization. Checkpoints and files carry all three.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.graph import NetworkError, Node
from nn_designer.engine.shapes import Shape, WeightSpec

Tensors = dict[str, np.ndarray]


@dataclass
class LayerVariables:
    """Views of a layer's part of the vectors, by the names of its blocks."""

    parameters: Tensors = field(default_factory=dict)
    gradients: Tensors = field(default_factory=dict)
    """For the same names; empty for a frozen layer."""
    state: Tensors = field(default_factory=dict)


class Variables:
    """The vectors of some layers, and views of them."""

    values: np.ndarray
    """(V,): everything."""
    parameters: np.ndarray
    """(P,): the trainable beginning of ``values``."""
    gradients: np.ndarray
    """(P,): ∂loss/∂parameters."""
    layers: dict[str, LayerVariables]
    """Layer → its blocks, for all layers."""
    weight_specs: dict[str, tuple[WeightSpec, ...]]
    """Layer → what its parameters look like in files, for layers that have any."""
    state_specs: dict[str, tuple[WeightSpec, ...]]
    """Layer → what its state looks like, for layers that have any."""
    weights: dict[str, Tensors]
    """Layer → views of ``values`` as files have them: parameters, then state."""
    weight_gradients: dict[str, Tensors]
    """Layer → views of ``gradients``, as ``weights`` are of ``parameters``."""

    def __init__(self, layers: Iterable[tuple[Node, Sequence[Shape]]], dtype: Any) -> None:
        """For layers with the shapes of their inputs. Raises NetworkError without the memory.

        Layers that share another's weights have that layer's blocks, and nothing else of their own.
        """
        layers = list(layers)
        self._owners = {node.name: node.shares or node.name for node, _ in layers}
        layers = [(node, shapes) for node, shapes in layers if node.shares is None]
        blocks = {node.name: node.layer.block_shapes(shapes) for node, shapes in layers}
        specs = {node.name: node.layer.weight_specs(shapes) for node, shapes in layers}
        states = {node.name: node.layer.state_specs(shapes) for node, shapes in layers}
        self.weight_specs = {name: found for name, found in specs.items() if found}
        self.state_specs = {name: found for name, found in states.items() if found}
        kept = {name: {s.name: s.shape for s in found} for name, found in states.items()}
        trainable = {node.name: blocks[node.name] for node, _ in layers if node.layer.trainable}
        frozen = {name: shapes for name, shapes in blocks.items() if name not in trainable}
        sizes = [_size(part) for part in (trainable, frozen, kept)]
        self._allocate(sum(sizes), sizes[0], np.dtype(dtype))
        ends = np.cumsum(sizes)
        frozen_values, state_values = self.values[ends[0] : ends[1]], self.values[ends[1] :]
        parameters = {**_views(self.parameters, trainable), **_views(frozen_values, frozen)}
        gradients, state = _views(self.gradients, trainable), _views(state_values, kept)
        self._trainable = trainable
        self.layers, self.weights, self.weight_gradients = {}, {}, {}
        for node, _ in layers:
            name, views = node.name, node.layer.weight_views
            own = LayerVariables(parameters[name], gradients.get(name, {}), state[name])
            self.layers[name] = own
            if own.parameters or own.state:
                self.weights[name] = {**views(own.parameters), **own.state}
            if own.gradients:
                self.weight_gradients[name] = views(own.gradients)
        self.layers = {name: self.layers[owner] for name, owner in self._owners.items()}

    def with_gradients(self, gradients: np.ndarray) -> dict[str, LayerVariables]:
        """``layers`` with views of another vector of gradients, (P,)."""
        views = _views(gradients, self._trainable)
        return {
            name: replace(own, gradients=views.get(self._owners[name], {}))
            for name, own in self.layers.items()
        }

    def _allocate(self, size: int, trainable: int, dtype: np.dtype[Any]) -> None:
        try:
            self.values = zeros(size, dtype)
            # Optimizers use the second row (optimizers.Adam saves a call with it).
            self.gradients = zeros((2, trainable), dtype)[0]
        except (MemoryError, ValueError):
            raise NetworkError(
                f"The network has {size:,} parameters; they need more memory "
                f"({(size + 2 * trainable) * dtype.itemsize / 2**30:,.0f} GiB) than this computer "
                "can give. Use fewer units."
            ) from None
        self.parameters = self.values[:trainable]


def _size(layers: Mapping[str, Mapping[str, Shape]]) -> int:
    return sum(math.prod(shape) for shapes in layers.values() for shape in shapes.values())


def _views(
    vector: np.ndarray, layers: Mapping[str, Mapping[str, Shape]]
) -> dict[str, dict[str, np.ndarray]]:
    """Layer → block → its part of the vector, one behind the other."""
    start = 0
    views: dict[str, dict[str, np.ndarray]] = {name: {} for name in layers}
    for name, shapes in layers.items():
        for block, shape in shapes.items():
            stop = start + math.prod(shape)
            views[name][block] = vector[start:stop].reshape(shape)
            start = stop
    return views
