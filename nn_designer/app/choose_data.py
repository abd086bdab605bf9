"""Choosing other data: one undo step that also makes the design fit, and says how."""

from __future__ import annotations

from nn_designer.app.store import Store
from nn_designer.data import DataChoice, DataError, DataSummary, summary
from nn_designer.design import edits
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.document import Document


def choose_data(store: Store, choice: DataChoice, *, merge_key: str | None = None) -> bool:
    """Make ``choice`` the design's data.

    If samples or targets have another form than before, the input's shape, the last layer and
    the loss follow, in the same undo step; :attr:`Store.noted` says what was changed.
    """
    try:
        found = summary(choice)
    except DataError as error:
        store.refused.emit(str(error))
        return False
    same_form = store.summary is not None and _form(store.summary) == _form(found)
    notes: list[str] = []

    def edit(document: Document) -> Document:
        document = edits.set_data(document, choice)
        if not same_form:
            document, changed = adapt_to_data(document, found)
            notes.extend(changed)
        return document

    done = store.edit("Choose data", edit, merge_key=merge_key)
    if done and notes:
        store.noted.emit(" ".join(notes))
    return done


def _form(found: DataSummary) -> tuple[object, ...]:
    """What a design must fit."""
    return found.task, found.sample_shape, found.n_classes, found.n_targets
