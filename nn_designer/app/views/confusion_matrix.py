"""Which classes are taken for which: a table of counts, coloured by each row's shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.plot_frame import Frame, small
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.engine.class_metrics import ClassScores

_WIDEST_NAME = 92
_SCORES = {"precision": "precision", "recall": "recall", "f1": "F1"}  # key → what is shown
_NARROWEST_NAME = 28  # a name that is shortened to less says nothing
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the way from the first colour to the second."""
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)
    return QColor(*(round(a + share * (b - a)) for a, b in pairs))


def shortened(names: Sequence[str], metrics: QFontMetricsF, width: float) -> list[str]:
    """The beginnings of names that are too long; their middles go where beginnings are alike."""
    for mode in (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle):
        texts = [metrics.elidedText(name, mode, width) for name in names]
        if len(set(texts)) == len(set(names)):
            break
    return texts


@dataclass(frozen=True)
class _Places:
    """Where things are: the table without names, its cells, and what stands around it."""

    table: QRectF
    cell_w: float
    cell_h: float
    name_w: int
    caption: str
    scores: tuple[str, ...]
    """Keys of the scores at the right of each row."""
    score_w: float

    def score_left(self, index: int) -> float:
        """Where a column of scores begins."""
        return self.table.right() + 6 + index * self.score_w


