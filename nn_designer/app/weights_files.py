"""Weights out to other programs and back in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from nn_designer.app.save_path import ask_overwrite, final_path
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.trainer import Trainer
from nn_designer.interchange.fitting import fit_weights
from nn_designer.interchange.formats import FORMATS, Format, read_weights
from nn_designer.interchange.model import InterchangeError, TrainedModel


class WeightsFiles(QObject):
    """Exports the trained weights in every format of interchange, and loads them back.

    ``ask_export_path(format, suggestion)``, ``ask_load_path()`` and ``ask_overwrite(path)`` may be
    replaced by tests.
    """

    told = Signal(str, str)  # kind for the message bar, sentence
    exported = Signal(object)  # TrainedModel

    def __init__(
        self,
        store: Store,
        trainer: Trainer,
        settings: AppSettings,
        shown_name: Callable[[], str],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._trainer = trainer
        self._settings = settings
        self._shown_name = shown_name
        self._window = window
        self.ask_export_path: Callable[[Format, str], str] = self._ask_export_path
        self.ask_load_path: Callable[[], str] = self._ask_load_path
        self.ask_overwrite: Callable[[str], bool] = partial(ask_overwrite, window)

    def export(self, key: str, path: str = "", *, model: TrainedModel | None = None) -> bool:
        """Write the trained weights (those of ``model``, if given) in the format ``key``; asks
        for the path if none is given."""
        form = FORMATS[key]
        model = model if model is not None else self._trainer.trained
        if model is None:
            self.told.emit(
                "warning",
                "There are no trained weights to export yet. Press Train first; you can export "
                "while it runs, too.",
            )
            return False
        if not path:
            name = "".join(c if c.isalnum() or c in " -_" else "_" for c in self._shown_name())
            folder = Path(self._settings.folder("weights"))
            path = self.ask_export_path(form, str(folder / f"{name.strip() or 'weights'}"))
        path = final_path(path, self.ask_overwrite, form.extension)
        if not path:
            return False
        try:
            form.write(model, Path(path))
        except InterchangeError as error:
            self.told.emit("error", str(error))
            return False
        self._settings.remember_folder("weights", path)
        self.exported.emit(model)
        note = ""
        if model.document != self._store.document:
            note = " They belong to the design as it was when the run began."
        self.told.emit("success", f"Weights exported to {path}.{note}")
        return True

    def load(self, path: str = "") -> bool:
        """Read weights into the open design."""
        path = path or self.ask_load_path()
        if not path:
            return False
        document = self._store.document
        try:
            weights = fit_weights(document, read_weights(path))
        except InterchangeError as error:
            self.told.emit("error", str(error))
            return False
        if not self._store.report.ok:
            sentence = self._store.report.errors[0].sentence
            self.told.emit("error", f"The weights can't be used yet: {sentence}")
            return False
        # A paused run from these weights: views and export see them, Train goes on from them.
        self._trainer.start(document, weights=weights, paused=True)
        self._settings.remember_folder("weights", path)
        self.told.emit(
            "success", f"Weights loaded from {Path(path).name}. Train goes on from them."
        )
        return True

    def _ask_export_path(self, form: Format, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(
            self._window,
            f"Export weights: {form.title}",
            suggestion + form.extension,
            f"{form.title} (*{form.extension})",
        )[0]

    def _ask_load_path(self) -> str:
        patterns = " ".join(f"*{form.extension}" for form in FORMATS.values())
        return QFileDialog.getOpenFileName(
            self._window, "Load weights", self._settings.folder("weights"), f"Weights ({patterns})"
        )[0]
