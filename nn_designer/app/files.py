"""New, open, save, recent: the design's way to and from its file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nn_designer.app.save_path import ask_overwrite, final_path
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.data import summary
from nn_designer.design import codec, templates
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.document import Document

FILTER = "Designs (*.nnd *.json);;All files (*)"
SHOWN_PROBLEMS = 4


class Files(QObject):
    """Keeps the path of the open design and asks before anything unsaved is lost.

    The questions are attributes, so that tests and scripts can answer them:
    ``ask_open_path()`` and ``ask_save_path(suggestion)`` give a path or ""; ``ask_unsaved(name)``
    gives "save", "discard" or "cancel", ``ask_overwrite(path)`` whether a file may be replaced.
    ``may_lose_more()`` is asked after ``ask_unsaved``.
    """

    path_changed = Signal(str)  # "" while the design has no file
    opened = Signal()  # another design is shown
    told = Signal(str, str)  # kind for the message bar, sentence

    def __init__(self, store: Store, settings: AppSettings, window: QWidget) -> None:
        super().__init__(window)
        self._store = store
        self._settings = settings
        self._window = window
        self.path = ""
        self.ask_open_path: Callable[[], str] = self._ask_open_path
        self.ask_save_path: Callable[[str], str] = self._ask_save_path
        self.ask_overwrite: Callable[[str], bool] = partial(ask_overwrite, window)
        self.ask_unsaved: Callable[[str], str] = self._ask_unsaved
        self.may_lose_more: Callable[[], bool] = _nothing_else

    @property
    def shown_name(self) -> str:
        """The design's name for titles and questions."""
        return self._store.document.name or (Path(self.path).stem if self.path else "Untitled")

    def new_blank(self) -> bool:
        """An empty design; False if the person kept the old one."""
        if not self.may_discard():
            return False
        # Its loss suits the data that it begins with.
        document, _notes = adapt_to_data(Document(), summary(Document().data))
        self._show(document, "")
        return True

    def new_from_template(self, key: str) -> bool:
        """A fresh design from a template."""
        if not self.may_discard():
            return False
        try:
            document = templates.new(key)
        except KeyError:
            known = ", ".join(template.key for template in templates.TEMPLATES)
            self.told.emit("error", f"There is no template {key!r}; choose one of {known}.")
            return False
        except (codec.CodecError, OSError) as error:
            self.told.emit("error", str(error))
            return False
        self._show(document, "")
        return True

    def open(self, path: str = "") -> bool:
        """Open a design; asks for the path if none is given."""
        if not self.may_discard():
            return False
        path = path or self.ask_open_path()
        if not path:
            return False
        try:
            loaded = codec.load(path)
        except codec.CodecError as error:
            self.told.emit("error", str(error))
            return False
        except OSError as error:
            reason = error.strerror or str(error)
            self.told.emit("error", f"{path} could not be opened: {reason}. The open design stays.")
            return False
        self._settings.remember_folder("design", path)
        self._settings.add_recent(path)
        self._show(loaded.document, path)
        if loaded.problems:
            shown = " ".join(loaded.problems[:SHOWN_PROBLEMS])
            more = len(loaded.problems) - SHOWN_PROBLEMS
            rest = f" And {more} more." if more > 0 else ""
            self.told.emit("warning", f"Opened as far as possible. {shown}{rest}")
        return True

    def save(self) -> bool:
        """Save to the design's file; asks for one if it has none."""
        return self._write(self.path) if self.path else self.save_as()

    def save_as(self) -> bool:
        """Save to another file, which becomes the design's."""
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in self.shown_name).strip()
        folder = Path(self.path).parent if self.path else Path(self._settings.folder("design"))
        chosen = self.ask_save_path(str(folder / f"{name or 'Untitled'}{codec.EXTENSION}"))
        path = final_path(chosen, self.ask_overwrite, codec.EXTENSION, ".json")
        return bool(path) and self._write(path)

    def may_discard(self) -> bool:
        """Whether the open design, and what goes with it, may go: saved, or the person said so."""
        return self._may_lose_changes() and self.may_lose_more()

    def _may_lose_changes(self) -> bool:
        if self._store.clean:
            return True
        answer = self.ask_unsaved(self.shown_name)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def restore(self, document: Document, path: str) -> None:
        """Show a design recovered after a crash: with its old path, but unsaved."""
        self._show(document, path)
        self._store.mark_unsaved()

    def _write(self, path: str) -> bool:
        try:
            codec.save(self._store.document, path)
        except codec.CodecError as error:
            self.told.emit("error", str(error))
            return False
        self._store.mark_clean()
        self._settings.remember_folder("design", path)
        self._settings.add_recent(path)
        self._set_path(path)
        self.told.emit("success", f"Saved to {path}.")
        return True

    def _show(self, document: Document, path: str) -> None:
        self._set_path(path)
        self._store.replace_document(document)
        self.opened.emit()

    def _set_path(self, path: str) -> None:
        self.path = path
        self.path_changed.emit(path)

    def _ask_open_path(self) -> str:
        folder = self._settings.folder("design")
        return QFileDialog.getOpenFileName(self._window, "Open design", folder, FILTER)[0]

    def _ask_save_path(self, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(self._window, "Save design", suggestion, FILTER)[0]

    def _ask_unsaved(self, name: str) -> str:
        box = QMessageBox(self._window)
        box.setObjectName("unsaved_question")
        box.setWindowTitle("Unsaved changes")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Save the changes to “{name}”?")
        box.setInformativeText("If you don't save, they are lost.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        return {buttons.Save: "save", buttons.Discard: "discard"}.get(
            QMessageBox.StandardButton(answer), "cancel"
        )


def _nothing_else() -> bool:
    return True
