"""The property panel: forms, names, problems and curves of the selection."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from nn_designer.app.property_panel import PropertyPanel
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.function_plot import FunctionPlot, sampled
from nn_designer.app.widgets.section import Notice
from nn_designer.design import edits, templates
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind, statements


class Shown:
    def __init__(self, qtbot: QtBot, template: str = "xor") -> None:
        self.store = Store(templates.new(template))
        self.themes = ThemeManager()
        self.panel = PropertyPanel(self.store, self.themes)
        qtbot.addWidget(self.panel)
        self.panel.resize(336, 700)
        self.panel.show()

    @property
    def dense(self) -> list[str]:
        return [layer.id for layer in self.store.document.of_kind("dense")]

    def editor(self, name: str):  # type: ignore[no-untyped-def]
        form = self.panel.layer_page.form
        assert form is not None
        return form.field(name).editor

    def type(self, editor, text: str) -> None:  # type: ignore[no-untyped-def]
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, text)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_typed_units_reach_the_document_as_one_step(shown: Shown) -> None:
    first = shown.dense[0]
    shown.store.select((first,))
    shown.type(shown.editor("units"), "128")
    assert shown.store.document.layer(first).settings["units"] == 128
    assert shown.store.undo_stack.count() == 1
    assert shown.store.undo_stack.undoText() == "Change units"
    shown.store.undo_stack.undo()
    assert shown.editor("units").lineEdit().text() == "4"


def test_the_activation_is_chosen_and_its_curves_drawn(shown: Shown) -> None:
    shown.store.select((shown.dense[0],))
    box = shown.editor("activation")
    assert isinstance(box, QComboBox) and not box.itemIcon(0).isNull()
    box.setFocus()
    box.setCurrentIndex(box.findData("sigmoid"))
    box.activated.emit(box.currentIndex())
    plot = shown.panel.findChild(FunctionPlot)
    assert plot.isVisible() and plot.key == "sigmoid"
    x, y, slope = plot.curves
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), atol=1e-6)
    np.testing.assert_allclose(slope, y * (1 - y), atol=1e-6)


@pytest.mark.parametrize("key", list(ACTIVATIONS))
def test_every_activation_can_be_shown(shown: Shown, key: str) -> None:
    x, y, slope = sampled(ACTIVATIONS[key])
    assert x.shape == y.shape == slope.shape
    assert np.isfinite(y).all() and np.isfinite(slope).all()
    smooth = np.abs(x) > 0.1  # away from the corner of ReLU and the like
    numeric = np.gradient(y, x)
    off = np.abs(numeric - slope)[smooth & (np.abs(np.abs(x) - 3) > 0.1)]
    assert off.max() < 0.01
    shown.store.edit("Activation", edits.set_setting, shown.dense[0], "activation", key)
    shown.store.select((shown.dense[0],))
    assert shown.panel.findChild(FunctionPlot).key == key


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_a_page_with_all_its_settings_and_help(shown: Shown, kind: str) -> None:
    shown.store.edit("Add", edits.add_layer, kind)
    added = shown.store.document.layers[-1]
    shown.store.select((added.id,))
    form = shown.panel.layer_page.form
    assert form is not None and list(form.params) == list(KINDS[kind].params)
    texts = [found.text() for found in shown.panel.findChildren(QLabel)]
    first_words = " ".join((KINDS[kind].__doc__ or "").split()[:4])
    assert any(first_words in text for text in texts)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.formula])
def test_the_formula_and_the_way_back_can_be_folded_out(
    shown: Shown, kind: type[LayerKind]
) -> None:
    shown.store.edit("Add", edits.add_layer, kind.key)
    shown.store.select((shown.store.document.layers[-1].id,))
    backward = shown.panel.findChild(QLabel, "kind_backward")
    assert not backward.isVisible()
    QTest.mouseClick(
        shown.panel.findChild(QAbstractButton, "kind_formula_button"), Qt.MouseButton.LeftButton
    )
    assert backward.isVisible() and backward.text().splitlines() == statements(kind.backward)
    forward = shown.panel.findChild(QLabel, "kind_forward")
    assert forward.text().splitlines() == statements(kind.formula)


def test_shapes_are_never_cut(shown: Shown, qtbot: QtBot) -> None:
    shown.panel.resize(280, 700)  # the narrowest
    shown.store.replace_document(templates.new("lenet"))
    facts = shown.panel.layer_page._stats
    for layer in shown.store.document.of_kind("conv2d"):
        shown.store.select((layer.id,))
        facts.show_values(Input="112 × 112 × 256 + 112 × 112 × 256", Output="1 × 2", Parameters="3")
        qtbot.wait(20)
        for caption in ("Input", "Output", "Parameters"):
            value = facts._values[caption]
            assert value.heightForWidth(value.width()) <= value.height(), caption


def test_several_layers_are_changed_together(shown: Shown) -> None:
    shown.store.select(shown.dense)
    units = shown.editor("units")
    assert units.lineEdit().placeholderText() == "different values"
    shown.type(units, "9")
    assert [shown.store.document.layer(id).settings["units"] for id in shown.dense] == [9, 9]
    assert shown.store.undo_stack.count() == 1


def test_different_kinds_share_what_they_both_have(shown: Shown) -> None:
    shown.store.edit("Add", edits.add_layer, "activation")
    added = shown.store.document.layers[-1].id
    shown.store.select((shown.dense[0], added))
    form = shown.panel.layer_page.form
    assert form is not None and list(form.params) == ["activation"]


def test_layers_with_nothing_in_common_say_so_and_tell_their_sums(shown: Shown) -> None:
    shown.store.select(shown.store.document.by_id)
    page = shown.panel.layer_page
    assert page.findChild(QLabel, "nothing_shared").isVisible()
    assert page._sums.text_of("Layers") == str(len(shown.store.document.layers))
    assert page._sums.text_of("Parameters") == str(shown.store.report.total_parameters)
    shown.store.select(shown.dense)
    assert not page.findChild(QLabel, "nothing_shared").isVisible()


def test_a_long_name_shows_its_beginning_and_a_long_output_is_short(shown: Shown) -> None:
    first = shown.dense[0]
    shown.store.edit("Rename", edits.rename, first, "A name that is longer than the field has room")
    shown.store.edit("Set", edits.set_setting, [first], "units", 1_000_000)
    shown.store.select((first,))
    assert shown.panel.findChild(QLineEdit, "layer_name").cursorPosition() == 0
    assert shown.panel.layer_page._stats.text_of("Output") == "1 million"


def test_a_design_without_a_name_says_untitled(shown: Shown) -> None:
    shown.store.edit("Name", edits.set_name, "")
    assert shown.panel.findChild(QLineEdit, "design_name").placeholderText() == "Untitled"


def test_renaming(shown: Shown) -> None:
    shown.store.select((shown.dense[0],))
    name = shown.panel.findChild(QLineEdit, "layer_name")
    shown.type(name, "Hidden")
    assert shown.store.document.layer(shown.dense[0]).name == "Hidden"
    assert shown.store.undo_stack.count() == 1


def test_problems_of_the_layer_are_shown(shown: Shown, qtbot: QtBot) -> None:
    last = shown.dense[-1]
    shown.store.select((last,))
    assert not shown.panel.findChildren(Notice)
    shown.store.edit("Units", edits.set_setting, last, "units", 7)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in shown.panel.findChildren(Notice)))
    (notice,) = (one for one in shown.panel.findChildren(Notice) if one.isVisible())
    texts = [label.text() for label in notice.findChildren(QLabel)]
    assert shown.store.report.errors[0].sentence in texts
    shown.store.undo_stack.undo()
    assert not notice.isVisible()


def test_pointing_at_a_setting_shows_its_help(shown: Shown) -> None:
    shown.store.select((shown.dense[0],))
    shown.editor("units").setFocus()
    shown.panel.layer_page.pointed.emit(KINDS["dense"].params["units"])
    texts = [label.text() for label in shown.panel.findChildren(QLabel) if label.isVisible()]
    assert "How many neurons the layer has." in texts
    assert "A whole number from 1 to 1,000,000,000." in texts


def test_without_a_selection_the_design_itself_is_edited(shown: Shown) -> None:
    name = shown.panel.findChild(QLineEdit, "design_name")
    notes = shown.panel.findChild(QPlainTextEdit, "design_notes")
    assert name.isVisible() and notes.isVisible()
    before = shown.store.document.notes
    assert before and notes.toPlainText() == before
    shown.type(name, "Mine")
    notes.setFocus()
    QTest.keyClicks(notes, "Learns fast.")
    assert shown.store.document.name == "Mine"
    assert shown.store.document.notes == "Learns fast." + before
    shown.store.undo_stack.undo()
    assert notes.toPlainText() == before


def test_an_unknown_kind_can_be_selected(shown: Shown) -> None:
    from dataclasses import replace

    layers = list(shown.store.document.layers)
    layers[1] = replace(layers[1], kind="quantum")
    shown.store.replace_document(replace(shown.store.document, layers=tuple(layers)))
    shown.store.select((layers[1].id,))
    texts = [label.text() for label in shown.panel.findChildren(QLabel) if label.isVisible()]
    assert any("quantum" in text for text in texts)


def test_the_theme_reaches_the_curves(shown: Shown) -> None:
    shown.store.select((shown.dense[0],))
    for mode in ("dark", "light"):
        shown.themes.set_mode(mode)
        assert shown.panel.findChild(FunctionPlot).isVisible()
