"""A look that was asked for during a run, and what the run leaves in sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.trainer import Trainer
from nn_designer.design.document import Document
from nn_designer.design.templates import new

WAIT_MS = 20_000
QUIET_MS = 500


@pytest.fixture
def trainer(qtbot: QtBot) -> Iterator[Trainer]:
    made = Trainer(in_process=True)
    yield made
    made.close()


def short(key: str) -> Document:
    document = new(key)
    return replace(document, training={**document.training, "epochs": 2})


def test_the_answers_of_a_run_stay_when_a_look_was_due(trainer: Trainer, qtbot: QtBot) -> None:
    trainer.watch(True)
    trainer.start(short("spiral"))
    trainer.look(short("spiral"))  # as the window does a moment after a design was opened
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS):
        pass
    scene = trainer.scene
    with qtbot.assertNotEmitted(trainer.scene_changed, wait=QUIET_MS):
        pass
    assert trainer.scene is scene
    assert trainer.probe is not None


def test_other_data_are_shown_after_the_run(trainer: Trainer, qtbot: QtBot) -> None:
    trainer.start(short("spiral"))
    trainer.look(short("circles"))
    with qtbot.waitSignal(
        trainer.scene_changed,
        timeout=WAIT_MS,
        check_params_cb=lambda scene: scene is not None and scene.title == "Circles",
    ):
        pass
    assert trainer.state == "idle"


def test_a_run_that_nobody_watched_is_looked_at_afterwards(trainer: Trainer, qtbot: QtBot) -> None:
    document = short("iris")
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS):
        trainer.start(document)
    assert trainer.probe is None
    trainer.watch(True)
    with qtbot.waitSignal(trainer.probed, timeout=WAIT_MS):
        trainer.look(document)
    trained = trainer.trained
    assert trained is not None and trainer.probe is not None
    assert trainer.probe.kind == "confusion" and trainer.probe.values.sum() > 0


def test_what_was_seen_only_at_first_is_looked_at_again(trainer: Trainer, qtbot: QtBot) -> None:
    document = short("xor")
    trainer.watch(True)
    trainer.start(document, paused=True)
    qtbot.waitUntil(lambda: trainer.probe is not None, timeout=WAIT_MS)
    first = trainer.probe
    trainer.watch(False)  # another tab is opened
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS):
        trainer.resume()
    assert trainer.probe is first
    with qtbot.waitSignal(trainer.probed, timeout=WAIT_MS):
        trainer.look(document)
    assert trainer.probe is not first


def test_large_weights_are_not_sent_back(
    trainer: Trainer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn_designer.app.trainer.MOST_SENT_BYTES", 8)
    document = short("iris")
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS):
        trainer.start(document)
    trainer.watch(True)
    with qtbot.assertNotEmitted(trainer.scene_changed, wait=QUIET_MS):
        trainer.look(document)
