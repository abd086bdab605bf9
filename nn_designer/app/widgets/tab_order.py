"""The order in which Tab walks: as one reads, also where forms were made later."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)


def set_reading_order(*parts: QWidget) -> None:
    """Let Tab walk through ``parts`` one after the other, and through each as it is laid out.

    Call it again for a part whose content was made anew.
    """
    stops = [stop for part in parts for stop in _stops(part)]
    for one, following in pairwise(stops):
        QWidget.setTabOrder(one, following)


def _stops(widget: QWidget) -> Iterator[QWidget]:
    """The widgets that Tab stops at, in the order of the layouts."""
    if isinstance(widget, QTabWidget):
        yield widget
        for index in range(widget.count()):
            yield from _stops(widget.widget(index))
    elif widget.focusProxy() is not None or widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        # One that hands the focus on to a part of it must stand before that part, or Tab would
        # come back to it for ever.
        yield widget
    elif isinstance(widget, QSplitter | QStackedWidget):
        for index in range(widget.count()):
            yield from _stops(widget.widget(index))
    elif isinstance(widget, QScrollArea):
        yield from _stops(widget.widget())
    else:
        layout = widget.layout()
        if layout is not None:
            yield from _stops_of_layout(layout)


def _stops_of_layout(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            yield from _stops(widget)
        elif inner is not None:
            yield from _stops_of_layout(inner)
