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
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Call = Callable[..., Any]
Task = tuple[Call, tuple[Any, ...]]


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Phase:
    """Tasks that may run at the same time. What comes after waits for all of them."""

    def __init__(self, tasks: Iterable[Task], rest: Iterator[Sequence[Task]]) -> None:
        self.tasks = deque(tasks)  # taking from a deque needs no lock
        self.rest = rest
        self.unfinished = len(self.tasks)
        self.lock = threading.Lock()
        self.over = threading.Lock()
        self.over.acquire()  # released when the last task is done
        self.next: _Phase | None = None


class Helper:
    """A thread that does some of the tasks between :meth:`start` and :meth:`stop`.

    It belongs to one network. A waiting thread needs some 30 µs to begin, so only large calls
    gain.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._phase: _Phase | None = None
        self._stops = False
        self._error: BaseException | None = None
        self._begin = threading.Lock()  # kept locked; releasing it is the signal
        self._begin.acquire()

    def both(
        self,
        here: Call,
        here_arguments: tuple[Any, ...],
        there: Call,
        there_arguments: tuple[Any, ...],
    ) -> None:
        """Do both calls, at the same time if the helper is at work. They must write to
        different memory."""
        self.run(iter([((here, here_arguments), (there, there_arguments))]))

    def run(self, phases: Iterator[Sequence[Task]]) -> None:
        """Do the tasks of each phase, which must write to different memory, then those of the
        next. Without a helper at work they are done in their order.

        Both threads take the next task that nobody has taken, so that on a busy machine a
        helper without a core is not waited for. The one that ends a phase goes on at once: it
        asks for the next phase, and so runs the code between two ``yield`` of a generator.
        """
        self._phase = phase = _next_phase(phases)
        if self._thread is not None:
            self._wake()
        try:
            self._take_part(phase)
        finally:
            self._phase = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _take_part(self, phase: _Phase | None) -> None:
        while phase is not None:
            try:
                call, arguments = phase.tasks.popleft()
            except IndexError:  # all are taken: wait for the other thread
                with phase.over:
                    pass
                phase = phase.next
                continue
            try:
                call(*arguments)
            except BaseException as error:  # noqa: BLE001  run() raises it again
                self._error = error
            with phase.lock:
                phase.unfinished -= 1
                is_last = phase.unfinished == 0
            if is_last:
                self._end(phase)
                phase = phase.next

    def _end(self, phase: _Phase) -> None:
        try:
            if self._error is None:
                phase.next = _next_phase(phase.rest)
        except BaseException as error:  # noqa: BLE001  run() raises it again
            self._error = error
        phase.over.release()

    def start(self) -> None:
        """Begin to help, if there is a second core."""
        if self._thread is None and available_cores() > 1:
            self._stops = False
            self._thread = threading.Thread(target=self._work, name="nn-designer-helper")
            self._thread.daemon = True  # a run that nobody closes must not keep the program alive
            self._thread.start()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Helping meanwhile, and afterwards as before."""
        begins = self._thread is None
        self.start()
        try:
            yield
        finally:
            if begins:
                self.stop()

    def stop(self) -> None:
        """End the thread; :meth:`run` then does one task after the other."""
        if self._thread is not None:
            self._stops = True
            self._wake()
            self._thread.join()
            self._thread = None

    def _wake(self) -> None:
        # Not locked: it is about to wake up for a run that it slept through.
        if self._begin.locked():
            self._begin.release()

    def _work(self) -> None:
        # A thread has error settings of its own; training looks at the loss, not at warnings.
        with np.errstate(all="ignore"):
            while True:
                self._begin.acquire()
                if self._stops:
                    return
                self._take_part(self._phase)


def _next_phase(phases: Iterator[Sequence[Task]]) -> _Phase | None:
    tasks = next(phases, None)
    return None if tasks is None else _Phase(tasks, phases)


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
