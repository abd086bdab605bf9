"""Train, pause, step, stop, reset: the actions that steer the trainer, and the run's state."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from nn_designer.app.actions import Actions
from nn_designer.app.problems_panel import ProblemsPanel
from nn_designer.app.store import Store
from nn_designer.app.trainer import Trainer
from nn_designer.design import edits

TRAIN_TIPS = {
    "idle": "Train the network from its seed",
    "starting": "The data is being read",
    "running": "The network is being trained",
    "paused": "Go on from where it was paused",
}


class RunControls(QObject):
    """Keeps the training actions in step with the trainer and the problems of the design."""

    blocked = Signal(str)  # training was asked for and can't begin: the sentence why
    told = Signal(str, str)  # kind for the message bar, sentence
    outdated = Signal(str)  # a sentence told of a run, when another begins
    state_shown = Signal(str, str)  # kind (as RunStateButton.show_state), text

    def __init__(
        self, store: Store, trainer: Trainer, problems: ProblemsPanel, actions: Actions
    ) -> None:
        super().__init__(actions)
        self._store = store
        self._trainer = trainer
        self._problems = problems
        self._actions = actions
        self._outcome = ""
        self._told = ""
        self._score = ""
        self._rebuilds = False  # pictures: R² says little at their edges
        self._blocked = False
        self._epoch = 0
        self._epochs = 0
        actions["train_start"].triggered.connect(self.train)
        actions["train_pause"].triggered.connect(trainer.pause)
        actions["train_step_batch"].triggered.connect(self.step_batch)
        actions["train_step_epoch"].triggered.connect(self.step_epoch)
        actions["train_stop"].triggered.connect(trainer.stop)
        actions["train_reset"].triggered.connect(self.reset_weights)
        actions["train_new_seed"].triggered.connect(self.new_seed)
        trainer.state_changed.connect(self._on_state_changed)
        trainer.started.connect(self._on_started)
        trainer.progressed.connect(self._on_progressed)
        trainer.epoch_finished.connect(self._on_epoch_finished)
        trainer.finished.connect(self._on_finished)
        trainer.failed.connect(self._on_failed)
        trainer.cleared.connect(self._on_cleared)
        trainer.seed_chosen.connect(self._on_seed_chosen)
        problems.counted.connect(self._on_counted)
        self._refresh()

    @property
    def why_not(self) -> str:
        """Why training can't begin; empty if it can."""
        return self._problems.first_error()

    def train(self) -> None:
        """Begin a run, or go on with a paused one."""
        if self._trainer.state == "paused":
            self._trainer.resume()
        elif self._trainer.state == "idle" and self._allowed():
            self._trainer.start(self._store.document)

    def step_batch(self) -> None:
        if self._trainer.state != "idle" or self._allowed():
            self._trainer.step_batch(self._store.document)

    def step_epoch(self) -> None:
        if self._trainer.state != "idle" or self._allowed():
            self._trainer.step_epoch(self._store.document)

    def reset_weights(self) -> None:
        """Forget what was learned; the next run begins from the same weights as the last."""
        self._trainer.reset_weights(new_seed=False)
        self.told.emit("info", "Weights reset. The next run begins from the same seed.")

    def new_seed(self) -> None:
        """Forget what was learned and draw another seed."""
        self._trainer.reset_weights(new_seed=True)

    def _allowed(self) -> bool:
        self._store.refresh_data()  # a table may have been changed by another program
        reason = self.why_not
        if reason:
            self.blocked.emit(reason)
        return not reason

    def _on_state_changed(self, state: str) -> None:
        if state == "starting":
            self.outdated.emit(self._told)
        self._refresh()

    def _on_counted(self, _errors: int, _warnings: int) -> None:
        self._refresh()

    def _on_started(self, started: Any) -> None:
        self._outcome = self._score = ""
        summary = self._store.summary
        self._rebuilds = summary is not None and summary.target_is_input
        self._epoch, self._epochs = 1, started.epochs
        self._refresh()

    def _on_progressed(self, update: Any) -> None:
        batch = getattr(update, "batch", None)
        epoch = getattr(batch, "epoch", None)
        if epoch is not None and epoch != self._epoch:
            self._epoch = epoch
            self._show_state()

    def _on_epoch_finished(self, epoch: Any) -> None:
        if epoch.val_accuracy is not None:
            self._score = f"{epoch.val_accuracy:.1%} right".replace("%", " %")
        elif self._rebuilds and epoch.val_mae is not None:
            self._score = f"pixels off by {epoch.val_mae:.1f}"
        elif epoch.val_r2 is not None:
            self._score = f"R² {epoch.val_r2:.3f}"

    def _on_finished(self, finished: Any) -> None:
        kind = {"completed": "success", "diverged": "warning"}.get(finished.reason, "info")
        self._outcome = {
            "completed": "Trained",
            "early_stopping": "Stopped early",
            "diverged": "Diverged",
            "stopped": "Stopped",
        }.get(finished.reason, "Done")
        if finished.message:
            self._told = finished.message
            self.told.emit(kind, finished.message)
        self._refresh()

    def _on_failed(self, sentence: str) -> None:
        self._outcome = ""
        self._store.refresh_data()  # it may be the reason, and is a problem of the design then
        self._told = sentence
        self.told.emit("error", sentence)
        self._refresh()

    def _on_cleared(self) -> None:
        self._outcome = ""
        self._refresh()

    def _on_seed_chosen(self, seed: int) -> None:
        if self._store.edit("New seed", edits.set_training, "seed", seed):
            self.told.emit("info", f"New seed: {seed}. The next run begins from other weights.")

    def _refresh(self) -> None:
        state = self._trainer.state
        actions = self._actions
        active = state != "idle"
        actions["train_start"].setEnabled(state in ("idle", "paused"))
        actions["train_start"].setText("Continue" if state == "paused" else "Train")
        actions["train_pause"].setEnabled(state in ("starting", "running"))
        actions["train_step_batch"].setEnabled(state in ("idle", "paused"))
        actions["train_step_epoch"].setEnabled(state in ("idle", "paused"))
        actions["train_stop"].setEnabled(active)
        has_weights = active or self._trainer.has_weights
        actions["train_reset"].setEnabled(has_weights)
        reason = "" if active else self.why_not
        if bool(reason) != self._blocked:
            self._blocked = bool(reason)
            actions.set_blocked(self._blocked)
        actions.set_tip(
            "train_start", f"Can't train yet: {reason}" if reason else TRAIN_TIPS[state]
        )
        self._show_state()

    def _show_state(self) -> None:
        state = self._trainer.state
        errors = sum(problem.severity == "error" for problem in self._problems.problems)
        where = f"epoch {self._epoch:,} of {self._epochs:,}" if self._epochs else ""
        if state == "starting":
            self.state_shown.emit("running", "Reading data…")
        elif state == "running":
            self.state_shown.emit("running", f"Training · {where}" if where else "Training")
        elif state == "paused":
            self.state_shown.emit("paused", f"Paused · {where}" if where else "Paused")
        elif not self._store.document.layers:
            self.state_shown.emit("empty", "Nothing drawn yet")
        elif errors:
            word = "problem" if errors == 1 else "problems"
            self.state_shown.emit("problems", f"Can't train: {errors} {word}")
        elif self._outcome:
            score = f" · {self._score}" if self._score else ""
            self.state_shown.emit("done", f"{self._outcome}{score}")
        else:
            self.state_shown.emit("ready", "Ready to train")
