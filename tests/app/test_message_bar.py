"""The message bar, uncaught errors, and what a machine without Qt's libraries is told."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, qWarning
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.errors import ErrorHook
from nn_designer.app.message_bar import MessageBar
from nn_designer.app.platform_check import NEEDED, what_is_missing
from nn_designer.app.theme import ThemeManager


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


@pytest.fixture
def bar(host: QWidget) -> MessageBar:
    return MessageBar(ThemeManager(host), host)


def test_one_message_at_a_time_and_all_in_the_history(bar: MessageBar) -> None:
    bar.show_message("info", "First.")
    bar.show_message("error", "Second.")
    assert bar.text == "Second." and bar.isVisible()
    assert bar.history == [("info", "First."), ("error", "Second.")]
    bar.findChild(QToolButton, "message_close").click()
    assert bar.text == "" and not bar.isVisible()


def test_errors_stay_and_hints_leave(bar: MessageBar) -> None:
    bar.show_message("error", "Broken.")
    assert not bar._timer.isActive()
    bar.show_message("info", "Fine.")
    assert bar._timer.isActive()
    bar._timer.timeout.emit()
    assert not bar.isVisible()


def test_the_button_acts_once(bar: MessageBar) -> None:
    done: list[int] = []
    bar.show_message("info", "Deleted.", "Undo", lambda: done.append(1))
    button = bar.findChild(QPushButton, "message_action")
    assert button.text() == "Undo"
    button.click()
    button.click()
    assert done == [1] and not bar.isVisible()


def test_it_stays_inside_its_host(bar: MessageBar, host: QWidget) -> None:
    bar.show_message("warning", "A long sentence that says what happened. " * 12)
    for width in (900, 420, 320):
        host.resize(width, 400)
        QCoreApplication.processEvents()
        assert host.rect().contains(bar.geometry())


def test_it_moves_to_another_host(bar: MessageBar, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.resize(500, 300)
    other.show()
    bar.show_message("error", "Still here.")
    bar.set_host(other)
    assert bar.parentWidget() is other and bar.text == "Still here."


def test_it_can_keep_to_the_bottom_where_headings_are_at_the_top(
    bar: MessageBar, host: QWidget
) -> None:
    bar.set_host(host, at_bottom=True)
    bar.show_message("info", "Down here.")
    assert host.height() / 2 < bar.geometry().top()
    assert host.rect().contains(bar.geometry())


def test_two_ways_out_are_offered_and_each_does_its_own(bar: MessageBar) -> None:
    done: list[str] = []
    for name in ("message_action", "message_second_action"):
        bar.show_message(
            "warning", "Work was left.", "Keep", partial(done.append, "kept"),
            "Discard", partial(done.append, "discarded"),
        )  # fmt: skip
        bar.findChild(QPushButton, name).click()
    assert done == ["kept", "discarded"]
    bar.show_message("info", "Nothing to do.")
    assert not bar.findChild(QPushButton, "message_second_action").isVisible()


@pytest.fixture
def hook(qapp: object, tmp_path: Path) -> Iterator[ErrorHook]:
    made = ErrorHook()
    made.install(tmp_path)
    yield made
    made.uninstall()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_on_any_thread_is_told_here(
    hook: ErrorHook, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("the wheel came off")

    threads: list[threading.Thread] = []

    class Listener(QWidget):
        def heard(self, _sentence: str) -> None:
            threads.append(threading.current_thread())

    listener = Listener()
    qtbot.addWidget(listener)
    hook.caught.connect(listener.heard)
    with qtbot.waitSignal(hook.caught, timeout=5_000) as caught:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "the wheel came off" in caught.args[0]
    qtbot.waitUntil(lambda: threads == [threading.main_thread()])
    assert "the wheel came off" in (tmp_path / "nn-designer.log").read_text(encoding="utf-8")


def test_the_same_error_is_told_once(hook: ErrorHook, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    hook.caught.connect(told.append)
    try:
        raise ValueError("again")
    except ValueError as error:
        for _ in range(3):
            sys.excepthook(type(error), error, error.__traceback__)
    assert len(told) == 1 and "again" in told[0]


def test_a_log_that_cant_be_written_does_no_harm(qapp: object, tmp_path: Path) -> None:
    hook = ErrorHook()
    (tmp_path / "file").write_text("", encoding="utf-8")
    hook.install(tmp_path / "file" / "folder")
    assert hook.log_path is None
    hook.uninstall()


def test_messages_of_qt_go_to_the_log(
    hook: ErrorHook, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING, "nn_designer"):
        qWarning("the paint is wet")
    assert "the paint is wet" in caplog.text


def test_hooks_are_put_back(qapp: object) -> None:
    before = sys.excepthook, threading.excepthook
    hook = ErrorHook()
    hook.install()
    assert sys.excepthook != before[0]
    hook.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def without(*names: str):  # type: ignore[no-untyped-def]
    return lambda name: name not in names


def test_missing_libraries_are_named_with_the_command_to_install_them() -> None:
    sentence = what_is_missing(
        {"DISPLAY": ":0"}, without("libxcb-cursor.so.0", "libxcb-icccm.so.4"), "linux"
    )
    assert "sudo apt install libxcb-cursor0 libxcb-icccm4" in sentence
    assert "sudo dnf install xcb-util-cursor xcb-util-wm" in sentence


@pytest.mark.parametrize(
    ("environment", "system"),
    [
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({}, "win32"),
        ({}, "darwin"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
    ],
)
def test_nothing_is_asked_for_where_it_is_not_needed(
    environment: dict[str, str], system: str
) -> None:
    x11_only = [name for name in NEEDED if name.startswith(("libxcb", "libxkb"))]
    assert what_is_missing(environment, without(*x11_only), system) == ""


def test_no_screen_is_said() -> None:
    assert "no screen" in what_is_missing({}, without(), "linux")
