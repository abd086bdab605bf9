"""Uncaught errors of all threads: into the log, and one sentence to the message bar."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

log = logging.getLogger("nn_designer")


class ErrorHook(QObject):
    """While installed, no error goes unseen and none ends the app.

    ``caught`` carries a sentence, in the window's thread whichever thread failed. The same
    error in a row (a failing paint) is told once.
    """

    caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log_path: Path | None = None
        self._last = ""
        self._handler: logging.Handler | None = None
        self._installed = False

    def install(self, log_folder: Path | None = None) -> None:
        """Catch from now on; write the log into ``log_folder`` if it can be written."""
        self._installed = True
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        self._qt_handler = qInstallMessageHandler(_on_qt_message)
        if log_folder is None:
            return
        try:
            self._handler = logging.handlers.RotatingFileHandler(
                log_folder / "nn-designer.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8"
            )
        except OSError as error:
            log.warning("no log file: %s", error)
            return
        self.log_path = log_folder / "nn-designer.log"
        self._handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        )
        log.addHandler(self._handler)
        log.setLevel(logging.INFO)

    def uninstall(self) -> None:
        """Put everything back as it was."""
        if not self._installed:
            return
        self._installed = False
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        qInstallMessageHandler(self._qt_handler)
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            from PySide6.QtWidgets import QApplication

            QApplication.quit()
            return
        self._report(error, trace)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
            self._report(arguments.exc_value, arguments.exc_traceback)

    def _on_unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        log.error("in %r: %r", arguments.object, arguments.exc_value)

    def _report(self, error: BaseException, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(type(error), error, trace))
        if text == self._last:
            return
        self._last = text
        log.error("uncaught error\n%s", text)
        if sys.stderr is not None:  # a windowed program on Windows has none
            sys.stderr.write(text)
        where = f" The details are in {self.log_path}." if self.log_path is not None else ""
        self.caught.emit(
            f"Something went wrong inside NN Designer ({type(error).__name__}: "
            f"{_short(str(error))}). Your design is still here; save it to be safe.{where}"
        )


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else "no message"
    return first if len(first) <= 160 else first[:157] + "..."


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Messages of Qt go to the log; what is worse than a hint also to the terminal."""
    level = _LEVELS.get(kind, logging.WARNING)
    log.log(level, "Qt: %s", message)
    if level >= logging.WARNING and sys.stderr is not None:
        sys.stderr.write(f"Qt: {message}\n")
