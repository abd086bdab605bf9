"""The lower part of the window: progress, curves, and a view that suits the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from nn_designer.app.plots import ACCURACY, LOSS, MAE, CurvePlot
from nn_designer.app.progress_strip import ProgressStrip
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.training_messages import Probe, Scene, Update
from nn_designer.app.views.confusion_matrix import ConfusionMatrix
from nn_designer.app.views.decision_surface import DecisionSurface
from nn_designer.app.views.fitted_curve import FittedCurve
from nn_designer.app.views.forecast import Forecast
from nn_designer.app.views.plot_frame import PlainFrame
from nn_designer.app.views.predicted_vs_true import PredictedVsTrue
from nn_designer.app.views.quantities import metrics_for
from nn_designer.app.views.reconstructions import Reconstructions
from nn_designer.app.views.value_surface import ValueSurface
from nn_designer.design.diff import Change, diff
from nn_designer.design.document import TRAINING_PARTS
from nn_designer.design.wiring import assigned_targets
from nn_designer.engine.progress import EpochProgress, Finished, Started
from nn_designer.interchange.history import output_values

REDRAW_MS = 45  # one of the two plots each time, so that no single repaint takes long
_LOOK_AFTER_MS = 250
_WARM_UP_AFTER_MS = 150
_SPEED_PERIOD_S = 0.25

_VIEWS: dict[str, Callable[[ThemeManager], Any]] = {
    "surface": DecisionSurface,
    "heat": ValueSurface,
    "curve": FittedCurve,
    "pictures": Reconstructions,
    "confusion": ConfusionMatrix,
    "scatter": PredictedVsTrue,
    "series": Forecast,
}

_NO_SCENE = "Here you will see what the network answers, once it can be trained."

_REASONS = {
    "completed": ("Finished", "success"),
    "early_stopping": ("Stopped early", "success"),
    "diverged": ("Diverged", "error"),
    "stopped": ("Stopped", "text_muted"),
}


def _without_rate(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "learning_rate"}


class TrainingView(QWidget):
    """Progress strip, plots of loss and metric, and the data's own view.

    Shows the data of the store's document even before training. Draws at most some 20 times a
    second, however fast training reports, and only while it can be seen.
    """

    def __init__(
        self, store: Store, trainer: Trainer, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_view")
        self.setAccessibleName("Training")
        self._store = store
        self._trainer = trainer
        self._themes = themes
        self._redraws_due = 0
        self._rate: float | None = None
        self._speed_shown_at = 0.0
        self._position = 0.0
        self._speed_due = False

        self.strip = ProgressStrip(themes)
        self.loss_plot = CurvePlot(
            themes,
            name="loss_plot",
            quantities=(LOSS,),
            empty="Press Train: the loss of every batch and epoch appears here.",
        )
        self.metric_plot = CurvePlot(
            themes,
            name="metric_plot",
            quantities=(ACCURACY,),
            empty="The share of right answers, in training and on data kept back.",
        )
        self.loss_plot.hovered.connect(self.metric_plot.read_at)
        self.metric_plot.hovered.connect(self.loss_plot.read_at)
        self._to_redraw = (self.loss_plot, self.metric_plot)
        self.side = QStackedWidget()
        self.side.setObjectName("data_view")
        self.side_view: Any = None
        self._placeholder = PlainFrame("View of the data", themes, name="data_view_placeholder")
        self.side.addWidget(self._placeholder)
        self._side_views: dict[str, Any] = {}
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("training_splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.setStyleSheet("QSplitter::handle { background: transparent; }")
        for i, part in enumerate((self.loss_plot, self.metric_plot, self.side)):
            part.setMinimumWidth(190)
            # No part asks for more than another by what it shows at the moment.
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(i, 1)
        self.splitter.setSizes([1000, 1000, 1180])  # room for ten classes with their counts
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.strip)
        layout.addWidget(self.splitter, 1)

        self._redraw_timer = self._timer("redraw", REDRAW_MS, self._redraw)
        self._look_timer = self._timer("look", _LOOK_AFTER_MS, self._look)
        self._warm_up_timer = self._timer("warm_up", _WARM_UP_AFTER_MS, self._warm_up)

        trainer.state_changed.connect(self._on_state_changed)
        trainer.started.connect(self._on_started)
        trainer.progressed.connect(self._on_progressed)
        trainer.probed.connect(self._on_probed)
        trainer.finished.connect(self._on_finished)
        trainer.failed.connect(self._on_failed)
        trainer.scene_changed.connect(self._on_scene_changed)
        trainer.cleared.connect(self._on_cleared)
        store.changed.connect(self._on_document_changed)
        store.replaced.connect(self._on_replaced)
        store.data_read.connect(self._on_data_read)
        self._adapt_to_task()
        self._on_scene_changed(None)

    def _timer(self, name: str, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(f"training_view_{name}")
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    # ------------------------------------------------------------------ seen or not

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._warm_up_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._trainer_watch(False)
        for timer in (self._warm_up_timer, self._look_timer, self._redraw_timer):
            timer.stop()

    def _warm_up(self) -> None:
        """A moment after the window shows: start the process, show the data."""
        self._trainer_watch(True)
        if self._trainer.state == "idle":
            self._look()  # at the data, or at what a run answers that ended unseen
        self._redraw_soon()

    def _trainer_watch(self, wanted: bool) -> None:
        if not self._trainer.closed:
            self._trainer.watch(wanted)

    def _look(self) -> None:
        if self.isVisible() and not self._trainer.closed:
            if self.side_view is None:
                self._placeholder.set_empty("The data is being read…")
            self._trainer.look(self._store.document)

    # ------------------------------------------------------------------ the document

    def _on_document_changed(self, change: Change) -> None:
        self._show_difference()
        concerns = change.structure_changed or change.training_changed
        # What was trained stays on view until it is reset or other data is chosen.
        if change.data_changed or (concerns and not self._trainer.has_weights):
            self._look_timer.start()
        if change.data_changed and self._trainer.state == "idle" and not self._trainer.history:
            self._adapt_to_task()

    def _on_data_read(self) -> None:
        """A table has been read, for the first time or because it was changed."""
        self._look_timer.start()
        if self._trainer.state == "idle" and not self._trainer.history:
            self._adapt_to_task()

    def _on_replaced(self) -> None:
        """Another design is open: its training has not begun."""
        self._trainer.reset_weights()
        self._adapt_to_task()
        self._look_timer.start()

    def _show_difference(self) -> None:
        """Say so when the design is no longer the one that was trained."""
        trained = self._trainer.document
        note = ""
        if trained is not None:
            change = diff(trained, self._store.document)
            if change.structure_changed or change.data_changed or self._settings_differ():
                note = "Design changed since this run"
        self.strip.show_note(note)

    def _settings_differ(self) -> bool:
        """Apart from the learning rate, which may be changed while training."""
        trained, now = self._trainer.document, self._store.document
        if trained is None:
            return False
        return any(
            _without_rate(getattr(trained, part)) != _without_rate(getattr(now, part))
            for part in TRAINING_PARTS
        )

    def _adapt_to_task(self, task: str = "classes") -> None:
        """Accuracy for classes; mean error and R² for numbers: of each output. ``task`` counts
        where the data are not known."""
        document, summary = self._store.document, self._store.summary
        tasks = [("", task if summary is None else summary.task)]
        if summary is not None:
            learned, _ = assigned_targets(document, summary.targets)
            if len(learned) > 1:
                names = document.export_names
                tasks = [(names[id], summary.targets[i].task) for id, i in learned.items()]
        self._set_tasks(tasks)

    def _set_tasks(self, tasks: Sequence[tuple[str, str]]) -> None:
        """``tasks``: each output's name and task."""
        wanted = metrics_for(tasks)
        summary = self._store.summary
        if summary is not None and summary.target_is_input:
            wanted = (MAE,)  # at the edge of pictures hardly a pixel has ups and downs
        if self.metric_plot.quantities != wanted:
            _, first = tasks[0]
            self.metric_plot.set_empty_sentence(
                "The share of right answers, in training and on data kept back."
                if first == "classes"
                else "How far the answers are off, in the data's own unit, epoch by epoch."
            )
            self.metric_plot.set_quantities(wanted)

    # ------------------------------------------------------------------ the run

    def _on_state_changed(self, state: str) -> None:
        if state == "starting":
            self._forget_run()
            self.strip.show_state("Preparing data", "accent")
            for plot in (self.loss_plot, self.metric_plot):
                plot.set_empty("The data is being read…")
        elif state == "running":
            self.strip.show_state("Training", "accent")
        elif state == "paused":
            self.strip.show_state("Paused", "warning")
        self._speed_due = True
        self._redraw_soon()

    def _forget_run(self) -> None:
        self.strip.clear()
        self._rate = None
        self._position = 0.0
        self.loss_plot.clear()
        self.metric_plot.clear()

    def _on_started(self, started: Started) -> None:
        self._adapt_to_task(self._trainer.task)
        self.loss_plot.begin(started.epochs)
        self.metric_plot.begin(started.epochs)
        self._position = started.epoch + started.batch / max(1, started.steps_per_epoch)
        self.strip.show_progress(self._position, started.epochs)
        self.strip.show_epoch(self._position, started.epochs, self._trainer.state)
        self._show_difference()

    def _on_progressed(self, update: Update) -> None:
        self._position = update.position
        if len(update.positions):
            self.loss_plot.add_batches("loss", update.positions, update.losses)
        if update.accuracies is not None and self._trainer.task == "classes":
            self.metric_plot.add_batches("accuracy", update.positions, update.accuracies)
        if update.epochs:
            self._add_epochs(update.epochs)
        if update.latest is not None:
            rate = update.latest.samples_per_second
            self._rate = rate if self._rate is None else 0.8 * self._rate + 0.2 * rate
        self._redraw_soon()

    def _add_epochs(self, epochs: tuple[EpochProgress, ...]) -> None:
        x = np.array([epoch.epoch for epoch in epochs], dtype=float)

        of_outputs = [output_values(epoch) for epoch in epochs]

        def column(name: str) -> np.ndarray:
            values = [
                found[name] if name in found else getattr(epoch, name, None)
                for epoch, found in zip(epochs, of_outputs, strict=True)
            ]
            return np.array([np.nan if value is None else value for value in values], dtype=float)

        self.loss_plot.add_epochs("loss", x, column("loss"), column("val_loss"))
        for quantity in self.metric_plot.quantities:
            key = quantity.key
            self.metric_plot.add_epochs(key, x, column(key), column(f"val_{key}"))
        best = next((epoch.epoch for epoch in reversed(epochs) if epoch.is_best), None)
        if best is not None:
            self.loss_plot.set_best(best)
            self.metric_plot.set_best(best)

    def _on_finished(self, finished: Finished) -> None:
        text, tone = _REASONS.get(finished.reason, (finished.reason, "text_muted"))
        self.strip.show_state(text, tone)
        self._speed_due = True
        self._redraw_soon()
        if self._trainer.probe is None:
            self._look_timer.start()  # it was over before it heard that somebody looks

    def _on_failed(self, _sentence: str) -> None:
        # The sentence itself is for the window's message bar.
        self.strip.show_state("Failed", "error")
        if self._trainer.run_info is None:  # it never began: nothing is being read any more
            self.loss_plot.clear()
            self.metric_plot.clear()
        self._redraw_soon()

    def _on_cleared(self) -> None:
        self._forget_run()
        self._look_timer.start()

    # ------------------------------------------------------------------ drawing

    def _redraw_soon(self) -> None:
        self._redraws_due = 2
        if not self._redraw_timer.isActive() and self.isVisible():
            self._redraw_timer.start()

    def _redraw(self) -> None:
        first, second = self._to_redraw
        first.redraw()
        self._to_redraw = (second, first)
        self._redraws_due -= 1
        if self._redraws_due > 0:
            self._redraw_timer.start()
        info = self._trainer.run_info
        if info is None:
            return
        self.strip.show_progress(self._position, info.epochs)
        now = monotonic()
        if self._speed_due or now - self._speed_shown_at >= _SPEED_PERIOD_S:
            # Numbers that change faster can't be read.
            self._speed_due = False
            self._speed_shown_at = now
            self.strip.show_epoch(self._position, info.epochs, self._trainer.state)
            self._show_speed(info)

    def _show_speed(self, info: Started) -> None:
        left_s = None
        if self._rate and self._trainer.state in ("running", "paused"):
            left_s = max(0.0, info.epochs - self._position) * info.n_train / self._rate
        self.strip.show_speed(self._rate, left_s, self._trainer.elapsed_s)

    # ------------------------------------------------------------------ the data's own view

    def _on_scene_changed(self, scene: Scene | None) -> None:
        if scene is None:
            self.side_view = None
            self._placeholder.set_empty(self._store.data_problem or _NO_SCENE)
            self.side.setCurrentWidget(self._placeholder)
            return
        view = self._side_views.get(scene.kind)
        if view is None:
            view = _VIEWS[scene.kind](self._themes)
            self._side_views[scene.kind] = view
            self.side.addWidget(view)
        view.show_scene(scene)
        self.side.setCurrentWidget(view)
        self.side_view = view

    def _on_probed(self, probe: Probe) -> None:
        scene = self._trainer.scene
        if scene is not None and scene.kind == probe.kind and self.side_view is not None:
            self.side_view.show_probe(probe)
