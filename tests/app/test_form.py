"""Forms made from declared settings, with real keys and clicks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.widgets.choice_with_settings_field import ChoiceWithSettingsField
from nn_designer.app.widgets.fields import MIXED, field_for
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.number_box import NumberBox, parsed_number, shown_number
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.params import (
    Bool,
    Choice,
    ChoiceWithSettings,
    Dimensions,
    Float,
    HasParams,
    Int,
    Numbers,
    Pair,
    Param,
    Text,
)


class Plain(HasParams):
    title = "Plain"


class Spread(HasParams):
    title = "Spread out"
    size = Float(0.5, minimum=0.0, help="How wide.")


class Sample(HasParams):
    units = Int(10, minimum=1, maximum=1000, help="How many neurons.")
    rate = Float(0.001, minimum=0, maximum=10, exclusive_minimum=True, logarithmic=True)
    bias = Bool(True)
    activation = Choice("relu", {"relu": "ReLU", "tanh": "Tanh"})
    shape = Dimensions((28, 28))
    kernel = Pair((3, 3))
    mean = Numbers((0.0,))
    axes = Dimensions((), minimum_rank=0)
    note = Text("", maximum_length=5)
    start = ChoiceWithSettings("plain", lambda: {"plain": Plain, "spread": Spread})
    slope = Float(0.1, minimum=0, maximum=1, visible_if=("activation", ("tanh",)))
    secret = Int(1, minimum=0, advanced=True)


class Shown:
    """A form on the screen that remembers what it emitted."""

    def __init__(self, qtbot: QtBot) -> None:
        self.form = Form(Sample.params)
        self.edited: list[tuple[str, Any]] = []
        self.form.edited.connect(self._on_edited)
        qtbot.addWidget(self.form)
        self.form.set_values(Sample.defaults())
        self.form.show()

    def _on_edited(self, name: str, value: object) -> None:
        self.edited.append((name, value))

    def editor(self, name: str) -> QWidget:
        return self.form.field(name).editor

    def type(self, name: str, text: str) -> None:
        editor = self.editor(name)
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, text)

    def message(self, name: str) -> str:
        found = self.form.findChild(QLabel, f"refusal_{name}")
        return found.text() if found.isVisible() else ""


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_typing_emits_every_right_value_at_once(shown: Shown) -> None:
    shown.type("units", "64")
    assert shown.edited == [("units", 6), ("units", 64)]


def test_numbers_are_typed_with_commas_or_spaces(shown: Shown) -> None:
    shown.type("mean", "0.5, -2")
    assert shown.edited[-1] == ("mean", (0.5, -2.0))
    shown.type("mean", "1 2e3")
    assert shown.edited[-1] == ("mean", (1.0, 2000.0))
    shown.type("mean", "one")
    assert "Mean must be a list of 1 to 10,000 numbers" in shown.message("mean")


def test_a_list_that_may_be_empty_can_be_emptied(shown: Shown) -> None:
    shown.type("axes", "1 2")
    assert shown.edited[-1] == ("axes", (1, 2))
    QTest.keyClick(shown.editor("axes"), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(shown.editor("axes"), Qt.Key.Key_Delete)
    assert shown.edited[-1] == ("axes", ())
    assert shown.message("axes") == ""


def test_what_is_chosen_shows_its_own_settings(shown: Shown) -> None:
    field = shown.form.field("start")
    assert isinstance(field, ChoiceWithSettingsField)
    box = shown.editor("start")
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert shown.edited == [("start", "spread")]
    shown.form.set_values({"start": "spread"})  # as the panel does when the document changed
    editor = field.setting("size").editor
    assert editor.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "2")
    assert shown.edited[-1] == ("start", "spread(size=2.0)")
    QTest.keyClicks(editor, "x")
    assert "Size must be a number" in shown.message("start")
    shown.form.set_values({"start": MIXED})
    assert not editor.isVisible()
    assert box.placeholderText() == "different values"


def test_a_wrong_number_is_explained_and_not_emitted(shown: Shown) -> None:
    shown.type("units", "0")
    assert shown.edited == []
    assert "Units must be a whole number from 1 to 1,000" in shown.message("units")
    shown.type("units", "many")
    assert "'many'" in shown.message("units")
    QTest.keyClick(shown.editor("units"), Qt.Key.Key_Escape)
    assert shown.message("units") == ""
    assert shown.editor("units").lineEdit().text() == "10"


WRONG = {
    "units": ("many", 0, 10**400, None, True, (1,)),
    "rate": ("x", -1.0, None, {"a": 1}),
    "bias": ("no", 1, None),
    "activation": ("magic", 7, None, ("relu",)),
    "start": ("magic", "spread(size=-1)", 7, None),
    "shape": ("big", 5, (0, -1), ((1,),), None),
    "note": (5, "much too long", None),
}
"""Values that a damaged file may hold."""


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]]
)
def test_a_wrong_value_of_a_file_is_shown_and_explained(
    shown: Shown, name: str, value: object
) -> None:
    shown.form.set_values({**Sample.defaults(), name: value})
    assert "must be" in shown.message(name)
    assert shown.edited == []
    shown.form.set_values(Sample.defaults())
    assert shown.message(name) == ""


def test_a_wrong_value_of_a_file_gives_way_to_a_right_one(shown: Shown) -> None:
    shown.form.set_values({**Sample.defaults(), "units": -5, "activation": "magic"})
    assert shown.editor("units").lineEdit().text() == "-5"
    assert shown.editor("activation").placeholderText() == "magic"
    shown.type("units", "7")
    QTest.keyClick(shown.editor("activation"), Qt.Key.Key_Down)
    assert shown.edited == [("units", 7), ("activation", "relu")]
    assert shown.message("units") == ""


def test_leaving_a_wrong_number_puts_the_right_one_back(shown: Shown, qtbot: QtBot) -> None:
    shown.type("units", "5000")
    shown.editor("note").setFocus()
    qtbot.waitUntil(lambda: shown.editor("units").lineEdit().text() == "500")
    assert ("units", 5000) not in shown.edited


def test_arrow_keys_step_and_stop_at_the_end(shown: Shown) -> None:
    editor = shown.editor("units")
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert shown.edited[-1] == ("units", 11)
    shown.form.set_values({**Sample.defaults(), "units": 1000})
    count = len(shown.edited)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert len(shown.edited) == count


def test_a_learning_rate_steps_by_one_two_five(shown: Shown) -> None:
    editor = shown.editor("rate")
    for _ in range(4):
        QTest.keyClick(editor, Qt.Key.Key_Up)
    assert [value for _, value in shown.edited] == [0.002, 0.005, 0.01, 0.02]
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert shown.edited[-1] == ("rate", 0.01)


def test_the_wheel_changes_nothing_without_focus(shown: Shown) -> None:
    editor = shown.editor("units")
    editor.clearFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(editor, event)
    assert shown.edited == []


def test_switches_choices_texts_and_shapes(shown: Shown) -> None:
    QTest.mouseClick(shown.editor("bias"), Qt.MouseButton.LeftButton)
    box = shown.editor("activation")
    assert isinstance(box, QComboBox)
    QTest.keyClick(box, Qt.Key.Key_Down)
    shown.type("note", "hi")
    shown.type("shape", "8x4")
    assert ("bias", False) in shown.edited
    assert ("activation", "tanh") in shown.edited
    assert shown.edited[-4:-2] == [("note", "h"), ("note", "hi")]
    assert shown.edited[-2:] == [("shape", (8,)), ("shape", (8, 4))]


def test_too_long_a_text_is_explained(shown: Shown) -> None:
    shown.type("note", "too long")
    assert "at most 5 characters" in shown.message("note")


def test_settings_show_only_where_they_matter(shown: Shown) -> None:
    assert not shown.editor("slope").isVisible()
    shown.form.set_values({**Sample.defaults(), "activation": "tanh"})
    assert shown.editor("slope").isVisible()
    assert not shown.editor("secret").isVisible()
    shown.form.open_advanced()
    assert shown.editor("secret").isVisible()


def test_different_values_show_as_such_and_can_be_set_together(shown: Shown) -> None:
    shown.form.set_values(dict.fromkeys(Sample.params, MIXED))
    units = shown.editor("units")
    assert units.lineEdit().text() == ""
    assert units.lineEdit().placeholderText() == "different values"
    assert shown.editor("bias").checkState() == Qt.CheckState.PartiallyChecked
    assert shown.editor("activation").currentIndex() == -1
    assert shown.edited == []
    shown.type("units", "3")
    assert shown.edited == [("units", 3)]


def test_long_choices_are_shown_in_full(qtbot: QtBot) -> None:
    form = Form({name: TrainingSettings.params[name] for name in ("loss", "optimizer")})
    qtbot.addWidget(form)
    form.resize(264, 200)  # as in the panel
    form.show()
    for name in ("loss", "optimizer"):
        box = form.field(name).editor
        assert isinstance(box, QComboBox)
        longest = max((box.itemText(i) for i in range(box.count())), key=len)
        assert box.fontMetrics().horizontalAdvance(longest) < box.width() - 40, longest


def test_showing_values_emits_nothing(shown: Shown) -> None:
    shown.form.set_values({**Sample.defaults(), "units": 99, "note": "x", "shape": (3,)})
    assert shown.edited == []


def test_every_editor_has_a_name_for_tests_and_screen_readers(shown: Shown) -> None:
    for name, param in Sample.params.items():
        editor = shown.editor(name)
        assert editor.objectName() == f"setting_{name}"
        assert editor.accessibleName() == param.title


def test_a_kind_of_setting_without_an_editor_is_an_error(qapp: object) -> None:
    with pytest.raises(TypeError):
        field_for(Param(0))


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("1 000", 1000), ("1,000", 1000), ("0,5", 0.5), ("0,001", 0.001), ("1e-3", 0.001),
     ("1_000", 1000), ("1,234.5", 1234.5), (" -3 ", -3)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: float) -> None:
    assert parsed_number(text) == number


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12))
def test_a_shown_number_reads_back_as_itself(number: float) -> None:
    assert parsed_number(shown_number(number)) == number


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=12))
def test_no_text_gets_a_wrong_number_out(qapp: object, text: str) -> None:
    box = NumberBox(Int(3, minimum=1, maximum=50))
    values: list[Any] = []
    box.edited.connect(values.append)
    box.lineEdit().setText(text)
    box.lineEdit().textEdited.emit(text)
    assert all(isinstance(value, int) and 1 <= value <= 50 for value in values)
    box.deleteLater()
