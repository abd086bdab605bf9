"""What is wrong with a design, and what to do about it.

Layers are visited in topological order. The first layer that can't work is named, with the way
out; the layers behind it stay calm, because they can't know what they would receive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nn_designer.data.dataset import DataSummary, TargetInfo
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import kind_or_none
from nn_designer.design.edit_settings import method_key
from nn_designer.design.frozen import EMPTY, as_frozen
from nn_designer.design.inference import Facts, facts, made, read_settings
from nn_designer.design.memory import available_memory_bytes, bytes_text, training_memory_bytes
from nn_designer.design.nodes import footprint_of, nodes_of
from nn_designer.design.report import Problem, Report, Severity
from nn_designer.design.sharing import refusal, size_refusal, wanted_owner
from nn_designer.design.wiring import (
    assigned_features,
    assigned_targets,
    sample_shapes,
    used_layers,
)
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.sample_weights import class_weight_problem
from nn_designer.engine.shapes import shape_text
from nn_designer.engine.training_methods import METHODS, own_settings_name
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import LayerKind, UnknownKind, kind_of
from nn_designer.params import HasParams

FAR_BEYOND = 4
"""A rough figure of so many times the memory there is need not be looked at more closely."""

__all__ = ["Problem", "Report", "check"]


def check(
    document: Document, summary: DataSummary | None = None, *, counts_memory: bool = True
) -> Report:
    """Everything that is wrong with a design, and its shapes and sizes. Allocates nothing.

    Without ``counts_memory`` the memory is estimated from sizes only: that saves some 20 ms.
    """
    return _Check(document, summary, counts_memory).report()


class _Check:
    """One check under way."""

    def __init__(
        self, document: Document, summary: DataSummary | None, counts_memory: bool
    ) -> None:
        self._counts_memory = counts_memory
        self.document = document
        self.summary = summary
        self.problems: list[Problem] = []
        self.facts: dict[str, Facts] = {}
        self.own_settings: dict[str, Mapping[str, Any]] = {}
        self.kinds = {layer.id: kind_or_none(layer.kind) for layer in document.layers}
        ends = [layer for layer in document.layers if self._is_end(layer)]
        self.ends = [layer for layer in ends if document.incoming(layer.id)] or ends[:1]
        self.used = used_layers(document) if self.ends else frozenset(document.by_id)
        self.used |= {layer.id for layer in self.ends}

    def report(self) -> Report:
        """Run all parts, in the order in which their problems are listed."""
        if self.document.layers:
            self._ends()
            self._cycle()
            for id in self.document.order:
                self._layer(self.document.layer(id))
        else:
            self._add(
                "error",
                "The design is empty. Put an Input, a Dense and an Output on the canvas, or "
                "begin with a template.",
            )
        self._sharing()
        training = self._training()
        targets: Mapping[str, TargetInfo] = {}
        if self.summary is not None:
            self._inputs_fit(self.summary)
            targets = self._targets(self.summary)
        for end in self.ends:
            self._loss_suits(end, training, targets.get(end.id))
        known = {id: found for id, found in self.facts.items() if not found.error}
        used = [found for id, found in known.items() if id in self.used]
        parameters = sum(found.parameters for found in used)
        self._frozen(known)
        self._optimizer_suits(training, parameters)
        need = self._memory(training, known, parameters)
        by_severity = sorted(self.problems, key=lambda problem: problem.severity != "error")
        return Report(
            tuple(by_severity),
            {id: known[id].shape if id in known else None for id in self.document.by_id},
            {id: found.parameters for id, found in known.items()},
            {id: found.macs for id, found in known.items()},
            parameters,
            sum(found.macs for found in used),
            need,
            sum(found.trainable for found in used),
        )

    def _add(
        self,
        severity: Severity,
        sentence: str,
        layer: Layer | None = None,
        wire: Wire | None = None,
    ) -> None:
        # Each sentence ends with the way out; that part alone is the fix.
        fix = sentence.rsplit(". ", 1)[-1] if ". " in sentence else ""
        self.problems.append(
            Problem(severity, sentence, layer.id if layer is not None else None, wire, fix)
        )

    def _is_end(self, layer: Layer) -> bool:
        kind = self.kinds[layer.id]
        return kind is not None and not kind.has_output

    def _is_source(self, layer: Layer) -> bool:
        kind = self.kinds[layer.id]
        return kind is not None and kind.maximum_inputs == 0

    def _severity(self, layer: Layer) -> Severity:
        """What is wrong with a layer that takes no part keeps nothing from being trained."""
        return "error" if layer.id in self.used else "warning"

    def _ends(self) -> None:
        """At least one Input and one Output, and every Output fed."""
        if not any(self._is_source(layer) for layer in self.document.layers):
            self._add(
                "error",
                "There is no Input, so no data can enter. Put an Input on the canvas and draw a "
                "wire from it to the first layer.",
            )
        if not self.ends:
            self._add(
                "error",
                "There is no Output, so nothing can be learned. Put an Output on the canvas and "
                "draw a wire to it from the last layer.",
            )

    def _cycle(self) -> None:
        loop = _loop(self.document)
        if not loop:
            return
        names = " → ".join(self.document.layer(id).name for id in [*loop, loop[0]])
        wire = next(w for w in self.document.incoming(loop[0]) if w.source == loop[-1])
        self._add(
            "error",
            f"These layers feed each other in a loop: {names}. Delete one of the wires.",
            self.document.layer(loop[0]),
            wire,
        )

    def _layer(self, layer: Layer) -> None:
        """Kind, settings, wires and shapes of one layer; fills ``facts`` if all is well."""
        kind = self.kinds[layer.id]
        if kind is None:
            self._add(self._severity(layer), _unknown_kind(layer), layer)
            return
        settings = read_settings(kind, layer.settings)
        for sentence in settings.wrong:
            self._add(self._severity(layer), f"{layer.name}: {sentence}", layer)
        for sentence in settings.unknown:
            self._add("warning", f"{layer.name} has the {sentence}", layer)
        if not self._wired(layer, kind) or settings.wrong:
            return
        wires = self.document.incoming(layer.id)
        inputs = [self.facts.get(wire.source) for wire in wires]
        known = [found for found in inputs if found is not None and not found.error]
        if len(known) < len(inputs):
            return
        found = facts(
            made(kind, settings.values),
            tuple(each.shape for each in known),
            tuple(each.activation for each in known),
        )
        self.facts[layer.id] = found
        if caution := made(kind, settings.values).caution():
            self._add("warning", f"{layer.name}{caution.removeprefix(kind.title)}", layer)
        if made(kind, settings.values).index_count() is not None:
            self._looks_up(layer)
        if found.error:
            # "Dense expects..." becomes "Encoder expects...".
            own = found.error.removeprefix(kind.title)
            text = f"{layer.name}{own}" if own != found.error else f"{layer.name}: {own}"
            self._add(self._severity(layer), text, layer, wires[0] if wires else None)

    def _sharing(self) -> None:
        """Layers that use another's weights: may they, and then these are counted once."""
        for layer in self.document.layers:
            if self.kinds[layer.id] is None or not wanted_owner(layer):
                continue
            sentence = refusal(self.document, layer, self.used)
            sentence = sentence or size_refusal(self.document, layer, self.facts)
            if sentence:
                self._add(self._severity(layer), sentence, layer)
            elif layer.id in self.facts:
                self.facts[layer.id] = replace(
                    self.facts[layer.id], parameters=0, weights=0, trainable=0, regularized=0
                )

    def _looks_up(self, layer: Layer) -> None:
        """Whole numbers to be looked up come straight from the data."""
        at = layer
        while wires := self.document.incoming(at.id):
            at = self.document.layer(wires[0].source)
            kind = self.kinds[at.id]
            if kind is not None and kind.maximum_inputs and not kind.hands_on_numbers:
                self._add(
                    self._severity(layer),
                    f"{layer.name} looks up whole numbers of the data, but {at.name} changes them "
                    f"on the way. Put {layer.name} right behind an Input.",
                    layer,
                    wires[0],
                )
                return

    def _wired(self, layer: Layer, kind: type[LayerKind]) -> bool:
        """Whether the layer has the inputs it needs; says so if not, or if it leads nowhere."""
        incoming, outgoing = self.document.incoming(layer.id), self.document.outgoing(layer.id)
        if not incoming and not outgoing and len(self.document.layers) > 1:
            severity: Severity = "error" if layer in self.ends else "warning"
            self._add(
                severity,
                f"{layer.name} is not connected. Draw a wire "
                f"{'from' if self._is_source(layer) else 'to'} it, or delete it.",
                layer,
            )
            return kind.minimum_inputs == 0
        if self.ends and layer.id not in self.used and not outgoing:
            self._add(
                "warning",
                f"{layer.name} leads nowhere, so it takes no part in the training. Draw a wire "
                "from it to the next layer, or delete it.",
                layer,
            )
        if len(incoming) < kind.minimum_inputs:
            if not incoming:
                text = f"{layer.name} has no input. Draw a wire to it from the layer before."
            else:
                text = (
                    f"{layer.name} needs at least {kind.minimum_inputs} inputs, but it has "
                    f"{len(incoming)}. Draw another wire to it, or delete it."
                )
            self._add(self._severity(layer), text, layer)
            return False
        return True

    def _training(self) -> TrainingSettings:
        """The training settings, with defaults in place of wrong ones."""
        training = self._settings(TrainingSettings, "Training", self.document.training)
        settings = TrainingSettings(**training)
        for choice, methods in METHODS.items():
            key = getattr(settings, choice)
            own: Mapping[str, Any] = EMPTY
            if method_key(self.document, choice) == key:  # else they are of one that is not known
                given = getattr(self.document, own_settings_name(choice))
                own = self._settings(methods[key], methods[key].title, given)
            self.own_settings[choice] = own
        return settings

    def _settings(
        self, owner: type[HasParams], title: str, values: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        read = read_settings(owner, values)
        for sentence in read.wrong:
            self._add("error", f"{title}: {sentence}")
        for sentence in read.unknown:
            self._add("warning", f"{title} has the {sentence}")
        return read.values

    def _frozen(self, known: Mapping[str, Facts]) -> None:
        """Something must be able to learn; the badge goes to the last layer that could."""
        with_weights = [id for id in self.document.order if id in self.used and id in known]
        with_weights = [id for id in with_weights if known[id].weights]
        if with_weights and not any(known[id].trainable for id in with_weights):
            self._add(
                "error",
                "All layers with weights are frozen, so that nothing can learn. Switch on "
                "Trainable for at least one of them.",
                self.document.layer(with_weights[-1]),
            )

    def _inputs_fit(self, summary: DataSummary) -> None:
        _, misfits = assigned_features(self.document, summary.columns, summary.title)
        for misfit in misfits:
            self._add("error", misfit.sentence, misfit.layer)
        for id, shape in sample_shapes(self.document, summary).items():
            found, layer = self.facts.get(id), self.document.layer(id)
            if found is None or math.prod(found.shape) == math.prod(shape):
                continue
            wanted = shape_text(shape)
            whole = shape == summary.sample_shape
            of_what = "a sample" if whole else "the columns that enter there"
            self._add(
                "error",
                f"The shape of {layer.name} is {shape_text(found.shape)}, but that of {of_what} "
                f"of {summary.title} is {wanted}. Set it to {wanted}, or choose other data.",
                layer,
            )

    def _targets(self, summary: DataSummary) -> dict[str, TargetInfo]:
        """What each Output learns; targets that none learns are a warning."""
        found, misfits = assigned_targets(self.document, summary.targets, summary.title)
        for misfit in misfits:
            self._add("error", misfit.sentence, misfit.layer)
        for place, info in enumerate(summary.targets):
            if found and place not in found.values():
                self._add(
                    "warning",
                    f"No Output learns {info.title!r} of {summary.title}. Add an Output for it, or "
                    "choose fewer columns to predict.",
                )
        return {id: summary.targets[place] for id, place in found.items()}

    def _loss_suits(
        self, end: Layer, training: TrainingSettings, target: TargetInfo | None
    ) -> None:
        """Asked of the loss itself; the badge goes to the last layer, where the way out is."""
        found = self.facts.get(end.id)
        if found is None or found.error:
            return
        kind = kind_of(end.kind)
        own = made(kind, read_settings(kind, end.settings).values).own_loss()
        key = own.key or training.loss
        settings = self.own_settings["loss"] if key == training.loss else {}
        task = None if target is None else target.task
        n_classes = None if target is None else target.n_classes or None
        problem = LOSSES[key](**settings).problem_with(
            found.shape,
            found.activation,
            task,
            n_classes,
            None if target is None else target.n_targets,
            shares=target is not None and target.is_input,
        )
        if problem:
            if len(self.ends) > 1:
                problem = f"{end.name}: {problem}"
            wire = self.document.incoming(end.id)[0]
            self._add("error", problem, self.document.layer(wire.source))
        problem = class_weight_problem(training, task, n_classes, len(self.ends))
        if problem and end is self.ends[0]:
            self._add("error", problem)

    def _optimizer_suits(self, training: TrainingSettings, parameters: int) -> None:
        """Asked of the optimizer itself."""
        layers = [layer for layer in self.document.layers if layer.id in self.used]
        problem = OPTIMIZERS[training.optimizer].problem_with(
            parameters,
            self.summary.n_rows if self.summary is not None else 0,
            [layer.name for layer in layers if self._is_random(layer)],
        )
        if problem:
            self._add("error", problem)

    def _is_random(self, layer: Layer) -> bool:
        kind = self.kinds[layer.id]
        if kind is None:
            return False
        settings = read_settings(kind, layer.settings)
        return not settings.wrong and made(kind, settings.values).is_random

    def _memory(
        self, training: TrainingSettings, known: Mapping[str, Facts], parameters: int
    ) -> int:
        """The memory a training needs; more than there is, is a problem of the largest layer."""
        used = {id: found for id, found in known.items() if id in self.used}
        n_rows = self.summary.n_rows if self.summary is not None else 0
        need = training_memory_bytes(
            parameters,
            (found.shape for found in used.values()),
            training.batch_size,
            training.optimizer,
            n_rows,
            math.prod(self.summary.sample_shape) if self.summary is not None else 0,
            regularized=sum(found.regularized for found in used.values()),
        )
        available = available_memory_bytes()
        largest = max(
            used, key=lambda id: used[id].parameters + math.prod(used[id].shape), default=None
        )
        sound = not any(problem.severity == "error" for problem in self.problems)
        if self._counts_memory and sound and need < FAR_BEYOND * available:
            nodes = nodes_of(self.document, {id: id for id in self.document.by_id})
            n_validation = round(n_rows * training.validation_split)
            n_train = n_rows - n_validation or training.batch_size
            footprint = footprint_of(
                nodes,
                training,
                as_frozen(self.own_settings["loss"]),
                as_frozen(self.own_settings["optimizer"]),
                n_train,
                n_validation,
            )
            if footprint is not None:
                need, largest = footprint.total, footprint.largest_layer
        if need > available and largest is not None:
            self._too_large(largest, used, need, available)
        return need

    def _too_large(
        self, largest: str, used: Mapping[str, Facts], need: int, available: int
    ) -> None:
        layer = self.document.layer(largest)
        for wire in self.document.incoming(largest):  # its weights are many because of what comes
            source = self.document.layer(wire.source)
            if "units" in source.settings and _numbers(used, source) > _numbers(used, layer):
                layer = source
        units = f" with {layer.settings['units']:,} units" if "units" in layer.settings else ""
        self._add(
            "error",
            f"{layer.name}{units} is too large: training this design would need about "
            f"{bytes_text(need)} of memory, and {bytes_text(available)} are free. Make the "
            "layer smaller, or the one before it.",
            layer,
        )


def _numbers(known: Mapping[str, Facts], layer: Layer) -> int:
    """How many numbers a layer hands on."""
    return math.prod(known[layer.id].shape) if layer.id in known else 0


def _unknown_kind(layer: Layer) -> str:
    try:
        kind_of(layer.kind)
    except UnknownKind as error:
        return f"{layer.name} can't be trained. {error} Replace the layer by another, or delete it."
    raise AssertionError(layer.kind)


def _loop(document: Document) -> list[str]:
    """The ids of layers that feed each other in a loop, in the order of the wires; or none."""
    if not document.has_cycle:
        return []
    left = set(document.by_id) - set(document.order)
    at = next(layer.id for layer in document.layers if layer.id in left)
    way: list[str] = []
    while at not in way:  # backwards: every layer left has an input among those left
        way.append(at)
        at = next(wire.source for wire in document.incoming(at) if wire.source in left)
    return list(reversed(way[way.index(at) :]))
