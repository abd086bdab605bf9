"""The training view with a real trainer: what a person sees from opening to the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.training_view import TrainingView
from nn_designer.data import DataChoice
from nn_designer.design import edits
from nn_designer.design.document import Document
from nn_designer.design.templates import new

WAIT_MS = 20_000


def design(template: str, **training: Any) -> Document:
    document = new(template)
    return replace(document, training={**document.training, **training})


class Desk:
    """A view, its store and its trainer."""

    def __init__(self, qtbot: QtBot, document: Document) -> None:
        self.qtbot = qtbot
        self.store = Store(document)
        self.trainer = Trainer()
        self.view = TrainingView(self.store, self.trainer, ThemeManager())
        qtbot.addWidget(self.view)
        self.view.resize(1000, 280)

    def show(self) -> None:
        with self.qtbot.waitExposed(self.view):
            self.view.show()

    def train(self) -> None:
        with self.qtbot.waitSignal(self.trainer.finished, timeout=WAIT_MS):
            self.trainer.start(self.store.document)
        self.qtbot.waitUntil(lambda: not self.view._redraw_timer.isActive())


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Any]:
    made: list[Desk] = []

    def open_desk(document: Document) -> Desk:
        made.append(Desk(qtbot, document))
        made[-1].show()
        return made[-1]

    yield open_desk
    for one in made:
        one.view.hide()
        one.trainer.close()


def test_data_and_untrained_answers_show_before_training(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral"))
    qtbot.waitUntil(lambda: one.view.side_view is not None, timeout=WAIT_MS)
    assert one.view.side_view.objectName() == "decision_surface"
    assert len(one.view.side_view.training_points.data) > 100
    qtbot.waitUntil(lambda: one.view.side_view.picture.image is not None, timeout=WAIT_MS)
    assert one.view.loss_plot.empty_label.isVisible()


def test_a_run_fills_curves_surface_and_strip(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=200))
    qtbot.waitUntil(lambda: one.trainer.probe is not None, timeout=WAIT_MS)
    before = one.view.side_view.picture.image.copy()
    one.train()
    qtbot.waitUntil(lambda: one.trainer.probe.epoch == 200)
    curves = one.view.loss_plot.curves()
    assert len(curves.validation) == 200 and len(curves.batches) > 20
    assert curves.validation.y[-1] < curves.validation.y[0]
    assert one.view.loss_plot.points_drawn <= 400
    assert len(one.view.metric_plot.curves("accuracy").validation) == 200
    assert one.view.side_view.picture.image != before
    assert one.view.strip.state_label.text() == "Finished"
    assert one.view.strip.epoch_label.text() == "200 of 200 epochs"
    assert "samples/s" in one.view.strip.rate_label.text()
    assert one.view.strip.bar.share == 1.0


def test_after_every_end_the_strip_says_how_many_epochs_were_done(qtbot: QtBot, desk: Any) -> None:
    early = design("auto-mpg", epochs=150, early_stopping=True, patience=2)
    one = desk(early)
    one.train()
    done = len(one.trainer.history)
    assert done < 150 and one.view.strip.state_label.text() == "Stopped early"
    assert one.view.strip.epoch_label.text() == f"{done} of 150 epochs"


def test_steps_say_what_is_under_way_and_what_is_done(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=30))
    said = one.view.strip.epoch_label
    one.trainer.step_epoch(one.store.document)
    qtbot.waitUntil(lambda: said.text() == "1 of 30 epochs", timeout=WAIT_MS)
    one.trainer.step_batch()
    qtbot.waitUntil(lambda: said.text() == "Epoch 2 of 30", timeout=WAIT_MS)
    one.trainer.step_epoch()
    qtbot.waitUntil(lambda: said.text() == "2 of 30 epochs", timeout=WAIT_MS)
    with qtbot.waitSignal(one.trainer.finished, timeout=WAIT_MS):
        one.trainer.resume()
    qtbot.waitUntil(lambda: said.text() == "30 of 30 epochs", timeout=WAIT_MS)


def test_numbers_get_error_and_r2_and_a_scatter_plot(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("auto-mpg", epochs=5))
    one.train()
    assert [quantity.key for quantity in one.view.metric_plot.quantities] == ["mae", "r2"]
    assert len(one.view.metric_plot.curves("r2").validation) == 5
    qtbot.waitUntil(lambda: one.trainer.probe is not None and one.trainer.probe.epoch == 5)
    assert one.view.side_view.objectName() == "predicted_vs_true"
    assert len(one.view.side_view.points.data) > 20


def test_other_classes_get_the_confusion_matrix_of_the_validation_part(
    qtbot: QtBot, desk: Any
) -> None:
    one = desk(design("penguins", epochs=10))
    one.train()
    qtbot.waitUntil(lambda: one.trainer.probe is not None and one.trainer.probe.epoch == 10)
    assert one.view.side_view.objectName() == "confusion_matrix"
    counts = one.view.side_view.counts
    assert counts.sum() == one.trainer.scene.n_validation
    accuracy = one.trainer.history[-1].val_accuracy
    assert counts.trace() / counts.sum() == pytest.approx(accuracy)


def test_editing_after_a_run_is_said_and_undone_again(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=3))
    one.train()
    note = one.view.strip.note_label
    assert not note.isVisible()
    layer = next(layer.id for layer in one.store.document.layers if layer.kind == "dense")
    one.store.edit("Units", edits.set_setting, [layer], "units", 3)
    assert note.isVisible() and "changed" in note.text()
    one.store.undo_stack.undo()
    assert not note.isVisible()
    one.store.edit("Rate", edits.set_training, "learning_rate", 0.5)
    assert not note.isVisible()
    one.store.edit("Move", edits.move, {layer: (5.0, 5.0)})
    assert not note.isVisible()


def test_editing_and_opening_another_design_while_training_is_safe(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=100_000))
    with qtbot.waitSignal(one.trainer.epoch_finished, timeout=WAIT_MS):
        one.trainer.start(one.store.document)
    layer = next(layer.id for layer in one.store.document.layers if layer.kind == "dense")
    one.store.edit("Units", edits.set_setting, [layer], "units", 3)
    one.store.edit("Delete", edits.delete, [layer])
    with qtbot.waitSignal(one.trainer.epoch_finished, timeout=WAIT_MS):
        pass  # training goes on with the design it began with
    one.store.replace_document(design("iris", epochs=3))
    assert one.trainer.state == "idle"
    assert one.view.loss_plot.empty_label.isVisible()
    qtbot.waitUntil(
        lambda: (
            one.view.side_view is not None and one.view.side_view.objectName() == "confusion_matrix"
        ),
        timeout=WAIT_MS,
    )
    one.train()
    assert len(one.trainer.history) == 3


def test_other_data_and_back_shows_the_trained_answers_again(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=200))
    one.train()
    qtbot.waitUntil(lambda: one.trainer.probe.epoch == 200)
    trained = one.trainer.probe.values
    one.store.edit("Data", edits.set_data, DataChoice("circles"))
    qtbot.waitUntil(lambda: one.trainer.scene.title != "Spiral", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: one.trainer.probe is not None, timeout=WAIT_MS)
    assert not np.array_equal(one.trainer.probe.values, trained)
    one.store.undo_stack.undo()
    qtbot.waitUntil(lambda: one.trainer.scene.title == "Spiral", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: one.trainer.probe is not None, timeout=WAIT_MS)
    np.testing.assert_allclose(one.trainer.probe.values, trained, atol=1e-5)


def test_closing_the_window_while_training_leaves_nothing_behind(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=100_000))
    with qtbot.waitSignal(one.trainer.epoch_finished, timeout=WAIT_MS):
        one.trainer.start(one.store.document)
    one.view.close()
    one.trainer.close()
    # conftest looks for threads, processes and timers.


def test_a_hidden_view_costs_no_probes(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral", epochs=100_000))
    with qtbot.waitSignal(one.trainer.probed, timeout=WAIT_MS):
        one.trainer.start(one.store.document)
    one.view.hide()
    qtbot.wait(250)  # what was on its way arrives
    with qtbot.assertNotEmitted(one.trainer.probed, wait=400):
        pass
    one.show()
    with qtbot.waitSignal(one.trainer.probed, timeout=WAIT_MS):
        pass


def test_a_failure_is_shown_in_the_strip(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("spiral"))
    with qtbot.waitSignal(one.trainer.failed, timeout=WAIT_MS):
        one.trainer.start(replace(one.store.document, wires=()))
    assert one.view.strip.state_label.text() == "Failed"
    assert one.view.loss_plot.empty_label.text().startswith("Press Train")


def test_a_diverged_run_is_shown_in_the_strip(qtbot: QtBot, desk: Any) -> None:
    one = desk(design("auto-mpg", optimizer="sgd", learning_rate=10.0))
    one.train()
    assert one.view.strip.state_label.text() == "Diverged"


def test_each_output_has_its_curves(desk: Any) -> None:
    one = desk(design("multi-output", epochs=3))
    titles = [quantity.title for quantity in one.view.metric_plot.quantities]
    assert titles == ["Species accuracy", "Body mass MAE"]
    one.train()
    curves = one.view.metric_plot._curves
    assert set(curves) == {"accuracy", "body_mass_mae"}
    for each in curves.values():
        assert len(each.validation) == 3
