"""The training panel: settings, optimizers, the learning rate of a run under way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.training_panel import LEARNING, SPLIT, STOPPING, TrainingPanel
from nn_designer.design import edits, templates
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.training_settings import TrainingSettings


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[TrainingPanel]:
    trainer = Trainer(in_process=True)
    made = TrainingPanel(Store(templates.new("xor")), trainer, ThemeManager())
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    yield made
    made.data_card.background.wait()
    trainer.close()


def type_into(panel: TrainingPanel, name: str, text: str) -> None:
    editor = panel.learning_form.field(name).editor
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, text)


def choose(box: QComboBox, key: str) -> None:
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def test_every_training_setting_has_its_place() -> None:
    assert {*LEARNING, *SPLIT, *STOPPING} == set(TrainingSettings.params)


def test_settings_reach_the_document(panel: TrainingPanel) -> None:
    type_into(panel, "epochs", "25")
    type_into(panel, "learning_rate", "0,5")
    training = panel.store.document.training
    assert training["epochs"] == 25 and training["learning_rate"] == 0.5
    assert panel.store.undo_stack.count() == 2


@pytest.mark.parametrize("key", list(OPTIMIZERS))
def test_every_optimizer_shows_its_own_settings(panel: TrainingPanel, key: str) -> None:
    choose(panel.learning_form.field("optimizer").editor, key)
    assert panel.values()["optimizer"] == key
    form = panel.method_settings["optimizer"].form
    assert (list(form.params) if form is not None else []) == list(OPTIMIZERS[key].params)
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert any(OPTIMIZERS[key].help in text for text in texts)


def test_an_optimizer_setting_reaches_the_document(panel: TrainingPanel) -> None:
    choose(panel.learning_form.field("optimizer").editor, "momentum")
    form = panel.method_settings["optimizer"].form
    assert form is not None
    name = next(iter(form.params))
    form.edited.emit(name, 0.5)
    assert panel.store.document.optimizer_settings[name] == 0.5


@pytest.mark.parametrize("key", list(LOSSES))
def test_every_loss_can_be_chosen_and_is_explained(panel: TrainingPanel, key: str) -> None:
    choose(panel.learning_form.field("loss").editor, key)
    assert panel.values()["loss"] == key
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert any(LOSSES[key].help in text for text in texts)


def test_patience_matters_only_with_early_stopping(panel: TrainingPanel) -> None:
    patience = panel.stopping_form.field("patience")
    assert not patience.isEnabled()
    switch = panel.stopping_form.field("early_stopping").editor
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert panel.values()["early_stopping"] is True and patience.isEnabled()


def test_data_with_their_own_test_part_need_no_split(panel: TrainingPanel) -> None:
    assert panel.split_form.field("validation_split").isEnabled()
    panel.store.replace_document(templates.new("article"))
    assert not panel.split_form.field("validation_split").isEnabled()
    hint = panel.findChild(QLabel, "split_hint")
    assert not hint.isHidden() and "own test part" in hint.text()


def test_the_learning_rate_reaches_a_run_under_way(panel: TrainingPanel, qtbot: QtBot) -> None:
    rates: list[float] = []
    before = panel.values()["learning_rate"]
    send = panel.trainer.set_learning_rate

    def note(rate: float) -> None:
        rates.append(rate)
        send(rate)

    panel.trainer.set_learning_rate = note  # type: ignore[method-assign]
    panel.store.edit("Epochs", edits.set_training, "epochs", 100_000)
    assert rates == []
    panel.trainer.start(panel.store.document)
    qtbot.waitUntil(lambda: panel.trainer.state == "running", timeout=20_000)
    assert panel.findChild(QLabel, "running_hint").isVisible()
    type_into(panel, "learning_rate", "0.25")
    assert rates[-1] == 0.25
    panel.store.undo_stack.undo()
    assert rates[-1] == before
    panel.trainer.stop()
    qtbot.waitUntil(lambda: panel.trainer.state == "idle", timeout=5_000)
    assert not panel.findChild(QLabel, "running_hint").isVisible()


def test_drawn_data_have_their_settings_in_the_card(panel: TrainingPanel, qtbot: QtBot) -> None:
    card = panel.data_card
    qtbot.waitUntil(lambda: card.preview.kind == "points", timeout=10_000)
    assert "500 samples" in card._facts.text()
    assert card._form is not None
    editor = card._form.field("n_samples").editor
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "80")
    assert panel.store.document.data.settings["n_samples"] == 80
    assert "80 samples" in card._facts.text()
    assert panel.store.undo_stack.count() == 1
