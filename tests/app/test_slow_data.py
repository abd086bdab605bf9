"""Tables that take long to read: the window goes on meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nn_designer.app.background import Background, wait_for_abandoned
from nn_designer.app.data_dialog import DataDialog
from nn_designer.app.main_window import MainWindow
from nn_designer.app.store import Store
from nn_designer.data import DataChoice, clear_cache, load, table
from nn_designer.design import edits, templates

ROWS = "a,b,kind\n1,5,x\n2,4,y\n3,3,x\n4,1,y\n"


class SlowTable:
    """A table whose reading begins and ends when the test says so."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.choice = DataChoice("table", {"path": str(path)})
        self.may_end = threading.Event()
        self.begun = threading.Event()
        self.times_read = 0
        really_read = table.read_table

        def read_slowly(*arguments: object) -> object:
            self.times_read += 1
            self.begun.set()
            assert self.may_end.wait(20)
            return really_read(*arguments)

        monkeypatch.setattr(table, "read_table", read_slowly)


@pytest.fixture
def slow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowTable]:
    clear_cache()
    path = folder / "big.csv"
    path.write_text(ROWS, encoding="utf-8")
    made = SlowTable(path, monkeypatch)
    yield made
    made.may_end.set()
    wait_for_abandoned()


def test_the_store_does_not_wait_for_a_table(slow: SlowTable, qtbot: QtBot) -> None:
    store = Store(templates.new("xor"))
    store.edit("Data", edits.set_data, slow.choice)
    assert store.summary is None and store.data_problem == ""
    slow.may_end.set()
    with qtbot.waitSignals([store.data_read, store.checked], timeout=10_000):
        pass
    assert store.summary is not None and store.summary.n_rows == 4


def test_other_data_chosen_meanwhile_are_what_counts(slow: SlowTable, qtbot: QtBot) -> None:
    store = Store(templates.new("xor"))
    store.edit("Data", edits.set_data, slow.choice)
    assert slow.begun.wait(10)
    began = perf_counter()
    store.undo_stack.undo()
    assert perf_counter() - began < 0.5, "the window waited for the table"
    slow.may_end.set()
    store.reading.wait()
    QApplication.processEvents()
    assert store.summary is not None and store.summary.source == "xor"


def test_a_table_that_cant_be_read_becomes_a_problem(folder: Path, qtbot: QtBot) -> None:
    path = folder / "one.csv"
    path.write_text("a\n1\n2\n", encoding="utf-8")
    store = Store(templates.new("xor"))
    with qtbot.waitSignal(store.data_read, timeout=10_000):
        store.edit("Data", edits.set_data, DataChoice("table", {"path": str(path)}))
    assert "only one column" in store.data_problem


def test_the_window_opens_a_design_before_its_table_is_read(
    window: MainWindow, slow: SlowTable, qtbot: QtBot
) -> None:
    window.files.restore(edits.set_data(templates.new("xor"), slow.choice), "")
    card = window.training_panel.data_card
    assert "Reading…" in [label.text() for label in card.findChildren(QLabel)]
    slow.may_end.set()
    facts = card.findChild(QLabel, "data_facts")
    assert facts is not None
    qtbot.waitUntil(lambda: facts.text().startswith("4 samples"), timeout=10_000)


def test_a_table_saved_in_another_program_is_read_again(
    window: MainWindow, slow: SlowTable, qtbot: QtBot
) -> None:
    slow.may_end.set()
    window.files.restore(edits.set_data(templates.new("xor"), slow.choice), "")
    qtbot.waitUntil(lambda: window.store.summary is not None, timeout=10_000)
    reads = slow.times_read
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert window.store.summary is not None, "nothing has changed"
    slow.path.write_text(ROWS + "5,6,z\n6,5,z\n", encoding="utf-8")
    os.utime(slow.path, (1, 1))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))

    def has_three_classes() -> bool:
        found = window.store.summary
        return found is not None and found.n_classes == 3

    qtbot.waitUntil(has_three_classes, timeout=10_000)
    assert slow.times_read > reads


def test_cancel_does_not_wait_for_the_file(
    window: MainWindow, slow: SlowTable, qtbot: QtBot
) -> None:
    window.files.new_from_template("xor")
    took = []

    def cancel_while_reading() -> None:
        dialog = window.findChild(DataDialog)
        assert dialog is not None
        dialog.show_source("table")
        dialog.table_page.open_file(str(slow.path))
        qtbot.waitUntil(slow.begun.is_set, timeout=10_000)
        began = perf_counter()
        dialog.reject()
        took.append(perf_counter() - began)

    QTimer.singleShot(0, cancel_while_reading)
    window.open_data_dialog()
    assert took and took[0] < 0.5
    slow.may_end.set()
    wait_for_abandoned()
    QApplication.processEvents()
    assert window.store.document.data.source == "xor"


def test_closing_does_not_wait_for_the_file(
    window: MainWindow, slow: SlowTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.files.restore(edits.set_data(templates.new("xor"), slow.choice), "")
    assert slow.begun.wait(10)
    began = perf_counter()
    # The trainer, which is on a thread here, would wait; its process in earnest is ended.
    with monkeypatch.context() as patch:
        patch.setattr(window.trainer, "close", lambda: None)
        assert window.close()
    assert perf_counter() - began < 0.5
    slow.may_end.set()
    window.trainer.close()


def test_two_who_want_the_same_table_read_it_once(slow: SlowTable) -> None:
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(load(slow.choice))) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert slow.begun.wait(10)
    slow.may_end.set()
    for thread in threads:
        thread.join(10)
    assert slow.times_read == 1
    assert results[0] is results[1]


def test_nothing_arrives_after_abandoning(qtbot: QtBot) -> None:
    background = Background()
    arrived: list[object] = []
    background.ready.connect(arrived.append)
    may_end = threading.Event()

    def work() -> str:
        may_end.wait(10)
        return "late"

    background.request(work)
    background.abandon()
    background.deleteLater()
    QApplication.sendPostedEvents(None, 52)
    may_end.set()
    wait_for_abandoned()
    QApplication.processEvents()
    assert arrived == []
