"""Training as the window sees it: start, pause, step, stop, and signals on what happens."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal


class Trainer(QObject):
    """Trains documents in a warm child process; lives in the window's thread.

    ``state`` is "idle", "starting", "running" or "paused". All signals arrive in the window's
    thread. ``trained`` is the last snapshot of weights as a model to export, or None.
    """

    state_changed = Signal(str)
    started = Signal(object)  # engine.progress.Started
    progressed = Signal(object)  # Update, at most 30 a second
    epoch_finished = Signal(object)  # the latest EpochProgress; all of them are in Update.epochs
    finished = Signal(object)  # engine.progress.Finished
    failed = Signal(str)  # a sentence; the state is idle again
    scene_changed = Signal(object)  # Scene: the data as a view shows it
    cleared = Signal()  # weights and history were reset
    seed_chosen = Signal(int)  # "New seed" picked this one; the store writes it to the document

    def __init__(self, parent: QObject | None = None, *, in_process: bool = False) -> None:
        super().__init__(parent)
        self.in_process = in_process
        self.state = "idle"

    @property
    def trained(self) -> Any:
        """The last snapshot as a TrainedModel, or None before the first run."""
        return None

    def warm_up(self) -> None:
        """Start the child process now, so that the first Train is instant."""

    def start(self, document: Any, *, weights: Any = None, paused: bool = False) -> None:
        """Train ``document`` from its seed (or from ``weights``), ending a run under way."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def step_batch(self, document: Any = None) -> None:
        """One batch, then paused. From idle, starts a paused run of ``document``."""

    def step_epoch(self, document: Any = None) -> None:
        """To the end of the epoch, then paused. From idle, starts a paused run of ``document``."""

    def stop(self) -> None:
        """End the run; answered within 100 ms. The last weights remain."""

    def reset_weights(self, new_seed: bool = False) -> None:
        """Forget weights and curves, ending a run under way."""

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate of the run under way."""

    def close(self) -> None:
        """End child process and thread; the trainer can't be used after this."""
