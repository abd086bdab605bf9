"""What a design's weights look like, without building the network: names, shapes, order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nn_designer.design.document import Document
from nn_designer.design.inference import read_settings
from nn_designer.design.sharing import owner_of
from nn_designer.design.wiring import used_layers, used_outputs
from nn_designer.interchange.model import InterchangeError
from nn_designer.layers import LayerKind, Shape, ShapeError, UnknownKind, kind_of
from nn_designer.params import ParamError


@dataclass(frozen=True)
class Step:
    """One layer of the network in the order of computing."""

    name: str
    kind: LayerKind
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    shares: str | None = None
    """The layer whose weights this one uses."""

    @property
    def tensor_shapes(self) -> dict[str, Shape]:
        """Tensor name → shape, in the layout of files: kernel (in, out), bias (out,)."""
        if self.shares is not None:  # they are the other's
            return {}
        weights = self.kind.weight_specs(self.input_shapes)
        state = self.kind.state_specs(self.input_shapes)
        return {spec.name: spec.shape for spec in (*weights, *state)}

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.key,
            "settings": self.kind.values(),
            "inputs": list(self.inputs),
            "output_shape": list(self.output_shape),
        }


def steps_of(document: Document) -> tuple[Step, ...]:
    """The layers that reach an output, each after its inputs.

    Raises:
        InterchangeError: the design has a mistake that leaves a shape unknown.
    """
    outputs = used_outputs(document)
    if not outputs:
        raise InterchangeError(
            "The design has no Output with a wire, and weights belong to a design with one. "
            "Check the design and mend it first."
        )
    needed = used_layers(document)
    names = document.export_names
    steps: dict[str, Step] = {}
    for id in document.order:
        if id not in needed:
            continue
        layer = document.layer(id)
        sources = [wire.source for wire in document.incoming(id)]
        try:
            kind = _made(kind_of(layer.kind), layer.settings)
            missing = len(sources) < kind.minimum_inputs or any(s not in steps for s in sources)
            if missing:
                raise InterchangeError(f"Layer {layer.name!r} has an input that is not connected.")
            shapes = tuple(steps[source].output_shape for source in sources)
            shape = kind.output_shape(shapes)
        except (UnknownKind, ParamError, ShapeError) as error:
            raise InterchangeError(f"Layer {layer.name!r} is not right: {error}") from error
        owner = owner_of(document, layer)
        shares = None if owner is None else names[owner.id]
        inputs = tuple(names[s] for s in sources)
        steps[id] = Step(names[id], kind, inputs, shapes, shape, shares)
    if any(output.id not in steps for output in outputs):
        raise InterchangeError("The design's wires form a circle. Remove one of them.")
    return tuple(steps.values())


def _made(kind: type[LayerKind], settings: Mapping[str, Any]) -> LayerKind:
    """The layer with its settings; those that this version does not know have no effect."""
    read = read_settings(kind, settings)
    if read.wrong:
        raise ParamError(read.wrong[0])
    return kind(**read.values)


def expected_shapes(document: Document) -> dict[str, dict[str, Shape]]:
    """Layer name → tensor name → shape, for the layers that have weights. Raises as steps_of."""
    return {step.name: step.tensor_shapes for step in steps_of(document) if step.tensor_shapes}
