"""The store: edits, undo by values, selection, check."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.store import Store
from nn_designer.data import DataChoice, DataError, DataSummary, summary
from nn_designer.design import edits, templates
from nn_designer.design.document import Document
from nn_designer.design.edits import EditError


@pytest.fixture
def store(qapp: object) -> Store:
    return Store(templates.new("xor"))


def dense_of(store: Store) -> str:
    return store.document.of_kind("dense")[0].id


def test_an_edit_changes_the_document_and_says_what(store: Store, qtbot: QtBot) -> None:
    id = dense_of(store)
    with qtbot.waitSignal(store.checked), qtbot.waitSignal(store.changed) as changed:
        assert store.edit("Change units", edits.set_setting, id, "units", 7)
    assert store.document.layer(id).settings["units"] == 7
    assert changed.args[0].changed == {id}
    assert store.report.shapes[id] == (7,)
    assert not store.clean


def test_undo_and_redo_bring_the_very_same_documents_back(store: Store) -> None:
    before, id = store.document, dense_of(store)
    store.edit("Change units", edits.set_setting, id, "units", 7)
    after = store.document
    store.undo_stack.undo()
    assert store.document is before and store.clean
    store.undo_stack.redo()
    assert store.document is after


def test_a_refused_edit_changes_nothing_and_says_why(store: Store, qtbot: QtBot) -> None:
    before = store.document

    def refuse(_document: Document) -> Document:
        raise EditError("No, because.")

    with qtbot.waitSignal(store.refused) as refused, qtbot.assertNotEmitted(store.changed):
        assert not store.edit("Try", refuse)
    assert refused.args == ["No, because."]
    assert store.document is before and store.undo_stack.count() == 0


def test_an_edit_that_changes_nothing_is_no_undo_step(store: Store) -> None:
    assert not store.edit("Nothing", lambda document: document)
    assert store.undo_stack.count() == 0


def test_functions_may_return_more_than_the_document(store: Store) -> None:
    assert store.edit("Add", edits.add_layer, "dense", 0.0, 0.0)
    assert len(store.document.of_kind("dense")) == 3


def test_typing_is_one_step_until_something_else_happens(store: Store) -> None:
    id = dense_of(store)
    for units in (1, 12, 128):
        store.edit("Units", edits.set_setting, id, "units", units, merge_key="units")
    assert store.undo_stack.count() == 1
    store.end_merge()
    store.edit("Units", edits.set_setting, id, "units", 5, merge_key="units")
    assert store.undo_stack.count() == 2
    store.undo_stack.undo()
    assert store.document.layer(id).settings["units"] == 128


def test_selecting_ends_merging(store: Store) -> None:
    id = dense_of(store)
    store.edit("Move", edits.move, {id: (10.0, 0.0)}, merge_key="move")
    store.select((id,))
    store.edit("Move", edits.move, {id: (20.0, 0.0)}, merge_key="move")
    assert store.undo_stack.count() == 2


def test_merging_never_reaches_into_what_was_saved(store: Store) -> None:
    id = dense_of(store)
    store.edit("Units", edits.set_setting, id, "units", 5, merge_key="units")
    store.mark_clean()
    store.edit("Units", edits.set_setting, id, "units", 6, merge_key="units")
    assert not store.clean
    store.undo_stack.undo()
    assert store.clean and store.document.layer(id).settings["units"] == 5


def test_after_undo_the_same_key_begins_another_step(store: Store) -> None:
    id = dense_of(store)
    store.edit("Units", edits.set_setting, id, "units", 5, merge_key="units")
    store.end_merge()
    store.edit("Units", edits.set_setting, id, "units", 6, merge_key="units")
    store.undo_stack.undo()
    store.edit("Units", edits.set_setting, id, "units", 7, merge_key="units")
    store.undo_stack.undo()
    assert store.document.layer(id).settings["units"] == 5


def test_dragged_back_to_the_start_leaves_no_step(store: Store) -> None:
    id = dense_of(store)
    before = store.document.layer(id)
    store.edit("Move", edits.move, {id: (before.x + 50, before.y)}, merge_key="drag")
    store.edit("Move", edits.move, {id: (before.x, before.y)}, merge_key="drag")
    assert store.undo_stack.count() == 0 and store.clean


def test_selection_holds_only_layers_that_are_there(store: Store, qtbot: QtBot) -> None:
    id = dense_of(store)
    store.select((id, "ghost"))
    assert store.selection == {id}
    with qtbot.waitSignal(store.selection_changed) as changed:
        store.edit("Delete", edits.delete, (id,))
    assert changed.args[0] == frozenset()


def test_another_document_begins_with_no_undo_and_no_selection(store: Store, qtbot: QtBot) -> None:
    store.select((dense_of(store),))
    store.edit("Rename", edits.set_name, "Mine")
    with qtbot.waitSignal(store.replaced):
        store.replace_document(templates.new("iris"))
    assert store.clean and not store.undo_stack.canUndo() and not store.selection
    assert store.summary is not None and store.summary.source == "iris"


def test_recovered_work_counts_as_unsaved(store: Store) -> None:
    store.replace_document(templates.new("iris"))
    store.mark_unsaved()
    assert not store.clean


def test_data_that_cant_be_read_leave_a_sentence_and_come_back(qapp: object) -> None:
    broken = True

    def summarize(choice: DataChoice) -> DataSummary:
        if broken:
            raise DataError("The file is gone.")
        return summary(choice)

    store = Store(templates.new("xor"), summarize=summarize)
    assert store.summary is None and store.data_problem == "The file is gone."
    broken = False
    store.refresh_data()
    assert store.summary is not None and store.data_problem == ""
