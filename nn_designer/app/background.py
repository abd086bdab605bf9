"""Slow reading (large tables, pictures) beside the window, which never waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from nn_designer.data import DataError

log = logging.getLogger(__name__)


class _Signals(QObject):
    done = Signal(int, object, str)


class _Job(QRunnable):
    def __init__(self, number: int, function: Callable[[], Any], signals: _Signals) -> None:
        super().__init__()
        self._number = number
        self._function = function
        self._signals = signals

    def run(self) -> None:
        try:
            self._signals.done.emit(self._number, self._function(), "")
        except DataError as error:
            self._signals.done.emit(self._number, None, str(error))
        except MemoryError:
            sentence = "There is not enough memory to read the data. Close other programs."
            self._signals.done.emit(self._number, None, sentence)
        except Exception as error:
            log.exception("reading beside the window failed")
            sentence = f"The data could not be read: {type(error).__name__}: {error}"
            self._signals.done.emit(self._number, None, sentence)


_abandoned: list[QThreadPool] = []  # still at work for somebody who is gone


def wait_for_abandoned() -> None:
    """Block until nothing is read any more for those who are gone (the program ends)."""
    while _abandoned:
        _abandoned.pop().waitForDone()


class Background(QObject):
    """Runs one function at a time on a thread; only the newest request's result arrives.

    ``ready(result)`` or ``failed(sentence)`` is emitted in the window's thread.
    """

    ready = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._waiting = 0
        self._signals = _Signals()  # no child: a job under way may outlive this object
        self._signals.done.connect(self._on_done, Qt.ConnectionType.QueuedConnection)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(1000)

    @property
    def busy(self) -> bool:
        """Whether the newest request is still under way."""
        return self._waiting > 0

    def request(self, function: Callable[[], Any]) -> None:
        """Run ``function`` beside the window, dropping requests that have not begun."""
        self._pool.clear()
        self._newest += 1
        self._waiting = self._newest
        self._pool.start(_Job(self._newest, function, self._signals))

    def forget(self) -> None:
        """Let no result of earlier requests arrive."""
        self._pool.clear()
        self._newest += 1
        self._waiting = 0

    def wait(self) -> None:
        """Block until the thread is idle."""
        self.forget()
        self._pool.waitForDone()

    def abandon(self) -> None:
        """Let no result arrive and be of no more use, without waiting: what is being read is
        read to its end by itself."""
        self.forget()
        _abandoned[:] = [pool for pool in _abandoned if pool.activeThreadCount()]
        if self._pool.activeThreadCount():
            self._pool.setParent(None)
            _abandoned.append(self._pool)

    def _on_done(self, number: int, result: object, sentence: str) -> None:
        if number != self._newest or not self._waiting:
            return
        self._waiting = 0
        if sentence:
            self.failed.emit(sentence)
        else:
            self.ready.emit(result)
