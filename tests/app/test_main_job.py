"""The main job in the real window, by mouse and keys: design, train, save, open, export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.training_scenes import grid
from nn_designer.design.document import Document
from tests.helpers.canvas import POPUPS_OFFSCREEN
from tests.helpers.person import CONTROL, Person

pytestmark = pytest.mark.qt_log_ignore(POPUPS_OFFSCREEN)

SHIFT = Qt.KeyboardModifier.ShiftModifier
Sit = Callable[[], Person]


@pytest.fixture
def sit_down(qtbot: QtBot, settings: AppSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """A person before a window just started; may be called again after that one is closed."""
    opened: list[MainWindow] = []

    def sit() -> Person:
        window = MainWindow(Store(), ThemeManager(), Trainer(in_process=True), settings)
        window.files.ask_unsaved = lambda _name: "discard"
        opened.append(window)
        qtbot.addWidget(window)
        window.resize(1500, 950)
        window.show()
        window.activateWindow()
        with qtbot.waitActive(window):
            pass
        return Person(window, qtbot, monkeypatch)

    yield sit
    for window in opened:
        window.close()


@pytest.fixture
def person(sit_down: Sit) -> Person:
    """With a blank design open."""
    person = sit_down()
    person.click("welcome_blank")
    person.window.canvas.navigator.show(QPointF(520, 150), 0.75)
    return person


def build(person: Person) -> Document:
    """Input, two Dense and Output, dragged in and wired, with activations and data chosen."""
    ids = [
        person.drag_in(title, 130.0 + 260 * place, 150.0)
        for place, title in enumerate(("Input", "Dense", "Dense", "Output"))
    ]
    for source, target in pairwise(ids):
        person.wire(source, target)
    person.choose_activation(ids[1], "Tanh")
    person.choose_data("Moons")
    person.set_number("epochs", "300", person.window.training_panel)
    return person.window.store.document


def curve(person: Person) -> list[tuple[float, float | None]]:
    return [(one.loss, one.val_loss) for one in person.window.trainer.history]


def test_layers_dragged_in_wired_and_fitted_to_the_data(person: Person) -> None:
    document = build(person)
    assert [layer.kind for layer in document.layers] == ["input", "dense", "dense", "output"]
    names = [layer.id for layer in document.layers]
    wires = [(wire.source, wire.target) for wire in document.wires]
    assert sorted(wires) == sorted(pairwise(names))
    assert document.layers[1].settings["activation"] == "tanh"
    assert document.data.source == "moons"
    assert person.window.store.report.ok, person.window.store.report.problems


def test_trained_saved_closed_and_opened_again_the_curve_is_the_same(
    person: Person, sit_down: Sit, folder: Path
) -> None:
    window, path = person.window, folder / "mine.nnd"
    document = build(person)
    points: list[int] = []
    batches = window.training_view.loss_plot.curves().batches
    window.trainer.progressed.connect(lambda _update: points.append(len(batches)))
    person.train()
    assert len(curve(person)) == 300
    assert points == sorted(points) and points[0] < points[-1], "the curve did not grow"
    person.qtbot.waitUntil(lambda: window.training_view.loss_plot.points_drawn > 100)

    person.type_path(path)
    person.keys(Qt.Key.Key_S, CONTROL)
    assert json.loads(path.read_text("utf-8"))["format"] == "nn-designer"
    assert not window.isWindowModified() and "mine" in window.windowTitle()
    assert window.close()

    again = sit_down()
    again.click("recent_0")
    assert again.window.store.document == document
    again.train()
    assert curve(again) == curve(person)


def test_undo_to_empty_and_redo_to_the_end(person: Person) -> None:
    store = person.window.store
    blank = store.document
    document = build(person)
    steps = 0
    while store.undo_stack.canUndo():
        person.keys(Qt.Key.Key_Z, CONTROL)
        steps += 1
        assert steps < 100
    assert store.document == blank and not blank.layers
    assert not person.window.isWindowModified()
    while store.undo_stack.canRedo():
        person.keys(Qt.Key.Key_Z, CONTROL | SHIFT)
        steps -= 1
    assert steps == 0
    assert store.document == document


def test_exported_weights_answer_as_the_window_does(person: Person, folder: Path) -> None:
    build(person)
    person.train()
    window, path = person.window, folder / "mine.npz"
    person.qtbot.waitUntil(lambda: window.trainer.probe is not None, timeout=10_000)
    person.type_path(path)
    window.menus.export_actions["npz"].trigger()
    assert window.message_bar.kind == "success"

    scene, probe = window.trainer.scene, window.trainer.probe
    assert scene is not None and probe is not None and probe.kind == "surface"
    file = np.load(path, allow_pickle=False)
    meta = json.loads(str(file["__meta__"]))
    x = (grid(scene.bounds) - np.array(meta["inputs"]["mean"])) / meta["inputs"]["scale"]
    for layer in meta["layers"]:
        if layer["kind"] == "dense":
            x = x @ file[layer["name"] + ".kernel"] + file[layer["name"] + ".bias"]
            x = np.tanh(x) if layer["settings"]["activation"] == "tanh" else softmax(x)
    shown = probe.values[..., 1].ravel()  # the decision surface: the second class
    assert np.ptp(shown) > 0.1
    np.testing.assert_allclose(x[:, 1], shown, atol=1e-5)


def softmax(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
