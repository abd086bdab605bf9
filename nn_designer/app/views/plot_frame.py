"""A framed plot: heading, axes in the theme's colours, a sentence while there is nothing yet."""

from __future__ import annotations

from html import escape
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.views.heading import Heading


def small(font: QFont) -> QFont:
    """A step smaller, for axes and remarks."""
    result = QFont(font)
    if result.pointSizeF() > 0:
        result.setPointSizeF(max(7.0, result.pointSizeF() - 1.0))
    else:
        result.setPixelSize(max(9, result.pixelSize() - 1))
    return result


def line_pen(colour: str) -> QPen:
    """For the strong line of a curve."""
    pen: QPen = pg.mkPen(colour, width=2)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


class Frame(QFrame):
    """A rounded card with a heading row; ``body`` goes below. Base of everything drawn here.

    Subclasses override :meth:`apply_theme`; ``self.theme`` is the one in force.
    """

    def __init__(
        self, title: str, themes: ThemeManager, *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.theme: Theme = themes.theme
        remark_font = small(self.font())
        remark_font.setFeature(QFont.Tag("tnum"), 1)  # digits of equal width
        self.heading = Heading(title, remark_font=remark_font)
        self.title_label = self.heading.title_label
        self.remark_label = self.heading.remark_label
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(1, 1, 1, 4)  # round corners stay round
        self.outer.setSpacing(0)
        self.outer.addWidget(self.heading)
        self.empty_label = QLabel(self)
        self.empty_label.setTextFormat(Qt.TextFormat.PlainText)  # may carry names from a file
        self.empty_label.setWordWrap(True)
        self.empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.empty_label.hide()
        self._body: QWidget | None = None
        themes.changed.connect(self._on_theme_changed)

    def set_title(self, title: str, *remarks: str) -> None:
        """``remarks``: what is said beside it, in several wordings: the first that fits."""
        self.heading.set_title(title)
        self.heading.set_remark(*remarks)
        self.setAccessibleName(title)

    def set_body(self, body: QWidget) -> None:
        self._body = body
        self.outer.addWidget(body, 1)
        body.installEventFilter(self)
        self.empty_label.raise_()

    def set_empty(self, sentence: str) -> None:
        """Show ``sentence`` in the middle, if there is room for it; an empty one takes it away."""
        self.empty_label.setText(sentence)
        self._place_empty_label()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._body and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place_empty_label()
        return super().eventFilter(watched, event)

    def _place_empty_label(self) -> None:
        if self._body is None:
            return
        area = self._body.geometry()
        sides = 24 if area.width() > 240 else 12
        area.adjust(sides, 0, -sides, 0)
        self.empty_label.setGeometry(area)
        fits = self.empty_label.heightForWidth(area.width()) <= area.height()
        self.empty_label.setVisible(bool(self.empty_label.text()) and fits)

    def _on_theme_changed(self, theme: Theme) -> None:
        self.theme = theme
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"#{self.objectName()} {{ background: {theme.plot_background};"
            f" border: 1px solid {theme.border}; border-radius: 8px; }}"
        )
        for label, colour in (
            (self.title_label, theme.text),
            (self.remark_label, theme.text_muted),
            (self.empty_label, theme.text_muted),
        ):
            label.setStyleSheet(f"color: {colour}; background: transparent;")


class PlainFrame(Frame):
    """A frame that only says something."""

    def __init__(
        self, title: str, themes: ThemeManager, *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, themes, name=name, parent=parent)
        self.set_body(QWidget())
        self.apply_theme(themes.theme)


class PlotFrame(Frame):
    """A frame around pyqtgraph axes. ``plot`` is the PlotItem."""

    names_from_px = 150  # the height from which the axes have names
    _axis_names = ("", "")

    def __init__(
        self,
        title: str,
        themes: ThemeManager,
        *,
        name: str,
        axes: dict[str, pg.AxisItem] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, themes, name=name, parent=parent)
        self.plot_widget = pg.PlotWidget(axisItems=axes or {}, background=None)
        self.plot_widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has no keys of its own
        self.plot_widget.setFrameShape(QFrame.Shape.NoFrame)
        self.plot_widget.setAccessibleName(title)
        self.plot: Any = self.plot_widget.getPlotItem()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setContentsMargins(4, 4, 20, 1)
        self.plot.setMouseEnabled(x=False, y=False)
        self.axis_font = small(self.font())
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setStyle(
                tickFont=self.axis_font,
                tickLength=0,
                tickTextOffset=6,
                autoReduceTextSpace=False,
                hideOverlappingLabels=False,
            )
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1)  # grid lines below the curves
        # Room for "0.0005": labels of another width must not shift the plot while training.
        self.plot.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance("0.00000"))
        self.set_body(self.plot_widget)

    def set_empty(self, sentence: str) -> None:
        """With nothing to draw there are no axes either."""
        super().set_empty(sentence)
        self.plot.setVisible(not sentence)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.plot_widget.setBackground(theme.plot_background)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.plot_grid))
            axis.setTextPen(pg.mkPen(theme.text_muted))
            axis.labelStyle["color"] = theme.text_muted
            axis.label.setDefaultTextColor(theme.text_muted)

    def set_axis_labels(self, bottom: str, left: str) -> None:
        """Names beside the axes, where they do not take the picture's room; empty ones take none."""
        self._axis_names = (bottom, left)
        self._name_axes()

    def _name_axes(self) -> None:
        roomy = self.height() >= self.names_from_px
        for side, text, room in (
            ("bottom", self._axis_names[0], self.width() - 90),
            ("left", self._axis_names[1], self.height() - 90),
        ):
            axis = self.plot.getAxis(side)
            metrics = QFontMetrics(self.axis_font)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) if roomy else ""
            axis.showLabel(bool(text))
            if text:
                family = self.axis_font.family()
                size = f"{self.axis_font.pointSizeF()}pt"
                colour = self.theme.text_muted
                # What pyqtgraph shows there is HTML; the names may come from a file.
                text = escape(text)
                axis.setLabel(text, **{"font-size": size, "font-family": family, "color": colour})

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_axes()