class _Matrix(QWidget):
    """Paints the table. A row for each true class, a column for each answer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.names: tuple[str, ...] = ()
        self.counts: NDArray[np.int64] | None = None
        self.setMinimumSize(80, 40)
        self.setMouseTracking(True)

    # ------------------------------------------------------------------ places

    def _layout(self) -> _Places:
        """Cells are wider than high, if they can be, but not bars. Where they would be slim, the
        scores of the classes give way, and the caption is a shorter word."""
        metrics = QFontMetricsF(small(self.font()))
        captions = QFontMetricsF(_caption_font(self.font()))
        n = max(1, len(self.names))
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0.0)
        room_for_names = max(_NARROWEST_NAME, min(_WIDEST_NAME, 0.3 * self.width()))
        name_w = math.ceil(min(widest, room_for_names))
        height = max(10.0, self.height() - metrics.height() - 8)
        cell_h = height / n
        for caption, scores in (
            ("predicted", tuple(_SCORES)),
            ("predicted", ("recall",)),
            ("pred.", ("recall",)),
            ("pred.", ()),
        ):
            # From the left: "true", names, cells, scores of each class. Below: names.
            names = metrics.height() + 8 + name_w + 10
            left = max(names, captions.horizontalAdvance(caption) + 12)
            shown = (captions.horizontalAdvance(_SCORES[key]) for key in scores)
            score_w = 10.0 + max((metrics.horizontalAdvance("100 %"), *shown))
            right = 14.0 + len(scores) * score_w if scores else 6.0
            cell_w = min(max(10.0, self.width() - left - right) / n, cell_h * 2.4)
            if cell_w >= 0.9 * cell_h:
                break
        x = max(0.0, (self.width() - left - cell_w * n - right) / 2) + left
        table = QRectF(x, 2.0, cell_w * n, cell_h * n)
        return _Places(table, cell_w, cell_h, name_w, caption, scores, score_w)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """Row and column under ``position``."""
        places = self._layout()
        table, n = places.table, len(self.names)
        if not n or not table.contains(position):
            return None
        row = int((position.y() - table.top()) / places.cell_h)
        column = int((position.x() - table.left()) / places.cell_w)
        return min(row, n - 1), min(column, n - 1)

    def score_at(self, position: QPointF) -> tuple[int, str] | None:
        """Row and key of the score under ``position``."""
        places = self._layout()
        row = int((position.y() - places.table.top()) // places.cell_h)
        if 0 <= row < len(self.names):
            for index, key in enumerate(places.scores):
                if 0 <= position.x() - places.score_left(index) < places.score_w:
                    return row, key
        return None

    def score_sentence(self, row: int, key: str) -> str:
        """What a score says, in words."""
        if self.counts is None:
            return ""
        name, right = self.names[row], int(self.counts[row, row])
        share = f"{100 * getattr(ClassScores.of(self.counts), key)[row]:.1f} %"
        if key == "f1":
            return f"F1 of “{name}” is {share}: high only if precision and recall both are."
        if key == "recall":
            total = int(self.counts[row].sum())
            return f"Recall: {right:,} of {total:,} samples of “{name}” are recognized ({share})."
        total = int(self.counts[:, row].sum())
        return f"Precision: {right:,} of {total:,} answers “{name}” are right ({share})."

    def sentence(self, row: int, column: int) -> str:
        """What a cell says, in words."""
        if self.counts is None:
            return ""
        count, total = int(self.counts[row, column]), int(self.counts[row].sum())
        true, answer = self.names[row], self.names[column]
        share = f" ({100 * count / total:.1f} %)" if total else ""
        if row == column:
            return f"{count:,} of {total:,} samples of “{true}” are recognized{share}."
        return f"{count:,} of {total:,} samples of “{true}” are taken for “{answer}”{share}."

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            position = QPointF(event.pos())
            cell, score = self.cell_at(position), self.score_at(position)
            if self.counts is not None and cell is not None:
                QToolTip.showText(event.globalPos(), plain_tip(self.sentence(*cell)), self)
            elif self.counts is not None and score is not None:
                QToolTip.showText(event.globalPos(), plain_tip(self.score_sentence(*score)), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        n = len(self.names)
        if not n or self.counts is None:
            return  # the frame says what will be here
        places = self._layout()
        self._paint_cells(painter, places)
        self._paint_names(painter, places)

    def _paint_cells(self, painter: QPainter, places: _Places) -> None:
        table, cell_w, cell_h = places.table, places.cell_w, places.cell_h
        n = len(self.names)
        ground = QColor(self.theme.plot_background)
        empty = mixed(ground, QColor(self.theme.text_muted), 0.09)
        right, wrong = QColor(self.theme.training), QColor(self.theme.validation)
        counts = self.counts if self.counts is not None else np.zeros((n, n), np.int64)
        totals = np.maximum(counts.sum(axis=1), 1)
        gap = 1.0 if min(cell_w, cell_h) > 8 else 0.0
        radius = 3.0 if min(cell_w, cell_h) > 16 else 0.0
        font = self._count_font(counts, cell_w, cell_h)
        if font is not None:
            painter.setFont(font)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(n):
            for column in range(n):
                count = int(counts[row, column])
                share = count / int(totals[row])
                area = QRectF(
                    table.left() + column * cell_w, table.top() + row * cell_h, cell_w, cell_h
                ).adjusted(gap, gap, -gap, -gap)
                # Few mistakes should show: their colour grows with the root of their share.
                strength = 0.15 + 0.85 * share if row == column else 0.95 * share**0.5
                fill = mixed(empty, right if row == column else wrong, strength if count else 0.0)
                painter.setBrush(fill)
                painter.drawRoundedRect(area, radius, radius)
                if font is not None and count:
                    painter.setPen(self._readable_on(fill))
                    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(count))
                    painter.setPen(Qt.PenStyle.NoPen)

    def _count_font(self, counts: NDArray[np.int64], cell_w: float, cell_h: float) -> QFont | None:
        """The biggest fitting font for the longest count; None if none can be read."""
        longest = str(int(counts.max()) if counts.size else 0)
        font = QFont(self.font())
        size = min(font.pointSizeF() + 1, 13.0)
        while size >= 6.0:
            font.setPointSizeF(size)
            metrics = QFontMetricsF(font)
            if metrics.horizontalAdvance(longest) < cell_w - 3 and metrics.height() < cell_h + 2:
                return font
            size -= 0.5
        return None

    def _readable_on(self, fill: QColor) -> QColor:
        dark, light = sorted(
            (QColor(self.theme.text), QColor(self.theme.plot_background)), key=_luminance
        )
        ground = _luminance(fill)
        # The greater contrast, as WCAG 2 defines it.
        on_dark = (_luminance(light) + 0.05) / (ground + 0.05)
        return light if on_dark > (ground + 0.05) / (_luminance(dark) + 0.05) else dark

    def _paint_names(self, painter: QPainter, places: _Places) -> None:
        font = small(self.font())
        while QFontMetricsF(font).height() > places.cell_h + 3 and font.pointSizeF() > 7.0:
            font.setPointSizeF(font.pointSizeF() - 0.5)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        self._paint_rows(painter, metrics, places)
        self._paint_columns(painter, metrics, places)
        painter.setFont(_caption_font(self.font()))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self.theme.text_muted))
        self._paint_score_captions(painter, metrics, places)
        # Both captions in the corner where rows and columns meet.
        table = places.table
        area = QRectF(0, table.bottom() + 3, table.left() - 8, metrics.height())
        painter.drawText(area, _RIGHT, places.caption)
        painter.save()
        painter.translate(table.left() - places.name_w - 12, table.center().y())
        painter.rotate(-90)
        half = table.height() / 2
        area = QRectF(-half, -metrics.height(), 2 * half, metrics.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()

    def _paint_score_captions(
        self, painter: QPainter, metrics: QFontMetricsF, places: _Places
    ) -> None:
        for index, key in enumerate(places.scores):
            area = QRectF(
                places.score_left(index),
                places.table.bottom() + 3,
                places.score_w,
                metrics.height(),
            )
            painter.drawText(area, _RIGHT | Qt.TextFlag.TextDontClip, _SCORES[key])

    def _paint_rows(self, painter: QPainter, metrics: QFontMetricsF, places: _Places) -> None:
        """Names at the left, the scores of the classes at the right."""
        table, cell_h = places.table, places.cell_h
        every = max(1, math.ceil((metrics.height() - 3) / max(cell_h, 0.1)))
        names = shortened(self.names, metrics, places.name_w + 1)
        scores = None if self.counts is None else ClassScores.of(self.counts)
        for row in range(0, len(names), every):
            top = table.top() + row * cell_h
            painter.setPen(QColor(self.theme.text))
            area = QRectF(table.left() - places.name_w - 8, top, places.name_w, cell_h)
            painter.drawText(area, _RIGHT | Qt.TextFlag.TextDontClip, names[row])
            if scores is None or not scores.occurs[row]:
                continue
            painter.setPen(QColor(self.theme.text_muted))
            for index, key in enumerate(places.scores):
                area = QRectF(places.score_left(index), top, places.score_w, cell_h)
                share = f"{100 * getattr(scores, key)[row]:.0f} %"
                painter.drawText(area, _RIGHT | Qt.TextFlag.TextDontClip, share)

    def column_names(self, metrics: QFontMetricsF, cell_w: float) -> dict[int, str]:
        """What stands below which column. Short names: as many as fit. Long ones: shortened, or
        none at all where too little would be left of them; the rows say them in the same order."""
        widest = max(metrics.horizontalAdvance(name) for name in self.names)
        if widest + 4 <= max(cell_w, 2 * _NARROWEST_NAME):
            every = max(1, math.ceil((widest + 4) / max(cell_w, 0.1)))
            return {i: self.names[i] for i in range(0, len(self.names), every)}
        if cell_w < _NARROWEST_NAME + 4:
            return {}
        return dict(enumerate(shortened(self.names, metrics, cell_w - 4)))

    def _paint_columns(self, painter: QPainter, metrics: QFontMetricsF, places: _Places) -> None:
        """Names below."""
        table, cell_w = places.table, places.cell_w
        painter.setPen(QColor(self.theme.text))
        for column, name in self.column_names(metrics, cell_w).items():
            left = table.left() + column * cell_w
            area = QRectF(left, table.bottom() + 3, cell_w, metrics.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, name)


def _caption_font(font: QFont) -> QFont:
    """Two steps smaller: the captions should not take the cells' room."""
    return small(small(font))


