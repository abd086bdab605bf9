"""Edits of wires: connect, disconnect, delete, splice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import EditError, found, kind_or_none, renumbered
from nn_designer.design.sharing import without_owners


def connect(document: Document, source: str, target: str, port: int | None = None) -> Document:
    """A wire from ``source`` to an input of ``target``.

    A layer with one input takes it in place of the wire it had. A merge takes it at ``port``,
    in place of a wire that is there, or without ``port`` behind its other inputs.

    Raises:
        EditError: a layer to itself, a loop, a second wire between the same two, no such port.
    """
    port = _port_for(document, source, target, port)
    kept = [wire for wire in document.wires if (wire.target, wire.port) != (target, port)]
    return replace(document, wires=(*kept, Wire(source, target, port)))


def can_connect(
    document: Document, source: str, target: str, port: int | None = None
) -> str | None:
    """Why :func:`connect` would refuse, or None if it would not."""
    try:
        _port_for(document, source, target, port)
    except EditError as error:
        return str(error)
    return None


def _port_for(document: Document, source: str, target: str, port: int | None) -> int:
    """The input that a wire between two layers takes, or EditError if there may be none."""
    start, end = found(document, source), found(document, target)
    _refuse_impossible(document, start, end)
    incoming = document.incoming(target)
    kind = kind_or_none(end.kind)
    maximum = kind.maximum_inputs if kind is not None else None
    if port is None:
        port = 0 if maximum == 1 else len(incoming)
    if isinstance(port, bool) or not isinstance(port, int) or port < 0:
        raise EditError(f"Input number {port!r} does not exist; inputs are counted from 0.")
    if maximum is not None and port >= maximum:
        inputs = "one input" if maximum == 1 else f"{maximum} inputs"
        raise EditError(f"{end.name} has only {inputs}; take a wire away first.")
    port = min(port, len(incoming))
    if any(wire.source == source for wire in incoming):
        raise EditError(f"{start.name} and {end.name} are connected already.")
    return port


def _refuse_impossible(document: Document, start: Layer, end: Layer) -> None:
    """Raise EditError if no wire may ever lead from ``start`` to ``end``."""
    if start.id == end.id:
        raise EditError(f"{start.name} can't feed itself; wires lead to other layers.")
    start_kind, end_kind = kind_or_none(start.kind), kind_or_none(end.kind)
    if start_kind is not None and not start_kind.has_output:
        raise EditError(
            f"{start.name} is where the network ends: no wire leaves it. "
            "Draw the wire from the layer before it."
        )
    if end_kind is not None and end_kind.maximum_inputs == 0:
        raise EditError(
            f"{end.name} is where data enters: no wire leads to it. "
            "Draw the wire from it to the next layer."
        )
    if document.feeds(end.id, start.id):
        raise EditError(
            f"A wire from {start.name} to {end.name} would close a loop, because {end.name} "
            f"feeds {start.name}. Data flow one way, from Input to Output."
        )


def disconnect(document: Document, wire: Wire) -> Document:
    """Take a wire away; the inputs of a merge behind it move up."""
    if wire not in document.wires:
        raise EditError("This wire is not in the design any more.")
    kept = (other for other in document.wires if other != wire)
    return replace(document, wires=renumbered(kept, [wire.target]))


def delete(document: Document, ids: Iterable[str], wires: Iterable[Wire] = ()) -> Document:
    """Take layers, all wires at them, and some more wires away."""
    gone = {found(document, id).id for id in ids}
    gone_wires = set(wires)
    if not gone_wires <= set(document.wires):
        raise EditError("One of these wires is not in the design any more.")
    kept, targets = [], set()
    for wire in document.wires:
        if wire in gone_wires or wire.source in gone or wire.target in gone:
            targets.add(wire.target)
        else:
            kept.append(wire)
    left = replace(
        document,
        layers=tuple(layer for layer in document.layers if layer.id not in gone),
        wires=renumbered(kept, targets - gone),
    )
    return without_owners(left, gone)


def delete_healing(document: Document, ids: Iterable[str], wires: Iterable[Wire] = ()) -> Document:
    """As :func:`delete`, but what a deleted layer had fed is fed by the layer before it.

    A deleted layer with several inputs leaves a gap, because nobody can know which was meant.
    """
    gone = list(dict.fromkeys(ids))
    document = delete(document, (), wires)
    for id in gone:
        found(document, id)
        sources = [wire.source for wire in document.incoming(id)]
        if len(sources) == 1:
            document = _bypass(document, id, sources[0])
        document = delete(document, [id])
    return document


def _bypass(document: Document, id: str, source: str) -> Document:
    """Lead the wires that leave layer ``id`` from ``source`` instead, where there is none yet."""
    reached = {wire.target for wire in document.outgoing(source)}
    changed = {
        wire: Wire(source, wire.target, wire.port)
        for wire in document.outgoing(id)
        if wire.target not in reached and wire.target != source
    }
    return replace(document, wires=tuple(changed.get(wire, wire) for wire in document.wires))


def put_on_wire(document: Document, id: str, wire: Wire) -> Document:
    """Lead ``wire`` through layer ``id``, which must take an input and give an output."""
    if wire not in document.wires:
        raise EditError("This wire is not in the design any more.")
    layer = found(document, id)
    kind = kind_or_none(layer.kind)
    if kind is not None and (kind.maximum_inputs == 0 or not kind.has_output):
        raise EditError(
            f"{layer.name} can't be put on a wire, because it needs "
            f"{'no input' if kind.maximum_inputs == 0 else 'no output'}. Put it at an end."
        )
    if document.incoming(id) or document.outgoing(id):
        raise EditError(f"{layer.name} has wires already; take them away first.")
    inner = (Wire(wire.source, id, 0), replace(wire, source=id))
    wires: list[Wire] = []
    for other in document.wires:
        wires.extend(inner if other == wire else (other,))
    return replace(document, wires=tuple(wires))
