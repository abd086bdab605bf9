"""The chosen data in the training panel: picture, one sentence, facts, source and licence."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nn_designer.app.background import Background
from nn_designer.app.choose_data import choose_data
from nn_designer.app.icons import icon
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.data_preview import DataPreview
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.section import ElidedLabel, Fold, label
from nn_designer.data import SOURCES, DataChoice, Dataset, DataSummary, load
from nn_designer.layers.base import shape_text


class DataCard(QWidget):
    """Shows the document's data; drawn data have their settings right here."""

    data_wanted = Signal()
    remade = Signal()  # the form is another one

    def __init__(self, store: Store, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("data_card")
        self.store = store
        self._themes = themes
        self._shown: DataChoice | None = None
        self._form: Form | None = None
        self._title = ElidedLabel(role="heading")
        self._description = label("", wrap=True)
        self.preview = DataPreview(themes)
        self._facts = label("", "muted", wrap=True)
        self._facts.setObjectName("data_facts")
        self._button = QPushButton("Choose data…")
        self._button.setObjectName("choose_data")
        self._button.setAccessibleName("Choose data")
        self._button.clicked.connect(self.data_wanted.emit)
        self._form_place = QVBoxLayout()
        self._about = Fold("About this data", opened=False)
        self._about.setObjectName("data_about")
        self._about_text = label("", "muted", wrap=True, selectable=True)
        self._about.body_layout.addWidget(self._about_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._description)
        column.addWidget(self.preview)
        column.addWidget(self._facts)
        column.addLayout(self._form_place)
        column.addWidget(self._button)
        column.addWidget(self._about)
        self.background = Background(self)
        self.background.ready.connect(self._on_ready)
        self.background.failed.connect(self._on_failed)
        store.changed.connect(self._on_changed)
        store.checked.connect(self._on_checked)
        store.data_read.connect(self._on_data_read)
        themes.changed.connect(self._on_theme_changed)
        self._on_theme_changed(themes.theme)
        self._refresh()

    def _on_changed(self, change: Any) -> None:
        if change.data_changed:
            self._refresh()

    def _on_checked(self, _report: object) -> None:
        self._show_facts()

    def _on_data_read(self) -> None:
        self._shown = None
        self._refresh()

    def _refresh(self) -> None:
        choice = self.store.document.data
        if choice == self._shown:
            return
        self._show_form(choice)
        self._shown = choice
        self._show_facts()
        if self.store.data_problem:
            self.background.forget()
            self.preview.show_sentence(self.store.data_problem)
            return
        if not self.preview.kind:
            self.preview.show_sentence("Reading…")
        self.background.request(lambda: load(choice))

    def _show_facts(self) -> None:
        summary = self.store.summary
        source = SOURCES.get(self.store.document.data.source)
        if summary is None:
            self._title.set_text(source.title if source is not None else "Unknown data")
            self._description.setText(self.store.data_problem or "Reading…")
            self._facts.setText("")
            self._about.hide()
            return
        self._title.set_text(summary.title)
        self._description.setText(summary.description)
        self._facts.setText(facts(summary))
        lines = [f"Source: {summary.origin}", f"Licence: {summary.licence}", *summary.report]
        self._about_text.setText("\n\n".join(lines))
        self._about.show()

    def _show_form(self, choice: DataChoice) -> None:
        source = SOURCES.get(choice.source)
        drawn = source is not None and source.group == "drawn"
        same = self._shown is not None and self._shown.source == choice.source
        if not same or not drawn:
            if self._form is not None:
                self._form_place.removeWidget(self._form)
                self._form.hide()
                self._form.deleteLater()
                self._form = None
            if drawn and source is not None:
                self._form = Form(source.params)
                self._form.setObjectName("data_settings")
                self._form.edited.connect(self._on_edited)
                self._form.settled.connect(self._on_settled)
                self._form_place.addWidget(self._form)
                self.remade.emit()
        if self._form is not None and source is not None:
            self._form.set_values({**source.defaults(), **choice.settings})

    def _on_edited(self, name: str, value: object) -> None:
        choice = self.store.document.data
        settings = {**choice.settings, name: value}
        choose_data(self.store, DataChoice(choice.source, settings), merge_key=f"data {name}")

    def _on_settled(self, _name: str) -> None:
        self.store.end_merge()

    def _on_ready(self, dataset: Dataset) -> None:
        self.preview.show_dataset(dataset)

    def _on_failed(self, sentence: str) -> None:
        self.preview.show_sentence(sentence)

    def _on_theme_changed(self, theme: Theme) -> None:
        self._button.setIcon(icon("data", theme))


def facts(summary: DataSummary) -> str:
    """``500 samples · 2 inputs: x1, x2 · 2 classes: A, B``."""
    parts = [f"{summary.n_rows:,} samples"]
    if summary.image_shape is not None:
        height, width, channels = summary.image_shape
        kind = "grey" if channels == 1 else "colour"
        parts.append(f"{kind} pictures of {height} × {width} pixels")
    else:
        names = summary.feature_names
        listed = f": {', '.join(names)}" if 0 < len(names) <= 4 else ""
        inputs = "input" if summary.sample_shape == (1,) else "inputs"
        parts.append(f"{shape_text(summary.sample_shape)} {inputs}{listed}")
    if summary.task == "classes":
        names = summary.class_names
        listed = f": {', '.join(names)}" if len(names) <= 4 else ""
        parts.append(f"{len(names)} classes{listed}")
    else:
        parts.append(f"predicts {summary.targets[0].title}")
    if summary.further_targets:
        more = ", ".join(target.title for target in summary.further_targets)
        parts.append(f"predicts also {more}")
    if summary.has_test_part:
        parts.append("with its own test part")
    return " · ".join(parts)
