"""The training panel: data, loss, optimizer, learning rate, epochs, split, early stopping."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_designer.app.data_card import DataCard
from nn_designer.app.method_settings import MethodSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.section import ScrollPanel, label
from nn_designer.design import edits
from nn_designer.engine.training_methods import METHODS
from nn_designer.engine.training_settings import TrainingSettings

LEARNING = (
    *("loss", "optimizer", "learning_rate", "schedule", "batch_size", "epochs"),
    *("warm_up", "clipping", "clip_limit", "weight_decay", "use_ema", "ema_momentum"),
    "gradient_accumulation_steps",
    *("class_weight", "class_weights"),
)
SPLIT = ("validation_split", "shuffle", "seed")
STOPPING = ("early_stopping", "patience", "minimum_improvement", "keep_best")


class TrainingPanel(QWidget):
    """Edits the document's training settings. The learning rate also reaches a run under way."""

    data_wanted = Signal()
    remade = Signal()  # a form in it is another one

    def __init__(
        self, store: Store, trainer: Trainer, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_panel")
        self.setAccessibleName("Training settings")
        self.store = store
        self.trainer = trainer
        self.data_card = DataCard(store, themes)
        self.data_card.data_wanted.connect(self.data_wanted.emit)
        self.data_card.remade.connect(self.remade.emit)
        self._running_hint = label(
            "A run is under way. The learning rate changes at once; everything else counts from "
            "the next run on.",
            "muted",
            wrap=True,
        )
        self._running_hint.setObjectName("running_hint")
        self._split_hint = label("", "small", wrap=True)
        self._split_hint.setObjectName("split_hint")
        self.learning_form = self._form(LEARNING)
        self.split_form = self._form(SPLIT)
        self.stopping_form = self._form(STOPPING)
        self.method_settings = {choice: MethodSettings(store, choice) for choice in METHODS}
        for part in self.method_settings.values():
            part.remade.connect(self.remade.emit)
        scroll = ScrollPanel()
        for title, parts in (
            ("DATA", (self.data_card,)),
            (
                "LEARNING",
                (
                    self._running_hint,
                    self.learning_form,
                    *self.method_settings.values(),
                ),
            ),
            ("VALIDATION AND CHANCE", (self.split_form, self._split_hint)),
            ("EARLY STOPPING", (self.stopping_form,)),
        ):
            section = QVBoxLayout()
            section.setSpacing(8)
            section.addWidget(label(title, "section"))
            for part in parts:
                section.addWidget(part)
            scroll.column.addLayout(section)
            scroll.column.addSpacing(8)
        scroll.column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        store.changed.connect(self._on_changed)
        store.checked.connect(self._on_checked)
        trainer.state_changed.connect(self._on_state_changed)
        self._show_values()
        self._on_checked(store.report)
        self._on_state_changed(trainer.state)

    def _form(self, names: tuple[str, ...]) -> Form:
        form = Form({name: TrainingSettings.params[name] for name in names})
        form.edited.connect(self._on_edited)
        form.settled.connect(self._on_settled)
        return form

    def values(self) -> dict[str, Any]:
        """The document's training settings with the defaults of those it leaves out."""
        return {**TrainingSettings.defaults(), **self.store.document.training}

    def _show_values(self) -> None:
        values = self.values()
        for form in (self.learning_form, self.split_form, self.stopping_form):
            form.set_values(values)
        for name in STOPPING[1:]:
            self.stopping_form.field(name).setEnabled(bool(values["early_stopping"]))
        for part in self.method_settings.values():
            part.show_values()

    def _on_changed(self, change: Any) -> None:
        if change.training_changed:
            self._show_values()
            if self.trainer.state != "idle":
                self.trainer.set_learning_rate(float(self.values()["learning_rate"]))

    def _on_checked(self, _report: object) -> None:
        summary = self.store.summary
        own_part = summary is not None and summary.has_test_part
        self.split_form.field("validation_split").setEnabled(not own_part)
        self._split_hint.setVisible(own_part)
        if summary is not None and own_part:
            self._split_hint.setText(
                f"{summary.title} comes with its own test part; it is used for validation, "
                "whatever the validation split."
            )

    def _on_state_changed(self, state: str) -> None:
        self._running_hint.setVisible(state != "idle")

    def _on_edited(self, name: str, value: object) -> None:
        title = TrainingSettings.params[name].title.lower()
        self.store.edit(
            f"Change {title}", edits.set_training, name, value, merge_key=f"training {name}"
        )

    def _on_settled(self, _name: str) -> None:
        self.store.end_merge()
