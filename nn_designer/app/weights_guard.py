"""Trained weights that took long are not lost without a word: they are not in the design's file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from nn_designer.app.trainer import Trainer
from nn_designer.app.weights_files import WeightsFiles
from nn_designer.interchange.model import TrainedModel

WORTH_S = 60.0
"""Weights trained for less are quickly trained again: no question is asked."""
EXPORT_AS = "npz"


def long_time(seconds: float) -> str:
    """ "1 minute", "25 minutes", "2 hours"."""
    minutes = max(1, round(seconds / 60))
    count, unit = (minutes, "minute") if minutes < 90 else (round(minutes / 60), "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


class WeightsGuard(QObject):
    """Asks before weights worth keeping go, and offers them once more when a run replaces them.

    ``ask(sentence)`` gives "export", "discard" or "cancel"; tests may replace it.
    """

    offered = Signal(str, str, object)  # a sentence, what the button says, what it does

    def __init__(self, trainer: Trainer, files: WeightsFiles, window: QWidget) -> None:
        super().__init__(window)
        self._trainer = trainer
        self._files = files
        self._window = window
        self._settled: TrainedModel | None = None  # exported, or given up
        self.worth_s = WORTH_S
        self.ask: Callable[[str], str] = self._ask
        files.exported.connect(self._on_exported)
        trainer.forgetting.connect(self._on_forgetting)

    def may_lose(self) -> bool:
        """Whether the trained weights may go: there is nothing to lose, or the person said so."""
        model = self._at_risk()
        if model is None:
            return True
        answer = self.ask(
            f"The weights that the network learned in {self._took} have not been exported."
        )
        if answer == "export":
            return self._files.export(EXPORT_AS, model=model)
        if answer == "discard":
            self._settled = model
        return answer == "discard"

    @property
    def _took(self) -> str:
        return long_time(self._trainer.elapsed_s)

    def _at_risk(self) -> TrainedModel | None:
        if self._trainer.elapsed_s < self.worth_s:
            return None
        model = self._trainer.trained
        return None if model is self._settled else model

    def _on_exported(self, model: TrainedModel) -> None:
        self._settled = model

    def _on_forgetting(self) -> None:
        model = self._at_risk()
        if model is not None:
            self._settled = model
            self.offered.emit(
                f"The weights learned before, in {self._took}, are replaced and were not exported.",
                "Export Them…",
                partial(self._files.export, EXPORT_AS, model=model),
            )

    def _ask(self, sentence: str) -> str:
        box = QMessageBox(self._window)
        box.setObjectName("weights_question")
        box.setWindowTitle("Trained weights")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(sentence)
        box.setInformativeText("The design's file does not hold them. Export them?")
        export = box.addButton("Export…", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(QMessageBox.StandardButton.Discard)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(export)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return {export: "export", discard: "discard"}.get(clicked, "cancel")
