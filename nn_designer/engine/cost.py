"""What a network costs: parameters, arithmetic and memory. Nothing is allocated to find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nn_designer.engine.shapes import Shape, WeightSpec


class Costed(Protocol):
    """The part of a layer kind that its cost derives from."""

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]: ...
    def macs(self, input_shapes: Sequence[Shape]) -> int: ...


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer; ``macs`` are for one sample, forward."""

    parameters: int
    macs: int


@dataclass(frozen=True)
class Cost:
    """The cost of a network, in all and per layer."""

    layers: Mapping[str, LayerCost] = field(default_factory=dict)
    bytes_per_number: int = 4

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers.values())

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one sample, forward."""
        return sum(layer.macs for layer in self.layers.values())

    @property
    def parameter_bytes(self) -> int:
        """What the parameters take once; design/memory.py tells what training needs."""
        return self.parameters * self.bytes_per_number


def layer_cost(layer: Costed, input_shapes: Sequence[Shape]) -> LayerCost:
    """The cost of one layer with inputs of these shapes. Raises ShapeError as its shape rule."""
    return LayerCost(
        parameters=sum(spec.size for spec in layer.weight_specs(input_shapes)),
        macs=layer.macs(input_shapes),
    )


def cost_of(
    layers: Mapping[str, tuple[Costed, Sequence[Shape]]], *, bytes_per_number: int = 4
) -> Cost:
    """The cost of layers given with the shapes of their inputs."""
    costs = {name: layer_cost(layer, shapes) for name, (layer, shapes) in layers.items()}
    return Cost(costs, bytes_per_number)
