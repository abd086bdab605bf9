"""A form made from declared settings: labels, editors, ranges, help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from nn_designer.app.widgets.fields import MIXED, ChoiceField, Field, field_for
from nn_designer.app.widgets.section import Fold
from nn_designer.params import Bool, Choice, ChoiceWithSettings, Param, ParamError, Text

LABEL_WIDTH_PX = 104
LONG_CHOICE = 16
"""Choices with titles longer than this (letters), and texts that may be, stand below their label,
in the whole width."""


class Form(QWidget):
    """Edits the settings ``params``; emits each right value at once.

    Args:
        params: name → declaration, in the order to show. Advanced ones go under "More".
        icons: pictures for the choices of a setting, by its name.
    """

    edited = Signal(str, object)  # name, value
    settled = Signal(str)  # name: editing is over
    pointed = Signal(object)  # the Param under the mouse or with the focus; None: none

    def __init__(
        self,
        params: Mapping[str, Param[Any]],
        icons: Mapping[str, Callable[[str], QIcon]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.params = dict(params)
        self._rows: dict[str, _Row] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        plain = {name: param for name, param in params.items() if not param.advanced}
        advanced = {name: param for name, param in params.items() if param.advanced}
        outer.addLayout(self._grid(plain, icons or {}))
        self._fold: Fold | None = None
        if advanced:
            self._fold = Fold("More settings", opened=False)
            self._fold.setObjectName("more_settings")
            self._fold.body_layout.addLayout(self._grid(advanced, icons or {}))
            outer.addWidget(self._fold)

    def field(self, name: str) -> Field:
        """The editor of one setting."""
        return self._rows[name].field

    def open_advanced(self) -> None:
        """Unfold the settings under "More"."""
        if self._fold is not None:
            self._fold.set_opened(True)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values (MIXED where layers differ); nothing is emitted."""
        for name, row in self._rows.items():
            value = values.get(name, self.params[name].default)
            row.show(value)
            condition = self.params[name].visible_if
            if condition is not None:
                ruling = values.get(condition[0])
                row.set_visible(ruling is MIXED or ruling in condition[1])

    def set_icons(self, name: str, icon_for: Callable[[str], QIcon]) -> None:
        """Other pictures for a choice (after a change of theme)."""
        field = self._rows[name].field
        if isinstance(field, ChoiceField):
            field.set_icons(icon_for)

    def _grid(
        self, params: Mapping[str, Param[Any]], icons: Mapping[str, Callable[[str], QIcon]]
    ) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH_PX)
        grid.setColumnStretch(1, 1)
        for index, (name, param) in enumerate(params.items()):
            row = _Row(param, icons.get(name), self)
            first = 3 * index
            if _needs_room(param):
                grid.addWidget(row.label, first, 0, 1, 2)
                grid.addWidget(row.field, first + 1, 0, 1, 2)
            else:
                grid.addWidget(row.label, first, 0)
                grid.addWidget(row.field, first, 1)
            grid.addWidget(row.message, first + 2, 0, 1, 2)
            self._rows[name] = row
        return grid

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Enter):
            row = next((one for one in self._rows.values() if one.has(watched)), None)
            if row is not None:
                self.pointed.emit(row.param)
        return super().eventFilter(watched, event)


class _Row(QObject):
    """The parts of one setting: label, editor, and the sentence when a value is refused."""

    def __init__(
        self, param: Param[Any], icon_for: Callable[[str], QIcon] | None, form: Form
    ) -> None:
        super().__init__(form)
        self.param = param
        self._form = form
        self.field = field_for(param, icon_for)
        unit = f" ({param.unit})" if param.unit else ""
        self.label = QLabel(f"{param.title}{unit}")
        self.label.setBuddy(self.field.editor)
        self.label.setWordWrap(True)
        self.message = QLabel()
        self.message.setProperty("role", "error")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setObjectName(f"refusal_{param.name}")
        self.message.hide()
        tip = tip_of(param)
        for widget in (self.label, self.field.editor):
            widget.setToolTip(tip)
            widget.installEventFilter(form)
        self.field.edited.connect(self._on_edited)
        self.field.refused.connect(self._on_refused)
        self.field.settled.connect(self._on_settled)

    def has(self, watched: QObject) -> bool:
        return watched in (self.label, self.field.editor)

    def show(self, value: Any) -> None:
        """Show a value; one that is not allowed (of a file) with the sentence that says so."""
        try:
            if value is not MIXED:
                self.param.check(value)
        except ParamError as error:
            self.field.show_wrong(value, str(error))
        else:
            self.field.set_value(value)

    def set_visible(self, visible: bool) -> None:
        self.label.setVisible(visible)
        self.field.setVisible(visible)
        if not visible:
            self.message.hide()

    def _on_edited(self, value: object) -> None:
        self._form.edited.emit(self.param.name, value)

    def _on_refused(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _on_settled(self) -> None:
        self._form.settled.emit(self.param.name)


def _needs_room(param: Param[Any]) -> bool:
    """Whether the editor stands below its label, in the whole width."""
    if isinstance(param, Text):
        return param.maximum_length > LONG_CHOICE
    if isinstance(param, ChoiceWithSettings):  # the settings stand below it
        return True
    return isinstance(param, Choice) and max(map(len, param.choices.values())) > LONG_CHOICE


def expected_sentence(param: Param[Any]) -> str:
    """What a setting may be: "A whole number from 1 to 10."; empty where the editor shows it."""
    if isinstance(param, Choice | Bool):
        return ""
    expected = param.expected()
    return f"{expected[0].upper()}{expected[1:]}."


def tip_of(param: Param[Any]) -> str:
    """The help of a setting, then what it may be."""
    texts = (param.help, expected_sentence(param))
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)