def _luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


class ConfusionMatrix(Frame):
    """Counts of the validation part (of the training part without one)."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__("Confusion matrix", themes, name="confusion_matrix", parent=parent)
        self.matrix = _Matrix(themes.theme)
        self.matrix.setObjectName("confusion_matrix_table")
        self.outer.setContentsMargins(1, 1, 1, 6)
        self.set_body(self.matrix)
        self._part = "validation"
        self.apply_theme(themes.theme)

    @property
    def counts(self) -> NDArray[np.int64] | None:
        return self.matrix.counts

    def show_scene(self, scene: Scene) -> None:
        """Show the classes; the counts come with a probe."""
        self._part = scene.part
        self.matrix.names = scene.class_names
        self.matrix.counts = None
        self.set_title("Confusion matrix", f"{scene.part} part")
        self.set_empty("Once training runs: which class is taken for which.")
        self.matrix.update()

    def show_probe(self, probe: Probe) -> None:
        """Show what the network answers now."""
        self.set_empty("")
        self.matrix.counts = probe.values
        total = int(probe.values.sum())
        right = int(np.trace(probe.values))
        part, share = f"{self._part} part", f"{100 * right / max(total, 1):.1f} %"
        wordings = (f"{part}, {share} right", f"{share} right", share) if total else (part,)
        self.set_title("Confusion matrix", *wordings)
        self.matrix.setAccessibleDescription(f"{right:,} of {total:,} samples are recognized.")
        self.matrix.update()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.matrix.theme = theme
        self.matrix.update()
