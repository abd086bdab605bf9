"""A whole window, with training on a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer


@pytest.fixture
def settings(qapp: object) -> AppSettings:
    return AppSettings()


def give_all_up(window: MainWindow) -> None:
    """Answer every question about what would be lost with "discard"."""
    window.files.ask_unsaved = lambda _name: "discard"
    window.weights_guard.ask = lambda _sentence: "discard"


@pytest.fixture
def window(qtbot: QtBot, settings: AppSettings) -> Iterator[MainWindow]:
    """The main window at its welcome page; every question is answered with "discard"."""
    themes = ThemeManager()
    trainer = Trainer(in_process=True)
    made = MainWindow(Store(), themes, trainer, settings)
    give_all_up(made)
    qtbot.addWidget(made, before_close_func=give_all_up)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
