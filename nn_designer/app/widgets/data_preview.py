"""A small picture of data: pictures, points in a plane, a curve, or how often each class occurs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.data import Column, Dataset

MOST_POINTS = 400
DIGIT_ROWS, DIGIT_COLUMNS = 2, 8

MOST_COMPARED, MOST_CELLS_COMPARED = 200, 400_000
"""So many columns, and cells of them, are looked at to choose two: it must not take long."""


class DataPreview(QWidget):
    """Draws a sample of a data set; says what it is doing while there is none."""

    def __init__(self, themes: ThemeManager, height_px: int = 132) -> None:
        super().__init__()
        self.setObjectName("data_preview")
        self.setAccessibleName("Picture of the data")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height_px)
        self._themes = themes
        self._sentence = ""
        self._sample: DataSample | None = None
        themes.changed.connect(self._on_theme_changed)

    @property
    def kind(self) -> str:
        """What is drawn: "pictures", "points", "curve", "surface", "classes", "numbers" or ""."""
        return self._sample.kind if self._sample is not None else ""

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def show_sentence(self, sentence: str) -> None:
        self._sample = None
        self._sentence = sentence
        self.update()

    def show_dataset(self, dataset: Dataset) -> None:
        self._sample = DataSample(dataset)
        self._sentence = ""
        self.setAccessibleDescription(self._sample.caption)
        self.setToolTip(plain_tip(self._sample.caption))
        self.update()

    def _on_theme_changed(self, _theme: Theme) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._themes.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.border)))
        painter.setBrush(QColor(theme.plot_background))
        painter.drawRoundedRect(frame, 6, 6)
        area = frame.adjusted(8, 8, -8, -8)
        if self._sample is None:
            painter.setPen(QColor(theme.text_muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(flags), self._sentence)
        else:
            self._sample.paint(painter, area, theme)


class DataSample:
    """A few rows of a data set, and how to draw them; holds no reference to the rest."""

    def __init__(self, dataset: Dataset) -> None:
        self.class_names = dataset.class_names
        self.pictures: np.ndarray | None = None
        self.counts: np.ndarray | None = None
        self.points = np.empty((0, 2))
        self.values: np.ndarray = np.empty(0)
        y = np.asarray(dataset.y)
        # At random: rows often come class after class, or one class every other row.
        count = min(MOST_POINTS, len(y))
        rows = np.random.default_rng(0).choice(len(y), count, replace=False)
        self.axes = ("", "")
        target = y if y.ndim == 1 else y[:, 0]
        numbers = _telling_columns(dataset, target)
        if dataset.image_shape is not None and dataset.x is not None:
            self.kind = "pictures"
            self.pictures, self.values = _chosen_pictures(dataset, target)
            of_each = "One picture of each class" if dataset.task == "classes" else "Some pictures"
            self.caption = f"{of_each}, drawn from the data"
        elif dataset.timeline is not None:
            self.kind = "curve"
            levels = dataset.timeline.base + target
            self.points = np.stack([dataset.timeline.times[rows], levels[rows]], axis=1)
            self.values = levels[rows]
            self.axes = ("year", dataset.timeline.quantity)
            self.caption = f"{self.axes[1]} over the years"
        elif len(numbers) == 2:
            self.kind = "points" if dataset.task == "classes" else "surface"
            self.points = np.stack([column.values[rows] for column in numbers], axis=1)
            self.values = target[rows]
            self.axes = (numbers[0].name, numbers[1].name)
            self.caption = f"{self.axes[1]} over {self.axes[0]}, coloured by what is learned"
        elif len(numbers) == 1 and dataset.task == "number":
            self.kind = "curve"
            self.points = np.stack([numbers[0].values[rows], target[rows]], axis=1)
            self.values = target[rows]
            self.axes = (numbers[0].name, dataset.target_names[0])
            self.caption = f"{self.axes[1]} over {self.axes[0]}"
        elif dataset.task == "classes":
            self.kind = "classes"
            self.counts = np.bincount(target.astype(int), minlength=len(self.class_names))
            self.caption = "How many rows each class has"
        else:
            self.kind = "numbers"
            finite = target[np.isfinite(target)]
            self.counts, edges = np.histogram(finite, bins=24)
            self.class_names = (f"{edges[0]:.4g}", f"{edges[-1]:.4g}")
            self.caption = f"How {dataset.target_names[0]} is spread"

    def paint(self, painter: QPainter, area: QRectF, theme: Theme, *, small: bool = False) -> None:
        """Draw into ``area``; ``small``: without words, for a picture of a few dozen pixels."""
        if self.kind == "pictures":
            self._paint_pictures(painter, area, 2 if small else DIGIT_COLUMNS)
        elif small and self.counts is not None:
            self._paint_small_bars(painter, area, theme)
        elif self.kind == "classes":
            self._paint_classes(painter, area, theme)
        elif self.kind == "numbers":
            self._paint_numbers(painter, area, theme)
        elif small or area.width() < 120:
            self._paint_points(painter, area, theme)
        else:
            self._paint_axes(painter, area, theme)
            text = painter.fontMetrics().height() - 2
            self._paint_points(painter, area.adjusted(text, 0, 0, -text), theme)

    def _paint_axes(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() - 1.5)
        painter.setFont(font)
        painter.setPen(QColor(theme.text_muted))
        metrics = painter.fontMetrics()
        across, up = (
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room))
            for name, room in zip(self.axes, (area.width(), area.height()), strict=True)
        )
        low = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(area.adjusted(0, 0, 0, 3), int(low), across)
        painter.save()
        painter.translate(area.left() - 2, area.center().y())
        painter.rotate(-90)
        half = area.height() / 2
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(-half, 0, area.height(), 20), int(top), up)
        painter.restore()

    def _paint_small_bars(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        assert self.counts is not None
        width = area.width() / len(self.counts)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, count in enumerate(self.counts):
            place = index % len(theme.classes)
            colour = theme.classes[place] if self.kind == "classes" else theme.training
            painter.setBrush(QColor(colour))
            height = area.height() * count / max(self.counts.max(), 1)
            gap = min(width * 0.15, 3.0)
            painter.drawRoundedRect(
                QRectF(
                    area.left() + index * width + gap,
                    area.bottom() - height,
                    width - 2 * gap,
                    height,
                ),
                1.5,
                1.5,
            )

    def _paint_pictures(self, painter: QPainter, area: QRectF, columns: int) -> None:
        assert self.pictures is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        gap = 4.0
        side = min(
            (area.width() - gap * (columns - 1)) / columns,
            (area.height() - gap * (DIGIT_ROWS - 1)) / DIGIT_ROWS,
        )
        left = area.center().x() - (side * columns + gap * (columns - 1)) / 2
        top = area.center().y() - (side * DIGIT_ROWS + gap * (DIGIT_ROWS - 1)) / 2
        for index, pixels in enumerate(self.pictures[: columns * DIGIT_ROWS]):
            row, column = divmod(index, columns)
            place = QRectF(left + column * (side + gap), top + row * (side + gap), side, side)
            height, width = pixels.shape[:2]
            colour = pixels.ndim == 3
            form = QImage.Format.Format_RGB888 if colour else QImage.Format.Format_Grayscale8
            picture = QImage(pixels.data, width, height, pixels.strides[0], form)
            painter.drawImage(place, picture)

    def _paint_points(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        there = np.isfinite(self.points).all(axis=1)
        if not there.any():
            return
        points, values = self.points[there], self.values[there]
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        square = area
        if self.kind != "curve" and self.axes == ("x1", "x2"):
            # Drawn figures keep their form: a circle is round.
            side = min(area.width(), area.height())
            square = QRectF(0, 0, side, side)
            square.moveCenter(area.center())
            low, span = (low + high - span.max()) / 2, np.full(2, span.max())
        x = square.left() + 4 + (points[:, 0] - low[0]) / span[0] * (square.width() - 8)
        y = square.bottom() - 4 - (points[:, 1] - low[1]) / span[1] * (square.height() - 8)
        radius = 2.2 if area.height() > 80 else 1.3
        painter.setPen(Qt.PenStyle.NoPen)
        if self.kind == "points":
            colours = [QColor(name) for name in theme.classes]
            brushes = [colours[int(value) % len(colours)] for value in values]
        elif self.kind == "surface":
            brushes = _scale(values, theme)
        else:
            brushes = [QColor(theme.training)] * len(x)
        for a, b, colour in zip(x, y, brushes, strict=True):
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(float(a), float(b)), radius, radius)

    def _paint_classes(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        assert self.counts is not None
        shown = min(len(self.counts), 6)
        height = min(area.height() / shown, 26.0)
        top = area.center().y() - height * shown / 2
        metrics = painter.fontMetrics()
        names = [
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, 110)
            for name in self.class_names[:shown]
        ]
        room = max(metrics.horizontalAdvance(name) for name in names) + 10
        numbers = metrics.horizontalAdvance(f"{int(self.counts.max()):,}") + 8
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, name in enumerate(names):
            row = QRectF(area.left(), top + index * height, area.width(), height)
            painter.setPen(QColor(theme.text))
            painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignLeft), name)
            painter.setPen(QColor(theme.text_muted))
            count = f"{int(self.counts[index]):,}"
            painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignRight), count)
            share = self.counts[index] / max(self.counts.max(), 1)
            bar = row.adjusted(room, height * 0.25, -numbers, -height * 0.25)
            bar.setWidth(max(bar.width() * share, 2))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.classes[index % len(theme.classes)]))
            painter.drawRoundedRect(bar, 3, 3)

    def _paint_numbers(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        assert self.counts is not None
        text = painter.fontMetrics().height()
        chart = area.adjusted(0, 0, 0, -text - 2)
        width = chart.width() / len(self.counts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.training))
        for index, count in enumerate(self.counts):
            height = chart.height() * count / max(self.counts.max(), 1)
            painter.drawRoundedRect(
                QRectF(
                    chart.left() + index * width + 1, chart.bottom() - height, width - 2, height
                ),
                1.5,
                1.5,
            )
        painter.setPen(QColor(theme.text_muted))
        foot = QRectF(area.left(), area.bottom() - text, area.width(), text)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), self.class_names[0])
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight), self.class_names[1])


def _telling_columns(dataset: Dataset, target: np.ndarray) -> list[Column]:
    """The one or two number columns that tell most about the target, to draw as axes.

    All of them if there are only one or two; for classes the two that keep the classes farthest
    apart, for a number the one that goes along with it most.
    """
    numbers = [column for column in dataset.columns if column.kind == "number"]
    if len(numbers) <= 2 and len(numbers) == len(dataset.columns):
        return numbers
    compared = numbers[:MOST_COMPARED]
    most = MOST_CELLS_COMPARED // max(len(compared), 1)
    some = slice(None, None, max(1, len(target) // most))  # of all: rows may come class after class
    wanted = 2 if dataset.task == "classes" else 1
    score = _class_distance if dataset.task == "classes" else _togetherness
    ranked = sorted(compared, key=lambda one: -score(np.asarray(one.values[some]), target[some]))
    return ranked[:wanted] if len(ranked) >= wanted else []


def _class_distance(x: np.ndarray, classes: np.ndarray) -> float:
    """Variance between the classes' means, as a share of the whole variance; 0 to 1."""
    there = np.isfinite(x)
    x, classes = x[there], classes[there].astype(int)
    whole = float(((x - x.mean()) ** 2).sum()) if x.size else 0.0
    if whole <= 0:
        return 0.0
    counts = np.bincount(classes)
    sums = np.bincount(classes, weights=x)
    means = sums / np.maximum(counts, 1)
    return float((counts * (means - x.mean()) ** 2).sum()) / whole


