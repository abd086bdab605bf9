"""The curves: what is drawn, how much of it, and what mouse and buttons do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nn_designer.app.plots import ACCURACY, DRAWN_POINTS, LOSS, MAE, R2, CurvePlot
from nn_designer.app.theme import DARK, ThemeManager
from nn_designer.app.views.axes import (
    epochs_shown,
    fitted_range,
    short_value,
    shown_value,
    step_above,
    whole_ticks,
)


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    themes = ThemeManager()
    made = CurvePlot(themes, name="loss_plot", quantities=(LOSS,), empty="Press Train.")
    made.themes = themes
    qtbot.addWidget(made)
    made.resize(520, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


def fill(plot: CurvePlot, epochs: int = 10, reached: float = 7.5, points: int = 5000) -> None:
    plot.begin(epochs)
    x = np.linspace(0.01, reached, points)
    plot.add_batches("loss", x, 2.0 * np.exp(-x) + 0.2)
    at = np.arange(1, int(reached) + 1, dtype=float)
    plot.add_epochs("loss", at, 2.0 * np.exp(-at) + 0.2, 2.0 * np.exp(-at) + 0.3)
    plot.redraw()


def test_before_the_first_run_a_sentence_says_what_will_be_here(plot: CurvePlot) -> None:
    assert plot.empty_label.isVisible() and plot.empty_label.text() == "Press Train."
    assert not plot.plot.isVisible()
    fill(plot)
    assert not plot.empty_label.isVisible() and plot.plot.isVisible()
    plot.clear()
    assert plot.empty_label.isVisible()


def test_at_most_400_points_are_drawn_and_the_spike_among_them(plot: CurvePlot) -> None:
    plot.begin(300)
    y = np.full(30_000, 0.5)
    y[12_345] = 1.9
    x = np.linspace(0, 300, 30_000)
    plot.add_batches("loss", x, y)
    at = np.arange(1, 301.0)
    plot.add_epochs("loss", at, np.full(300, 0.5), np.full(300, 0.6))
    plot.redraw()
    assert 100 < plot.points_drawn <= DRAWN_POINTS
    assert plot._raw.yData.max() == 1.9


def test_nothing_is_drawn_outside_the_part_in_sight(plot: CurvePlot) -> None:
    fill(plot, points=20_000)
    plot.plot.vb.setXRange(2.0, 3.0, padding=0)
    plot._on_range_changed(None)
    assert plot._raw.xData.min() > 1.9 and plot._raw.xData.max() < 3.1
    assert len(plot._raw.xData) > 100  # the detail of that part


def test_double_click_shows_all_again(plot: CurvePlot, qtbot: QtBot) -> None:
    fill(plot)
    plot.plot.vb.setXRange(2.0, 3.0, padding=0)
    plot._on_range_changed(None)
    qtbot.mouseDClick(plot.plot_widget.viewport(), Qt.MouseButton.LeftButton, pos=_place(plot, 2.5))
    low, high = plot.plot.vb.viewRange()[0]
    assert low == 0.0 and 10.0 < high < 10.5  # the last dot is seen whole


def _place(plot: CurvePlot, x: float) -> QPoint:
    low, high = plot.plot.vb.viewRange()[1]
    scene = plot.plot.vb.mapViewToScene(QPointF(x, (low + high) / 2))
    return plot.plot_widget.mapFromScene(scene)


def test_the_mouse_over_the_plot_reads_the_values(plot: CurvePlot, qtbot: QtBot) -> None:
    fill(plot)
    last = plot._training_chip.value
    qtbot.mouseMove(plot.plot_widget.viewport(), _place(plot, 1.0))
    qtbot.waitUntil(lambda: plot._cursor.isVisible())
    assert "epoch 1.0" in plot.remark_label.text() or "epoch 0.9" in plot.remark_label.text()
    assert plot._training_chip.value != last
    assert plot._validation_chip.value == shown_value(2.0 * np.exp(-1.0) + 0.3)
    qtbot.mouseMove(plot.plot_widget.viewport(), QPoint(1, 1))
    qtbot.waitUntil(lambda: not plot._cursor.isVisible())
    assert plot._training_chip.value == last


def test_the_log_switch_draws_powers(plot: CurvePlot, qtbot: QtBot) -> None:
    fill(plot)
    qtbot.mouseClick(plot._log_button, Qt.MouseButton.LeftButton)
    assert plot.logarithmic
    np.testing.assert_allclose(plot._strong.yData.min(), np.log10(0.2), atol=0.05)
    low, high = plot.plot.vb.viewRange()[1]
    assert low < np.log10(0.2) and high >= np.log10(1.9)


def test_the_legend_hides_a_curve(plot: CurvePlot, qtbot: QtBot) -> None:
    fill(plot)
    qtbot.mouseClick(plot._validation_chip, Qt.MouseButton.LeftButton)
    assert len(plot._validation.xData) == 0 and len(plot._strong.xData) > 0
    qtbot.mouseClick(plot._validation_chip, Qt.MouseButton.LeftButton)
    assert len(plot._validation.xData) == 7


def test_the_best_epoch_is_marked(plot: CurvePlot) -> None:
    fill(plot)
    assert not plot._best_mark.line.isVisible()
    plot.set_best(6)
    plot.redraw()
    mark = plot._best_mark
    assert mark.line.isVisible() and mark.line.value() == 6.0
    assert mark.text.isVisible() and mark.text.toPlainText() == "best: epoch 6"


@pytest.mark.parametrize("best", [1, 18, 37, 40])
@pytest.mark.parametrize("width", [190, 210, 300, 520])
def test_the_label_of_the_best_epoch_lies_whole_beside_its_line_or_not_at_all(
    plot: CurvePlot, width: int, best: int
) -> None:
    plot.resize(width, 200)
    fill(plot, epochs=40, reached=40)
    plot.set_best(best)
    plot.redraw()
    text, view = plot._best_mark.text, plot.plot.vb
    if not text.isVisible():
        return
    assert text.toPlainText() in (f"best: epoch {best}", f"best: {best}")
    plot.grab()  # only then it has its size
    box = text.textItem.sceneBoundingRect()
    inside = view.sceneBoundingRect()
    assert box.left() >= inside.left() - 0.5 and box.right() <= inside.right() + 0.5
    assert width < 300 or text.toPlainText().startswith("best: epoch")


def test_colours_follow_the_theme(plot: CurvePlot) -> None:
    fill(plot)
    plot.themes.set_mode("dark")
    assert plot._strong.opts["pen"].color() == QColor(DARK.training)
    assert plot._validation.opts["pen"].color() == QColor(DARK.validation)
    plot.themes.set_mode("light")


def test_for_numbers_buttons_choose_between_error_and_r2(qtbot: QtBot) -> None:
    plot = CurvePlot(ThemeManager(), name="metric_plot", quantities=(ACCURACY,), empty="")
    qtbot.addWidget(plot)
    plot.set_quantities((MAE, R2))
    plot.begin(5)
    at = np.arange(1, 6.0)
    plot.add_epochs("mae", at, 5 - at / 2, 6 - at / 2)
    plot.add_epochs("r2", at, at / 6, at / 7)
    plot.redraw()
    assert plot._strong.yData.tolist() == (5 - at / 2).tolist()
    qtbot.mouseClick(plot._quantity_group.button(1), Qt.MouseButton.LeftButton)
    assert plot.quantity is R2
    assert plot._strong.yData.tolist() == (at / 6).tolist()


def test_values_are_written_as_people_read_them() -> None:
    assert shown_value(0.97312, percent=True) == "97.3 %"
    assert [shown_value(v) for v in (0.21342, 1.5, 312.04, 3.1e8, 2e-7)] == [
        "0.2134", "1.500", "312.0", "3e+08", "2e-07",
    ]  # fmt: skip


def test_short_values_say_something_however_small() -> None:
    values = (0.0, 0.00123, 0.21342, 1.5, 312.04, 3.1e8, 2e-7)
    assert [short_value(v) for v in values] == [
        "0", "0.001", "0.213", "1.50", "312", "3e+08", "2e-07",
    ]  # fmt: skip
    assert short_value(0.97312, percent=True) == "97 %"


def test_a_mean_stands_in_the_middle_of_what_it_is_the_mean_of(qtbot: QtBot) -> None:
    plot = CurvePlot(ThemeManager(), name="a_plot", quantities=(LOSS, MAE), empty="")
    qtbot.addWidget(plot)
    plot.begin(3)
    plot.add_batches("loss", np.array([0.5, 1.0, 1.5, 2.0]), np.array([4.0, 2.0, 1.5, 1.3]))
    at = np.array([1.0, 2.0])
    for key in ("loss", "mae"):
        plot.add_epochs(key, at, np.array([3.0, 1.4]), np.array([1.9, 1.2]))
    plot.redraw()
    assert plot._strong.xData.tolist() == [0.25, 0.75, 1.25, 1.75]
    assert plot._validation.xData.tolist() == [1.0, 2.0]  # of the weights at the epoch's end
    # Keras' loss, the mean over an epoch, would lie off the curve of the batches.
    assert len(plot._dots.data) == 0
    plot.read_at(1.1)
    assert plot._validation_chip.value == shown_value(1.9)
    plot._quantity_group.button(1).click()
    assert plot._strong.xData.tolist() == plot._dots.data["x"].tolist() == [0.5, 1.5]


def test_dots_are_drawn_only_where_they_lie_apart(plot: CurvePlot) -> None:
    fill(plot, epochs=40, reached=40)
    assert plot._validation_dots.isVisible()
    plot.resize(200, 200)
    plot.redraw()
    assert not plot._validation_dots.isVisible()
    plot.begin(1)
    plot.add_batches("loss", np.array([1.0]), np.array([2.0]))
    plot.add_epochs("loss", np.array([1.0]), np.array([2.0]), np.array([1.5]))
    plot.redraw()
    assert plot._dots.isVisible() and plot._validation_dots.isVisible()  # nothing else is there


@pytest.mark.parametrize(("low", "high"), [(0, 1.025), (0, 10.25), (3.2, 3.9), (0, 102_500)])
def test_labels_of_the_epoch_axis_are_whole_numbers_that_do_not_touch(
    low: float, high: float
) -> None:
    step, ticks = whole_ticks(low, high, size=130, label_width=44)
    assert all(tick == int(tick) and low <= tick <= high for tick in ticks)
    assert step * 130 / (high - low) >= 44
    assert len(ticks) >= 2 or high - low < 1


def test_a_loss_of_nothing_but_zeros_has_a_plain_axis(plot: CurvePlot, qtbot: QtBot) -> None:
    zeros = np.zeros(5)
    assert fitted_range(zeros, percent=False, from_zero=True, logarithmic=False, first=0.0) == (
        -0.025, 1.06,
    )  # fmt: skip
    plot.begin(5)
    plot.add_batches("loss", np.arange(1, 6.0), zeros)
    plot.add_epochs("loss", np.arange(1, 6.0), zeros, zeros)
    plot.redraw()
    qtbot.mouseClick(plot._log_button, Qt.MouseButton.LeftButton)
    assert plot.logarithmic and not plot.grab().isNull()


def test_a_logarithmic_axis_spans_what_can_be_told_apart() -> None:
    values = np.array([1.0, 1e-300, 0.0])
    low, high = fitted_range(values, percent=False, from_zero=True, logarithmic=True, first=1.0)
    assert -13 < low < -11 and 0 <= high < 1


def test_the_epoch_axis_grows_in_steps_and_never_past_the_end() -> None:
    assert epochs_shown(0.5, 10) == 10.0
    assert epochs_shown(3.0, 500) == 10.0
    assert epochs_shown(100.0, 500) == 150.0
    assert epochs_shown(480.0, 500) == 500.0
    assert [step_above(v) for v in (1.0, 1.2, 7.0, 99.0, 0.03)] == [1, 1.5, 8, 100, 0.03]


def test_a_loss_that_blew_up_does_not_press_the_rest_flat() -> None:
    values = np.array([2.0, 1.0, 0.5, 1e9])
    low, high = fitted_range(values, percent=False, from_zero=True, logarithmic=False, first=2.0)
    assert -0.5 < low <= 0.0 and high < 10
    low, high = fitted_range(values, percent=False, from_zero=True, logarithmic=True, first=2.0)
    assert low < -0.3 and high >= 9
