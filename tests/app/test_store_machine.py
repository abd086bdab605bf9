"""The store under any sequence of edits, drags, undo, redo, save and open (hypothesis)."""

from __future__ import annotations

from functools import cache

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from nn_designer import data
from nn_designer.app.store import Store
from nn_designer.data import DataChoice, DataSummary
from nn_designer.design import edits
from nn_designer.design.check import check
from nn_designer.design.diff import Change
from nn_designer.design.document import Document, Layer, Wire
from tests.helpers.documents import Chance, assert_sound, chances, random_edit, starting_document


@cache
def summary_of(source: str) -> DataSummary:
    return data.summary(DataChoice(source))


class View:
    """What a view knows that repaints only what each Change names."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.layers: dict[str, Layer] = {}
        self.wires: set[Wire] = set()
        self.follow(
            Change(
                added=frozenset(store.document.by_id), wires_added=frozenset(store.document.wires)
            )
        )
        store.changed.connect(self.follow)

    def follow(self, change: Change) -> None:
        document = self._store.document
        for id in change.removed:
            del self.layers[id]
        for id in change.added | change.changed | change.moved:
            self.layers[id] = document.layer(id)
        self.wires = (self.wires - change.wires_removed) | change.wires_added


class Editing(RuleBasedStateMachine):
    """``past`` is what the undo stack should hold: documents, the one shown at ``place``."""

    def __init__(self) -> None:
        super().__init__()
        document = starting_document(Chance(1))
        self.store = Store(document, summarize=lambda choice: summary_of(choice.source))
        self.view = View(self.store)
        self._begin(document)

    def _begin(self, document: Document) -> None:
        self.past = [document]
        self.place = 0
        self.saved: int | None = 0

    def _stepped(self, document: Document) -> None:
        """A step was made; what had been undone is gone."""
        self._forget_undone()
        if document != self.past[self.place]:
            self.past.append(document)
            self.place += 1

    def _forget_undone(self) -> None:
        del self.past[self.place + 1 :]
        if self.saved is not None and self.saved > self.place:
            self.saved = None

    @rule(chance=chances())
    def edit(self, chance: Chance) -> None:
        if self.store.edit("Edit", random_edit, chance):
            self._stepped(self.store.document)

    @rule(chance=chances(), back=chances())
    def drag(self, chance: Chance, back: Chance) -> None:
        ids = list(self.store.document.by_id)
        if not ids:
            return
        id = chance.choice(ids)
        layer = self.store.document.layer(id)
        self.store.end_merge()
        right, down = chance.choice([(1, 0), (0, 1), (2, -1)])
        steps = range(1, chance.randrange(2, 6))
        places = [(layer.x + right * step, layer.y + down * step) for step in steps]
        if back.randrange(3) == 0:
            places.append((layer.x, layer.y))
        for place in places:
            assert self.store.edit("Move", edits.move, {id: place}, merge_key="drag")
        self.store.end_merge()
        self._stepped(self.store.document)

    @rule()
    def undo(self) -> None:
        self.store.undo_stack.undo()
        self.place = max(0, self.place - 1)

    @rule()
    def redo(self) -> None:
        self.store.undo_stack.redo()
        self.place = min(len(self.past) - 1, self.place + 1)

    @rule()
    def save(self) -> None:
        self.store.mark_clean()
        self.saved = self.place

    @rule(chance=chances())
    def select(self, chance: Chance) -> None:
        ids = [*self.store.document.by_id, "gone_1"]
        self.store.select(chance.sample(ids, chance.randrange(len(ids) + 1)))

    @rule(chance=chances())
    def open(self, chance: Chance) -> None:
        document = starting_document(chance)
        self.store.replace_document(document)
        self._begin(document)

    @invariant()
    def the_document_is_the_very_one_of_this_step(self) -> None:
        assert self.store.document == self.past[self.place]
        assert_sound(self.store.document)
        stack = self.store.undo_stack
        assert (stack.count(), stack.index()) == (len(self.past) - 1, self.place)
        assert self.store.clean == (self.saved == self.place)

    @invariant()
    def a_view_that_follows_the_changes_knows_it(self) -> None:
        assert self.view.layers == self.store.document.by_id
        assert self.view.wires == set(self.store.document.wires)
        assert self.store.selection <= self.store.document.by_id.keys()

    @invariant()
    def the_report_is_of_this_document(self) -> None:
        store = self.store
        assert store.report.shapes == check(store.document, store.summary).shapes
        assert store.report.problems == check(store.document, store.summary).problems


def test_any_sequence_of_edits_undo_redo_save_and_open(qapp: object) -> None:
    limits = settings(max_examples=40, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Editing, settings=limits)
