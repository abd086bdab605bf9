"""Headings of plots and views: at every width everything is said whole, if in fewer words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nn_designer.app.plots import ACCURACY, LOSS, MAE, R2, CurvePlot
from nn_designer.app.theme import ThemeManager
from nn_designer.app.views.axes import PlainAxis, ValueAxis
from nn_designer.app.views.class_legend import ClassLegend
from nn_designer.app.views.confusion_matrix import shortened
from nn_designer.app.views.fitted_curve import FittedCurve
from nn_designer.app.views.legend_chip import LegendChip
from nn_designer.app.views.plot_frame import PlainFrame

WIDTHS = [190, 196, 210, 300, 420, 520, 700]


def curve_plot(qtbot: QtBot, width: int, *quantities: Any) -> CurvePlot:
    plot = CurvePlot(ThemeManager(), name="a_plot", quantities=quantities, empty="")
    qtbot.addWidget(plot)
    plot.resize(width, 220)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.begin(400)
    at = np.arange(1.0, 401.0)
    for quantity in quantities:
        plot.add_epochs(quantity.key, at, np.full(400, 0.99995), np.full(400, 0.2172))
    plot.redraw()
    qtbot.wait(1)
    return plot


def in_heading(plot: Any) -> list[QWidget]:
    return [
        child
        for child in plot.heading.findChildren(QWidget)
        if child.isVisible() and child.parent() is plot.heading
    ]


@pytest.mark.parametrize("quantities", [(LOSS,), (ACCURACY,), (MAE, R2)])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("read", [None, 123.45])
def test_nothing_in_a_heading_is_cut_or_lies_on_another(
    qtbot: QtBot, width: int, quantities: Any, read: float | None
) -> None:
    plot = curve_plot(qtbot, width, *quantities)
    plot.read_at(read)
    parts = in_heading(plot)
    for part in parts:
        assert plot.heading.rect().contains(part.geometry()), part.objectName()
        if not isinstance(part, LegendChip):
            assert part.width() >= part.sizeHint().width() - 1, part.objectName()
    for first in parts:
        for second in parts:
            assert first is second or not first.geometry().intersects(second.geometry())


@pytest.mark.parametrize(("width", "said"), [(190, "train"), (300, "training"), (700, "training")])
def test_which_line_is_which_is_said_at_every_width(qtbot: QtBot, width: int, said: str) -> None:
    plot = curve_plot(qtbot, width, LOSS)
    assert plot._training_chip.words == said
    assert plot._validation_chip.words.startswith("val")


def test_a_wide_heading_is_one_row_and_a_narrow_one_two(qtbot: QtBot) -> None:
    plot = curve_plot(qtbot, 700, LOSS)
    assert plot._training_chip.geometry().center().y() == plot.title_label.geometry().center().y()
    wide = plot.heading.height()
    plot.resize(300, 220)
    assert plot.heading.height() > wide
    assert plot._training_chip.y() > plot.title_label.geometry().bottom()
    plot.resize(700, 220)
    assert plot.heading.height() == wide


def test_values_do_not_move_anything_while_training(qtbot: QtBot) -> None:
    plot = curve_plot(qtbot, 300, ACCURACY)
    before = [part.geometry() for part in in_heading(plot)]
    for value in (0.0, 0.07, 0.5, 1.0):
        plot.add_epochs("accuracy", np.array([401.0]), np.array([value]), np.array([value]))
        plot.redraw()
        qtbot.wait(1)
        assert [part.geometry() for part in in_heading(plot)] == before


def test_a_value_of_unusual_width_gets_its_room(qtbot: QtBot) -> None:
    chip = LegendChip("training", "train", name="a_chip", dots=False)
    qtbot.addWidget(chip)
    before = chip.widths()
    chip.set_value("-123456789.0", "-123456789")
    assert all(after > was for after, was in zip(chip.widths(), before, strict=True))
    chip.set_value("")
    assert chip.widths() == before


def test_a_remark_is_shortened_and_then_left_out(qtbot: QtBot) -> None:
    frame = PlainFrame("Confusion matrix", ThemeManager(), name="a_frame")
    qtbot.addWidget(frame)
    wordings = ("validation part, 98.1 % right", "98.1 % right", "98.1 %")
    frame.set_title("Confusion matrix", *wordings)
    seen = []
    for width in (500, 260, 200, 120):
        frame.resize(width, 200)
        frame.show()
        seen.append(frame.remark_label.text())
    assert seen == [*wordings, ""]
    assert frame.title_label.toolTip() == wordings[0]
    assert frame.title_label.text() != "Confusion matrix"  # shortened, and says so
    assert frame.title_label.text().endswith("…")


def test_wordings_get_shorter(qtbot: QtBot) -> None:
    legend = ClassLegend()
    qtbot.addWidget(legend)
    names = tuple(f"a rather long name {i}" for i in range(10))
    legend.show_classes(names, ["#000000"] * 10, "#000000")
    assert all(first >= second for first, second in pairwise(legend.widths()))
    assert legend.texts(0)[-1].endswith(" …") and len(legend.texts(0)) == 4
    assert legend.texts(5) == ["a r… …"]
    legend.show_classes(("A", "B"), ["#000000"] * 2, "#000000")
    assert legend.texts(0) == legend.texts(2) == ["A", "B"]


def test_names_are_shortened_where_they_still_differ(qtbot: QtBot) -> None:
    metrics = QFontMetricsF(QFont())
    width = metrics.horizontalAdvance("Adel…") + 1
    assert all(text.endswith("…") for text in shortened(["Adelieson", "Gentooson"], metrics, width))
    alike = shortened(["class number 1", "class number 2"], metrics, width)
    assert [text[-1] for text in alike] == ["1", "2"]


def test_a_sentence_is_shown_whole_or_not_at_all(qtbot: QtBot) -> None:
    frame = PlainFrame("Confusion matrix", ThemeManager(), name="a_frame")
    qtbot.addWidget(frame)
    frame.resize(300, 200)
    with qtbot.waitExposed(frame):
        frame.show()
    frame.set_empty("Once training runs: which class is taken for which.")
    label = frame.empty_label
    assert label.isVisible() and label.height() >= label.heightForWidth(label.width())
    frame.resize(190, 44)
    qtbot.waitUntil(lambda: not label.isVisible())
    frame.resize(300, 200)
    qtbot.waitUntil(label.isVisible)
    frame.set_empty("")
    assert not label.isVisible()


@pytest.mark.parametrize("size", [20.0, 60.0, 150.0, 600.0])
def test_labels_beside_an_axis_do_not_touch(qtbot: QtBot, size: float) -> None:
    for axis in (PlainAxis("left"), ValueAxis("left")):
        height = axis.label_metrics().height()
        ((_step, ticks),) = axis.tickValues(-1.0, 1.0, size)
        gaps = [(after - before) / 2.0 * size for before, after in pairwise(ticks)]
        assert all(gap >= height - 1e-6 for gap in gaps)
        assert any(abs(tick) < 1e-9 for tick in ticks)


def test_names_beside_axes_are_left_out_where_they_take_the_room(qtbot: QtBot) -> None:
    view = FittedCurve(ThemeManager())
    qtbot.addWidget(view)
    view.resize(300, 200)
    with qtbot.waitExposed(view):
        view.show()
    view.set_axis_labels("x", "a target with a very long name that nobody can read")
    left = view.plot.getAxis("left").label
    assert left.isVisible() and left.toPlainText().rstrip().endswith("…")
    view.resize(300, 100)
    qtbot.waitUntil(lambda: not left.isVisible())
    view.resize(300, 900)
    qtbot.waitUntil(left.isVisible)
    assert "nobody can read" in left.toPlainText()
