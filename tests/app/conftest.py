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


@pytest.fixture
def window(qtbot: QtBot, settings: AppSettings) -> Iterator[MainWindow]:
    """The main window at its welcome page; every question is answered with "discard"."""
    themes = ThemeManager()
    trainer = Trainer(in_process=True)
    made = MainWindow(Store(), themes, trainer, settings)
    made.files.ask_unsaved = lambda _name: "discard"
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
