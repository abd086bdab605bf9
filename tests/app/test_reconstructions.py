"""The view for autoencoders: pictures, and below each what the network makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.plots import MAE
from nn_designer.app.theme import ThemeManager
from nn_designer.app.training_messages import Probe
from nn_designer.app.training_scenes import Prober, look_at
from nn_designer.app.views.reconstructions import Reconstructions
from nn_designer.data import DataChoice, load, prepare
from nn_designer.design import edits
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.compile import compile_design
from nn_designer.design.templates import new

DATA = DataChoice("digits", {"target": "picture"})


def pairs(n: int = 10, side: int = 28) -> np.ndarray:
    """Black originals with one white corner; all white is made of them."""
    pictures = np.zeros((2, n, side, side, 1), np.uint8)
    pictures[0, :, 0, 0] = pictures[1] = 255
    return pictures


@pytest.fixture
def view(qtbot: QtBot) -> Reconstructions:
    made = Reconstructions(ThemeManager())
    qtbot.addWidget(made)
    made.resize(350, 190)
    made.show()
    return made


def test_originals_are_above_and_what_is_made_of_them_below(view: Reconstructions) -> None:
    view.show_probe(Probe("pictures", 1.0, pairs()))
    places = view.pictures.layout_of(10, 28, 28)
    picture = view.pictures.grab().toImage()
    ratio = view.devicePixelRatioF()

    def shade(row: int, column: int) -> int:
        middle = places.place(row, column).center() * ratio
        return picture.pixelColor(QPoint(int(middle.x()), int(middle.y()))).lightness()

    for column in range(places.columns):
        assert (shade(0, column), shade(1, column)) == (0, 255)
    assert "127" not in view.pictures.accessibleDescription()
    assert view.pictures.accessibleDescription().startswith("10 pictures")


@pytest.mark.parametrize("width", [190, 260, 350, 600, 1200])
@pytest.mark.parametrize("height", [120, 190, 420])
def test_pictures_stay_inside_and_their_pixels_are_whole(
    view: Reconstructions, width: int, height: int, qtbot: QtBot
) -> None:
    view.resize(width, height)
    qtbot.wait(10)
    places = view.pictures.layout_of(10, 28, 28)
    assert 1 <= places.columns <= 10
    assert places.size.width() % 28 == 0 and places.size.width() >= 28
    last = places.place(1, places.columns - 1)
    assert last.right() <= view.pictures.width() and last.bottom() <= view.pictures.height()


def test_it_paints_in_both_themes_with_and_without_pictures(view: Reconstructions) -> None:
    before = view.grab().toImage()
    view.show_probe(Probe("pictures", 0.0, pairs()))
    assert view.grab().toImage() != before


def test_the_prober_asks_for_a_few_pictures_and_takes_what_is_known() -> None:
    dataset = load(DATA)
    document = replace(new("xor"), data=DATA)
    document = adapt_to_data(document, dataset.summary())[0]
    prepared = prepare(dataset, 0.2, 1)
    scene = look_at(dataset, prepared, 1)
    assert scene.kind == "pictures" and scene.drawn
    prober = Prober(compile_design(document, summary=dataset.summary()), dataset, prepared, scene)
    values = prober.answer(0.0, None).values
    assert values.shape == (2, 10, 8, 8, 1) and values.dtype == np.uint8
    expected = prepared.x_validation[:10].reshape(10, 8, 8, 1) * 255
    np.testing.assert_allclose(values[0], expected, atol=0.51)
    known = prober.answer(1.0, prepared.x_validation * 1.5).values  # more than white is white
    np.testing.assert_allclose(known[1], np.minimum(expected * 1.5, 255), atol=0.51)


def test_a_run_shows_reconstructions_and_the_error_of_pixels(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Data", edits.set_data, DATA)
    document, _ = adapt_to_data(window.store.document, load(DATA).summary())
    document = edits.set_training(document, "epochs", 1)
    window.files.restore(document, "")
    done: list[Any] = []
    window.trainer.finished.connect(done.append)
    window.actions_by_name["train_start"].trigger()
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    qtbot.waitUntil(lambda: isinstance(window.training_view.side_view, Reconstructions))
    qtbot.waitUntil(lambda: window.training_view.side_view.pairs is not None)
    assert window.training_view.metric_plot.quantities == (MAE,)
    assert "pixels off by" in window.toolbar.state.text()
