"""One editor per kind of declared setting. A form is a column of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from nn_designer.app.widgets.line_edit import LineEdit
from nn_designer.app.widgets.number_box import NumberBox
from nn_designer.app.widgets.switch import Switch
from nn_designer.design.frozen import thaw
from nn_designer.params import (
    Bool,
    Choice,
    ChoiceWithSettings,
    Dimensions,
    Float,
    Int,
    Numbers,
    Param,
    ParamError,
    Text,
)

MIXED = object()
"""Shown value of a setting that differs between the selected layers."""
WRONG_LETTERS = 60
"""So many letters of a value that is not allowed are shown."""


class Field(QWidget):
    """Edits one setting. :attr:`edited` carries only values that its declaration allows."""

    edited = Signal(object)
    refused = Signal(str)  # why what was typed is not allowed; empty: all right again
    settled = Signal()  # editing is over: the next edit is another undo step

    def __init__(self, param: Param[Any], editor: QWidget) -> None:
        super().__init__()
        self.param = param
        self.editor = editor
        editor.setObjectName(f"setting_{param.name}")
        editor.setAccessibleName(param.title)
        editor.setAccessibleDescription(param.help)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(editor)
        self.setFocusProxy(editor)
        self.setFocusPolicy(editor.focusPolicy())  # else setTabOrder leaves it where it is

    def set_value(self, value: Any) -> None:
        """Show ``value`` (or MIXED) without emitting."""
        raise NotImplementedError

    def show_wrong(self, value: Any, sentence: str) -> None:
        """Show a value that the declaration does not allow (files may hold any), and say why."""
        raise NotImplementedError


class NumberField(Field):
    def __init__(self, param: Int | Float) -> None:
        self._box = NumberBox(param)
        super().__init__(param, self._box)
        self._box.edited.connect(self.edited.emit)
        self._box.refused.connect(self.refused.emit)
        self._box.settled.connect(self.settled.emit)

    def set_value(self, value: Any) -> None:
        self._box.set_value(None if value is MIXED else value)

    def show_wrong(self, value: Any, sentence: str) -> None:
        self._box.show_wrong(short(value), sentence)


class SwitchField(Field):
    def __init__(self, param: Bool) -> None:
        self._switch = Switch()
        super().__init__(param, self._switch)
        self.layout().addStretch(1)
        self._switch.clicked.connect(self._on_clicked)

    def set_value(self, value: Any) -> None:
        self._switch.setTristate(value is MIXED)
        if value is MIXED:
            self._switch.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self._switch.setChecked(bool(value))
        self.refused.emit("")

    def show_wrong(self, value: Any, sentence: str) -> None:
        self.set_value(MIXED)
        self.refused.emit(sentence)

    def _on_clicked(self) -> None:
        self._switch.setTristate(False)
        self.refused.emit("")
        self.edited.emit(self._switch.isChecked())
        self.settled.emit()


class CalmComboBox(QComboBox):
    """A combo box whose value the mouse wheel changes only once it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(20)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As usual, with … where the text is too long; the whole text is the tip of the list."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        picture = 0 if option.currentIcon.isNull() else option.iconSize.width() + 8
        room = field.width() - picture - 2
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ChoiceField(Field):
    """``icon_for`` may give each choice a picture (activations: their curves)."""

    def __init__(self, param: Choice, icon_for: Callable[[str], QIcon] | None = None) -> None:
        self._box = CalmComboBox()
        super().__init__(param, self._box)
        for key, title in param.choices.items():
            if icon_for is None:
                self._box.addItem(title, key)
            else:
                self._box.addItem(icon_for(key), title, key)
        self._box.activated.connect(self._on_activated)

    def set_value(self, value: Any) -> None:
        self._box.setPlaceholderText("different values")
        self._box.setCurrentIndex(-1 if value is MIXED else self._box.findData(value))
        self.refused.emit("")

    def show_wrong(self, value: Any, sentence: str) -> None:
        self._box.setPlaceholderText(short(value))
        self._box.setCurrentIndex(-1)
        self.refused.emit(sentence)

    def set_icons(self, icon_for: Callable[[str], QIcon]) -> None:
        """Draw the pictures again, in another theme's colours."""
        for index in range(self._box.count()):
            self._box.setItemIcon(index, icon_for(self._box.itemData(index)))

    def _on_activated(self, index: int) -> None:
        self.edited.emit(self._box.itemData(index))
        self.settled.emit()


