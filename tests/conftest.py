"""What every test lives under: no window, no leftovers, no settings of the person's own."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before the first QApplication: tests need no screen. QT_QPA_PLATFORM=xcb shows them.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """Settings and recovery files of a test that opens a window go to a folder of its own."""
    if "qtbot" not in request.fixturenames and "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QSettings, QStandardPaths

    folder = str(tmp_path_factory.mktemp("settings"))
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves a thread, a running timer or an open window behind fails."""
    threads_before = set(threading.enumerate())
    yield
    started = [t for t in threading.enumerate() if t not in threads_before and t.is_alive()]
    # Threads of Qt that called into Python show as dummy threads until Python forgets them.
    left = [t for t in started if not isinstance(t, threading._DummyThread)]
    for thread in left:
        thread.join(timeout=2)
    left = [t for t in left if t.is_alive()]
    assert not left, f"threads left running: {left}"
    if "multiprocessing" in sys.modules:
        children = sys.modules["multiprocessing"].active_children()
        assert not children, f"processes left running: {children}"


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After the fixtures of a Qt test (qtbot closes its widgets): nothing may be left open."""
    outcome = yield
    fixtures = getattr(item, "fixturenames", ())
    if outcome.excinfo is not None or not {"qtbot", "qapp"} & set(fixtures):
        return
    left = _windows_left() + _timers_left()
    if left:
        outcome.force_exception(AssertionError(f"left behind: {', '.join(left)}"))


def _windows_left() -> list[str]:
    from PySide6.QtWidgets import QApplication

    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: what deleteLater promised
    windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    for window in windows:
        window.close()
    return [f"window {type(window).__name__} {window.objectName()!r}" for window in windows]


def _timers_left() -> list[str]:
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import isValid

    gc.collect()
    found = [one for one in gc.get_objects() if type(one) is QTimer or type(one) is QThread]
    found = [one for one in found if isValid(one)]
    threads = [one for one in found if isinstance(one, QThread) and one.isRunning()]
    timers = [one for one in found if isinstance(one, QTimer)]
    left = [timer for timer in timers if timer.isActive()]
    for timer in left:
        timer.stop()
    running = [f"QThread {thread.objectName()!r}" for thread in threads]
    return running + [f"timer {timer.objectName()!r} every {timer.interval()} ms" for timer in left]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with letters beyond ASCII and a space in its path, as people have them."""
    path = tmp_path / "Übung 1 データ"
    path.mkdir()
    return path
