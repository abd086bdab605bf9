"""One run in the training process: drives the engine's generator and reports. No Qt."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nn_designer.app.snapshots import SnapshotWriter, places_of
from nn_designer.app.training_messages import Ended, Prepared, Probe, Steer, Train, Update
from nn_designer.app.training_scenes import Prober, look_at
from nn_designer.design.compile import compile_design, optimizer_settings, training_settings
from nn_designer.design.wiring import training_data
from nn_designer.engine.progress import BatchProgress, EpochProgress, Finished, Started
from nn_designer.engine.training import Control, train

if TYPE_CHECKING:
    from nn_designer.app.training_process import Link

UPDATE_PERIOD_S = 1 / 24
PROBE_PERIOD_S = 1 / 10
PROBE_SHARE = 0.02  # of the time, at most
SNAPSHOT_PERIOD_S = 0.25
SNAPSHOT_SHARE = 0.01
# A look into the pipe costs about 15 us, and a tiny network's batch as much: look less often.
_OBEY_PERIOD_S = 0.003


class Sometimes:
    """Something that is due now and then, and that never takes more than a share of the time."""

    def __init__(self, period_s: float, share: float) -> None:
        self._period_s = period_s
        self._share = share
        self._next = 0.0
        self.cost_s = 0.0

    def is_due(self, now: float) -> bool:
        return now >= self._next

    def was_done(self, began: float, ended: float) -> None:
        self.cost_s = ended - began
        self._next = ended + max(self._period_s, self.cost_s / self._share)


class Run:
    """Trains ``command.document`` on ``prepared`` and obeys what comes over ``link``."""

    def __init__(self, command: Train, dataset: Any, prepared: Any, link: Link) -> None:
        self._run = command.run
        self._link = link
        document = command.document
        self._settings = training_settings(document)
        self._network = compile_design(document, summary=dataset.summary())
        if command.weights is not None:
            self._network.set_weights(command.weights)
        self._data = training_data(document, prepared)
        self._prepared = prepared
        self._control = Control(learning_rate=self._settings.learning_rate)
        self._optimizer_settings = optimizer_settings(document)
        self._snapshots = SnapshotWriter(self._network.variables)
        self._scene = look_at(dataset, prepared, command.run)
        self._prober = Prober(self._network, dataset, prepared, self._scene, document)
        # "" runs; "batch" and "epoch" run so far and then wait; "now" waits.
        self._hold = command.hold
        self._serial = 0  # of the last thing asked
        self._stopping = False
        self._steps_per_epoch = 1
        self._position = 0.0
        self._best_epoch = 0
        self._right = (0, 0.0)  # batches done in the epoch, times the share of right answers
        self._validation_outputs: NDArray[Any] | None = None
        self._probe_due = Sometimes(PROBE_PERIOD_S, PROBE_SHARE)
        self._probed_at = 0.0
        self._snapshot_due = Sometimes(SNAPSHOT_PERIOD_S, SNAPSHOT_SHARE)
        self._sent_at = 0.0
        self._clear()

    def _clear(self) -> None:
        self._positions: list[float] = []
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._epochs: list[EpochProgress] = []
        self._latest: BatchProgress | None = None

    def close(self) -> None:
        self._snapshots.close()

    # ------------------------------------------------------------------ the loop

    def go(self) -> None:
        """Train until finished, stopped, or another command comes (which is put back)."""
        events = train(
            self._network,
            self._data,
            self._settings,
            optimizer_settings=self._optimizer_settings,
            control=self._control,
        )
        try:
            self._begin(next(events))
            before = now = perf_counter()
            obeyed_at = 0.0
            while True:
                if self._hold == "now" or now - obeyed_at >= _OBEY_PERIOD_S:
                    obeyed_at = now
                    self._obey()
                    if self._stopping:
                        break
                event = next(events)
                now = perf_counter()
                if isinstance(event, BatchProgress):
                    self._note_batches(event)
                elif isinstance(event, EpochProgress):
                    self._note_epoch(event)
                elif isinstance(event, Finished):
                    self._end(event)
                    return
                # Where one item takes long, waiting for the next would show this one late.
                if now - self._sent_at >= UPDATE_PERIOD_S or now - before >= UPDATE_PERIOD_S:
                    self._report(now)
                before = now
        finally:
            events.close()
        done = f"{self._position:,.1f}".removesuffix(".0")
        message = f"Stopped after {done} {'epoch' if done == '1' else 'epochs'}."
        self._end(Finished(reason="stopped", best_epoch=self._best_epoch, message=message))

    def _begin(self, started: Started) -> None:
        self._steps_per_epoch = started.steps_per_epoch
        self._link.send(self._scene)
        self._link.send(
            Prepared(
                run=self._run,
                started=started,
                task=self._prepared.task,
                class_names=tuple(self._prepared.class_names),
                target_names=tuple(self._prepared.target_names),
                preprocessing=self._prepared.preprocessing,
                places=places_of(self._network.weights, self._network.variables),
                n_variables=self._network.variables.size,
                memory_name=self._snapshots.memory_name,
            )
        )
        self._report(perf_counter(), everything=True)

    def _obey(self) -> None:
        """Take the commands that have come; while holding, wait for them."""
        if self._hold == "now":
            self._report(perf_counter(), everything=True, paused=True)
        while not self._stopping:
            command = self._link.next_command(timeout=None if self._hold == "now" else 0.0)
            if command is None:
                return
            if isinstance(command, Steer) and command.run == self._run:
                self._steer(command)
            elif not isinstance(command, Steer):
                self._link.put_back(command)
                self._stopping = True

    def _steer(self, command: Steer) -> None:
        if command.what != "snapshot_taken":
            self._serial = command.serial
        match command.what:
            case "stop":
                self._stopping = True
            case "learning_rate":
                self._control.learning_rate = command.value
            case "snapshot_taken":
                self._snapshots.taken()
            case "pause" if self._hold != "now":
                self._hold = "now"
                self._report(perf_counter(), everything=True, paused=True)
            case "resume":
                self._hold = ""
            case "batch" | "epoch":
                self._hold = command.what
        self._control.granularity = "batch" if self._hold == "batch" else "chunk"

    # ------------------------------------------------------------------ what happened

    def _note_batches(self, event: BatchProgress) -> None:
        self._position = event.epoch - 1 + event.batch / self._steps_per_epoch
        self._positions.append(self._position)
        self._losses.append(event.batch_loss)
        if event.accuracy is not None:
            self._accuracies.append(self._accuracy_since_last(event.batch, event.accuracy))
        self._latest = event
        if self._hold == "batch":
            self._hold = "now"

    def _note_epoch(self, event: EpochProgress) -> None:
        self._position = float(event.epoch)
        if event.is_best:
            self._best_epoch = event.epoch
        # The predictions stay here: the view gets what it draws of them. The report is ours
        # alone, and a copy would take a noticeable part of a small network's epoch.
        self._validation_outputs = event.val_outputs
        object.__setattr__(event, "val_outputs", None)
        object.__setattr__(event, "val_targets", None)
        self._epochs.append(event)
        if self._hold == "epoch":
            self._hold = "now"

    def _accuracy_since_last(self, batch: int, accuracy: float) -> float:
        """The engine tells the share of right answers since the epoch began; a curve wants the
        share since the last point."""
        before, right_before = self._right
        if batch <= before:
            before, right_before = 0, 0.0
        right = batch * accuracy
        self._right = (batch, right)
        return min(1.0, max(0.0, (right - right_before) / (batch - before)))

    def _report(self, now: float, *, everything: bool = False, paused: bool = False) -> None:
        """Send what has gathered, with probe and snapshot where they are due."""
        accuracies = np.array(self._accuracies) if self._accuracies else None
        update = Update(
            run=self._run,
            position=self._position,
            positions=np.array(self._positions),
            losses=np.array(self._losses),
            accuracies=accuracies,
            latest=self._latest,
            epochs=tuple(self._epochs),
            paused_after=self._serial if paused else -1,
        )
        if everything or self._snapshot_due.is_due(now):
            if self._snapshots.busy and everything:
                self._wait_for_snapshot()
            if not self._snapshots.busy:
                update = replace(update, snapshot=True, variables=self._snapshots.take())
                self._snapshot_due.was_done(now, perf_counter())
        self._link.send(replace(update, probe=self._probe(everything)))
        self._clear()
        self._sent_at = perf_counter()

    def _probe(self, everything: bool) -> Probe | None:
        """What views want to see, if they want and it is time."""
        outputs, self._validation_outputs = self._validation_outputs, None
        began = perf_counter()
        if not self._link.watched:
            return None
        if outputs is not None and not self._scene.drawn:
            # The epoch's own predictions: nothing to ask the network.
            if began - self._probed_at < PROBE_PERIOD_S and not everything:
                return None
        elif everything:
            # Somebody waits; and untrained guesses in a table say nothing.
            if not self._prober.is_cheap or (self._position == 0.0 and not self._scene.drawn):
                return None
        elif not self._probe_due.is_due(began):
            return None
        probe = self._prober.answer(self._position, outputs)
        self._probed_at = perf_counter()
        if outputs is None or self._scene.drawn:
            self._probe_due.was_done(began, self._probed_at)
        return probe

    def _wait_for_snapshot(self) -> None:
        """The window copies a big snapshot at once; what else it says meanwhile waits."""
        others = []
        deadline = perf_counter() + 0.05
        while self._snapshots.busy and perf_counter() < deadline:
            command = self._link.next_command(timeout=0.01)
            if isinstance(command, Steer) and command.what == "snapshot_taken":
                self._snapshots.taken()
            elif command is not None:
                others.append(command)
        for command in reversed(others):
            self._link.put_back(command)

    def _end(self, finished: Finished) -> None:
        watched, self._link.watched = self._link.watched, False
        self._report(perf_counter(), everything=True)
        self._link.send(Ended(self._run, finished))
        self._link.watched = watched
        # The answer to Stop comes first; the last look at the network may take longer.
        if watched:
            self._link.send(glimpse(self._run, self._prober.answer(self._position, None)))


def glimpse(run: int, probe: Probe) -> Update:
    """An update that brings only what the network answers now."""
    return Update(
        run=run,
        position=probe.epoch,
        positions=np.empty(0),
        losses=np.empty(0),
        accuracies=None,
        latest=None,
        probe=probe,
    )
