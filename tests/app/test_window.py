"""The main window: training buttons, problems, messages, theme, whole journeys."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.actions import DECLARED
from nn_designer.app.main_window import MainWindow
from nn_designer.design import edits

LEFT = Qt.MouseButton.LeftButton


def open_short(window: MainWindow, epochs: int = 3) -> None:
    """The xor template, trained for a moment only."""
    window.files.new_from_template("xor")
    window.store.edit("Epochs", edits.set_training, "epochs", epochs)


def train_to_the_end(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.trainer.finished, timeout=20_000):
        window.actions_by_name["train_start"].trigger()


def button(window: MainWindow, action: str) -> QToolButton:
    found = window.toolbar.widgetForAction(window.actions_by_name[action])
    assert isinstance(found, QToolButton)
    return found


def state_text(window: MainWindow) -> str:
    found = window.findChild(QToolButton, "run_state")
    assert isinstance(found, QToolButton)
    return found.text()


def test_an_empty_canvas_is_no_fault(window: MainWindow) -> None:
    window.new_blank()
    assert state_text(window) == "Nothing drawn yet"
    assert button(window, "train_start").property("blocked")


def test_train_pause_continue_stop(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window, epochs=100_000)
    assert state_text(window) == "Ready to train"
    QTest.mouseClick(button(window, "train_start"), LEFT)
    qtbot.waitUntil(lambda: window.trainer.state == "running", timeout=20_000)
    assert state_text(window).startswith("Training")
    assert not button(window, "train_start").isEnabled()
    QTest.mouseClick(button(window, "train_pause"), LEFT)
    qtbot.waitUntil(lambda: window.trainer.state == "paused", timeout=5_000)
    assert button(window, "train_start").text() == "Continue"
    QTest.mouseClick(button(window, "train_start"), LEFT)
    qtbot.waitUntil(lambda: window.trainer.state == "running", timeout=5_000)
    with qtbot.waitSignal(window.trainer.finished, timeout=5_000) as finished:
        QTest.mouseClick(button(window, "train_stop"), LEFT)
    assert finished.args[0].reason == "stopped"
    assert window.message_bar.text.startswith("Stopped after ")
    assert not button(window, "train_stop").isEnabled()
    assert window.trainer.trained is not None


def test_step_begins_a_paused_run(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    QTest.mouseClick(button(window, "train_step_batch"), LEFT)
    qtbot.waitUntil(lambda: window.trainer.state == "paused", timeout=20_000)
    assert state_text(window).startswith("Paused")
    with qtbot.waitSignal(window.trainer.epoch_finished, timeout=20_000):
        QTest.mouseClick(button(window, "train_step_epoch"), LEFT)


def test_a_dead_train_button_says_why(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    last = window.store.document.of_kind("dense")[-1].id
    window.store.edit("Units", edits.set_setting, last, "units", 7)
    assert state_text(window) == "Can't train: 1 problem"
    assert "Can't train yet" in button(window, "train_start").toolTip()
    QTest.mouseClick(button(window, "train_start"), LEFT)
    assert window.trainer.state == "idle"
    assert window.below_tabs.currentWidget() is window.problems_panel
    assert "7" in window.message_bar.text and window.message_bar.kind == "error"
    assert window.store.selection == {last}
    window.store.undo_stack.undo()
    assert state_text(window) == "Ready to train"


def test_a_click_on_a_problem_selects_the_layer(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    last = window.store.document.of_kind("dense")[-1].id
    window.store.edit("Units", edits.set_setting, last, "units", 7)
    window.show_problems()
    rows = window.problems_panel.list
    place = rows.visualItemRect(rows.item(0)).center()
    with qtbot.waitSignal(window.problems_panel.layer_chosen):
        QTest.mouseClick(rows.viewport(), LEFT, pos=place)
    assert window.store.selection == {last}
    assert window.right_tabs.currentWidget() is window.property_panel


def test_data_that_are_gone_are_a_problem(window: MainWindow, tmp_path: Path) -> None:
    from nn_designer.data import DataChoice

    open_short(window)
    choice = DataChoice("table", {"path": str(tmp_path / "gone.csv")})
    window.store.edit("Data", edits.set_data, choice)
    assert "gone.csv" in window.run_controls.why_not
    assert state_text(window).startswith("Can't train")


def test_train_looks_at_a_table_that_another_program_changed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from nn_designer.data import DataChoice

    open_short(window)
    table = tmp_path / "own.csv"
    table.write_text("a,b,y\n" + "1,5,p\n2,4,q\n3,1,p\n" * 9, encoding="utf-8")
    window.store.edit("Data", edits.set_data, DataChoice("table", {"path": str(table)}))
    qtbot.waitUntil(lambda: window.store.summary is not None)
    train_to_the_end(window, qtbot)
    table.write_text("a,b,c,y\n" + "1,5,7,p\n2,4,7,q\n3,1,9,p\n" * 9, encoding="utf-8")
    window.actions_by_name["train_start"].trigger()
    qtbot.waitUntil(lambda: state_text(window) == "Can't train: 1 problem", timeout=10_000)
    assert "that of a sample of own.csv is 3" in window.run_controls.why_not


def test_what_was_told_of_a_run_goes_when_the_next_begins(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    train_to_the_end(window, qtbot)
    assert "Training is complete" in window.message_bar.text
    window.actions_by_name["train_step_batch"].trigger()
    qtbot.waitUntil(lambda: window.trainer.state == "paused", timeout=20_000)
    assert window.message_bar.text == ""


def test_reset_keeps_the_seed_and_new_seed_changes_it(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    train_to_the_end(window, qtbot)
    first = window.trainer.trained
    assert first is not None
    QTest.mouseClick(button(window, "train_reset"), LEFT)
    assert window.trainer.trained is None
    train_to_the_end(window, qtbot)
    again = window.trainer.trained
    assert again is not None
    for name, tensors in first.weights.items():
        for key, values in tensors.items():
            np.testing.assert_array_equal(values, again.weights[name][key])
    seed = window.store.document.training.get("seed", 1)
    QTest.mouseClick(button(window, "train_new_seed"), LEFT)
    assert window.store.document.training["seed"] != seed
    assert window.store.undo_stack.undoText() == "New seed"


def test_export_and_load_weights(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    path = folder / "gewichte.npz"
    open_short(window)
    window.menus.export_actions["npz"].trigger()
    assert "Press Train first" in window.message_bar.text
    train_to_the_end(window, qtbot)
    window.weights_files.ask_export_path = lambda _format, _suggestion: str(path)
    window.menus.export_actions["npz"].trigger()
    assert window.message_bar.kind == "success"
    with np.load(path, allow_pickle=False) as stored:
        meta = json.loads(str(stored["__meta__"]))
        kernels = {name: stored[name] for name in stored.files if name.endswith(".kernel")}
    assert meta and kernels
    trained = window.trainer.trained
    assert trained is not None
    window.trainer.reset_weights()
    assert window.weights_files.load(str(path))
    qtbot.waitUntil(lambda: window.trainer.trained is not None, timeout=20_000)
    loaded = window.trainer.trained
    assert loaded is not None
    for name, values in kernels.items():
        np.testing.assert_array_equal(
            loaded.weights[name.removesuffix(".kernel")]["kernel"], values
        )


def test_weights_that_do_not_fit_are_refused(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    open_short(window)
    train_to_the_end(window, qtbot)
    path = tmp_path / "xor.npz"
    assert window.weights_files.export("npz", str(path))
    window.files.new_from_template("iris")
    assert not window.weights_files.load(str(path))
    assert window.message_bar.kind == "error"
    (tmp_path / "broken.npz").write_bytes(b"PK not a zip")
    assert not window.weights_files.load(str(tmp_path / "broken.npz"))
    assert not window.weights_files.load(str(tmp_path / "what.txt"))
    assert window.trainer.state == "idle"


def test_opening_another_design_while_training_is_safe(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window, epochs=100_000)
    window.actions_by_name["train_start"].trigger()
    qtbot.waitUntil(lambda: window.trainer.state == "running", timeout=20_000)
    window.files.new_from_template("iris")
    assert window.trainer.state == "idle" and window.trainer.trained is None
    assert state_text(window) == "Ready to train"
    qtbot.wait(200)
    assert window.trainer.trained is None, "late news of the old run were taken"


def test_editing_while_training_is_safe(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window, epochs=100_000)
    window.actions_by_name["train_start"].trigger()
    qtbot.waitUntil(lambda: window.trainer.state == "running", timeout=20_000)
    for layer in window.store.document.layers:
        window.store.edit("Delete", edits.delete, (layer.id,))
    qtbot.wait(100)
    assert window.trainer.state == "running"
    while window.store.undo_stack.canUndo():
        window.store.undo_stack.undo()
    window.trainer.stop()


def test_closing_while_training_is_safe(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window, epochs=100_000)
    window.actions_by_name["train_start"].trigger()
    qtbot.waitUntil(lambda: window.trainer.state == "running", timeout=20_000)
    assert window.close()


def test_deleting_offers_undo(window: MainWindow) -> None:
    open_short(window)
    count = len(window.store.document.layers)
    window.store.select([layer.id for layer in window.store.document.of_kind("dense")])
    window.canvas.action("delete").trigger()
    assert window.message_bar.text == "Deleted 2 layers."
    found = window.message_bar.findChild(QWidget, "message_action")
    QTest.mouseClick(found, LEFT)
    assert len(window.store.document.layers) == count
    assert window.message_bar.text == ""


def test_a_refusal_reaches_the_message_bar(window: MainWindow) -> None:
    open_short(window)
    id = window.store.document.of_kind("dense")[0].id
    window.store.edit("Connect", edits.connect, id, id)
    assert window.message_bar.kind == "warning" and window.message_bar.text


def test_undo_and_redo_say_what(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    undo = window.actions_by_name["edit_undo"]
    assert not undo.isEnabled()
    window.store.edit("Rename", edits.set_name, "Mine")
    assert undo.isEnabled() and undo.text() == "&Undo Rename"
    undo.trigger()
    assert window.actions_by_name["edit_redo"].text() == "&Redo Rename"


def test_selecting_shows_properties_and_rename_puts_the_cursor_on_the_card(
    window: MainWindow,
) -> None:
    open_short(window)
    id = window.store.document.of_kind("dense")[0].id
    assert window.right_tabs.currentWidget() is window.training_panel
    window.store.select((id,))
    assert window.right_tabs.currentWidget() is window.property_panel
    window.actions_by_name["edit_rename"].trigger()
    focused = window.focusWidget()
    assert focused is not None and focused.objectName() == "canvas_name_editor"


def test_themes_switch_and_are_remembered(window: MainWindow) -> None:
    window.set_theme("light")
    window.actions_by_name["view_theme_toggle"].trigger()
    assert window.themes.theme.name == "dark"
    assert window.settings.theme_mode == "dark"
    assert window.actions_by_name["view_theme_dark"].isChecked()
    window.actions_by_name["view_theme_light"].trigger()
    assert window.themes.theme.name == "light"


def test_parts_can_be_hidden(window: MainWindow) -> None:
    open_short(window)
    window.actions_by_name["view_palette"].trigger()
    assert not window.palette_panel.isVisible()
    window.actions_by_name["view_training"].trigger()
    assert not window.training_view.isVisible()
    window.show_problems()
    assert window.problems_panel.isVisible()


def test_every_action_has_a_name_a_text_and_a_tip(window: MainWindow) -> None:
    names = [action.objectName() for action in window.actions_by_name.all()]
    assert names == list(DECLARED)
    for action in [*window.actions_by_name.all(), *window.canvas.actions()]:
        assert action.objectName() and action.text() and action.toolTip()


def test_no_two_actions_share_a_shortcut(window: MainWindow) -> None:
    seen: dict[str, str] = {}
    actions: list[QAction] = [*window.actions_by_name.all(), *window.canvas.actions()]
    for action in actions:
        for keys in action.shortcuts():
            text = keys.toString()
            assert text not in seen, f"{text}: {seen[text]} and {action.objectName()}"
            seen[text] = action.objectName()


def test_every_control_has_a_name_for_screen_readers(window: MainWindow) -> None:
    open_short(window)
    for found in window.toolbar.findChildren(QToolButton):
        if found.isVisible():
            assert found.accessibleName(), found.objectName()


def test_a_dropped_design_opens(window: MainWindow, tmp_path: Path) -> None:
    from nn_designer.design import codec, templates

    path = tmp_path / "dropped.nnd"
    codec.save(templates.new("iris"), path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert window.dropped_file(mime) == str(path)
    window.open_dropped(str(path))
    assert window.files.path == str(path)


def test_a_narrow_window_keeps_the_state_in_sight(window: MainWindow, qtbot: QtBot) -> None:
    open_short(window)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.toolbar.has_words)
    window.resize(920, 700)
    qtbot.waitUntil(lambda: not window.toolbar.has_words)
    state = window.toolbar.state
    assert state.isVisible() and window.rect().contains(state.mapTo(window, state.rect().center()))
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.toolbar.has_words)


def test_a_layer_with_a_billion_units_is_refused_with_the_memory_it_needs(
    window: MainWindow,
) -> None:
    open_short(window)
    id = window.store.document.of_kind("dense")[0].id
    window.store.edit("Units", edits.set_setting, id, "units", 1_000_000_000)
    assert "GB" in window.run_controls.why_not or "TB" in window.run_controls.why_not
    window.actions_by_name["train_start"].trigger()
    assert window.trainer.state == "idle" and window.message_bar.kind == "error"


def test_panels_are_narrower_in_a_narrow_window_until_somebody_moves_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    open_short(window)
    window.resize(1800, 900)
    qtbot.waitUntil(lambda: window.workspace.right.width() > 340)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.workspace.right.width() < 320)
    assert window.workspace.palette_panel.width() < 220
    window.workspace.setSizes([800, 480])
    window.workspace.splitterMoved.emit(800, 1)  # as a drag of the handle does
    window.resize(1800, 900)
    qtbot.wait(50)
    assert window.workspace.right.width() > 400
