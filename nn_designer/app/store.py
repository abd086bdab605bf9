"""The store: the one place in the window that holds the document and changes it.

Every change goes ``store.edit("Connect", edits.connect, a, b)``: a pure function makes the next
document, the undo stack keeps the old and the new one, and :attr:`Store.changed` tells the
views what differs. Views repaint what the change names and never write back.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from nn_designer.app.background import Background
from nn_designer.data import DataError, DataSummary, data_stamp, summary, summary_at_once
from nn_designer.data.choice import DataChoice
from nn_designer.design.adapt import fit_new_inputs
from nn_designer.design.check import Report, check
from nn_designer.design.diff import Change, diff
from nn_designer.design.document import Document
from nn_designer.design.edits import EditError

_PUSHED: set[_Edit] = set()
"""Commands that an undo stack points to. The stack owns them, but when it becomes garbage,
Python's collector may free a command before the stack: a crash in ~QUndoStack. So they are kept
here (and know their store only weakly) until Qt has deleted them."""


def _keep(command: _Edit) -> None:
    _PUSHED.difference_update([kept for kept in _PUSHED if not isValid(kept)])
    _PUSHED.add(command)


class _Edit(QUndoCommand):
    """One undo step: the documents before and after it. There is no inverse to get wrong."""

    def __init__(
        self, store: Store, text: str, before: Document, after: Document, merge_key: str | None
    ) -> None:
        super().__init__(text)
        self._store_reference = weakref.ref(store)
        self.before = before
        self.after = after
        self._merge_key = merge_key

    def id(self) -> int:
        return -1 if self._merge_key is None else hash(self._merge_key) & 0x3FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge_key != self._merge_key:
            return False
        self.after = other.after
        # Dragged back to where it was: nothing is left to undo.
        self.setObsolete(self.after == self.before)
        return True

    def redo(self) -> None:
        store = self._store_reference()
        if store is not None:
            store._show(self.after)

    def undo(self) -> None:
        store = self._store_reference()
        if store is not None:
            store.end_merge()
            store._show(self.before)


class Store(QObject):
    """Holds the document, its check report, the data's summary, the selection, and undo.

    Args:
        document: the design to begin with; an empty one if not given.
        summarize: finds the summary of a data choice, or raises DataError; None for one that
            takes long, which is then read beside the window.
    """

    changed = Signal(object)  # design.diff.Change
    checked = Signal(object)  # design.check.Report
    selection_changed = Signal(object)  # frozenset[str] of layer ids
    data_read = Signal()  # the summary, or the problem with the data, that was waited for
    replaced = Signal()  # another document was put in (new, open): fit the view, forget runs
    refused = Signal(str)  # a sentence: why an edit was not made
    noted = Signal(str)  # a sentence: something worth knowing

    def __init__(
        self,
        document: Document | None = None,
        *,
        summarize: Callable[[DataChoice], DataSummary | None] = summary_at_once,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._summarize = summarize
        self._document = document if document is not None else Document()
        self._selection: frozenset[str] = frozenset()
        self._merge_generation = 0
        self.undo_stack = QUndoStack(self)
        self.reading = Background(self)
        self.reading.ready.connect(self._on_summary_read)
        self.reading.failed.connect(self._on_reading_failed)
        self._read_summary()
        self._report = check(self._document, self._summary)

    @property
    def document(self) -> Document:
        return self._document

    @property
    def report(self) -> Report:
        """The check of the document as it is now."""
        return self._report

    @property
    def summary(self) -> DataSummary | None:
        """What the chosen data look like; None while they are being read or can't be."""
        return self._summary

    @property
    def data_problem(self) -> str:
        """The sentence that says why the data can't be read; empty if they can."""
        return self._data_problem

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected layers."""
        return self._selection

    @property
    def clean(self) -> bool:
        """Whether the document is as it was last saved, opened or made."""
        return self.undo_stack.isClean()

    def edit(
        self,
        text: str,
        function: Callable[..., Any],
        *arguments: Any,
        merge_key: str | None = None,
    ) -> bool:
        """Make an edit as one undo step; False if it was refused or changed nothing.

        Args:
            text: what the undo menu calls it: "Connect", "Move".
            function: ``function(document, *arguments)`` → Document, or a tuple that begins
                with one. An EditError's sentence goes out through :attr:`refused`.
            merge_key: edits in a row with the same key become one undo step (drags, typing),
                until something else is edited or selected or :meth:`end_merge` is called.
        """
        try:
            result = function(self._document, *arguments)
        except EditError as error:
            self.refused.emit(str(error))
            return False
        after = result[0] if isinstance(result, tuple) else result
        if self._summary is not None:
            after = fit_new_inputs(self._document, after, self._summary)
        if after == self._document:
            return False
        key = None if merge_key is None else f"{merge_key}#{self._merge_generation}"
        command = _Edit(self, text, self._document, after, key)
        _keep(command)
        self.undo_stack.push(command)
        return True

    def end_merge(self) -> None:
        """The next edit starts an undo step of its own even if its merge key is the same."""
        self._merge_generation += 1

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these layers; ids that are not in the document are left out."""
        known = {layer.id for layer in self._document.layers}
        selection = frozenset(ids) & known
        if selection != self._selection:
            self._selection = selection
            self.end_merge()
            self.selection_changed.emit(selection)

    def replace_document(self, document: Document) -> None:
        """Put another document in (new, open). Undo starts afresh, nothing is selected."""
        self.select(())
        self._show(document)
        self.undo_stack.clear()
        self.replaced.emit()

    def mark_clean(self) -> None:
        """The document as it is now has been saved."""
        self.undo_stack.setClean()

    def mark_unsaved(self) -> None:
        """No state of this document is on disk (one recovered after a crash)."""
        self.undo_stack.resetClean()

    def refresh_data(self) -> None:
        """Look at the data again if their file has appeared or changed."""
        stamp = data_stamp(self._document.data)
        if stamp != self._stamp or (self._data_problem and not stamp):
            self._read_summary()
            self._check()
            self.data_read.emit()

    def _show(self, document: Document) -> None:
        before, self._document = self._document, document
        change: Change = diff(before, document)
        if before.data != document.data:
            self._read_summary()
        self._report = check(document, self._summary)
        kept = self._selection & {layer.id for layer in document.layers}
        selection_shrank = kept != self._selection
        self._selection = kept
        self.changed.emit(change)
        if selection_shrank:
            self.selection_changed.emit(kept)
        self.checked.emit(self._report)

    def _read_summary(self) -> None:
        choice = self._document.data
        self._summary: DataSummary | None = None
        self._data_problem = ""
        self._stamp = data_stamp(choice)
        self.reading.forget()
        try:
            self._summary = self._summarize(choice)
        except DataError as error:
            self._data_problem = str(error)
            return
        if self._summary is None:
            self.reading.request(partial(summary, choice))

    def _on_summary_read(self, found: DataSummary) -> None:
        self._summary = found
        self._check()
        self.data_read.emit()

    def _on_reading_failed(self, sentence: str) -> None:
        self._data_problem = sentence
        self._check()
        self.data_read.emit()

    def _check(self) -> None:
        self._report = check(self._document, self._summary)
        self.checked.emit(self._report)
