"""A small picture of a design: its data, and each layer as a column of neurons."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.data_preview import DataSample
from nn_designer.design.check import Report
from nn_designer.design.document import Document, Layer
from nn_designer.layers import KINDS
from nn_designer.layers.base import Category

MOST_NEURONS = 6
RADIUS_PX = 3.6
DATA_PX = 64


class DesignPicture(QWidget):
    """Draws a document; ``report`` (its check) tells how many neurons each layer has."""

    def __init__(
        self, document: Document, report: Report, themes: ThemeManager, height_px: int = 106
    ) -> None:
        super().__init__()
        self.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._themes = themes
        self._document = document
        self._report = report
        self._sample: DataSample | None = None
        themes.changed.connect(self._on_theme_changed)

    def show_sample(self, sample: DataSample) -> None:
        """Draw some of the data before the network."""
        self._sample = sample
        self.update()

    def _on_theme_changed(self, _theme: Theme) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._themes.theme
        area = QRectF(self.rect()).adjusted(14, 14, -20, -14)
        data = QRectF(area.left(), area.center().y() - DATA_PX / 2, DATA_PX, DATA_PX)
        painter.setPen(QPen(QColor(theme.border)))
        painter.setBrush(QColor(theme.plot_background))
        painter.drawRoundedRect(data, 6, 6)
        if self._sample is not None:
            self._sample.paint(painter, data.adjusted(5, 5, -5, -5), theme, small=True)
        network = area.adjusted(DATA_PX + 22, 0, 0, 0)
        paint_design(painter, network, self._document, self._report, theme)


def paint_design(
    painter: QPainter, area: QRectF, document: Document, report: Report, theme: Theme
) -> None:
    """Draw the layers of a document as columns of neurons inside ``area``."""
    layers = [layer for layer in document.layers if layer.kind != "output"]
    if not layers:
        return
    neurons = _neurons(layers, area, report)
    for wire in document.wires:
        if wire.source in neurons and wire.target in neurons:
            _paint_wires(painter, neurons[wire.source], neurons[wire.target], theme)
    for layer in layers:
        _paint_layer(painter, layer, neurons[layer.id], theme)


def _neurons(layers: list[Layer], area: QRectF, report: Report) -> dict[str, list[QPointF]]:
    """Where each layer's neurons are drawn."""
    left, right = min(one.x for one in layers), max(one.x for one in layers)
    top, bottom = min(one.y for one in layers), max(one.y for one in layers)
    spread = 0.0 if bottom - top < 40 else 0.5
    result = {}
    for layer in layers:
        across = (layer.x - left) / (right - left) if right > left else 0.5
        down = (layer.y - top) / (bottom - top) - 0.5 if spread else 0.0
        middle = QPointF(
            area.left() + across * area.width(), area.center().y() + down * area.height() * spread
        )
        count = _count(layer, report)
        room = area.height() * (1.0 if not spread else 0.62)
        step = min(room / MOST_NEURONS, 17.0)
        start = middle.y() - (count - 1) * step / 2
        result[layer.id] = [QPointF(middle.x(), start + index * step) for index in range(count)]
    return result


def _count(layer: Layer, report: Report) -> int:
    kind = KINDS.get(layer.kind)
    if kind is None or kind.category in (Category.MERGE, Category.SHAPE):
        return 1
    shape = report.shapes.get(layer.id)
    return min(prod(shape), MOST_NEURONS) if shape else 1


def _paint_wires(
    painter: QPainter, sources: list[QPointF], targets: list[QPointF], theme: Theme
) -> None:
    colour = QColor(theme.wire)
    colour.setAlphaF(0.55 if len(sources) * len(targets) <= 9 else 0.3)
    painter.setPen(QPen(colour, 1.0))
    for source in sources:
        for target in targets:
            painter.drawLine(source, target)


def _paint_layer(painter: QPainter, layer: Layer, places: list[QPointF], theme: Theme) -> None:
    kind = KINDS.get(layer.kind)
    category = kind.category if kind is not None else Category.INPUT_OUTPUT
    colour = QColor(theme.categories[category])
    painter.setPen(QPen(QColor(theme.panel_raised), 1.4))
    painter.setBrush(colour)
    if category is Category.MERGE:
        place = places[0]
        painter.drawEllipse(place, 8, 8)
        painter.setPen(QPen(QColor(theme.panel_raised), 1.6))
        painter.drawLine(place - QPointF(4, 0), place + QPointF(4, 0))
        painter.drawLine(place - QPointF(0, 4), place + QPointF(0, 4))
    elif category is Category.SHAPE:
        painter.drawRoundedRect(
            QRectF(places[0] - QPointF(4, 14), places[0] + QPointF(4, 14)), 2, 2
        )
    else:
        for place in places:
            painter.drawEllipse(place, RADIUS_PX + 0.8, RADIUS_PX + 0.8)
