"""Where the training server runs: a child process, or a thread where that can't be had. No Qt."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Protocol

from nn_designer.app import training_process

_SPAWN = multiprocessing.get_context("spawn")


class Host(Protocol):
    """A running server: ``pipe`` leads to it, ``sentinel`` becomes ready when it has ended."""

    pipe: Connection

    @property
    def sentinel(self) -> int | None: ...
    def kill(self) -> None:
        """End it now, whatever it does; returns when it is gone."""

    def how_it_ended(self) -> str:
        """Why a server that is gone went, as the end of a sentence."""


class ProcessHost:
    """The server in a child process, spawned, never forked: a fork would copy Qt's threads."""

    def __init__(self) -> None:
        self.pipe, childs_end = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=training_process.main,
            args=(childs_end,),
            name="nn-designer-training",
            daemon=True,
        )
        with _without_main_module():
            self._process.start()
        # Only the child may hold its end, so that the pipe closes when the child dies.
        childs_end.close()

    @property
    def sentinel(self) -> int | None:
        return self._process.sentinel

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()

    def how_it_ended(self) -> str:
        self._process.join(timeout=1.0)
        code = self._process.exitcode
        if code == -9:
            return "the system ended its process, most likely for lack of memory"
        return f"its process ended unexpectedly, exit status {code}"


class ThreadHost:
    """The server on a thread of this process: slower beside a busy window, and a run in the
    middle of a batch can't be cut short."""

    def __init__(self) -> None:
        self.pipe, servers_end = _SPAWN.Pipe()
        self._thread = threading.Thread(
            target=self._serve, args=(servers_end,), name="nn-designer-training", daemon=True
        )
        self._thread.start()

    @staticmethod
    def _serve(pipe: Connection) -> None:
        try:
            training_process.Server(pipe).serve()
        finally:
            pipe.close()

    @property
    def sentinel(self) -> int | None:
        return None

    def kill(self) -> None:
        self.pipe.close()
        self._thread.join(timeout=5.0)

    def how_it_ended(self) -> str:
        return "its thread ended unexpectedly"


@contextmanager
def _without_main_module() -> Iterator[None]:
    """While a child starts, hide the program's main module from multiprocessing.

    It would run that file again in the child, to find functions defined there; ours are in a
    module of their own, and the file of the ``nn-designer`` command imports the whole window.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
