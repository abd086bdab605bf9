"""Fitting a design to other data: the shape of the Input, the last layer, the loss.

The rules, in the order of the code:

1. The Input takes the shape of a sample. It keeps its own where that holds the same number of
   values (28 × 28 × 1 and 784 are the same picture; the values are only laid out anew).
2. Where the Input gives more than a flat list and a Dense layer follows, a Flatten is put between.
3. The last layer with weights before the Output gets one unit per class with softmax, or one
   per number to predict with linear (softplus for Poisson). If there is no such layer, a Dense
   is put there. With several Outputs, each is fitted to the target that it learns
   (``design.wiring``).
4. The loss becomes sparse categorical cross-entropy for classes, mean squared error for numbers.
5. Where the sample itself is to be predicted, numbers from 0 to 1, it ends with sigmoid and
   binary cross-entropy.

What suits the data already is left as it is: a single sigmoid with binary cross-entropy stays
for two classes, categorical and focal cross-entropy stay with softmax, Huber stays for numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeGuard

from nn_designer.data.dataset import DataSummary, TargetInfo
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_layers import insert_on_wire
from nn_designer.design.edit_settings import set_setting, set_training
from nn_designer.design.edit_wires import connect, disconnect
from nn_designer.design.wiring import assigned_targets, sample_shapes
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.shapes import shape_text
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers.input_output import AS_TRAINING, Input

_BOUNDED = ("sigmoid", "hard_sigmoid", "tanh", "softmax")
"""Activations that a network for classes may end with when its loss is one for numbers."""


def adapt_to_data(document: Document, summary: DataSummary) -> tuple[Document, tuple[str, ...]]:
    """The design made to fit the data, and a sentence for each thing that was changed.

    A design that fits comes back as it is, with no sentences. The choice of data itself is
    ``set_data``'s.
    """
    notes: list[str] = []
    document = _fit_inputs(document, summary, notes)
    document = _flatten_input(document, notes)
    document = _fit_outputs(document, summary, notes)
    return document, tuple(notes)


def fit_new_inputs(before: Document, after: Document, summary: DataSummary) -> Document:
    """``after``, in which the Inputs that ``before`` has not take the shape of a sample.

    Those pasted with a shape of their own keep it.
    """
    for layer in after.of_kind("input"):
        shape = layer.settings.get("shape")
        usual = _is_shape(shape) and tuple(shape) == Input.params["shape"].default
        if before.get(layer.id) is None and usual:
            after = set_setting(after, layer.id, "shape", summary.sample_shape)
    return after


def _fit_inputs(document: Document, summary: DataSummary, notes: list[str]) -> Document:
    wanted_shapes = sample_shapes(document, summary)
    first = document.of_kind("input")[:1]
    if not wanted_shapes and first:  # nothing is wired yet
        wanted_shapes = {first[0].id: summary.sample_shape}
    for id, wanted in wanted_shapes.items():
        layer = document.layer(id)
        shape = layer.settings.get("shape")
        if _is_shape(shape) and math.prod(shape) == math.prod(wanted):
            continue
        was = f" (it was {shape_text(shape)})" if _is_shape(shape) else ""
        whole = wanted == summary.sample_shape
        of_what = "a sample" if whole else "the columns that enter there"
        notes.append(
            f"The shape of {layer.name} is {shape_text(wanted)} now{was}, that of {of_what} of "
            f"{summary.title}."
        )
        document = set_setting(document, id, "shape", wanted)
    return document


def _is_shape(value: object) -> TypeGuard[tuple[int, ...]]:
    return isinstance(value, (list, tuple)) and all(type(size) is int for size in value)


def _flatten_input(document: Document, notes: list[str]) -> Document:
    for layer in document.of_kind("input"):
        shape = layer.settings.get("shape")
        if not _is_shape(shape) or len(shape) < 2:
            continue
        wires = [w for w in document.outgoing(layer.id) if _kind(document, w.target) == "dense"]
        if not wires:
            continue
        document, flatten = insert_on_wire(document, "flatten", wires[0])
        for wire in wires[1:]:
            document = connect(disconnect(document, wire), flatten, wire.target)
        notes.append(
            f"A Flatten layer was put behind {layer.name}, because Dense needs a flat list of "
            "numbers."
        )
    return document


def _kind(document: Document, id: str) -> str:
    return document.layer(id).kind


@dataclass(frozen=True)
class _Ending:
    """How a design ends, or shall end."""

    units: Any
    activation: str
    loss: str

    def suits(self, target: TargetInfo) -> bool:
        """Whether the target can be learned with this ending, and would usually be."""
        loss = LOSSES.get(self.loss)
        if loss is None or type(self.units) is not int or self.activation not in ACTIVATIONS:
            return False
        if loss().problem_with(
            (self.units,),
            self.activation,
            target.task,
            target.n_classes or None,
            target.n_targets,
            shares=target.is_input,
        ):
            return False
        if target.is_input:
            return self.activation == "sigmoid"
        if target.task == "number":
            return self.activation == (loss.fused_activation or loss.usual_activation)
        return loss.target != "number" or self.activation in _BOUNDED


def _wanted(target: TargetInfo, loss: str) -> _Ending:
    """The ending for a target that the present one does not suit."""
    found = LOSSES.get(loss)
    if target.task == "classes":
        usual = _Ending(target.n_classes, "softmax", "sparse_categorical_crossentropy")
        kept = _Ending(target.n_classes, "softmax", loss)
        keeps = found is not None and found.fused_activation == "softmax"
    elif target.is_input:
        return _Ending(target.n_targets, "sigmoid", "binary_crossentropy")
    else:
        usual = _Ending(target.n_targets, "linear", "mean_squared_error")
        activation = found.usual_activation if found is not None else "linear"
        kept = _Ending(target.n_targets, activation, loss)
        keeps = found is not None and found.target == "number"
    return kept if keeps and kept.suits(target) else usual


def _fit_outputs(document: Document, summary: DataSummary, notes: list[str]) -> Document:
    found, _ = assigned_targets(document, summary.targets, summary.title)
    if not found:
        return _fit_loss(document, summary.targets[0], notes)
    for id, place in found.items():
        first = id == next(iter(found))
        document = _fit_output(document, id, summary.targets[place], notes, is_first=first)
    return document


def _training_loss(document: Document) -> str:
    return str(document.training.get("loss", TrainingSettings.params["loss"].default))


def _fit_loss(document: Document, target: TargetInfo, notes: list[str]) -> Document:
    """The loss of the training alone: there is no Output yet."""
    loss = _training_loss(document)
    wanted = _wanted(target, loss).loss
    if loss == wanted:
        return document
    notes.append(_loss_note("", loss, wanted))
    return set_training(document, "loss", wanted)


def _loss_note(of: str, was: str, now: str) -> str:
    title = LOSSES[was].title.lower() if was in LOSSES else was
    return f"The loss{of} is {LOSSES[now].title.lower()} now (it was {title})."


def _fit_output(
    document: Document, id: str, target: TargetInfo, notes: list[str], *, is_first: bool
) -> Document:
    """The last layer before an Output, and its loss. The first Output's loss is the training's, as
    long as it has none of its own."""
    own = str(document.layer(id).settings.get("loss", AS_TRAINING))
    loss = _training_loss(document) if own == AS_TRAINING else own
    document, last, bender = _last_layers(document, document.incoming(id)[0], notes)
    units = last.settings.get("units", 10)
    present = _Ending(units, str(bender.settings.get("activation", "relu")), loss)
    if present.suits(target):
        return document
    wanted = _wanted(target, loss)
    if units != wanted.units:
        document = set_setting(document, last.id, "units", wanted.units)
        per = "class" if target.task == "classes" else "number to predict"
        notes.append(
            f"{last.name} has {wanted.units:,} unit{'s' if wanted.units != 1 else ''} now, "
            f"one per {per} (it had {units})."
        )
    if present.activation != wanted.activation:
        document = set_setting(document, bender.id, "activation", wanted.activation)
        notes.append(
            f"The activation of {bender.name} is {wanted.activation} now (it was "
            f"{present.activation})."
        )
    if loss == wanted.loss:
        return document
    if is_first and own == AS_TRAINING:
        notes.append(_loss_note("", loss, wanted.loss))
        return set_training(document, "loss", wanted.loss)
    notes.append(_loss_note(f" of {document.layer(id).name}", loss, wanted.loss))
    return set_setting(document, id, "loss", wanted.loss)


def _last_layers(document: Document, wire: Wire, notes: list[str]) -> tuple[Document, Layer, Layer]:
    """The Dense layer that decides the number of outputs, and the layer whose activation is last.

    ``wire`` leads to the Output. A Dense is put on it if none stands alone before it: what
    feeds other layers too, or comes out of a merge, must keep its size.
    """
    at, bender = wire.source, None
    while True:
        layer = document.layer(at)
        if len(document.outgoing(at)) > 1:
            break
        if layer.kind == "dense":
            return document, layer, bender or layer
        if layer.kind == "activation":
            bender = bender or layer
        elif layer.kind not in ("dropout", "flatten"):
            break
        if not document.incoming(at):
            break
        at = document.incoming(at)[0].source
    document, id = insert_on_wire(document, "dense", wire)
    layer = document.layer(id)
    notes.append(f"{layer.name} was put before {document.layer(wire.target).name}.")
    return document, layer, layer
