"""The document: layers, wires, the choice of data and the settings of training. A frozen value.

Nothing here changes a document; :mod:`nn_designer.design.edits` makes the next one. What is not
allowed to be trained can still be a document (a beginner's half-drawn network, a damaged file):
:mod:`nn_designer.design.check` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from nn_designer.data.choice import DataChoice
from nn_designer.design.frozen import EMPTY, freeze

MAXIMUM_NAME_LENGTH = 60
MAXIMUM_NOTES_LENGTH = 100_000
REMEMBERED = 8
"""So many answers about what reaches what are kept."""
TRAINING_PARTS = ("training", "loss_settings", "optimizer_settings", "schedule_settings")
"""The parts of a document that say how it is trained."""


def slug(name: str) -> str:
    """The name of a layer in exported files: letters and digits, all else as one "_".

    ``slug("Dense 1") == "dense_1"``. Never empty.
    """
    words = "".join(c if c.isalnum() else " " for c in name.casefold()).split()
    return "_".join(words) or "layer"


@dataclass(frozen=True)
class Layer:
    """One layer on the canvas.

    ``id`` is unique in the document and never changes ("dense_1"); ``name`` is what people see
    and may rename. ``settings`` are as given: checked by ``check``, not here. ``x`` and ``y``
    are the card's top left corner in canvas pixels. ``extra`` holds keys of the file that this
    version does not know, so that saving loses nothing.
    """

    id: str
    kind: str
    name: str
    settings: Mapping[str, Any] = EMPTY
    x: float = 0.0
    y: float = 0.0
    extra: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", freeze(self.settings))
        object.__setattr__(self, "extra", freeze(self.extra))


@dataclass(frozen=True)
class Wire:
    """A connection from a layer's output to input number ``port`` of another layer."""

    source: str
    target: str
    port: int = 0
    extra: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "extra", freeze(self.extra))


@dataclass(frozen=True)
class Document:
    """A whole design. Equal when all parts are equal; hashable; safe to share between threads.

    ``training`` holds values of ``TrainingSettings``; ``loss_settings``, ``optimizer_settings``
    and ``schedule_settings`` those of the loss, optimizer and schedule chosen there. What they
    leave out is at its default.
    """

    name: str = ""
    layers: tuple[Layer, ...] = ()
    wires: tuple[Wire, ...] = ()
    data: DataChoice = field(default_factory=DataChoice)
    training: Mapping[str, Any] = EMPTY
    loss_settings: Mapping[str, Any] = EMPTY
    optimizer_settings: Mapping[str, Any] = EMPTY
    schedule_settings: Mapping[str, Any] = EMPTY
    notes: str = ""
    extra: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "wires", tuple(self.wires))
        for name in (*TRAINING_PARTS, "extra"):
            object.__setattr__(self, name, freeze(getattr(self, name)))

    def __hash__(self) -> int:
        return hash((self.name, self.layers, self.wires, self.training))

    def __getstate__(self) -> dict[str, Any]:
        # The cached indexes are made anew where the document arrives.
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @cached_property
    def by_id(self) -> Mapping[str, Layer]:
        """Layers by id, in the order of the document."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def _incoming(self) -> dict[str, tuple[Wire, ...]]:
        found: dict[str, list[Wire]] = {}
        for wire in self.wires:
            if wire.source in self.by_id:
                found.setdefault(wire.target, []).append(wire)
        return {
            target: tuple(sorted(wires, key=lambda wire: wire.port))
            for target, wires in found.items()
        }

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Wire, ...]]:
        found: dict[str, list[Wire]] = {}
        for wire in self.wires:
            if wire.target in self.by_id:
                found.setdefault(wire.source, []).append(wire)
        return {source: tuple(wires) for source, wires in found.items()}

    def layer(self, id: str) -> Layer:
        """The layer with this id.

        Raises:
            KeyError: there is none.
        """
        return self.by_id[id]

    def get(self, id: str) -> Layer | None:
        """The layer with this id, or None."""
        return self.by_id.get(id)

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def incoming(self, id: str) -> tuple[Wire, ...]:
        """Wires that end at the layer, in the order of its ports."""
        return self._incoming.get(id, ())

    def outgoing(self, id: str) -> tuple[Wire, ...]:
        """Wires that begin at the layer, in the order of the document."""
        return self._outgoing.get(id, ())

    def of_kind(self, kind: str) -> tuple[Layer, ...]:
        """All layers of a kind, in the order of the document."""
        return tuple(layer for layer in self.layers if layer.kind == kind)

    def ancestors(self, id: str) -> frozenset[str]:
        """Ids of all layers whose output reaches this one, and the layer itself."""
        return self._reached(id, "source", self.incoming)

    def descendants(self, id: str) -> frozenset[str]:
        """Ids of all layers that this one's output reaches, and the layer itself."""
        return self._reached(id, "target", self.outgoing)

    def feeds(self, source: str, target: str) -> bool:
        """Whether the output of ``source`` reaches ``target``, directly or around others.

        Quick for many sources of one target; for many targets of one source after its
        :meth:`descendants` were asked for.
        """
        after = self._reach.get((source, "target"))
        return source in self.ancestors(target) if after is None else target in after

    @cached_property
    def _reach(self) -> dict[tuple[str, str], frozenset[str]]:
        """The last few answers of :meth:`_reached`."""
        return {}

    def _reached(
        self, start: str, end: str, wires_of: Callable[[str], tuple[Wire, ...]]
    ) -> frozenset[str]:
        known = self._reach.get((start, end))
        if known is not None:
            return known
        seen = {start}
        waiting = [start]
        while waiting:
            for wire in wires_of(waiting.pop()):
                other = getattr(wire, end)
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        if len(self._reach) >= REMEMBERED:
            self._reach.clear()
        reached = self._reach[start, end] = frozenset(seen)
        return reached

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Ids so that each layer comes after its inputs; layers on or behind a cycle are left out."""
        sorter: TopologicalSorter[str] = TopologicalSorter(
            {layer.id: [wire.source for wire in self.incoming(layer.id)] for layer in self.layers}
        )
        with suppress(CycleError):  # what is not on or behind the loop still comes
            sorter.prepare()
        done: list[str] = []
        while ready := sorter.get_ready():
            done.extend(ready)
            sorter.done(*ready)
        return tuple(done)

    @property
    def has_cycle(self) -> bool:
        """Whether some layer feeds itself, directly or around others."""
        return len(self.order) < len(self.layers)

    @cached_property
    def export_names(self) -> Mapping[str, str]:
        """Layer id → its name in the network and in exported files: the slug of its name, unique."""
        taken: set[str] = set()
        names: dict[str, str] = {}
        for layer in self.layers:
            base = slug(layer.name)
            name, number = base, 2
            while name in taken:
                name, number = f"{base}_{number}", number + 1
            taken.add(name)
            names[layer.id] = name
        return names
