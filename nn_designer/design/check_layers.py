"""Whether layers, their settings and their wires form a network."""

from __future__ import annotations

from dataclasses import replace

from nn_designer.design.document import Document, Layer
from nn_designer.design.findings import Findings
from nn_designer.design.inference import facts, made, read_settings
from nn_designer.design.report import Severity
from nn_designer.design.sharing import refusal, size_refusal, wanted_owner
from nn_designer.layers import LayerKind, UnknownKind, kind_of


def check_layers(findings: Findings) -> None:
    """Both ends, loops, and then layer by layer in topological order; fills ``facts``."""
    document = findings.document
    if not document.layers:
        findings.add(
            "error",
            "The design is empty. Put an Input, a Dense and an Output on the canvas, or "
            "begin with a template.",
        )
        return
    _ends(findings)
    _cycle(findings)
    for id in document.order:
        _layer(findings, document.layer(id))
    _sharing(findings)


def _ends(findings: Findings) -> None:
    """At least one Input and one Output, and every Output fed."""
    if not any(findings.is_source(layer) for layer in findings.document.layers):
        findings.add(
            "error",
            "There is no Input, so no data can enter. Put an Input on the canvas and draw a "
            "wire from it to the first layer.",
        )
    if not findings.ends:
        findings.add(
            "error",
            "There is no Output, so nothing can be learned. Put an Output on the canvas and "
            "draw a wire to it from the last layer.",
        )


def _cycle(findings: Findings) -> None:
    loop = _loop(findings.document)
    if not loop:
        return
    names = " → ".join(findings.document.layer(id).name for id in [*loop, loop[0]])
    wire = next(w for w in findings.document.incoming(loop[0]) if w.source == loop[-1])
    findings.add(
        "error",
        f"These layers feed each other in a loop: {names}. Delete one of the wires.",
        findings.document.layer(loop[0]),
        wire,
    )


def _layer(findings: Findings, layer: Layer) -> None:
    """Kind, settings, wires and shapes of one layer; fills ``facts`` if all is well."""
    kind = findings.kinds[layer.id]
    if kind is None:
        findings.add(findings.severity(layer), _unknown_kind(layer), layer)
        return
    settings = read_settings(kind, layer.settings)
    for sentence in settings.wrong:
        findings.add(findings.severity(layer), f"{layer.name}: {sentence}", layer)
    for sentence in settings.unknown:
        findings.add("warning", f"{layer.name} has the {sentence}", layer)
    if not _wired(findings, layer, kind) or settings.wrong:
        return
    wires = findings.document.incoming(layer.id)
    inputs = [findings.facts.get(wire.source) for wire in wires]
    known = [found for found in inputs if found is not None and not found.error]
    if len(known) < len(inputs):
        return
    found = facts(
        made(kind, settings.values),
        tuple(each.shape for each in known),
        tuple(each.activation for each in known),
    )
    findings.facts[layer.id] = found
    if caution := made(kind, settings.values).caution():
        findings.add("warning", f"{layer.name}{caution.removeprefix(kind.title)}", layer)
    if made(kind, settings.values).index_count() is not None:
        _looks_up(findings, layer)
    if found.error:
        # "Dense expects..." becomes "Encoder expects...".
        own = found.error.removeprefix(kind.title)
        text = f"{layer.name}{own}" if own != found.error else f"{layer.name}: {own}"
        findings.add(findings.severity(layer), text, layer, wires[0] if wires else None)


def _wired(findings: Findings, layer: Layer, kind: type[LayerKind]) -> bool:
    """Whether the layer has the inputs it needs; says so if not, or if it leads nowhere."""
    incoming, outgoing = findings.document.incoming(layer.id), findings.document.outgoing(layer.id)
    if not incoming and not outgoing and len(findings.document.layers) > 1:
        severity: Severity = "error" if layer in findings.ends else "warning"
        findings.add(
            severity,
            f"{layer.name} is not connected. Draw a wire "
            f"{'from' if findings.is_source(layer) else 'to'} it, or delete it.",
            layer,
        )
        return kind.minimum_inputs == 0
    if findings.ends and layer.id not in findings.used and not outgoing:
        findings.add(
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
        findings.add(findings.severity(layer), text, layer)
        return False
    return True


def _looks_up(findings: Findings, layer: Layer) -> None:
    """Whole numbers to be looked up come straight from the data."""
    at = layer
    while wires := findings.document.incoming(at.id):
        at = findings.document.layer(wires[0].source)
        kind = findings.kinds[at.id]
        if kind is not None and kind.maximum_inputs and not kind.hands_on_numbers:
            findings.add(
                findings.severity(layer),
                f"{layer.name} looks up whole numbers of the data, but {at.name} changes them "
                f"on the way. Put {layer.name} right behind an Input.",
                layer,
                wires[0],
            )
            return


def _sharing(findings: Findings) -> None:
    """Layers that use another's weights: may they, and then these are counted once."""
    for layer in findings.document.layers:
        if findings.kinds[layer.id] is None or not wanted_owner(layer):
            continue
        sentence = refusal(findings.document, layer, findings.used)
        sentence = sentence or size_refusal(findings.document, layer, findings.facts)
        if sentence:
            findings.add(findings.severity(layer), sentence, layer)
        elif layer.id in findings.facts:
            findings.facts[layer.id] = replace(
                findings.facts[layer.id], parameters=0, weights=0, trainable=0
            )


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
