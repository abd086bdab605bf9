"""What a newcomer runs into on the way from an empty canvas to the first training."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from nn_designer.app.choose_data import can_fit, choose_data
from nn_designer.app.main_window import MainWindow
from nn_designer.app.store import Store
from nn_designer.data import DataChoice
from nn_designer.design import edits
from nn_designer.design.document import Document
from tests.helpers.canvas import chain

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def open_chain(window: MainWindow, *kinds: str) -> None:
    window.files.restore(chain(*kinds), "")
    window.activateWindow()


def test_a_blank_design_begins_with_a_loss_that_suits_its_data(window: MainWindow) -> None:
    window.files.new_blank()
    document = window.store.document
    assert not document.layers and window.store.clean
    assert document.training["loss"] == "sparse_categorical_crossentropy"


def test_data_of_the_same_form_still_fit_a_design_that_did_not(qapp: object) -> None:
    store = Store(chain("input", "dense", "output"))
    assert not store.report.ok
    assert choose_data(store, DataChoice("moons", {}))
    assert store.report.ok, store.report.problems


def test_a_design_that_fits_data_of_the_same_form_stays_as_it_is(qapp: object) -> None:
    document = chain("input", "dense", "output")
    document = edits.set_setting(document, "dense_1", "units", 2)
    document = edits.set_setting(document, "dense_1", "activation", "sigmoid")
    store = Store(document)
    assert store.report.ok, store.report.problems
    assert choose_data(store, DataChoice("moons", {}))
    assert store.document.layer("dense_1") == document.layer("dense_1")


def test_train_offers_to_fit_a_design_to_its_data(window: MainWindow, qtbot: QtBot) -> None:
    open_chain(window, "input", "dense", "output")
    window.run_controls.train()
    assert "10 outputs" in window.message_bar.text
    button = window.message_bar.findChild(QPushButton, "message_action")
    assert button is not None and button.text() == "Fit to the data"
    QTest.mouseClick(button, LEFT)
    assert window.store.report.ok
    assert window.store.document.layer("dense_1").settings["units"] == 2
    assert window.message_bar.kind == "info" and "2 units" in window.message_bar.text
    window.store.undo_stack.undo()
    assert not window.store.report.ok


@pytest.mark.parametrize("document", [Document(), chain("dense", "output")])
def test_what_fitting_would_not_mend_is_not_offered(qapp: object, document: Document) -> None:
    assert not can_fit(Store(document))


def test_undo_right_after_typing_a_number_undoes_the_edit(window: MainWindow) -> None:
    open_chain(window, "input", "dense", "output")
    window.workspace.show_training_settings()
    box = window.training_panel.learning_form.field("epochs").editor
    line = box.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "77")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window.store.document.training["epochs"] == 77
    QTest.keyClick(line, Qt.Key.Key_Z, CONTROL)
    assert "epochs" not in window.store.document.training
    assert line.text() == "10"
    QTest.keyClick(line, Qt.Key.Key_Y, CONTROL)
    assert line.text() == "77"


def test_undo_in_the_notes_takes_back_the_notes_first(window: MainWindow) -> None:
    open_chain(window, "input", "dense", "output")
    window.store.edit("Epochs", edits.set_training, "epochs", 5)
    window.workspace.show_properties()
    notes = window.findChild(QPlainTextEdit, "design_notes")
    notes.setFocus()
    QTest.keyClicks(notes, "hi")
    assert window.store.document.notes == "hi"
    QTest.keyClick(notes, Qt.Key.Key_Z, CONTROL)
    assert window.store.document.notes == ""
    assert window.store.document.training["epochs"] == 5
