"""The trainer: one run from start to end, pauses, steps, stops, deaths. With a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.trainer import Trainer
from nn_designer.data import DataChoice, load, prepare
from nn_designer.design.compile import compile_design, own_settings, training_settings
from nn_designer.design.document import Document
from nn_designer.design.templates import new
from nn_designer.engine.progress import EpochProgress, Finished
from nn_designer.engine.training import train
from nn_designer.interchange.model import InterchangeError, LoadedWeights

WAIT_MS = 20_000
FOREVER = 100_000  # epochs


def spiral(**training: Any) -> Document:
    document = new("spiral")
    return replace(document, training={**document.training, "epochs": 5, **training})


def wide(units: int, **training: Any) -> Document:
    """Digits with two hidden layers of ``units``."""
    document = new("article")
    layers = [
        replace(one, settings={**one.settings, "shape": (64,)})
        if one.kind == "input"
        else replace(one, settings={**one.settings, "units": units})
        if one.kind == "dense" and one.settings.get("units") == 10 and i < 3
        else one
        for i, one in enumerate(document.layers)
    ]
    return replace(
        document,
        layers=tuple(layers),
        data=DataChoice("digits"),
        training={**document.training, **training},
    )


def bare_run(document: Document) -> tuple[list[EpochProgress], Any]:
    """What the engine itself makes of the document, without window and process."""
    dataset = load(document.data)
    settings = training_settings(document)
    prepared = prepare(dataset, settings.validation_split, settings.seed)
    network = compile_design(document, summary=dataset.summary())
    arrays, more = prepared.for_training(), own_settings(document)
    events = train(network, arrays, settings, **more)
    return [event for event in events if isinstance(event, EpochProgress)], network


def losses(epochs: list[EpochProgress]) -> list[tuple[float, float | None]]:
    return [(epoch.loss, epoch.val_loss) for epoch in epochs]


@pytest.fixture
def trainer(qtbot: QtBot) -> Iterator[Trainer]:
    made = Trainer()
    yield made
    made.close()


@pytest.fixture(params=["process", "thread"])
def either(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Trainer]:
    """In a child process, and on a thread of this one."""
    made = Trainer(in_process=request.param == "thread")
    yield made
    made.close()


def run_to_end(qtbot: QtBot, trainer: Trainer, document: Document) -> Finished:
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS) as waited:
        trainer.start(document)
    return waited.args[0]


def until_running(qtbot: QtBot, trainer: Trainer, document: Document) -> None:
    with qtbot.waitSignal(trainer.progressed, timeout=WAIT_MS, check_params_cb=_has_batches):
        trainer.start(document)


def _has_batches(update: Any) -> bool:
    return len(update.positions) > 0


# ---------------------------------------------------------------------- a whole run


def test_a_run_tells_what_the_engine_tells(qtbot: QtBot, either: Trainer) -> None:
    document = spiral()
    states: list[str] = []
    either.state_changed.connect(states.append)
    finished = run_to_end(qtbot, either, document)
    epochs, network = bare_run(document)
    assert finished.reason == "completed"
    assert states == ["starting", "running", "idle"]
    assert losses(either.history) == losses(epochs)
    trained = either.trained
    assert trained is not None and trained.document is document
    assert trained.class_names == ("A", "B") and len(trained.history) == 5
    for layer, weights in network.get_weights().items():
        for name, values in weights.items():
            np.testing.assert_array_equal(trained.weights[layer][name], values)


def test_the_same_seed_gives_the_same_curve_and_another_seed_another(
    qtbot: QtBot, trainer: Trainer
) -> None:
    curves = []
    for seed in (1, 1, 2):
        run_to_end(qtbot, trainer, spiral(seed=seed))
        curves.append(losses(trainer.history))
    assert curves[0] == curves[1] != curves[2]


def test_updates_add_up_to_every_epoch_and_come_in_order(qtbot: QtBot, trainer: Trainer) -> None:
    updates: list[Any] = []
    trainer.progressed.connect(updates.append)
    run_to_end(qtbot, trainer, spiral(epochs=300))
    epochs = [epoch.epoch for update in updates for epoch in update.epochs]
    positions = np.concatenate([update.positions for update in updates])
    assert epochs == list(range(1, 301))
    assert np.all(np.diff(positions) > 0) and positions[-1] == 300
    assert all(epoch.val_outputs is None for epoch in trainer.history)


def test_numbers_are_learned_too(qtbot: QtBot, trainer: Trainer) -> None:
    document = new("auto-mpg")
    document = replace(document, training={**document.training, "epochs": 3})
    run_to_end(qtbot, trainer, document)
    assert trainer.task == "number"
    assert trainer.history[-1].mae is not None and trainer.scene is not None
    assert trainer.scene.kind == "scatter"


# ---------------------------------------------------------------------- steering


def test_pausing_does_not_change_the_course(qtbot: QtBot, either: Trainer) -> None:
    document = spiral(epochs=400)
    until_running(qtbot, either, document)
    either.pause()
    assert either.state == "paused"
    qtbot.wait(60)
    seen = len(either.history)
    qtbot.wait(60)
    assert len(either.history) == seen < 400
    with qtbot.waitSignal(either.finished, timeout=WAIT_MS):
        either.resume()
    assert losses(either.history) == losses(bare_run(document)[0])


def test_pause_and_resume_in_a_hurry_ends_in_running(qtbot: QtBot, trainer: Trainer) -> None:
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    for _ in range(5):
        trainer.pause()
        trainer.resume()
    seen = trainer.history[-1].epoch if trainer.history else 0
    qtbot.waitUntil(lambda: bool(trainer.history) and trainer.history[-1].epoch > seen + 20)
    assert trainer.state == "running"


def test_a_step_from_idle_trains_one_batch_and_waits(qtbot: QtBot, trainer: Trainer) -> None:
    updates: list[Any] = []
    trainer.progressed.connect(updates.append)
    trainer.step_batch(spiral())
    qtbot.waitUntil(lambda: trainer.state == "paused", timeout=WAIT_MS)
    assert sum(len(update.positions) for update in updates) == 1
    assert updates[-1].latest.step == 1
    trainer.step_batch()
    qtbot.waitUntil(lambda: updates[-1].latest is not None and updates[-1].latest.step == 2)
    qtbot.waitUntil(lambda: trainer.state == "paused")


def test_stepping_an_epoch_ends_where_the_epoch_ends(qtbot: QtBot, trainer: Trainer) -> None:
    document = spiral()
    for epoch in range(1, 4):
        trainer.step_epoch(document)
        qtbot.waitUntil(lambda n=epoch: len(trainer.history) == n, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: trainer.state == "paused")
    assert losses(trainer.history) == losses(bare_run(document)[0])[:3]


def test_steps_and_pauses_give_the_same_weights_as_one_go(qtbot: QtBot, trainer: Trainer) -> None:
    document = spiral(epochs=2)
    trainer.step_batch(document)
    qtbot.waitUntil(lambda: trainer.state == "paused", timeout=WAIT_MS)
    trainer.step_epoch()
    qtbot.waitUntil(lambda: len(trainer.history) == 1 and trainer.state == "paused")
    with qtbot.waitSignal(trainer.finished, timeout=WAIT_MS):
        trainer.resume()
    expected = bare_run(document)[1].get_weights()
    assert trainer.trained is not None
    for layer, weights in expected.items():
        for name, values in weights.items():
            np.testing.assert_array_equal(trainer.trained.weights[layer][name], values)


def test_started_paused_waits_before_the_first_batch(qtbot: QtBot, trainer: Trainer) -> None:
    trainer.start(spiral(), paused=True)
    qtbot.waitUntil(lambda: trainer.state == "paused", timeout=WAIT_MS)
    assert trainer.history == [] and trainer.trained is not None


def test_the_learning_rate_can_be_changed_on_the_way(qtbot: QtBot, trainer: Trainer) -> None:
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    trainer.set_learning_rate(0.00017)
    qtbot.waitUntil(lambda: bool(trainer.history) and trainer.history[-1].learning_rate == 0.00017)
    assert trainer.history[0].learning_rate != 0.00017


def test_stop_keeps_what_was_learned(qtbot: QtBot, either: Trainer) -> None:
    until_running(qtbot, either, spiral(epochs=FOREVER))
    with qtbot.waitSignal(either.finished, timeout=1000) as waited:
        either.stop()
    assert waited.args[0].reason == "stopped"
    assert either.state == "idle" and either.trained is not None
    assert len(either.trained.history) == len(either.history)


def test_stop_is_answered_in_the_middle_of_a_long_batch(qtbot: QtBot, trainer: Trainer) -> None:
    document = wide(2600, batch_size=1200, epochs=50)
    until_running(qtbot, trainer, document)
    qtbot.wait(30)
    began = monotonic()
    with qtbot.waitSignal(trainer.finished, timeout=2000):
        trainer.stop()
    assert monotonic() - began < 0.15  # 0.1 on a calm computer; benchmarks/window.py tells
    assert trainer.trained is not None
    finished = run_to_end(qtbot, trainer, spiral())  # another process has taken over
    assert finished.reason == "completed"


def test_starting_again_while_running_forgets_the_first_run(qtbot: QtBot, trainer: Trainer) -> None:
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    document = spiral(seed=7)
    run_to_end(qtbot, trainer, document)
    assert losses(trainer.history) == losses(bare_run(document)[0])


def test_reset_forgets_and_a_new_seed_is_told(qtbot: QtBot, trainer: Trainer) -> None:
    run_to_end(qtbot, trainer, spiral())
    with qtbot.waitSignal(trainer.cleared):
        trainer.reset_weights()
    assert trainer.trained is None and trainer.history == []
    with qtbot.waitSignal(trainer.seed_chosen) as waited:
        trainer.reset_weights(new_seed=True)
    assert 0 <= waited.args[0] < 2**31


def test_reset_while_running_ends_the_run_silently(qtbot: QtBot, trainer: Trainer) -> None:
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    trainer.reset_weights()
    assert trainer.state == "idle"
    with qtbot.assertNotEmitted(trainer.progressed, wait=150):
        pass
    assert trainer.trained is None


# ---------------------------------------------------------------------- when things go wrong


def test_the_process_dies_and_the_app_goes_on(qtbot: QtBot, trainer: Trainer) -> None:
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    qtbot.waitUntil(lambda: trainer.trained is not None)
    assert trainer._thread is not None and trainer._thread._host is not None
    pid = trainer._thread._host._process.pid
    with qtbot.waitSignal(trainer.failed, timeout=WAIT_MS) as waited:
        os.kill(pid, signal.SIGKILL)
    assert "memory" in waited.args[0] and "kept" in waited.args[0]
    assert trainer.state == "idle" and trainer.trained is not None
    assert run_to_end(qtbot, trainer, spiral()).reason == "completed"


def test_data_that_cannot_be_read_are_a_sentence(qtbot: QtBot, either: Trainer) -> None:
    document = replace(spiral(), data=DataChoice("table", {"path": "/nowhere/x.csv"}))
    with qtbot.waitSignal(either.failed, timeout=WAIT_MS) as waited:
        either.start(document)
    assert "x.csv" in waited.args[0] and either.state == "idle"


def test_a_design_that_cannot_be_trained_is_a_sentence(qtbot: QtBot, trainer: Trainer) -> None:
    with qtbot.waitSignal(trainer.failed, timeout=WAIT_MS) as waited:
        trainer.start(replace(spiral(), wires=()))
    assert waited.args[0].endswith((".", "?")) and trainer.state == "idle"


def test_closing_while_training_leaves_nothing_behind(qtbot: QtBot) -> None:
    trainer = Trainer()
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    began = monotonic()
    trainer.close()
    assert monotonic() - began < 2
    trainer.close()  # again: nothing happens
    trainer.start(spiral())  # nor after that
    # That no process, thread or timer is left is checked after every test (conftest).


def test_a_trainer_that_is_deleted_unclosed_takes_its_thread_along(qtbot: QtBot) -> None:
    trainer = Trainer()
    until_running(qtbot, trainer, spiral(epochs=FOREVER))
    thread = trainer._thread
    assert thread is not None
    trainer.deleteLater()
    qtbot.waitUntil(lambda: not thread.isRunning(), timeout=5000)
    thread.close()


# ---------------------------------------------------------------------- weights


def test_big_weights_come_through_shared_memory_which_is_gone_afterwards(
    qtbot: QtBot, trainer: Trainer
) -> None:
    document = wide(300, epochs=2)
    names: list[str] = []
    trainer.started.connect(lambda _started: names.append(trainer._prepared.memory_name))
    run_to_end(qtbot, trainer, document)
    assert names[0]
    with pytest.raises(FileNotFoundError):
        SharedMemory(name=names[0])
    assert trainer.trained is not None
    for layer, weights in bare_run(document)[1].get_weights().items():
        for name, values in weights.items():
            np.testing.assert_array_equal(trainer.trained.weights[layer][name], values)


def test_loaded_weights_are_what_is_trained_and_where_training_begins(
    qtbot: QtBot, trainer: Trainer
) -> None:
    document = spiral()
    run_to_end(qtbot, trainer, document)
    trained = trainer.trained
    assert trained is not None
    loss_before = trainer.history[-1].loss
    weights = {layer: dict(named) for layer, named in trained.weights.items()}
    trainer.load_weights(document, LoadedWeights(weights, class_names=("A", "B")))
    assert trainer.trained is not None and trainer.trained.weights.keys() == weights.keys()
    run_to_end(qtbot, trainer, document)
    assert trainer.history[0].loss < loss_before + 0.05
    with pytest.raises(InterchangeError):
        trainer.load_weights(new("iris"), LoadedWeights(weights))


# ---------------------------------------------------------------------- the process


def test_the_process_never_imports_qt() -> None:
    code = (
        "import sys; import nn_designer.app.training_process; "
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'shiboken', 'pyqtgraph'))]; "
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_first_train_does_not_wait_for_the_process(qtbot: QtBot, trainer: Trainer) -> None:
    trainer.look(spiral())
    qtbot.waitUntil(lambda: trainer.probe is not None, timeout=WAIT_MS)
    began = monotonic()
    with qtbot.waitSignal(trainer.started, timeout=WAIT_MS):
        trainer.start(spiral())
    assert monotonic() - began < 0.5


def test_the_process_ends_when_the_window_is_killed() -> None:
    code = (
        "import os\n"
        "from nn_designer.app.training_host import ProcessHost\n"
        "host = ProcessHost()\n"
        "host.pipe.recv()\n"
        "print(host._process.pid, flush=True)\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pid = int(done.stdout)
    deadline = monotonic() + 10
    while _is_running(pid):
        assert monotonic() < deadline, "the process outlived its window"
        sleep(0.02)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # nobody may be there to collect an ended one
    return not (status.exists() and ") Z " in status.read_text())
