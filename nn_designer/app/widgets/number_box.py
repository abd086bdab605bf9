"""A box for one number: any text may be typed, only right values get out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from nn_designer.app.widgets.line_edit import LineEdit
from nn_designer.params import Float, Int, ParamError


def parsed_number(text: str) -> int | float:
    """The number that ``text`` means: ``1e-3``, ``0,5``, ``1 000`` and ``1_000`` are fine.

    Raises:
        ValueError: it is not a number.
    """
    compact = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if not compact:
        raise ValueError("empty")
    if "," in compact and "." not in compact and compact.count(",") == 1:
        whole, _comma, rest = compact.partition(",")
        # 1,000 is a thousand (no one means 1.000 with a decimal comma here); 0,001 is a fraction.
        thousands = len(rest) == 3 and whole.lstrip("+-") not in ("", "0")
        compact = whole + rest if thousands else f"{whole}.{rest}"
    compact = compact.replace(",", "")
    try:
        return int(compact)
    except ValueError:
        return float(compact)


def shown_number(value: float, decimals: int = 6) -> str:
    """``0.001``, ``1e-07``, ``12``: short, and read back as the same number."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    short = f"{value:.{decimals}g}"
    return short if float(short) == value else repr(value)


class NumberBox(QAbstractSpinBox):
    """Edits an Int or Float. Up and down step; a wheel only steps once the box has the focus.

    Wrong text stays as typed and is explained through :attr:`refused`; leaving the box puts the
    last right value back.
    """

    edited = Signal(object)  # int | float, checked
    refused = Signal(str)  # the sentence; empty when the text is right again
    settled = Signal()  # Enter or focus lost

    def __init__(self, param: Int | Float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self._value: int | float | None = param.default
        self.setLineEdit(LineEdit())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(param.title)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self._on_editing_finished)
        self._show_value()

    @property
    def value(self) -> int | float | None:
        """The last right value; None while several layers differ."""
        return self._value

    def set_value(self, value: int | float | None) -> None:
        """Show ``value`` (None: several different ones) without emitting anything.

        Text being typed that means the same value stays as it is typed.
        """
        if value == self._value and self._typed() == value and value is not None:
            return
        self._value = value
        self._show_value()

    def show_wrong(self, text: str, sentence: str) -> None:
        """Show a value that is not allowed (of a file), and why; it stays until another is typed."""
        self._value = None
        self.lineEdit().setText(text)
        self._mark(sentence)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, super().minimumSizeHint().height())

    def validate(self, text: str, position: int) -> object:
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        return text

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag
        return flags.StepUpEnabled | flags.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        start = self._value if self._value is not None else self.param.default
        value = self._stepped(start, steps)
        try:
            checked = self.param.check(value)
        except ParamError:
            return  # at the end of the range
        self._accept(checked)
        self._show_value()
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolls the panel instead of changing a value by accident

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._typed() != self._value:
            self._show_value()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._typed() != self._value:
            self._show_value(keep_message=True)

    def _stepped(self, start: int | float, steps: int) -> int | float:
        param = self.param
        if isinstance(param, Int):
            step = int(param.step or 1)
            value = start + steps * step
            low, high = param.minimum, param.maximum
            return int(min(max(value, low if low is not None else value), high or value))
        if param.logarithmic:
            return _one_two_five(start, steps)
        step = param.step or _fitting_step(param)
        value = round(start + steps * step, 10)
        if param.minimum is not None:
            value = max(value, param.minimum)
        if param.maximum is not None:
            value = min(value, param.maximum)
        return value

    def _typed(self) -> int | float | None:
        """The right value that the text means; None if it means none."""
        try:
            return self.param.check(parsed_number(self.lineEdit().text()))
        except (ValueError, OverflowError):
            return None

    def _on_text_edited(self, text: str) -> None:
        try:
            number: object = parsed_number(text)
        except (ValueError, OverflowError):
            number = text
        try:
            self._accept(self.param.check(number))
        except ParamError as error:
            self._mark(str(error))

    def _on_editing_finished(self) -> None:
        if self._typed() is not None:
            self._show_value()
        self.settled.emit()

    def _accept(self, value: int | float) -> None:
        self._mark("")
        if value != self._value:
            self._value = value
            self.edited.emit(value)

    def _show_value(self, keep_message: bool = False) -> None:
        text = ""
        if self._value is not None:
            decimals = getattr(self.param, "decimals", 6)
            text = shown_number(self._value, decimals)
        self.lineEdit().setText(text)
        self.lineEdit().setPlaceholderText("" if text else "different values")
        self._paint_validity(True)
        if not keep_message:
            self.refused.emit("")

    def _mark(self, sentence: str) -> None:
        self._paint_validity(not sentence)
        self.refused.emit(sentence)

    def _paint_validity(self, right: bool) -> None:
        if self.property("invalid") == (not right):
            return
        self.setProperty("invalid", not right)
        self.style().unpolish(self)
        self.style().polish(self)


def _one_two_five(start: float, steps: int) -> float:
    """The next number up or down in 1, 2, 5, 10, 20, 50…: even steps on a logarithmic scale."""
    from math import floor, log10

    value = float(start) or 1e-4
    for _ in range(abs(steps)):
        exponent = floor(log10(value) + 1e-9)
        ladder = [
            float(f"{digit}e{power}")
            for power in range(exponent - 1, exponent + 2)
            for digit in (1, 2, 5)
        ]
        if steps > 0:
            value = min(one for one in ladder if one > value * (1 + 1e-9))
        else:
            value = max(one for one in ladder if one < value * (1 - 1e-9))
    return value


def _fitting_step(param: Float) -> float:
    """A twentieth of a short range; 0.1 of an open one."""
    if param.minimum is not None and param.maximum is not None:
        span = param.maximum - param.minimum
        if span <= 10:
            return 0.05 if span <= 1 else 0.1
    return 0.1
