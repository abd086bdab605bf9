"""Training as the window sees it: start, pause, step, stop, and signals on what happens."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from nn_designer.app.snapshots import weights_at
from nn_designer.app.training_messages import (
    Ended,
    Failed,
    Look,
    Prepared,
    Probe,
    Scene,
    Steer,
    Train,
    Update,
    Watch,
)
from nn_designer.app.training_thread import TrainingThread
from nn_designer.design.diff import diff
from nn_designer.design.document import Document
from nn_designer.engine.progress import EpochProgress, Started
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.history import epoch_record
from nn_designer.interchange.model import LoadedWeights, TrainedModel

MOST_SENT_BYTES = 16 * 2**20
"""Weights up to this size are sent back to be asked once more."""

_log = logging.getLogger(__name__)


class Trainer(QObject):
    """Trains documents in a warm child process; lives in the window's thread.

    ``state`` is "idle", "starting" (data are read), "running" or "paused". All signals arrive
    in the window's thread. ``start`` always begins a new run: from the document's seed, so the
    same seed gives the same curve, or from the weights given.
    """

    state_changed = Signal(str)
    started = Signal(object)  # engine.progress.Started
    progressed = Signal(object)  # training_messages.Update, at most 30 a second
    epoch_finished = Signal(object)  # the latest EpochProgress; all of them are in Update.epochs
    finished = Signal(object)  # engine.progress.Finished; the state is idle again
    failed = Signal(str)  # a sentence; the state is idle again, the last snapshot remains
    scene_changed = Signal(object)  # Scene: the data as a view shows them; None if unreadable
    probed = Signal(object)  # Probe: what the network answers now
    forgetting = Signal()  # weights and history are about to go: a reset, or another run
    cleared = Signal()  # weights and history were reset
    seed_chosen = Signal(int)  # "New seed" picked this one, to be written into the document

    def __init__(self, parent: QObject | None = None, *, in_process: bool = False) -> None:
        """``in_process``: run the server on a thread here instead of in a child process."""
        super().__init__(parent)
        self.state = "idle"
        self.scene: Scene | None = None
        self.probe: Probe | None = None
        self._runs = 0  # counts commands that began something
        self._run = 0  # the run whose messages are heard; 0: none
        self._look = 0
        self._steers = 0  # counts what was asked of the run under way
        self._watched = False
        self._wanted_look: Document | None = None
        self._loaded: TrainedModel | None = None
        self._forget()
        self._thread: TrainingThread | None = TrainingThread(in_process=in_process)
        self._thread.delivered.connect(self._on_delivered)
        self.destroyed.connect(self._thread.end)

    def _forget(self) -> None:
        self.document: Document | None = None  # what was or is trained
        self.run_info: Started | None = None
        self.history: list[EpochProgress] = []
        self._prepared: Prepared | None = None
        self._variables: NDArray[Any] | None = None
        self._ended_unseen = False  # nobody was shown what the network answers at the run's end
        self._model: TrainedModel | None = None
        self._elapsed_s = 0.0
        self._running_since: float | None = None

    # ------------------------------------------------------------------ what there is

    @property
    def trained(self) -> TrainedModel | None:
        """The last snapshot as a model to export; None before the first run and after a reset.

        While a run goes on it is at most about a second old; at its end and in a pause it is
        the network as it is.
        """
        prepared, variables, document = self._prepared, self._variables, self.document
        if prepared is None or variables is None or document is None:
            return self._loaded
        if self._model is None:
            self._model = TrainedModel(
                document=document,
                weights=weights_at(prepared.places, variables),
                preprocessing=prepared.preprocessing,
                class_names=prepared.class_names,
                target_names=prepared.target_names,
                task=prepared.task,
                history=tuple(epoch_record(epoch, prepared.task) for epoch in self.history),
            )
        return self._model

    @property
    def has_weights(self) -> bool:
        """Whether :attr:`trained` is something; costs nothing, unlike making it."""
        return self._variables is not None or self._loaded is not None

    @property
    def task(self) -> str:
        """ "classes" or "number": what the run under way, or the last one, learns."""
        return self._prepared.task if self._prepared is not None else "classes"

    @property
    def closed(self) -> bool:
        return self._thread is None

    @property
    def elapsed_s(self) -> float:
        """How long the run has trained, without pauses."""
        since = self._running_since
        return self._elapsed_s + (monotonic() - since if since is not None else 0.0)

    # ------------------------------------------------------------------ commands

    def warm_up(self) -> None:
        """Start the child process now, so that the first Train is instant."""
        if self._thread is not None:
            self._thread.begin()

    def look(self, document: Document) -> None:
        """Have the data of ``document`` read and shown, with what the design answers before
        training: :attr:`scene_changed` and :attr:`probed` follow. While a run is under way this
        waits for its end; what a run on the same data answered stays."""
        self._wanted_look = document
        if self.state == "idle":
            self._look_now()

    def watch(self, wanted: bool) -> None:
        """Whether anybody looks at probes; they cost a little of the training's time."""
        self._watched = wanted
        self._send(Watch(wanted))

    def start(
        self,
        document: Document,
        *,
        weights: Mapping[str, Mapping[str, NDArray[Any]]] | None = None,
        paused: bool = False,
    ) -> None:
        """Begin a run of ``document``, ending the one under way. ``paused``: wait before the
        first batch. The document is frozen: it can be edited meanwhile."""
        self._start(document, weights, "now" if paused else "")

    def pause(self) -> None:
        """Ask for no further batch; what was trained so far stays."""
        if self.state in ("starting", "running"):
            self._steer("pause")
            self._set_state("paused")

    def resume(self) -> None:
        """Go on after a pause."""
        if self.state == "paused":
            self._steer("resume")
            self._set_state("running" if self._prepared is not None else "starting")

    def step_batch(self, document: Document | None = None) -> None:
        """One batch, then paused. From idle, begins a run of ``document``."""
        self._step("batch", document)

    def step_epoch(self, document: Document | None = None) -> None:
        """To the end of the epoch, then paused. From idle, begins a run of ``document``."""
        self._step("epoch", document)

    def stop(self) -> None:
        """End the run; :attr:`finished` follows within 100 ms. The last weights remain."""
        if self.state != "idle":
            self._steer("stop")

    def reset_weights(self, new_seed: bool = False) -> None:
        """Forget weights and curves, ending a run under way. With ``new_seed``,
        :attr:`seed_chosen` says with which seed the next run should begin."""
        self.forgetting.emit()
        if self.state != "idle":
            self._steer("stop")
        self._run = 0
        self._forget()
        self.probe = None
        self._loaded = None
        self._set_state("idle")
        self.cleared.emit()
        if new_seed:
            self.seed_chosen.emit(secrets.randbelow(100_000))

    def load_weights(self, document: Document, loaded: LoadedWeights) -> None:
        """Take weights from a file as what is trained; runs begin from them until the weights
        are reset or the network is another one.

        Raises:
            InterchangeError: they do not fit the design.
        """
        weights = fit_weights(document, loaded)
        self.reset_weights()
        self._loaded = TrainedModel(
            document=document,
            weights=weights,
            preprocessing=loaded.preprocessing,
            class_names=loaded.class_names,
            target_names=loaded.target_names,
            task=loaded.task or "classes",
        )
        self.look(document)

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate of the run under way; nothing happens without one."""
        if self.state != "idle":
            self._steer("learning_rate", learning_rate)

    def close(self) -> None:
        """End child process and thread; the trainer can't be used after this."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._run = 0
            thread.close()
            self.state = "idle"

    # ------------------------------------------------------------------ inside

    def _send(self, command: Any) -> None:
        if self._thread is not None:
            self.warm_up()
            self._thread.send(command)

    def _steer(self, what: str, value: float = 0.0) -> None:
        if what != "learning_rate":
            self._steers += 1
        self._send(Steer(self._run, what, value, self._steers))

    def _start(self, document: Document, weights: Any, hold: str) -> None:
        self.forgetting.emit()
        if self.state != "idle":
            self._steer("stop")
        self._forget()
        self.probe = None
        self.document = document
        if weights is None:
            weights = self._loaded_for(document)
        self._runs += 1
        self._run = self._runs
        self._steers = 0
        self._set_state("starting")
        self._send(Train(self._run, document, weights, hold))

    def _step(self, what: str, document: Document | None) -> None:
        if self.state == "idle":
            if document is None:
                raise ValueError("a step from idle needs the document to train")
            self._start(document, None, what)
            return
        if self.state == "paused":
            self._set_state("running")
        self._steer(what)

    def _look_now(self) -> None:
        document, self._wanted_look = self._wanted_look, None
        if document is not None and not self._answered(document):
            self._runs += 1
            self._look = self._runs
            self._send(Look(self._look, document, self._weights_for(document)))

    def _answered(self, document: Document) -> bool:
        """Whether a run has shown these data: what it answered stays in sight."""
        trained = self.document
        if trained is None or self._variables is None:
            return False
        seen = self.scene is not None and self.scene.run == self._run
        # Sending a large network's weights back would hold the window up.
        unseen = self._ended_unseen and self._variables.nbytes <= MOST_SENT_BYTES
        return seen and not unseen and not diff(trained, document).data_changed

    def _weights_for(self, document: Document) -> Any:
        """What is trained, if it is this network on these data: data that were changed and
        changed back show the trained network's answers again."""
        model = self.trained
        if model is None:
            return None
        change = diff(model.document, document)
        return None if change.structure_changed or change.data_changed else model.weights

    def _loaded_for(self, document: Document) -> Any:
        """The loaded weights, if the network is still the one they were loaded for."""
        model = self._loaded
        if model is None or diff(model.document, document).structure_changed:
            return None
        return model.weights

    def _set_state(self, state: str) -> None:
        if state == self.state:
            return
        self.state = state
        if state == "running":
            self._running_since = monotonic()
        else:
            self._elapsed_s = self.elapsed_s
            self._running_since = None
        self.state_changed.emit(state)
        if state == "idle":
            self._look_now()

    def _on_delivered(self) -> None:
        thread = self._thread
        if thread is None:
            return
        for message in thread.collect():
            if message.run == self._run:
                self._take(message)
            elif message.run == self._look:
                self._take_look(message)

    def _take_look(self, message: Any) -> None:
        """What came of a look; a run that has begun meanwhile has its own scene."""
        if self.state != "idle":
            return
        if isinstance(message, Update):
            self._set_probe(message.probe)
            return
        # Why data or design can't be used is said where they are made, not here. A scene that
        # came before stays: the data can be read even if the design is not ready yet.
        if isinstance(message, Scene):
            self.scene = message
            self.probe = None
            self.scene_changed.emit(message)
        elif self.scene is None or self.scene.run != self._look:
            self.scene = None
            self.scene_changed.emit(None)

    def _take(self, message: Any) -> None:
        if isinstance(message, Scene):
            self.scene = message
            self.probe = None
            self.scene_changed.emit(message)
        elif isinstance(message, Prepared):
            self._prepared = message
            self.run_info = message.started
            if self.state == "starting":
                self._set_state("running")
            self.started.emit(message.started)
        elif isinstance(message, Update):
            self._take_update(message)
        elif isinstance(message, Ended):
            # While somebody watches, a last probe follows.
            self._ended_unseen = self.probe is None or not self._watched
            self._set_state("idle")
            self.finished.emit(message.finished)
        elif isinstance(message, Failed):
            if message.traceback:
                _log.error("%s", message.traceback)
            self._set_state("idle")
            self.failed.emit(message.sentence)

    def _set_probe(self, probe: Probe | None) -> None:
        self.probe = probe
        if probe is not None:
            self.probed.emit(probe)

    def _take_update(self, update: Update) -> None:
        if update.variables is not None:
            self._variables = np.asarray(update.variables)
            self._model = None
        if update.probe is not None:
            self._ended_unseen = False
            self._set_probe(update.probe)
        self.history.extend(update.epochs)
        # Paused, and not asked for anything else since.
        if update.paused_after == self._steers and self.state == "running":
            self._set_state("paused")
        self.progressed.emit(update)
        if update.epochs:
            self.epoch_finished.emit(update.epochs[-1])
