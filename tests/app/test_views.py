"""The views of the data: what they show of a scene and of a network's answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF
from pytestqt.qtbot import QtBot

from nn_designer.app.theme import LIGHT, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.confusion_matrix import ConfusionMatrix
from nn_designer.app.views.decision_surface import DecisionSurface
from nn_designer.app.views.fitted_curve import FittedCurve
from nn_designer.app.views.forecast import Forecast
from nn_designer.app.views.plane import finer
from nn_designer.app.views.predicted_vs_true import PredictedVsTrue
from nn_designer.app.views.value_surface import ValueSurface


def scene(kind: str, **changes: Any) -> Scene:
    points = np.array([[-0.5, -0.5], [0.5, 0.5], [0.5, -0.5]], np.float32)
    if kind == "curve":
        points = points[:, :1]
    values: dict[str, Any] = {
        "run": 1,
        "kind": kind,
        "title": "Test",
        "feature_names": ("x1", "x2"),
        "target_names": ("y",),
        "class_names": ("A", "B"),
        "n_train": 3,
        "n_validation": 3,
        "train_x": points,
        "train_y": np.array([0, 1, 1], np.float32),
        "validation_x": points + 0.1,
        "validation_y": np.array([0, 1, 0], np.float32),
        "bounds": (-1.0, 1.0, -1.0, 1.0),
    }
    return Scene(**{**values, **changes})


def halves() -> Probe:
    """Class A on the left, class B on the right, sure of it."""
    values = np.zeros((8, 8, 2), np.float32)
    values[:, :4, 0] = 1.0
    values[:, 4:, 1] = 1.0
    return Probe("surface", 1.0, values)


@pytest.fixture
def themes(qapp: Any) -> ThemeManager:
    return ThemeManager()


def shown(qtbot: QtBot, view: Any, width: int = 380, height: int = 320) -> Any:
    qtbot.addWidget(view)
    view.resize(width, height)
    with qtbot.waitExposed(view):
        view.show()
    return view


def nearness(colour: QColor, to: str) -> float:
    pairs = zip(colour.getRgb()[:3], QColor(to).getRgb()[:3], strict=True)
    return sum(abs(a - b) for a, b in pairs)


# ---------------------------------------------------------------------- surfaces


def test_the_ground_has_the_colour_of_the_class_the_network_answers(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, DecisionSurface(themes))
    view.show_scene(scene("surface"))
    assert view.picture.image is None
    view.show_probe(halves())
    image = view.picture.image
    left = image.pixelColor(2, image.height() // 2)
    right = image.pixelColor(image.width() - 3, image.height() // 2)
    blue, orange = LIGHT.classes[:2]
    assert nearness(left, blue) < nearness(left, orange)
    assert nearness(right, orange) < nearness(right, blue)


def test_the_first_row_of_the_grid_is_at_the_bottom_of_the_view(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, DecisionSurface(themes))
    view.show_scene(
        scene(
            "surface",
            train_x=np.empty((0, 2), np.float32),
            train_y=np.empty(0, np.float32),
            validation_x=np.empty((0, 2), np.float32),
            validation_y=np.empty(0, np.float32),
        )
    )
    values = np.zeros((8, 8, 2), np.float32)
    values[:4, :, 0] = 1.0  # low y: class A
    values[4:, :, 1] = 1.0
    view.show_probe(Probe("surface", 1.0, values))
    picture = view.plot_widget.grab().toImage()
    box = view.plot.vb.sceneBoundingRect()
    ratio = picture.devicePixelRatio()

    def at(share: float) -> QColor:
        x, y = box.center().x(), box.top() + share * box.height()
        return picture.pixelColor(int(x * ratio), int(y * ratio))

    blue, orange = LIGHT.classes[:2]
    assert nearness(at(0.9), blue) < nearness(at(0.9), orange)
    assert nearness(at(0.1), orange) < nearness(at(0.1), blue)


def test_where_the_answer_changes_a_line_is_drawn(themes: ThemeManager) -> None:
    view = DecisionSurface(themes)
    view.show_scene(scene("surface"))
    pixels = view.picture_of(halves()).astype(int)
    middle = pixels[pixels.shape[0] // 2, :, :3].sum(axis=1)
    darkest = int(middle.argmin())
    assert abs(darkest - pixels.shape[1] / 2) < 3
    view.deleteLater()


def test_points_of_both_parts_are_drawn(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, DecisionSurface(themes))
    view.show_scene(scene("surface"))
    assert len(view.training_points.data) == len(view.validation_points.data) == 3
    brushes = [spot.brush().color() for spot in view.training_points.points()]
    assert brushes[0] == QColor(LIGHT.classes[0]) and brushes[1] == QColor(LIGHT.classes[1])


def test_a_surface_follows_the_theme(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, DecisionSurface(themes))
    view.show_scene(scene("surface"))
    view.show_probe(halves())
    before = view.picture.image.copy()
    themes.set_mode("dark")
    assert view.picture.image != before
    themes.set_mode("light")
    assert view.picture.image == before


def test_ten_classes_have_ten_grounds(themes: ThemeManager) -> None:
    view = DecisionSurface(themes)
    names = tuple(str(i) for i in range(10))
    view.show_scene(scene("surface", class_names=names))
    values = np.zeros((20, 20, 10), np.float32)
    for i in range(10):
        values[:, 2 * i : 2 * i + 2, i] = 1.0
    pixels = view.picture_of(Probe("surface", 1.0, values))
    middles = {tuple(pixels[30, 6 * i + 2, :3].tolist()) for i in range(10)}
    assert len(middles) == 10
    view.deleteLater()


def test_finer_reads_linearly_between_neighbours() -> None:
    values = np.array([[[0.0, 3.0], [6.0, 9.0]]])
    result = finer(values, 3)
    assert result.shape == (1, 6, 6)
    assert result[0, 0, 0] == 0.0 and result[0, -1, -1] == 9.0
    np.testing.assert_allclose(result[0, 0], np.linspace(0, 3, 6), rtol=1e-6)
    np.testing.assert_allclose(result[0, :, 0], np.linspace(0, 6, 6), rtol=1e-6)


def test_a_value_surface_is_blue_where_low_and_orange_where_high(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, ValueSurface(themes))
    view.show_scene(scene("heat"))
    values = np.tile(np.linspace(0, 1, 8, dtype=np.float32), (8, 1))
    view.show_probe(Probe("heat", 1.0, values))
    image = view.picture.image
    blue, orange = LIGHT.classes[:2]
    low, high = image.pixelColor(1, 5), image.pixelColor(image.width() - 2, 5)
    assert nearness(low, blue) < nearness(low, orange)
    assert nearness(high, orange) < nearness(high, blue)
    assert "0" in view._legend.accessibleName() and "1" in view._legend.accessibleName()


# ---------------------------------------------------------------------- curve and scatter


def test_the_fitted_curve_runs_through_what_the_network_answers(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, FittedCurve(themes))
    view.show_scene(scene("curve", feature_names=("x",)))
    assert len(view.training_points.data) == 3
    x = np.linspace(-1, 1, 5)
    view.show_probe(Probe("curve", 1.0, np.stack((x, x**2), axis=1)))
    assert view.curve.yData.tolist() == (x**2).tolist()
    view.show_scene(scene("curve", feature_names=("x",)))
    assert len(view.curve.xData) == 0


def test_a_forecast_is_compared_with_the_same_as_last_time(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, Forecast(themes))
    times = np.array([2000.0, 2001.0, 2002.0])
    validation_x = np.stack((times, [10.0, 12.0, 14.0]), axis=1)  # the levels before
    validation_y = np.array([12.0, 14.0, 16.0])
    view.show_scene(scene("series", validation_x=validation_x, validation_y=validation_y))
    assert view.truth.yData.tolist() == validation_y.tolist()
    view.show_probe(Probe("series", 1.0, np.stack((times, validation_y + 0.5), axis=1)))
    assert view.forecast.yData.tolist() == [12.5, 14.5, 16.5]
    assert view.remark_label.text() == "off by 0.5; same as last time: 2"


def test_predicted_numbers_far_off_are_shown_at_the_edge(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, PredictedVsTrue(themes))
    view.show_scene(scene("scatter"))
    assert view.empty_label.isVisible()
    view.show_probe(Probe("scatter", 1.0, np.array([[1.0, 1.1], [2.0, 900.0]])))
    assert not view.empty_label.isVisible()
    top = view.plot.vb.viewRange()[1][1]
    assert view.points.data["y"].tolist() == [1.1, pytest.approx(top)]
    assert view.diagonal.xData.tolist() == view.diagonal.yData.tolist()


# ---------------------------------------------------------------------- confusion matrix


def confusion(qtbot: QtBot, themes: ThemeManager, width: int = 380, height: int = 300) -> Any:
    view = shown(qtbot, ConfusionMatrix(themes), width, height)
    view.show_scene(scene("confusion", class_names=("cat", "dog", "owl")))
    return view


COUNTS = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])


def test_a_confusion_matrix_says_each_cell_in_words(qtbot: QtBot, themes: ThemeManager) -> None:
    view = confusion(qtbot, themes)
    assert view.counts is None and view.empty_label.isVisible()
    view.show_probe(Probe("confusion", 1.0, COUNTS))
    assert view.matrix.sentence(0, 1) == "2 of 10 samples of “cat” are taken for “dog” (20.0 %)."
    assert view.matrix.sentence(1, 1) == "9 of 10 samples of “dog” are recognized (90.0 %)."
    assert view.matrix.sentence(2, 2) == "0 of 0 samples of “owl” are recognized."
    assert view.remark_label.text() == "validation part, 85.0 % right"


def test_the_cell_under_the_mouse_is_found(qtbot: QtBot, themes: ThemeManager) -> None:
    view = confusion(qtbot, themes)
    places = view.matrix._layout()
    table, cell_w, cell_h = places.table, places.cell_w, places.cell_h
    for row in range(3):
        for column in range(3):
            at = QPointF(table.left() + (column + 0.5) * cell_w, table.top() + (row + 0.5) * cell_h)
            assert view.matrix.cell_at(at) == (row, column)
    assert view.matrix.cell_at(QPointF(0, 0)) is None


def test_the_share_of_a_row_is_its_colour(qtbot: QtBot, themes: ThemeManager) -> None:
    view = confusion(qtbot, themes)
    view.show_probe(Probe("confusion", 1.0, COUNTS))
    picture = view.matrix.grab().toImage()
    places = view.matrix._layout()
    table, cell_w, cell_h = places.table, places.cell_w, places.cell_h
    ratio = picture.devicePixelRatio()

    def colour(row: int, column: int) -> QColor:
        x, y = table.left() + column * cell_w + 6, table.top() + row * cell_h + 6
        return picture.pixelColor(int(x * ratio), int(y * ratio))

    assert nearness(colour(1, 1), LIGHT.training) < nearness(colour(0, 0), LIGHT.training)
    assert nearness(colour(0, 1), LIGHT.validation) < nearness(colour(1, 0), LIGHT.validation)
    assert colour(0, 2) == colour(2, 0) == colour(2, 2)  # nothing there


@pytest.mark.parametrize("classes", [2, 10, 40, 150])
@pytest.mark.parametrize("size", [(150, 110), (380, 200), (900, 700)])
def test_any_number_of_classes_can_be_painted_at_any_size(
    qtbot: QtBot, themes: ThemeManager, classes: int, size: tuple[int, int]
) -> None:
    view = shown(qtbot, ConfusionMatrix(themes), *size)
    names = tuple(f"a rather long class name {i}" for i in range(classes))
    view.show_scene(scene("confusion", class_names=names))
    counts = np.random.default_rng(0).integers(0, 12345, (classes, classes))
    view.show_probe(Probe("confusion", 1.0, counts))
    assert not view.grab().isNull()


def test_names_of_columns_are_whole_or_readable_or_not_there(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    view = shown(qtbot, ConfusionMatrix(themes))
    metrics = QFontMetricsF(view.font())
    view.matrix.names = tuple(str(i) for i in range(40))
    few = view.matrix.column_names(metrics, 10.0)
    assert 5 < len(few) < 40 and all(name == str(i) for i, name in few.items())
    view.matrix.names = ("a rather long class name", "another long class name")
    assert view.matrix.column_names(metrics, 500.0) == dict(enumerate(view.matrix.names))
    shorter = view.matrix.column_names(metrics, 60.0)
    assert len(shorter) == 2 and all("…" in name for name in shorter.values())
    assert view.matrix.column_names(metrics, 20.0) == {}


def test_a_narrow_matrix_gives_its_room_to_the_cells(qtbot: QtBot, themes: ThemeManager) -> None:
    names = tuple(str(i) for i in range(10))
    view = shown(qtbot, ConfusionMatrix(themes), 196, 200)
    view.show_scene(scene("confusion", class_names=names))
    narrow = view.matrix._layout()
    assert not narrow.with_shares and narrow.caption == "pred."
    assert narrow.table.width() > 0.6 * view.width()
    view.resize(400, 200)
    wide = view.matrix._layout()
    assert wide.with_shares and wide.caption == "predicted"


@pytest.mark.parametrize("size", [(190, 200), (240, 180), (380, 320)])
def test_the_plane_takes_the_room_there_is(
    qtbot: QtBot, themes: ThemeManager, size: tuple[int, int]
) -> None:
    view = shown(qtbot, DecisionSurface(themes), *size)
    view.show_scene(scene("surface"))
    view.grab()
    inside = view.plot.vb.sceneBoundingRect()
    below = size[1] - view.heading.height()
    assert inside.width() > size[0] - 64 or inside.height() > below - 56
    assert 0.6 < inside.width() / inside.height() < 1.4  # near a square
