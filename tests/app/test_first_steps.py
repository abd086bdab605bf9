"""What a newcomer runs into on the way from an empty canvas to the first training."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from nn_designer.app.choose_data import can_fit, choose_data
from nn_designer.app.data_dialog import DataDialog
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


def test_a_run_begun_from_the_problems_shows_its_answers(window: MainWindow, qtbot: QtBot) -> None:
    window.files.new_from_template("iris")
    window.store.edit("Epochs", edits.set_training, "epochs", 2)
    window.show_problems()
    qtbot.wait(300)
    with qtbot.waitSignal(window.trainer.finished, timeout=20_000):
        window.run_controls.train()
    view = window.training_view
    qtbot.waitUntil(lambda: getattr(view.side_view, "counts", None) is not None, timeout=10_000)
    assert not view.side_view.empty_label.isVisible()


def test_a_new_input_takes_the_shape_of_the_data(qapp: object) -> None:
    store = Store(Document(data=DataChoice("iris", {})))
    store.edit("Add Input", edits.add_layer, "input")
    assert store.document.layer("input_1").settings["shape"] == (4,)
    store.edit("Shape", edits.set_setting, "input_1", "shape", [7])
    store.edit("Duplicate", edits.duplicate, ("input_1",))
    assert store.document.layers[1].settings["shape"] == (7,), "copied with its own shape"


def test_enter_after_a_path_reads_the_file(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    path = folder / "table.csv"
    path.write_text("a,b,kind\n1,5,x\n2,4,y\n3,3,x\n4,1,y\n", encoding="utf-8")
    asked = []

    def type_it() -> None:
        dialog = window.findChild(DataDialog)
        dialog.table_page.ask_path = lambda: asked.append("browse") or ""
        dialog.show_source("table")
        line = dialog.findChild(QLineEdit, "table_path")
        line.setText(str(path))
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert not dialog.use.isEnabled(), "nothing has been read yet"
        qtbot.waitUntil(dialog.use.isEnabled, timeout=20_000)
        QTest.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(0, type_it)
    window.files.new_blank()
    window.open_data_dialog()
    assert not asked
    assert window.store.document.data.settings["path"] == str(path)
