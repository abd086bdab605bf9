"""A second thread for large array calls.

NumPy lets go of Python's lock inside a call, so two large calls run side by side on two threads.
That replaces the threads of BLAS itself while training: those wait for each other in busy
loops, and when another program (or our own window) needs a core, a step may take ten times as
long; and their results depend on how many cores there are. Here the split depends on sizes
only: the same seed gives the same bits on one core or two, helped or not.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Call = Callable[..., Any]


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Helper:
    """A thread that does half of the work between :meth:`start` and :meth:`stop`.

    It belongs to one network. Handing over costs some 20 µs, so only large calls gain.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._task: tuple[Call, tuple[Any, ...]] | None = None
        self._error: BaseException | None = None
        # Both are kept locked; releasing one is the signal.
        self._begin = threading.Lock()
        self._done = threading.Lock()
        self._begin.acquire()
        self._done.acquire()

    def both(
        self,
        here: Call,
        here_arguments: tuple[Any, ...],
        there: Call,
        there_arguments: tuple[Any, ...],
    ) -> None:
        """Do both calls, at the same time if the helper is at work. They must write to
        different memory."""
        if self._thread is None:
            here(*here_arguments)
            there(*there_arguments)
            return
        self._task = (there, there_arguments)
        self._begin.release()
        try:
            here(*here_arguments)
        finally:
            # On a busy machine the helper may not have got a core yet: take the task back.
            taken_back = self._begin.acquire(blocking=False)
            if not taken_back:
                self._done.acquire()
        if taken_back:
            there(*there_arguments)
        elif self._error is not None:
            error, self._error = self._error, None
            raise error

    def start(self) -> None:
        """Begin to help, if there is a second core."""
        if self._thread is None and available_cores() > 1:
            self._thread = threading.Thread(target=self._work, name="nn-designer-helper")
            self._thread.daemon = True  # a run that nobody closes must not keep the program alive
            self._thread.start()

    def stop(self) -> None:
        """End the thread; :meth:`both` then does one call after the other."""
        if self._thread is not None:
            self._task = None
            self._begin.release()
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        # A thread has error settings of its own; training looks at the loss, not at warnings.
        with np.errstate(all="ignore"):
            while True:
                self._begin.acquire()
                if self._task is None:
                    return
                call, arguments = self._task
                try:
                    call(*arguments)
                except BaseException as error:  # noqa: BLE001  both() raises it again
                    self._error = error
                self._done.release()


_users_of_one_thread = 0
_threads_before = 1
_lock = threading.Lock()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """BLAS uses one thread in this process while any such context is open."""
    global _users_of_one_thread, _threads_before
    control = blas_control()
    if control is None:
        yield
        return
    get_threads, set_threads = control
    with _lock:
        if _users_of_one_thread == 0:
            _threads_before = get_threads()
            set_threads(1)
        _users_of_one_thread += 1
    try:
        yield
    finally:
        with _lock:
            _users_of_one_thread -= 1
            if _users_of_one_thread == 0:
                set_threads(_threads_before)


@cache
def blas_control() -> tuple[Callable[[], int], Callable[[int], Any]] | None:
    """Functions that get and set how many threads NumPy's BLAS uses; None if it has none.

    NumPy's wheels for Linux and Windows, and some for macOS, bring OpenBLAS. Others (Accelerate,
    MKL) share out their work well by themselves.
    """
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs", package / ".libs"):
        for path in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(path))
            for prefix in ("scipy_openblas", "openblas"):
                for suffix in ("64_", ""):
                    get = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
                    set_ = getattr(library, f"{prefix}_set_num_threads{suffix}", None)
                    if get is not None and set_ is not None:
                        return get, set_
    return None
