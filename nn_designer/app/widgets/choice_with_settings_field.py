"""The editor of a choice whose members have settings: a list, below it the settings."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QWidget

from nn_designer.app.widgets.fields import MIXED, CalmComboBox, Field, field_for, short
from nn_designer.params import ChoiceWithSettings


class ChoiceWithSettingsField(Field):
    """Shows the settings of what is chosen; one that is not set yet shows its default."""

    def __init__(self, param: ChoiceWithSettings) -> None:
        self._box = CalmComboBox()
        super().__init__(param, self._box)
        self._choice = param
        for key, title in param.choices.items():
            self._box.addItem(title, key)
        self._box.activated.connect(self._on_activated)
        self._settings = QWidget()
        self._settings.hide()
        self._fields: dict[str, Field] = {}
        self._values: dict[str, Any] = {}
        self._shown_key = ""
        layout = self.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setDirection(QBoxLayout.Direction.TopToBottom)
        layout.setSpacing(6)
        layout.addWidget(self._settings)

    def setting(self, name: str) -> Field:
        """The editor of a setting of what is chosen now."""
        return self._fields[name]

    def set_value(self, value: Any) -> None:
        self._box.setPlaceholderText("different values")
        self.refused.emit("")
        if value is MIXED:
            self._box.setCurrentIndex(-1)
            self._show_settings_of("")
            return
        key = self._choice.key_of(value)
        self._box.setCurrentIndex(self._box.findData(key))
        self._show_settings_of(key)
        self._values = self._choice.make(value).values()
        for name, own in self._values.items():
            self._fields[name].set_value(own)

    def show_wrong(self, value: Any, sentence: str) -> None:
        self._box.setPlaceholderText(short(value))
        self._box.setCurrentIndex(-1)
        self._show_settings_of("")
        self.refused.emit(sentence)

    def _show_settings_of(self, key: str) -> None:
        if key == self._shown_key:
            return
        self._shown_key = key
        self._settings.hide()
        self._settings.deleteLater()
        self._settings, self._fields = QWidget(), {}
        grid = QGridLayout(self._settings)
        grid.setContentsMargins(12, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        params = self._choice.classes()[key].params if key else {}
        for row, (name, param) in enumerate(params.items()):
            field = self._fields[name] = field_for(param)
            field.editor.setObjectName(f"setting_{self.param.name}_{name}")
            label = QLabel(param.title)
            label.setBuddy(field.editor)
            for widget in (label, field.editor):
                widget.setToolTip(param.help)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            field.edited.connect(partial(self._on_setting_edited, name))
            field.refused.connect(self.refused.emit)
            field.settled.connect(self.settled.emit)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._settings)
        self._settings.setVisible(bool(params))

    def _on_activated(self, index: int) -> None:
        self.edited.emit(self._box.itemData(index))
        self.settled.emit()

    def _on_setting_edited(self, name: str, value: object) -> None:
        self._values[name] = value
        self.edited.emit(self._choice.text(self._shown_key, self._values))
