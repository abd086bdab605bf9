"""Weights that took long to train are not lost without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.weights_guard import long_time
from nn_designer.design import edits


@pytest.fixture
def trained(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window whose network was trained, as if for long."""
    window.files.new_from_template("xor")
    window.store.edit("Epochs", edits.set_training, "epochs", 2)
    window.store.mark_clean()
    with qtbot.waitSignal(window.trainer.finished, timeout=20_000):
        window.run_controls.train()
    window.weights_guard.worth_s = 0.0
    return window


@pytest.mark.parametrize("answer", ["cancel", "discard"])
def test_another_design_asks_first(trained: MainWindow, answer: str) -> None:
    asked: list[str] = []
    trained.weights_guard.ask = lambda sentence: asked.append(sentence) or answer
    went = trained.files.new_from_template("iris")
    assert went == (answer == "discard")
    assert asked == ["The weights that the network learned in 1 minute have not been exported."]
    assert trained.trainer.has_weights == (answer == "cancel")
    assert "replaced" not in trained.message_bar.text, "what was given up is not offered again"


def test_closing_asks_first_and_can_export(trained: MainWindow, folder: Path) -> None:
    path = folder / "kept.npz"
    trained.weights_guard.ask = lambda _sentence: "export"
    trained.weights_files.ask_export_path = lambda _form, _suggestion: ""
    assert not trained.close(), "the export was cancelled"
    trained.weights_files.ask_export_path = lambda _form, _suggestion: str(path)
    assert trained.close()
    assert path.is_file()


def test_exported_weights_may_go(trained: MainWindow, folder: Path) -> None:
    trained.weights_guard.ask = lambda _sentence: pytest.fail("asked about exported weights")
    assert trained.weights_files.export("safetensors", str(folder / "kept.safetensors"))
    assert trained.files.new_from_template("iris")


def test_what_is_quickly_trained_again_may_go(trained: MainWindow) -> None:
    trained.weights_guard.worth_s = 60.0
    trained.weights_guard.ask = lambda _sentence: pytest.fail("asked about a moment's work")
    assert trained.files.new_from_template("iris")


def test_a_run_that_replaces_them_offers_them(
    trained: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    path = folder / "before.npz"
    before = trained.trainer.trained
    assert before is not None
    trained.store.edit("Seed", edits.set_training, "seed", 77)
    with qtbot.waitSignal(trained.trainer.finished, timeout=20_000):
        trained.run_controls.train()
        assert "are replaced" in trained.message_bar.text
        trained.weights_files.ask_export_path = lambda _form, _suggestion: str(path)
        button = trained.message_bar.findChild(QPushButton, "message_action")
        assert button.text() == "Export Them…"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    with np.load(path, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["dense_1.kernel"], before.weights["dense_1"]["kernel"])


@pytest.mark.parametrize(
    ("button", "answer"), [("Export…", "export"), ("Discard", "discard"), ("Cancel", "cancel")]
)
def test_the_question_itself(window: MainWindow, button: str, answer: str) -> None:
    def press() -> None:
        box = window.findChild(QMessageBox, "weights_question")
        assert isinstance(box, QMessageBox)
        names = {one.text().replace("&", ""): one for one in box.buttons()}
        names[button].click()

    QTimer.singleShot(50, press)
    assert window.weights_guard._ask("The weights…") == answer


def test_times_in_words() -> None:
    times = [long_time(seconds) for seconds in (3, 61, 100, 1500, 5500, 9000)]
    assert times == ["1 minute", "1 minute", "2 minutes", "25 minutes", "2 hours", "2 hours"]
