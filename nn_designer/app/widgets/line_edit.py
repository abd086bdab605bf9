"""Text editors that leave Undo and Redo to the window once they have nothing to undo.

Qt's editors take the keys of Undo in any case, so that a person who has just typed a number and
pressed Enter could not undo the edit before it without leaving the field.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


class LineEdit(QLineEdit):
    """A line of text."""

    def event(self, event: QEvent) -> bool:
        if _is_for_window(event, self.isUndoAvailable(), self.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


class NotesEdit(QPlainTextEdit):
    """Several lines of text."""

    def event(self, event: QEvent) -> bool:
        text = self.document()
        if _is_for_window(event, text.isUndoAvailable(), text.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


def _is_for_window(event: QEvent, can_undo: bool, can_redo: bool) -> bool:
    """Whether a key asks for an Undo or Redo that the editor has not got."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    return (event.matches(keys.Undo) and not can_undo) or (
        event.matches(keys.Redo) and not can_redo
    )
