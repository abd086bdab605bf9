"""Unsaved work survives a crash, and nothing is offered after a quiet end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from nn_designer.app import recovery
from nn_designer.app.main_window import MainWindow
from nn_designer.design import edits
from nn_designer.design.document import Document


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recovery, "app_data_folder", lambda: tmp_path)


def crash(window: MainWindow) -> None:
    """End as a crash does: the lock is gone with the process, the copy stays."""
    assert window.recovery._lock is not None
    window.recovery._lock.unlock()
    window.recovery._copy = None


def test_the_copy_comes_and_goes_with_unsaved_changes(window: MainWindow, tmp_path: Path) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, "Precious")
    window.recovery.write()
    copies = list((tmp_path / "recovery").glob("*.nnd"))
    assert len(copies) == 1
    assert recovery.left_behind() == [], "a running window's copy is not offered"
    window.store.undo_stack.undo()
    assert not copies[0].exists()


def test_after_a_crash_the_design_comes_back_unsaved(window: MainWindow, tmp_path: Path) -> None:
    saved_to = tmp_path / "mine.nnd"
    window.files.ask_save_path = lambda _suggestion: str(saved_to)
    window.files.new_from_template("xor")
    window.files.save()
    window.store.edit("Name", edits.set_name, "Precious")
    window.recovery.write()
    crash(window)
    (copy,) = recovery.left_behind()
    document, path = recovery.read_copy(copy)
    assert document.name == "Precious" and path == str(saved_to)
    window.files.restore(document, path)
    assert window.files.path == path and not window.store.clean
    recovery.discard(copy)
    assert recovery.left_behind() == []


def test_a_quiet_end_leaves_nothing(window: MainWindow, tmp_path: Path) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, "Precious")
    window.recovery.write()
    window.close()
    assert recovery.left_behind() == []
    assert not list((tmp_path / "recovery").glob("*.nnd"))


def test_a_damaged_note_beside_the_copy_does_no_harm(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, "Precious")
    window.recovery.write()
    crash(window)
    (copy,) = recovery.left_behind()
    copy.with_suffix(".json").write_text("[1", encoding="utf-8")
    assert recovery.read_copy(copy)[1] == ""


def test_the_copy_is_offered_and_restored_with_one_click(window: MainWindow) -> None:
    assert not recovery.offer_left_behind(window.files, window.message_bar)
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, "Precious")
    window.recovery.write()
    crash(window)
    window.store.replace_document(Document())
    assert recovery.offer_left_behind(window.files, window.message_bar)
    assert "Precious" in window.message_bar.text
    window.message_bar.findChild(QPushButton, "message_action").click()
    assert window.store.document.name == "Precious" and not window.store.clean
    assert recovery.left_behind() == []


def test_a_copy_that_nobody_wants_is_discarded_with_one_click(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, "Worthless")
    window.recovery.write()
    crash(window)
    window.store.replace_document(Document())
    assert recovery.offer_left_behind(window.files, window.message_bar)
    window.message_bar.findChild(QPushButton, "message_second_action").click()
    assert not window.message_bar.text
    assert recovery.left_behind() == [] and window.store.clean


def test_a_copy_that_cant_be_read_is_taken_away(window: MainWindow, tmp_path: Path) -> None:
    broken = tmp_path / "recovery" / "design-1-1.nnd"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("{", encoding="utf-8")
    assert not recovery.offer_left_behind(window.files, window.message_bar)
    assert not broken.exists()
