"""What differs between two documents, as a value: views repaint what it names."""

from __future__ import annotations

from dataclasses import dataclass

from nn_designer.design.document import TRAINING_PARTS, Document, Layer, Wire


@dataclass(frozen=True)
class Change:
    """What an edit (or an undo) changed. All collections hold layer ids or wires.

    ``changed`` names layers whose kind, name, settings or extra keys differ; ``moved`` those
    whose position differs (a layer may be in both); ``reordered`` says that the layers kept
    come in another order.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    wires_added: frozenset[Wire] = frozenset()
    wires_removed: frozenset[Wire] = frozenset()
    name_changed: bool = False
    notes_changed: bool = False
    data_changed: bool = False
    training_changed: bool = False
    reordered: bool = False
    extra_changed: bool = False

    @property
    def structure_changed(self) -> bool:
        """Whether the network itself differs: layers, their settings or wires."""
        return bool(
            self.added or self.removed or self.changed or self.wires_added or self.wires_removed
        )

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Change()


def diff(old: Document, new: Document) -> Change:
    """What is different in ``new``; a false Change if nothing is."""
    if old is new:
        return NOTHING
    before, after = old.by_id, new.by_id
    changed: set[str] = set()
    moved: set[str] = set()
    if old.layers is not new.layers:
        for id, layer in after.items():
            was = before.get(id)
            if was is None or was is layer:
                continue
            if _without_place(was) != _without_place(layer):
                changed.add(id)
            if (was.x, was.y) != (layer.x, layer.y):
                moved.add(id)
    wires_before, wires_after = frozenset(old.wires), frozenset(new.wires)
    return Change(
        added=frozenset(after.keys() - before.keys()),
        removed=frozenset(before.keys() - after.keys()),
        changed=frozenset(changed),
        moved=frozenset(moved),
        wires_added=wires_after - wires_before,
        wires_removed=wires_before - wires_after,
        name_changed=old.name != new.name,
        notes_changed=old.notes != new.notes,
        data_changed=old.data != new.data,
        training_changed=any(getattr(old, n) != getattr(new, n) for n in TRAINING_PARTS),
        reordered=[id for id in before if id in after] != [id for id in after if id in before],
        extra_changed=old.extra != new.extra,
    )


def _without_place(layer: Layer) -> tuple[object, ...]:
    return layer.kind, layer.name, layer.settings, layer.extra
