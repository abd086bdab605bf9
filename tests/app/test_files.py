"""New, open, save, recent files, and the question before anything unsaved is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.settings import AppSettings
from nn_designer.design import codec, edits, templates


def change(window: MainWindow, name: str = "Changed") -> None:
    window.store.edit("Name", edits.set_name, name)


def test_a_template_opens_ready_and_saved(window: MainWindow) -> None:
    assert window.at_welcome
    assert window.files.new_from_template("xor")
    assert not window.at_welcome
    assert window.store.clean and window.files.path == ""
    assert window.store.report.ok, window.store.report.problems


def test_save_asks_for_a_file_once_and_open_brings_it_back(
    window: MainWindow, folder: Path
) -> None:
    path = str(folder / "mein Netz.nnd")
    window.files.new_from_template("iris")
    change(window, "Blumen")
    asked: list[str] = []

    def ask(suggestion: str) -> str:
        asked.append(suggestion)
        return path

    window.files.ask_save_path = ask
    assert window.files.save()
    assert Path(asked[0]).name == "Blumen.nnd"
    assert window.files.save() and len(asked) == 1
    assert window.store.clean and window.windowTitle().startswith("Blumen")
    saved = window.store.document
    window.files.new_blank()
    assert window.files.open(path)
    assert window.store.document == saved
    assert window.settings.recent_files == [path]


def test_a_name_without_extension_gets_one(window: MainWindow, folder: Path) -> None:
    window.files.ask_save_path = lambda _suggestion: str(folder / "netz")
    assert window.files.save_as()
    assert (folder / "netz.nnd").is_file()


@pytest.mark.parametrize("typed", ["netz", "netz v1.2", "table.csv"])
def test_the_extension_is_added_but_never_replaces_a_file_unasked(
    window: MainWindow, folder: Path, typed: str
) -> None:
    there = folder / f"{typed}.nnd"
    there.write_text("another design", encoding="utf-8")
    window.files.new_from_template("xor")
    window.files.ask_save_path = lambda _suggestion: str(folder / typed)
    window.files.ask_overwrite = lambda _path: False
    assert not window.files.save()
    assert there.read_text(encoding="utf-8") == "another design"
    window.files.ask_overwrite = lambda path: path == str(there)
    assert window.files.save()
    assert window.files.path == str(there)
    assert not (folder / typed).exists()


def test_the_title_marks_unsaved_changes(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    assert not window.isWindowModified()
    change(window)
    assert window.isWindowModified() and window.windowTitle().startswith("Changed")
    window.store.undo_stack.undo()
    assert not window.isWindowModified()


@pytest.mark.parametrize("answer", ["cancel", "discard", "save"])
def test_unsaved_changes_are_asked_about(window: MainWindow, folder: Path, answer: str) -> None:
    path = folder / "kept.nnd"
    window.files.new_from_template("xor")
    change(window)
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return answer

    window.files.ask_unsaved = ask
    window.files.ask_save_path = lambda _suggestion: str(path)
    went = window.files.new_from_template("iris")
    assert asked == ["Changed"]
    assert went == (answer != "cancel")
    assert path.is_file() == (answer == "save")
    assert (window.store.document.name == "Changed") == (answer == "cancel")
    window.files.ask_unsaved = lambda _name: "discard"


def test_a_save_that_fails_keeps_the_window_open(window: MainWindow, tmp_path: Path) -> None:
    window.files.new_from_template("xor")
    change(window)
    window.files.ask_unsaved = lambda _name: "save"
    window.files.ask_save_path = lambda _suggestion: str(tmp_path / "no such folder" / "a.nnd")
    assert not window.close()
    assert window.isVisible()
    assert "no such folder" in window.message_bar.text
    window.files.ask_unsaved = lambda _name: "discard"


@pytest.mark.parametrize("button", ["Save", "Discard", "Cancel"])
def test_the_question_itself(window: MainWindow, qtbot: QtBot, button: str) -> None:
    def press() -> None:
        box = window.findChild(QMessageBox, "unsaved_question")
        assert isinstance(box, QMessageBox)
        box.button(getattr(QMessageBox.StandardButton, button)).click()

    QTimer.singleShot(50, press)
    assert window.files._ask_unsaved("Mine") == button.lower()


def test_closing_with_unsaved_changes_can_be_cancelled(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    change(window)
    window.files.ask_unsaved = lambda _name: "cancel"
    assert not window.close()
    assert window.isVisible()
    window.files.ask_unsaved = lambda _name: "discard"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", ""),
        (b"{", ""),
        (b'{"format": "something else"}', ""),
        (b"\xff\xfe\x00\x01", ""),
        (b"[" * 5000, ""),
    ],
)
def test_a_broken_file_leaves_the_open_design(
    window: MainWindow, tmp_path: Path, content: bytes, part: str
) -> None:
    window.files.new_from_template("xor")
    before = window.store.document
    path = tmp_path / "broken.nnd"
    path.write_bytes(content)
    assert not window.files.open(str(path))
    assert window.store.document is before
    assert window.message_bar.kind == "error" and window.message_bar.text.endswith(".")


def test_a_missing_file_is_said(window: MainWindow, tmp_path: Path) -> None:
    assert not window.files.open(str(tmp_path / "gone.nnd"))
    assert "gone.nnd" in window.message_bar.text


def test_a_folder_that_cant_be_written_is_said(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("not a folder", encoding="utf-8")
    window.files.ask_save_path = lambda _suggestion: str(tmp_path / "a file" / "design.nnd")
    assert not window.files.save_as()
    assert window.message_bar.kind == "error" and "design.nnd" in window.message_bar.text


def test_unknown_kinds_open_as_far_as_possible(window: MainWindow, tmp_path: Path) -> None:
    text = codec.dumps(templates.new("xor")).replace('"dense"', '"quantum"', 1)
    path = tmp_path / "future.nnd"
    path.write_text(text, encoding="utf-8")
    assert window.files.open(str(path))
    assert "quantum" in window.message_bar.text
    assert not window.store.report.ok


def test_recent_files_newest_first_without_doubles(settings: AppSettings, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.nnd" for number in range(12)]
    for path in [*paths, paths[3]]:
        settings.add_recent(str(path))
    assert settings.recent_files[0] == str(paths[3])
    assert len(settings.recent_files) == 10 == len(set(settings.recent_files))
    settings.clear_recent()
    assert settings.recent_files == []


def test_a_recent_file_is_offered_and_opens(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.nnd"
    codec.save(templates.new("circles"), path)
    window.files.open(str(path))
    window.files.new_blank()
    window.menus.recent.aboutToShow.emit()
    window.menus.recent.actions()[0].trigger()
    assert window.files.path == str(path)
    window.show_welcome()
    window.welcome.file_chosen.emit(str(path))
    assert not window.at_welcome


def test_damaged_settings_fall_back(settings: AppSettings) -> None:
    settings._store.setValue("theme", "purple")
    settings._store.setValue("recent", 7)
    settings._store.setValue("folder/design", "/no/such/folder")
    assert settings.theme_mode == "system"
    assert settings.recent_files == []
    assert settings.folder("design") != "/no/such/folder"