class TextField(Field):
    """A line of text; :meth:`parsed` and :meth:`shown` turn it into a value and back.

    ``placeholder`` stands in it while the value is empty.
    """

    def __init__(self, param: Param[Any]) -> None:
        self._line = LineEdit()
        super().__init__(param, self._line)
        self.placeholder = ""
        self._value: Any = param.default
        self._line.textEdited.connect(self._on_text_edited)
        self._line.editingFinished.connect(self._on_editing_finished)

    def parsed(self, text: str) -> Any:
        return text

    def shown(self, value: Any) -> str:
        return str(value)

    def set_value(self, value: Any) -> None:
        mixed = value is MIXED
        self._line.setPlaceholderText("different values" if mixed else self.placeholder)
        if not mixed and value == self._value and self._line.hasFocus():
            return  # what is being typed means this value already
        self._value = None if mixed else value
        self._line.setText("" if mixed else self.shown(value))
        if not self._line.hasFocus():
            self._line.setCursorPosition(0)  # of a long text, the beginning is seen
        self._mark("")

    def show_wrong(self, value: Any, sentence: str) -> None:
        self._value = None
        self._line.setText(short(value))
        self._mark(sentence)

    def _on_text_edited(self, text: str) -> None:
        try:
            value = self.param.check(self.parsed(text))
        except ParamError as error:
            self._mark(str(error))
            return
        self._mark("")
        if value != self._value:
            self._value = value
            self.edited.emit(value)

    def _on_editing_finished(self) -> None:
        if self._value is not None:
            self._line.setText(self.shown(self._value))
            self._paint_validity(True)
        self.settled.emit()

    def _mark(self, sentence: str) -> None:
        self._paint_validity(not sentence)
        self.refused.emit(sentence)

    def _paint_validity(self, right: bool) -> None:
        if self._line.property("invalid") != (not right):
            self._line.setProperty("invalid", not right)
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)


class DimensionsField(TextField):
    """A shape as people write it: ``28 × 28 × 1``, ``28x28``, ``28, 28``."""

    def parsed(self, text: str) -> Any:
        parts = [part for part in re.split(r"[\s×x*,;()\[\]]+", text.strip()) if part]
        try:
            return [int(part) for part in parts]
        except ValueError:
            return text

    def shown(self, value: Any) -> str:
        return " × ".join(str(size) for size in value)


class NumbersField(TextField):
    """Numbers as people write them: ``0.5, 2``; ``0,5`` are two."""

    def parsed(self, text: str) -> Any:
        parts = [part for part in re.split(r"[\s,;()\[\]]+", text.strip()) if part]
        try:
            return [float(part) for part in parts]
        except ValueError:
            return text

    def shown(self, value: Any) -> str:
        return ", ".join(f"{number:.10g}" for number in value)


def short(value: object) -> str:
    """A value that is not allowed, as text for a small box."""
    text = str(thaw(value))
    return text if len(text) <= WRONG_LETTERS else f"{text[: WRONG_LETTERS - 1]}…"


def field_for(param: Param[Any], icon_for: Callable[[str], QIcon] | None = None) -> Field:
    """The editor for a declared setting.

    Raises:
        TypeError: a new kind of Param has no editor yet.
    """
    if isinstance(param, Int | Float):
        return NumberField(param)
    if isinstance(param, Bool):
        return SwitchField(param)
    if isinstance(param, ChoiceWithSettings):
        from nn_designer.app.widgets.choice_with_settings_field import ChoiceWithSettingsField

        return ChoiceWithSettingsField(param)
    if isinstance(param, Choice):
        return ChoiceField(param, icon_for)
    if isinstance(param, Dimensions):
        return DimensionsField(param)
    if isinstance(param, Numbers):
        return NumbersField(param)
    if isinstance(param, Text):
        return TextField(param)
    raise TypeError(f"no editor for settings of the kind {type(param).__name__}")
