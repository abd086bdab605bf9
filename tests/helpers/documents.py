"""Designs for tests: short examples, random designs and random edits, and what must always hold."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from nn_designer.data import DataChoice, summary
from nn_designer.design import edits
from nn_designer.design.check import check
from nn_designer.design.document import Document, slug
from nn_designer.design.edit_base import kind_or_none
from nn_designer.design.placing import place_of
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import KINDS
from nn_designer.params import Bool, Choice, Dimensions, Float, Int, Param


def chain(*kinds: str, **settings: Any) -> Document:
    """Layers in a row, wired: ``chain("input", "dense", "output")``.

    ``settings`` are by id: ``dense_1={"units": 3}``.
    """
    document = Document()
    last = None
    for kind in kinds:
        document, id = edits.add_layer(document, kind, 280.0 * len(document.layers))
        document = document if last is None else edits.connect(document, last, id)
        last = id
    for id, values in settings.items():
        for name, value in values.items():
            document = edits.set_setting(document, id, name, value)
    return document


def skip_design() -> Document:
    """Input → Dense 1 → Dense 2 → Add → Output, and Dense 1 → Add: a branch and a merge."""
    document = chain("input", "dense", "dense", "add", "output")
    return edits.connect(document, "dense_1", "add_1")


def assert_sound(document: Document) -> None:
    """What every edit must keep: unique ids and names, no dangling wire, no loop."""
    ids = [layer.id for layer in document.layers]
    assert len(set(ids)) == len(ids)
    slugs = [slug(layer.name) for layer in document.layers]
    assert len(set(slugs)) == len(slugs)
    pairs = [(wire.source, wire.target) for wire in document.wires]
    assert len(set(pairs)) == len(pairs)
    assert all(source != target for source, target in pairs)
    assert not document.has_cycle
    for layer in document.layers:
        kind = kind_or_none(layer.kind)
        assert kind is not None
        incoming = document.incoming(layer.id)
        assert [wire.port for wire in incoming] == list(range(len(incoming)))
        assert kind.maximum_inputs is None or len(incoming) <= kind.maximum_inputs
        assert kind.has_output or not document.outgoing(layer.id)
    assert sum(len(document.incoming(id)) for id in ids) == len(document.wires)
    assert hash(document) == hash(document)


def random_value(param: Param[Any], chance: random.Random) -> Any:
    """A value that the declaration allows; now and then one that it does not."""
    if chance.randrange(8) == 0:
        return chance.choice(param.invalid_values())
    if isinstance(param, Int):
        return int(min(param.maximum or 100, (param.minimum or 0) + chance.randrange(64)))
    if isinstance(param, Float):
        return min(param.maximum or 1.0, 0.75) * chance.choice([0.1, 0.5, 1.0])
    if isinstance(param, Choice):
        return chance.choice(list(param.choices))
    if isinstance(param, Bool):
        return chance.random() < 0.5
    if isinstance(param, Dimensions):
        return tuple(chance.randrange(1, 9) for _ in range(chance.randrange(1, 5)))
    return param.default


def _id(document: Document, chance: random.Random) -> str:
    ids = [layer.id for layer in document.layers]
    return "gone_1" if not ids or chance.randrange(20) == 0 else chance.choice(ids)


def _ids(document: Document, chance: random.Random) -> list[str]:
    ids = [layer.id for layer in document.layers]
    return chance.sample(ids, chance.randrange(len(ids) + 1))


def overlapping(document: Document) -> list[tuple[str, str]]:
    """Pairs of layers whose cards lie on one another."""
    return [
        (one.id, other.id)
        for one, other in itertools.combinations(document.layers, 2)
        if place_of(one).overlaps(place_of(other))
    ]


def _wire(document: Document, chance: random.Random) -> Any:
    if not document.wires:
        raise edits.EditError("There is no wire to take.")
    return chance.choice(document.wires)


def _kind(chance: random.Random) -> str:
    return chance.choice([*KINDS, "dense", "dense", "add", "no_such_kind"])


def _place(chance: random.Random) -> tuple[float, float]:
    far = 0.0 if chance.randrange(16) else chance.choice([float("nan"), 1e12])
    return chance.randrange(-2000, 2000) + far, float(chance.randrange(-2000, 2000))


def _set_setting(document: Document, chance: random.Random) -> Document:
    id = _id(document, chance)
    layer = document.get(id)
    kind = KINDS[layer.kind if layer is not None else "dense"]
    name = chance.choice([*kind.params, "no_such_setting"])
    value = random_value(kind.params[name], chance) if name in kind.params else 1
    return edits.set_setting(document, id, name, value)


def _set_training(document: Document, chance: random.Random) -> Document:
    name = chance.choice(list(TrainingSettings.params))
    return edits.set_training(document, name, random_value(TrainingSettings.params[name], chance))


def _paste(document: Document, chance: random.Random) -> Document:
    clip = edits.copy(document, _ids(document, chance))
    if chance.randrange(6) == 0:
        clip = clip[: chance.randrange(len(clip))]
    return edits.paste(document, clip, *_place(chance))[0]


EDITS: dict[str, Callable[[Document, random.Random], Document]] = {
    "add": lambda d, c: edits.add_layer(d, _kind(c), *_place(c))[0],
    "append": lambda d, c: edits.append_after(d, _kind(c), c.choice([None, _id(d, c)]))[0],
    "insert": lambda d, c: edits.insert_on_wire(d, _kind(c), _wire(d, c))[0],
    "splice": lambda d, c: edits.splice_layer(d, _id(d, c), _wire(d, c)),
    "connect": lambda d, c: edits.connect(
        d, _id(d, c), _id(d, c), c.choice([None, None, 0, 1, 2, -1])
    ),
    "disconnect": lambda d, c: edits.disconnect(d, _wire(d, c)),
    "delete": lambda d, c: edits.delete(d, _ids(d, c)[:1]),
    "delete and heal": lambda d, c: edits.delete_healing(d, _ids(d, c)[:2]),
    "move": lambda d, c: edits.move(d, {id: _place(c) for id in _ids(d, c)}),
    "set": _set_setting,
    "rename": lambda d, c: edits.rename(
        d, _id(d, c), c.choice(["Ünit 1", "Dense 2", "Dense-2", "", "x" * 99, "A\nb", "データ"])
    ),
    "replace": lambda d, c: edits.replace_kind(d, _id(d, c), _kind(c)),
    "duplicate": lambda d, c: edits.duplicate(d, _ids(d, c)[:3])[0],
    "paste": _paste,
    "train": _set_training,
    "data": lambda d, c: edits.set_data(
        d, DataChoice(c.choice(["iris", "spiral", "no such"]), {"noise": c.random()})
    ),
    "adapt": lambda d, c: edits.adapt_to_data(
        d, summary(DataChoice(c.choice(["iris", "auto_mpg", "circles", "mnist"])))
    )[0],
    "name": lambda d, c: edits.set_name(d, c.choice(["", "My design", "\x00", "n" * 200])),
}


def random_edit(document: Document, chance: random.Random) -> Document:
    """The document after a random edit, or EditError."""
    growing = ["append", "append", "insert", "connect", "connect", "connect"]
    return EDITS[chance.choice([*EDITS, *growing])](document, chance)


def starting_document(chance: random.Random) -> Document:
    """Something to edit: often a network, sometimes nothing."""
    return chance.choice(
        [Document(), skip_design(), chain("input", "flatten", "dense", "dropout", "output")]
    )


def random_document(chance: random.Random, n_edits: int) -> Document:
    """A document grown by random edits, refused ones left out."""
    document = starting_document(chance)
    for _ in range(n_edits):
        try:
            document = random_edit(document, chance)
        except edits.EditError:
            continue
    return document


class Chance(random.Random):
    """Random choices that can be repeated: a failing test shows the seed."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.first_seed = seed

    def __repr__(self) -> str:
        return f"Chance({self.first_seed})"


def chances() -> st.SearchStrategy[Chance]:
    """Sources of random choices.

    Seeds, not ``st.randoms``: its choices repeat so much that hardly a wire is ever drawn.
    """
    return st.integers(0, 2**32 - 1).map(Chance)


@st.composite
def documents(draw: st.DrawFn, max_edits: int = 30) -> Document:
    """Random documents, as edits can make them."""
    return random_document(draw(chances()), draw(st.integers(0, max_edits)))


def working_document(chance: random.Random, n_edits: int, data: DataChoice) -> Document:
    """A design for ``data`` that can be trained, grown by random edits; those that break it are
    taken back."""
    known = summary(data)
    start = edits.set_data(chance.choice([chain("input", "dense", "output"), skip_design()]), data)
    document, _ = edits.adapt_to_data(start, known)
    for _ in range(n_edits):
        try:
            edited = random_edit(document, chance)
        except edits.EditError:
            continue
        if edited.data == data and check(edited, known).ok:
            document = edited
    return document
