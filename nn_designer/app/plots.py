"""The curves of a run: training and validation, batch by batch and epoch by epoch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.app.views.axes import (
    ValueAxis,
    epochs_shown,
    fitted_range,
    short_value,
    shown_value,
)
from nn_designer.app.views.best_mark import BestMark
from nn_designer.app.views.heading import HeadingButton
from nn_designer.app.views.legend_chip import LegendChip
from nn_designer.app.views.plot_frame import PlotFrame, line_pen
from nn_designer.app.views.quantities import ACCURACY, LOSS, MAE, R2, Curves, Quantity
from nn_designer.app.views.series import Series, decimate

DRAWN_POINTS = 400
_DOTS_UP_TO = 60  # epochs, and
_DOT_EVERY_PX = 7.0  # at least: more would be a caterpillar
_TRAINING_TIP = (
    "Training part, while the network learns from it: the mean over the last batches, or over "
    "each epoch, drawn at the middle of these. A click hides or shows the curve."
)
_VALIDATION_TIP = (
    "Validation part, never trained with: what the network makes of it at the end of each epoch. "
    "A click hides or shows the curve."
)


class CurvePlot(PlotFrame):
    """Plots one of several quantities over epochs.

    Numbers come in by :meth:`add_batches` and :meth:`add_epochs`; nothing is drawn until
    :meth:`redraw`, so the caller decides how often that is worth it.
    """

    hovered = Signal(object)  # the epoch under the mouse; None when it has left

    def __init__(
        self,
        themes: ThemeManager,
        *,
        name: str,
        quantities: tuple[Quantity, ...],
        empty: str,
        parent: QWidget | None = None,
    ) -> None:
        self._value_axis = ValueAxis("left")
        super().__init__(
            quantities[0].title,
            themes,
            name=name,
            axes={"left": self._value_axis, "bottom": ValueAxis("bottom", whole=True)},
            parent=parent,
        )
        self._empty = empty
        self._curves: dict[str, Curves] = {}
        self._buttons: list[HeadingButton] = []
        self._epochs = 1
        self._best: int | None = None
        self._following = True
        self._hovered: float | None = None
        self.points_drawn = 0

        self._quantity_group = QButtonGroup(self)
        self._quantity_group.idClicked.connect(self._on_quantity_clicked)
        self._training_chip = LegendChip("training", "train", name=f"{name}_training", dots=False)
        self._training_chip.setToolTip(_TRAINING_TIP)
        self._validation_chip = LegendChip(
            "validation", "val.", name=f"{name}_validation", dots=True
        )
        self._validation_chip.setToolTip(_VALIDATION_TIP)
        self._log_button = self._make_button("log", f"{name}_log", "Logarithmic axis")
        self.heading.add_legend(self._training_chip, self._validation_chip)
        self.heading.add_switch(self._log_button)
        self.heading.room_for = "at epoch 100.00"
        for button in (self._training_chip, self._validation_chip, self._log_button):
            button.toggled.connect(self._on_switch_toggled)

        self._raw = pg.PlotCurveItem()
        self._strong = pg.PlotCurveItem(antialias=True)
        self._dots = pg.ScatterPlotItem(size=6, antialias=True)
        self._validation = pg.PlotCurveItem(antialias=True)
        self._validation_dots = pg.ScatterPlotItem(size=6, antialias=True)
        self._best_mark = BestMark(self.axis_font)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor_dots = pg.ScatterPlotItem(size=9, antialias=True)
        for z, item in enumerate(self._items()):
            item.setZValue(z)
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.vb.sigRangeChangedManually.connect(self._on_range_changed)
        self.plot.vb.sigResized.connect(self._draw_best)
        self.plot_widget.viewport().installEventFilter(self)
        self.plot_widget.setMouseTracking(True)

        self.set_quantities(quantities)
        self.apply_theme(themes.theme)
        self.clear()

    def _items(self) -> tuple[Any, ...]:
        return (
            self._best_mark.line, self._cursor, self._raw, self._strong, self._validation,
            self._dots, self._validation_dots, self._best_mark.text, self._cursor_dots,
        )  # fmt: skip

    def _make_button(self, text: str, name: str, accessible: str) -> HeadingButton:
        button = HeadingButton(text, name=name, accessible=accessible, font=self.axis_font)
        button.apply_theme(self.theme)
        self._buttons.append(button)
        return button

    # ------------------------------------------------------------------ what is shown

    def set_quantities(self, quantities: tuple[Quantity, ...]) -> None:
        """Offer these; with more than one, buttons instead of the title choose. Clears."""
        for button in self._quantity_group.buttons():
            self._quantity_group.removeButton(button)
            self._buttons.remove(button)
        self.quantities = quantities
        self._curves = {quantity.key: Curves() for quantity in quantities}
        choices = []
        for i, quantity in enumerate(quantities if len(quantities) > 1 else ()):
            name = f"{self.objectName()}_{quantity.key}"
            button = self._make_button(quantity.title, name, f"Show {quantity.title}")
            self._quantity_group.addButton(button, i)
            choices.append(button)
        self.heading.set_choices(choices)
        if choices:
            choices[0].setChecked(True)
        self._show_quantity(quantities[0])
        self.clear()

    def _show_quantity(self, quantity: Quantity) -> None:
        self.quantity = quantity
        self.set_title(quantity.title)
        self._log_button.setVisible(quantity.from_zero and not quantity.percent)

    @property
    def logarithmic(self) -> bool:
        return self._log_button.isChecked() and not self._log_button.isHidden()

    def curves(self, key: str = "") -> Curves:
        """The numbers of a quantity, by default of the one that is shown."""
        return self._curves[key or self.quantity.key]

    def set_empty_sentence(self, sentence: str) -> None:
        """What is said while there is no curve."""
        self._empty = sentence

    # ------------------------------------------------------------------ numbers come in

    def begin(self, epochs: int) -> None:
        """A run of ``epochs`` begins: forget the last one."""
        self.clear()
        self._epochs = max(1, epochs)
        self.set_empty("")

    def clear(self) -> None:
        for curves in self._curves.values():
            curves.clear()
        self._best = None
        self._following = True
        self._hovered = None
        self.set_empty(self._empty)
        self.redraw()

    def add_batches(self, key: str, x: np.ndarray, y: np.ndarray) -> None:
        """Means over some batches: ``x`` (n,), in epochs, is where they end."""
        self._curves[key].batches.extend(x, y)

    def add_epochs(
        self, key: str, x: np.ndarray, training: np.ndarray, validation: np.ndarray
    ) -> None:
        """What came of the epochs that ended at ``x`` (n,); NaN where there is no value.

        The training value is the mean over the epoch, while the weights changed: it stands for
        the middle of the epoch. The validation value is that of the weights at its end.
        """
        self._curves[key].training.extend(x - 0.5, training)
        self._curves[key].validation.extend(x, validation)

    def set_best(self, epoch: int | None) -> None:
        self._best = epoch

    # ------------------------------------------------------------------ drawing

    def redraw(self) -> None:
        """Draw what has come in. At most 400 points, whatever the length of the run."""
        curves = self.curves()
        self._value_axis.percent = self.quantity.percent
        if self._value_axis.logMode != self.logarithmic:
            self._value_axis.setLogMode(y=self.logarithmic)
        self._fit(curves)
        low, high = self.plot.vb.viewRange()[0]
        show_training = self._training_chip.isChecked()
        show_validation = self._validation_chip.isChecked()
        drawn = 0
        has_batches = len(curves.batches) > 0
        raw_part = curves.batches.window(low, high) if show_training else slice(0, 0)
        drawn += self._draw(self._raw, curves.batches.x, curves.batches.y, raw_part, 150)
        if has_batches:
            drawn += self._draw(
                self._strong, curves.batches.x, curves.batches.smooth, raw_part, 100
            )
        else:
            part = curves.training.window(low, high) if show_training else slice(0, 0)
            drawn += self._draw(self._strong, curves.training.x, curves.training.y, part, 160)
        part = curves.validation.window(low, high) if show_validation else slice(0, 0)
        drawn += self._draw(self._validation, curves.validation.x, curves.validation.y, part, 90)
        # The mean over an epoch in which the loss fell lies off the running curve: one of both.
        alone = show_training and len(curves.batches) < 2
        drawn += self._draw_dots(self._dots, curves.training, alone, low, high)
        drawn += self._draw_dots(
            self._validation_dots, curves.validation, show_validation, low, high
        )
        self.points_drawn = drawn
        self._draw_best()
        self._draw_values(curves)

    def _heights(self, y: np.ndarray) -> np.ndarray:
        return np.log10(np.maximum(y, 1e-30)) if self.logarithmic else y

    def _draw(self, item: Any, x: np.ndarray, y: np.ndarray, part: slice, limit: int) -> int:
        """Draw a part of a curve with at most ``limit`` points; the number of points drawn."""
        x, y = x[part], y[part]
        # What is empty is hidden: an item costs its share of every repaint.
        item.setVisible(len(x) >= 2)
        if len(x) < 2:
            item.setData(x=np.empty(0), y=np.empty(0))
            return 0
        kept = decimate(y, limit)
        item.setData(x=x[kept], y=self._heights(y[kept]), skipFiniteCheck=True)
        return len(kept)

    def _draw_dots(self, item: Any, series: Series, shown: bool, low: float, high: float) -> int:
        part = series.window(low, high)
        x, y = series.x[part], series.y[part]
        most = min(_DOTS_UP_TO, self.plot.vb.width() / _DOT_EVERY_PX)
        visible = shown and 0 < len(x) <= max(most, 1)
        item.setVisible(visible)
        if not visible:
            return 0
        if len(item.data) != len(x) or item.data["x"][-1] != x[-1] or self._restyled:
            item.setData(x=x, y=self._heights(y))
        return len(x)

    _restyled = True

    def _fit(self, curves: Curves) -> None:
        """Follow the run with both axes, in steps, so that the axes are not repainted each time."""
        view = self.plot.vb
        all_series = (curves.batches, curves.training, curves.validation)
        reached = max((float(s.x[-1]) for s in all_series if len(s)), default=0.0)
        if self._following:
            # A little more, so that the last dot is seen whole.
            right = 1.025 * epochs_shown(reached, self._epochs)
            if view.viewRange()[0] != [0.0, right]:
                view.setXRange(0.0, right, padding=0)
        values = np.concatenate((curves.batches.smooth, curves.training.y, curves.validation.y))
        low, high = fitted_range(
            values,
            percent=self.quantity.percent,
            from_zero=self.quantity.from_zero,
            logarithmic=self.logarithmic,
            first=float(values[0]) if len(values) else 0.0,
        )
        now_low, now_high = view.viewRange()[1]
        span = high - low
        loose = (low - now_low) > 0.25 * span or (now_high - high) > 0.25 * span
        if self._restyled or low < now_low or high > now_high or loose:
            view.setYRange(low, high, padding=0)

    def _draw_best(self, *_: object) -> None:
        # Beside the line, where the curve is not: a loss ends low, an accuracy high.
        below = self.quantity.percent or not self.quantity.from_zero
        best = self._best if len(self.curves().training) else None
        self._best_mark.place(best, self.plot.vb, below=below)

    def _draw_values(self, curves: Curves) -> None:
        """The values in the legend: where the mouse is, otherwise the last ones."""
        at = self._hovered
        spots = []
        strong = curves.batches if len(curves.batches) else curves.training
        line = strong.smooth if strong is curves.batches else strong.y
        for chip, series, y, colour in (
            (self._training_chip, strong, line, self.theme.training),
            (self._validation_chip, curves.validation, curves.validation.y, self.theme.validation),
        ):
            index = series.nearest(math.inf if at is None else at)
            if index is None:
                chip.set_value("")
                continue
            value, percent = float(y[index]), self.quantity.percent
            chip.set_value(shown_value(value, percent), short_value(value, percent))
            if at is not None and chip.isChecked():
                height = float(self._heights(y[index : index + 1])[0])
                spots.append({"pos": (float(series.x[index]), height), "brush": colour})
        self._cursor.setVisible(at is not None)
        self._cursor_dots.setVisible(bool(spots))
        if spots:
            self._cursor_dots.setData(spots)
        if at is None:
            self.heading.set_remark()
        else:
            self._cursor.setPos(at)
            place = f"{at:.2f}" if self._epochs < 1000 else f"{at:,.0f}"
            self.heading.set_remark(f"at epoch {place}", f"at {place}", place)

    # ------------------------------------------------------------------ hands and eyes

    def _on_switch_toggled(self, _checked: bool) -> None:
        self._restyled = True
        self.redraw()
        self._restyled = False

    def _on_quantity_clicked(self, index: int) -> None:
        self._show_quantity(self.quantities[index])
        self._on_switch_toggled(True)

    def _on_range_changed(self, _axes: object) -> None:
        self._following = False
        self.redraw()

    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self.plot.vb.sceneBoundingRect().contains(position)
        x = self.plot.vb.mapSceneToView(position).x() if inside else None
        self.read_at(x)
        self.hovered.emit(x)

    def read_at(self, x: float | None) -> None:
        """Show the values at epoch ``x``, or the last ones."""
        curves = self.curves()
        series = curves.batches if len(curves.batches) else curves.training
        hovered = None
        if x is not None and len(series):
            hovered = min(max(x, float(series.x[0])), float(series.x[-1]))
        if hovered != self._hovered:
            self._hovered = hovered
            self._draw_values(curves)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not pyqtgraph's own signal: it leaves out moves that follow quickly, even the last one.
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._on_mouse_moved(self.plot_widget.mapToScene(event.position().toPoint()))
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self._following = True
            self._on_switch_toggled(True)
        elif event.type() == QEvent.Type.Leave:
            self.read_at(None)
            self.hovered.emit(None)
        return super().eventFilter(watched, event)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._raw.setPen(pg.mkPen(with_alpha(theme.training, 0.45), width=1))
        self._strong.setPen(line_pen(theme.training))
        self._validation.setPen(line_pen(theme.validation))
        for dots, colour in (
            (self._dots, theme.training),
            (self._validation_dots, theme.validation),
        ):
            dots.setBrush(pg.mkBrush(colour))
            dots.setPen(pg.mkPen(theme.plot_background, width=1))
        self._cursor_dots.setPen(pg.mkPen(theme.plot_background, width=1.5))
        self._best_mark.apply_theme(theme)
        self._cursor.setPen(pg.mkPen(theme.text_muted, width=1))
        axis = self.plot.getAxis("bottom")  # the line at zero lies close above: no other there
        axis.setTickPen(pg.mkPen(theme.plot_grid))
        axis.setPen(pg.mkPen(None))
        self._training_chip.set_colours(theme.training, theme.text, theme.text_muted)
        self._validation_chip.set_colours(theme.validation, theme.text, theme.text_muted)
        for button in self._buttons:
            button.apply_theme(theme)
        self._on_switch_toggled(True)


__all__ = ["ACCURACY", "DRAWN_POINTS", "LOSS", "MAE", "R2", "CurvePlot", "Quantity"]