def _togetherness(x: np.ndarray, y: np.ndarray) -> float:
    """The absolute correlation; 0 where there is none."""
    there = np.isfinite(x) & np.isfinite(y)
    if there.sum() < 2 or x[there].std() == 0 or y[there].std() == 0:
        return 0.0
    return abs(float(np.corrcoef(x[there], y[there])[0, 1]))


def _chosen_pictures(dataset: Dataset, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Up to 16 pictures as uint8 (K, height, width[, 3]), class after class, and their classes."""
    assert dataset.x is not None and dataset.image_shape is not None
    wanted = DIGIT_ROWS * DIGIT_COLUMNS
    chosen: list[int] = []
    n_classes = max(len(dataset.class_names), 1)
    head = np.asarray(target[:4000])
    for index in range(wanted):
        places = np.flatnonzero(head == index % n_classes)
        if dataset.task == "classes" and len(places):
            chosen.append(int(places[(index // n_classes) % len(places)]))
        elif index < len(target):
            chosen.append(index)
    height, width, channels = dataset.image_shape
    values = np.asarray(dataset.x[chosen], dtype=np.float64) / dataset.divide_by
    pixels = np.clip(values * 255, 0, 255).astype(np.uint8).reshape(-1, height, width, channels)
    pixels = pixels[..., 0] if channels == 1 else pixels[..., :3]
    return np.ascontiguousarray(pixels), np.asarray(target)[chosen]


def _scale(values: np.ndarray, theme: Theme) -> list[QColor]:
    """Numbers as colours between the first two class colours, pale in the middle."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    below, above = QColor(theme.classes[0]), QColor(theme.classes[1])
    middle = QColor(theme.border)
    result = []
    for value in values:
        place = (float(value) - low) / ((high - low) or 1.0) * 2 - 1
        end, share = (above, place) if place > 0 else (below, -place)
        result.append(
            QColor.fromRgbF(
                middle.redF() + (end.redF() - middle.redF()) * share,
                middle.greenF() + (end.greenF() - middle.greenF()) * share,
                middle.blueF() + (end.blueF() - middle.blueF()) * share,
            )
        )
    return result
