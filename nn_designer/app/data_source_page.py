"""The right side of the data dialog for shipped and drawn data."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_designer.app.background import Background
from nn_designer.app.data_card import facts
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.data_preview import DataPreview
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.section import label, line
from nn_designer.data import SOURCES, DataChoice, DataError, Dataset, load, summary


class SourcePage(QWidget):
    """What one source holds, with the settings of drawn data."""

    choice_changed = Signal(object)  # DataChoice, or None while it can't be used

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("data_source_page")
        self._choice: DataChoice | None = None
        self._form: Form | None = None
        self._title = label("", "title")
        self._description = label("", wrap=True)
        self.preview = DataPreview(themes, height_px=220)
        self._facts = label("", "muted", wrap=True)
        self._form_place = QVBoxLayout()
        self._origin = label("", "muted", wrap=True, selectable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._description)
        column.addWidget(self.preview)
        column.addWidget(self._facts)
        column.addLayout(self._form_place)
        column.addWidget(line())
        column.addWidget(self._origin)
        column.addStretch(1)
        self.background = Background(self)
        self.background.ready.connect(self._on_ready)
        self.background.failed.connect(self.preview.show_sentence)

    @property
    def form(self) -> Form | None:
        return self._form

    def show_choice(self, choice: DataChoice) -> None:
        """Show a source with these settings."""
        source = SOURCES[choice.source]
        if self._form is not None:
            self._form_place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        if source.group == "drawn" and source.params:
            self._form = Form(source.params)
            self._form.edited.connect(self._on_edited)
            self._form.set_values({**source.defaults(), **choice.settings})
            self._form.setMaximumWidth(420)
            self._form_place.addWidget(self._form)
        self._title.setText(source.title)
        self._description.setText(source.description)
        self._origin.setText(f"Source: {source.origin}\nLicence: {source.licence}")
        self.preview.show_sentence("Reading…")
        self._take(choice)

    def _take(self, choice: DataChoice) -> None:
        self._choice = choice
        try:
            self._facts.setText(facts(summary(choice)))
        except DataError as error:
            self._facts.setText(str(error))
            self.choice_changed.emit(None)
            return
        self.background.request(lambda: load(choice))
        self.choice_changed.emit(choice)

    def _on_edited(self, name: str, value: Any) -> None:
        if self._choice is not None:
            settings = {**self._choice.settings, name: value}
            self._take(DataChoice(self._choice.source, settings))

    def _on_ready(self, dataset: Dataset) -> None:
        self.preview.show_dataset(dataset)
