"""The worker thread: starts the training process, talks to it, and hands on what it says."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import wait
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QThread, Signal, Slot

from nn_designer.app.snapshots import SnapshotReader
from nn_designer.app.training_host import Host, ProcessHost, ThreadHost
from nn_designer.app.training_messages import (
    Ended,
    Failed,
    Prepared,
    Quit,
    Ready,
    Steer,
    Train,
    Update,
    Watch,
)
from nn_designer.engine.progress import Finished

_log = logging.getLogger(__name__)

# Stop is answered within 100 ms: the server gets this long, then it is ended by force.
STOP_PATIENCE_S = 0.05


_alive: set[TrainingThread] = set()  # a running thread must not be collected


class TrainingThread(QThread):
    """Drives a :class:`Host`. Messages wait in a mailbox; :attr:`delivered` says that there are
    some, and is not emitted again before :meth:`collect` has fetched them, so a busy window gets
    fewer, bigger portions and never a backlog.
    """

    delivered = Signal()

    def __init__(self, *, in_process: bool) -> None:
        super().__init__()
        self.setObjectName("training_thread")
        self._in_process = in_process
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._wake_reader, self._wake_writer = Pipe(duplex=False)
        self._lock = threading.Lock()
        self._mailbox: list[Any] = []
        self._announced = False
        self._host: Host | None = None
        self._reader: SnapshotReader | None = None
        self._run = 0
        self._stop_deadline: float | None = None
        self._held: list[Any] = []  # commands that came after a stop not yet answered
        self._train: Train | None = None  # of the run under way
        self._watch = Watch(False)  # what the next server has to be told as well
        self._closing = False
        self.ready = False
        self.finished.connect(self._on_finished)

    # ------------------------------------------------------------------ from the window's thread

    def begin(self) -> None:
        """Start, if not yet done."""
        if not self.isRunning():
            _alive.add(self)
            self.start()

    def send(self, command: Any) -> None:
        """Pass a command on; returns at once."""
        self._outbox.put(command)
        self._wake_writer.send_bytes(b"!")

    def collect(self) -> list[Any]:
        """Everything that has come since the last time, in order; updates merged."""
        with self._lock:
            messages, self._mailbox = self._mailbox, []
            self._announced = False
        return messages

    def close(self) -> None:
        """End the server and this thread."""
        if self.isRunning():
            self.send(Quit())
            self.wait()
        _alive.discard(self)
        self._wake_reader.close()
        self._wake_writer.close()

    @Slot()
    def end(self) -> None:
        """End without waiting; for a trainer that is deleted without being closed."""
        if self.isRunning():
            self.send(Quit())

    @Slot()
    def _on_finished(self) -> None:
        _alive.discard(self)

    # ------------------------------------------------------------------ on this thread

    def run(self) -> None:
        self._start_host()
        try:
            while not self._closing:
                self._step()
        finally:
            if self._reader is not None:
                self._reader.close()
            if self._host is not None:
                self._host.kill()

    def _step(self) -> None:
        host = self._host
        sources: list[Any] = [self._wake_reader]
        if host is not None:
            sources.append(host.pipe)
            if host.sentinel is not None:
                sources.append(host.sentinel)
        timeout = None
        if self._stop_deadline is not None:
            timeout = max(0.0, self._stop_deadline - monotonic())
        ready = wait(sources, timeout)
        if self._wake_reader in ready:
            self._wake_reader.recv_bytes()
            self._pass_on(self._outbox.get())
        if host is not None and host is self._host:
            if host.pipe in ready:
                self._receive(host)
            elif len(ready) > 0 and ready != [self._wake_reader]:
                self._host_is_gone(host)  # its pipe is empty: everything it said has been read
        if self._stop_deadline is not None and monotonic() >= self._stop_deadline:
            self._stop_by_force()
        if self._held and self._stop_deadline is None:
            held, self._held = self._held, []
            for command in held:
                self._pass_on(command)

    def _start_host(self) -> None:
        self.ready = False
        self._host = self._new_host()
        self._host.pipe.send(self._watch)

    def _new_host(self) -> Host:
        if not self._in_process:
            try:
                return ProcessHost()
            except OSError as error:
                _log.warning("No process for training (%s); it runs in the window's own.", error)
                self._in_process = True
        return ThreadHost()

    def _pass_on(self, command: Any) -> None:
        if isinstance(command, Quit):
            self._closing = True
            return
        if self._stop_deadline is not None:
            self._held.append(command)
            return
        if self._host is None:
            self._start_host()
        assert self._host is not None
        if isinstance(command, Watch):
            self._watch = command
        if isinstance(command, Train):
            self._run = command.run
            self._train = command
        if isinstance(command, Steer) and command.what == "stop" and command.run == self._run:
            self._stop_deadline = monotonic() + STOP_PATIENCE_S
        try:
            self._host.pipe.send(command)
        except OSError:
            self._host_is_gone(self._host)

    def _receive(self, host: Host) -> None:
        try:
            message = host.pipe.recv()
        except (EOFError, OSError):
            self._host_is_gone(host)
            return
        if isinstance(message, Ready):
            self.ready = True
            return
        if isinstance(message, Prepared):
            self._forget_reader()
            self._reader = SnapshotReader(message.n_variables, message.memory_name)
        elif isinstance(message, Update) and message.snapshot and self._reader is not None:
            variables = self._reader.read(message.variables)
            if message.variables is None:
                host.pipe.send(Steer(message.run, "snapshot_taken"))
            message = replace(message, variables=variables)
        elif isinstance(message, (Ended, Failed)) and message.run == self._run:
            self._run_is_over()
        self._deliver(message)

    def _run_is_over(self) -> None:
        self._run = 0
        self._train = None
        self._stop_deadline = None
        self._forget_reader()

    def _forget_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _host_is_gone(self, host: Host) -> None:
        how = host.how_it_ended()
        run, train, never_ready = self._run, self._train, not self.ready
        host.kill()
        self._host = None
        if never_ready and not self._in_process:
            _log.warning("The training process does not start: %s. Training on a thread.", how)
            self._in_process = True
            self._start_host()
            if train is not None:
                self._pass_on(train)
            return
        self._run_is_over()
        if run:
            sentence = (
                f"Training stopped: {how}. The last weights it reported are kept; train again, "
                "with smaller layers or batches if memory was short."
            )
            self._deliver(Failed(run, sentence))
            self._start_host()
        # Without a run under way nobody misses it; the next command starts another.

    def _stop_by_force(self) -> None:
        """The server is in the middle of a long batch, or still reads data: end it."""
        run, host = self._run, self._host
        self._stop_deadline = None
        if host is None or isinstance(host, ThreadHost):
            return  # a thread can't be ended; it stops after its batch
        # The answer first: ending a process that holds much memory takes a while.
        message = "Stopped in the middle of a batch; the weights are those of the last snapshot."
        if self._reader is None:
            message = "Stopped while the data was being read; nothing was trained."
        self._deliver(Ended(run, Finished("stopped", 0, message)))
        self._host = None
        host.kill()
        self._run_is_over()
        self._start_host()

    def _deliver(self, message: Any) -> None:
        with self._lock:
            last = self._mailbox[-1] if self._mailbox else None
            if isinstance(message, Update) and isinstance(last, Update) and last.run == message.run:
                self._mailbox[-1] = merged(last, message)
            else:
                self._mailbox.append(message)
            announce, self._announced = not self._announced, True
        if announce:
            self.delivered.emit()


def merged(first: Update, second: Update) -> Update:
    """Two updates as one."""
    snapshot = second if second.variables is not None else first
    return replace(
        second,
        positions=np.concatenate((first.positions, second.positions)),
        losses=np.concatenate((first.losses, second.losses)),
        accuracies=_joined(first.accuracies, second.accuracies),
        latest=second.latest or first.latest,
        epochs=first.epochs + second.epochs,
        probe=second.probe or first.probe,
        snapshot=first.snapshot or second.snapshot,
        variables=snapshot.variables,
    )


def _joined(
    first: NDArray[np.float64] | None, second: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    given = [part for part in (first, second) if part is not None]
    return np.concatenate(given) if given else None
