"""A copy of unsaved work beside the app, offered after a crash and only then."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer

from nn_designer.app.files import Files
from nn_designer.app.message_bar import MessageBar
from nn_designer.app.settings import app_data_folder
from nn_designer.app.store import Store
from nn_designer.design import codec
from nn_designer.design.document import Document

log = logging.getLogger(__name__)

QUIET_MS = 3_000
"""How long after the last edit the copy is written."""


class Recovery(QObject):
    """Writes the copy a few seconds after an edit; takes it away once the design is saved.

    A lock file tells a running window's copy from one that a crash left behind. The person's
    own file is never touched.
    """

    def __init__(self, store: Store, files: Files, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._files = files
        self._lock: QLockFile | None = None
        self._copy: Path | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        self._timer.timeout.connect(self.write)
        store.undo_stack.indexChanged.connect(self._on_edited)
        store.undo_stack.cleanChanged.connect(self._on_edited)

    def write(self) -> None:
        """Write the copy now, if there is anything unsaved."""
        self._timer.stop()
        if self._store.clean:
            self._remove()
            return
        try:
            if self._copy is None:
                self._begin()
            if self._copy is not None:
                codec.save(self._store.document, self._copy)
                origin = json.dumps({"path": self._files.path})
                self._copy.with_suffix(".json").write_text(origin, encoding="utf-8")
        except (OSError, codec.CodecError) as error:
            # Not worth a message every few seconds: saving itself will say what is wrong.
            log.warning("no recovery copy: %s", error)

    def finish(self) -> None:
        """The window closes in good order: nothing is to be recovered."""
        self._timer.stop()
        self._remove()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _on_edited(self, _value: object = None) -> None:
        if self._store.clean:
            self._timer.stop()
            self._remove()
        else:
            self._timer.start()

    def _begin(self) -> None:
        folder = recovery_folder()
        name = f"design-{os.getpid()}-{id(self)}"
        lock = QLockFile(str(folder / f"{name}.lock"))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            self._lock = lock
            self._copy = folder / f"{name}.nnd"

    def _remove(self) -> None:
        if self._copy is not None:
            discard(self._copy, keep_lock=True)


def recovery_folder() -> Path:
    """Raises OSError if it can't be made."""
    folder = app_data_folder() / "recovery"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def left_behind() -> list[Path]:
    """Copies whose window is gone without having closed in good order, the newest first."""
    try:
        copies = sorted(
            recovery_folder().glob("design-*.nnd"), key=lambda path: -path.stat().st_mtime
        )
    except OSError:
        return []
    result = []
    for copy in copies:
        lock = QLockFile(str(copy.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):  # its window holds it no more
            lock.unlock()
            result.append(copy)
    return result


def read_copy(copy: Path) -> tuple[Document, str]:
    """The design of a copy and the path it belongs to ("" if it had none).

    Raises:
        CodecError, OSError: it can't be read.
    """
    path = ""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        path = str(json.loads(copy.with_suffix(".json").read_text("utf-8")).get("path") or "")
    return codec.load(copy).document, path


def discard(copy: Path, *, keep_lock: bool = False) -> None:
    """Take a copy away."""
    names = [copy, copy.with_suffix(".json")]
    if not keep_lock:
        names.append(copy.with_suffix(".lock"))
    for name in names:
        with suppress(OSError):
            name.unlink(missing_ok=True)


def offer_left_behind(files: Files, message_bar: MessageBar) -> bool:
    """Offer the newest copy a crash left, through the message bar. Returns whether there is one.

    A copy that can't be read is taken away; one that is not restored is offered again next time.
    """
    for copy in left_behind():
        try:
            document, path = read_copy(copy)
        except (codec.CodecError, OSError) as error:
            log.warning("recovery copy %s: %s", copy, error)
            discard(copy)
            continue

        def restore(copy: Path = copy, document: Document = document, path: str = path) -> None:
            if files.may_discard():
                files.restore(document, path)
                discard(copy)

        name = document.name or (Path(path).stem if path else "")
        design = f"“{name}”" if name else "a design without a name"
        message_bar.show_message(
            "warning",
            f"NN Designer ended unexpectedly last time, and {design} had unsaved changes.",
            "Restore",
            restore,
            "Discard",
            partial(discard, copy),
        )
        return True
    return False
