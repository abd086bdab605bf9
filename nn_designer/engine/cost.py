"""What a network costs: parameters, arithmetic and memory. Nothing is allocated to find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from nn_designer.engine.shapes import Shape, WeightSpec


class Costed(Protocol):
    """The part of a layer kind that its cost derives from."""

    @property
    def trainable(self) -> bool: ...

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]: ...
    def state_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]: ...
    def macs(self, input_shapes: Sequence[Shape]) -> int: ...


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer.

    ``parameters`` counts all numbers that the layer holds, of which training changes the
    ``trainable`` ones; ``macs`` are for one sample, forward.
    """

    parameters: int
    macs: int
    trainable: int


@dataclass(frozen=True)
class Cost:
    """The cost of a network, in all and per layer."""

    layers: Mapping[str, LayerCost] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers.values())

    @property
    def trainable(self) -> int:
        """How many of the parameters training changes."""
        return sum(layer.trainable for layer in self.layers.values())

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one sample, forward."""
        return sum(layer.macs for layer in self.layers.values())


def layer_cost(layer: Costed, input_shapes: Sequence[Shape]) -> LayerCost:
    """The cost of one layer with inputs of these shapes. Raises ShapeError as its shape rule."""
    weights = sum(spec.size for spec in layer.weight_specs(input_shapes))
    state = sum(spec.size for spec in layer.state_specs(input_shapes))
    return LayerCost(
        parameters=weights + state,
        macs=layer.macs(input_shapes),
        trainable=weights if layer.trainable else 0,
    )


def cost_of(
    layers: Mapping[str, tuple[Costed, Sequence[Shape]]],
    *,
    sharing: frozenset[str] = frozenset(),
) -> Cost:
    """The cost of layers given with the shapes of their inputs. Those of ``sharing`` use the
    weights of others, which are counted there."""
    costs = {name: layer_cost(layer, shapes) for name, (layer, shapes) in layers.items()}
    for name in sharing:
        costs[name] = replace(costs[name], parameters=0, trainable=0)
    return Cost(costs)
