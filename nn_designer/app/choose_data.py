"""Choosing other data: one undo step that also makes the design fit, and says how."""

from __future__ import annotations

from nn_designer.app.store import Store
from nn_designer.data import DataChoice, DataError, DataSummary, summary
from nn_designer.design import edits
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.check import check
from nn_designer.design.document import Document


def choose_data(store: Store, choice: DataChoice, *, merge_key: str | None = None) -> bool:
    """Make ``choice`` the design's data.

    If samples or targets have another form than before, or the design does not fit them, the
    input's shape, the last layer and the loss follow, in the same undo step; :attr:`Store.noted`
    says what was changed.
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
        if not same_form or not check(document, found).ok:
            document, changed = adapt_to_data(document, found)
            notes.extend(changed)
        return document

    done = store.edit("Choose data", edit, merge_key=merge_key)
    if done and notes:
        store.noted.emit(" ".join(notes))
    return done


def can_fit(store: Store) -> bool:
    """Whether :func:`fit_to_data` would make the design ready to be trained."""
    if store.report.ok or store.summary is None:
        return False
    adapted, _notes = adapt_to_data(store.document, store.summary)
    return check(adapted, store.summary).ok


def fit_to_data(store: Store) -> bool:
    """Make the design fit its data, as :func:`choose_data` does, as an undo step of its own."""
    if store.summary is None:
        return False
    _document, notes = adapt_to_data(store.document, store.summary)
    done = store.edit("Fit to the data", adapt_to_data, store.summary)
    if done:
        store.noted.emit(" ".join(notes))
    return done


def _form(found: DataSummary) -> tuple[object, ...]:
    """What a design must fit."""
    return found.task, found.sample_shape, found.n_classes, found.n_targets
