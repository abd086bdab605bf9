"""The training process: reads data, compiles the design, trains and answers. Never imports Qt.

The window starts :func:`main` in a child process (``multiprocessing``, spawned) and keeps it
warm; the same server runs on a thread where processes can't be started, and in tests.
"""

from __future__ import annotations

import signal
import traceback
from typing import Any, Protocol

from nn_designer.app.training_messages import (
    Failed,
    Look,
    Quit,
    Ready,
    Steer,
    Train,
    Watch,
)
from nn_designer.app.training_run import Run, glimpse
from nn_designer.app.training_scenes import Prober, look_at
from nn_designer.data import DataError, load
from nn_designer.data import prepare as prepare_data
from nn_designer.design.compile import DesignError, compile_design, training_settings
from nn_designer.design.document import Document
from nn_designer.design.wiring import arranged
from nn_designer.engine.network import NetworkError, WeightError
from nn_designer.engine.training import TrainingError


class Pipe(Protocol):
    """What is needed of ``multiprocessing.connection.Connection``."""

    def send(self, message: Any) -> None: ...
    def recv(self) -> Any: ...
    def poll(self, timeout: float = 0.0) -> bool: ...


_REFUSALS = (DataError, DesignError, NetworkError, WeightError, TrainingError)


class WindowGone(Exception):
    """The other end of the pipe is closed or wants us to end."""


class Link:
    """The server's end of the pipe. Remembers what views want to see."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._put_back: list[Any] = []
        self.watched = False

    def send(self, message: Any) -> None:
        try:
            self._pipe.send(message)
        except OSError as error:
            raise WindowGone from error

    def next_command(self, timeout: float | None = 0.0) -> Any | None:
        """The next command for a run, or None; ``timeout`` None waits for one."""
        while True:
            if self._put_back:
                return self._put_back.pop()
            try:
                if timeout is not None and not self._pipe.poll(timeout):
                    return None
                command = self._pipe.recv()
            except (OSError, EOFError) as error:
                raise WindowGone from error
            if isinstance(command, Quit):
                raise WindowGone
            if not isinstance(command, Watch):
                return command
            self.watched = command.wanted

    def put_back(self, command: Any) -> None:
        """Let the next :meth:`next_command` give this one."""
        self._put_back.append(command)


class Server:
    """Does one command after the other until the window goes."""

    def __init__(self, pipe: Pipe) -> None:
        self._link = Link(pipe)
        self._prepared: tuple[Any, Any, Any] | None = None  # dataset, (split, seed), prepared

    def serve(self) -> None:
        try:
            self._link.send(Ready())
            while True:
                command = self._link.next_command(timeout=None)
                if isinstance(command, (Look, Train)):
                    self._do(command)
                elif not isinstance(command, Steer):  # steering comes late when a run has ended
                    raise TypeError(f"not a command: {command!r}")
        except WindowGone:
            return

    def _do(self, command: Look | Train) -> None:
        try:
            if isinstance(command, Look):
                self._look(command)
            else:
                self._train(command)
        except _REFUSALS as error:
            self._link.send(Failed(command.run, str(error)))
        except MemoryError:
            sentence = (
                "There is not enough memory for this training. Make layers or the batch size "
                "smaller, or close other programs."
            )
            self._link.send(Failed(command.run, sentence))
        except WindowGone:
            raise
        except Exception as error:  # noqa: BLE001 - the last net: the person gets a sentence
            sentence = (
                f"Training stopped because of an error in NN Designer ({type(error).__name__}: "
                f"{error}). The design is not touched; please report this."
            )
            self._link.send(Failed(command.run, sentence, traceback.format_exc()))

    def data_of(self, document: Document) -> tuple[Any, Any]:
        """The dataset and its split, scaled parts; both kept from one run to the next."""
        settings = training_settings(document)
        dataset = arranged(document, load(document.data))
        split = (settings.validation_split, settings.seed)
        if self._prepared is None or self._prepared[:2] != (dataset, split):
            self._prepared = None  # the old one's memory goes before the new one comes
            prepared = prepare_data(dataset, settings.validation_split, settings.seed)
            self._prepared = (dataset, split, prepared)
        return dataset, self._prepared[2]

    def _look(self, command: Look) -> None:
        dataset, prepared = self.data_of(command.document)
        scene = look_at(dataset, prepared, command.run)
        self._link.send(scene)
        network = compile_design(command.document, summary=dataset.summary())
        if command.weights is not None:
            network.set_weights(command.weights)
        prober = Prober(network, dataset, prepared, scene, command.document)
        # Before training, only a surface or a curve says something; a loaded network's answers
        # are worth waiting for.
        if command.weights is not None or (prober.is_cheap and scene.drawn):
            self._link.send(glimpse(command.run, prober.answer(0.0, None)))

    def _train(self, command: Train) -> None:
        dataset, prepared = self.data_of(command.document)
        run = Run(command, dataset, prepared, self._link)
        try:
            run.go()
        finally:
            run.close()


def main(pipe: Pipe) -> None:
    """The child process. Ends when the window does, however it ends: the pipe closes then."""
    # Ctrl-C in a terminal reaches every process of it; the window decides for this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Server(pipe).serve()
