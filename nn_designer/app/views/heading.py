"""The heading of a framed view. Where one row is too narrow there are two, and words get shorter:
nothing in it is ever cut."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget

from nn_designer.app.theme import Theme

_LEFT, _RIGHT, _GAP = 12, 6, 8
_ROW, _FIRST_OF_TWO, _SECOND = 32, 28, 22


class LegendPart(Protocol):
    """A widget that can say the same in fewer words."""

    def widths(self) -> tuple[int, ...]:
        """How wide it is in each of its wordings, from the longest to the shortest."""

    def show_wording(self, index: int) -> None:
        """Say it in this wording."""


class HeadingButton(QToolButton):
    """A small switch in a heading."""

    def __init__(self, text: str, *, name: str, accessible: str, font: QFont) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setToolTip(accessible)
        self.setFont(font)
        self.setAutoRaise(True)

    def apply_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QToolButton {{ color: {theme.text_muted}; background: transparent;"
            " border: 1px solid transparent; border-radius: 5px; padding: 2px 5px; }"
            f"QToolButton:hover {{ border-color: {theme.border}; }}"
            f"QToolButton:focus {{ border-color: {theme.accent}; }}"
            f"QToolButton:checked {{ color: {theme.text}; background: {theme.accent_soft}; }}"
        )


class Heading(QWidget):
    """From the left: the title or choices instead of it, a remark; at the right, or in a second
    row: a legend; at the right end: switches. ``room_for``: a remark that comes and goes gets
    its room beforehand, so that the rest stays where it is."""

    def __init__(self, title: str, *, remark_font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title_label = QLabel(self)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        self.title_label.setFont(bold)
        self.remark_label = QLabel(self)
        self.remark_label.setFont(remark_font)
        for label in (self.title_label, self.remark_label):
            label.setTextFormat(Qt.TextFormat.PlainText)  # they may carry names from a file
        self.room_for = ""
        self._title = title
        self._remarks: tuple[str, ...] = ()
        self._choices: list[QAbstractButton] = []
        self._legend: list[LegendPart] = []
        self._switches: list[QAbstractButton] = []
        self.setFixedHeight(_ROW)
        self.arrange()

    # ------------------------------------------------------------------ what is in it

    def set_title(self, title: str) -> None:
        self._title = title
        self.arrange()

    def set_remark(self, *wordings: str) -> None:
        """The first of these that fits is shown, otherwise none."""
        if wordings != self._remarks:
            self._remarks = wordings
            self.arrange()

    def set_choices(self, buttons: list[QAbstractButton]) -> None:
        """Buttons instead of the title; none: the title."""
        for button in self._choices:
            button.deleteLater()
        self._choices = buttons
        self._adopt(*buttons)

    def add_legend(self, *parts: QWidget) -> None:
        """``parts``: each a :class:`LegendPart`."""
        self._legend.extend(parts)
        self._adopt(*parts)

    def add_switch(self, button: QAbstractButton) -> None:
        self._switches.append(button)
        self._adopt(button)

    def _adopt(self, *widgets: QWidget) -> None:
        for widget in widgets:
            widget.setParent(self)
            widget.show()
        in_order = [*self._choices, *self._legend, *self._switches]
        for before, after in pairwise(in_order):
            self.setTabOrder(before, after)
        self.arrange()

    # ------------------------------------------------------------------ where it is

    def arrange(self) -> None:
        """Find a place for everything, and words that fit."""
        self.title_label.setVisible(not self._choices)
        switches = [switch for switch in self._switches if not switch.isHidden()]
        right = self.width() - _RIGHT - _total(switches)
        title_width = self.title_label.fontMetrics().horizontalAdvance(self._title) + 1
        lead = _total(self._choices) if self._choices else title_width
        reserved = self._remark_width(self.room_for or (self._remarks or ("",))[0])
        legend = self._legend_width(0)
        two_rows = bool(self._legend) and _LEFT + lead + reserved + _GAP + legend > right
        self._set_height(_FIRST_OF_TWO + _SECOND if two_rows else _ROW)
        row = _FIRST_OF_TWO if two_rows else _ROW
        left = right
        for switch in switches:
            left = self._put(switch, left, switch.sizeHint().width(), 0, row)
        if two_rows:
            left = _LEFT - 2
            wording = self._fitting_wording(self.width() - left - 4)
            self._put_legend(left, wording, row, _SECOND)
        elif self._legend:
            right -= legend + _GAP
            self._put_legend(right, 0, 0, row)
        left = _LEFT
        for choice in self._choices:
            left = self._put(choice, left, choice.sizeHint().width(), 0, row)
        if not self._choices:
            room = max(0, min(title_width, right - left))
            self.title_label.setText(_elided(self.title_label.fontMetrics(), self._title, room))
            left = self._put(self.title_label, left, room, 0, row)
        self._put_remark(left + _GAP, right, row)

    def _put_remark(self, left: int, right: int, row: int) -> None:
        fitting = (r for r in self._remarks if left + self._remark_width(r) - _GAP <= right)
        shown = next(fitting, "")
        self.remark_label.setText(shown)
        self.remark_label.setVisible(bool(shown))
        full = self._remarks[0] if self._remarks else ""
        self.remark_label.setToolTip(full if shown != full else "")
        self.title_label.setToolTip(full if shown != full else "")
        self._put(self.remark_label, left, max(0, right - left), 0, row)

    def _put_legend(self, left: int, wording: int, top: int, height: int) -> None:
        for part in self._legend:
            widths = part.widths()
            index = min(wording, len(widths) - 1)
            part.show_wording(index)
            left = self._put(part, left, widths[index], top, height) + _GAP

    @staticmethod
    def _put(widget: QWidget, left: int, width: int, top: int, height: int) -> int:
        """Place ``widget`` in the middle of a row; its right end."""
        wanted = min(height, widget.sizeHint().height())
        widget.setGeometry(QRect(left, top + (height - wanted) // 2, width, wanted))
        return left + width

    def _remark_width(self, remark: str) -> int:
        metrics = self.remark_label.fontMetrics()
        return metrics.horizontalAdvance(remark) + 1 + _GAP if remark else 0

    def _legend_width(self, wording: int) -> int:
        widths = [part.widths() for part in self._legend]
        total = sum(w[min(wording, len(w) - 1)] for w in widths)
        return total + _GAP * max(0, len(widths) - 1)

    def _fitting_wording(self, room: int) -> int:
        """The longest wording with room for it; the shortest if there is none."""
        most = max(len(part.widths()) for part in self._legend)
        return next((i for i in range(most) if self._legend_width(i) <= room), most - 1)

    def _set_height(self, height: int) -> None:
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def event(self, event: QEvent) -> bool:
        # Something in here has another size, is shown or is hidden.
        if event.type() == QEvent.Type.LayoutRequest:
            self.arrange()
        return super().event(event)


def _total(widgets: list[QAbstractButton]) -> int:
    return sum(widget.sizeHint().width() for widget in widgets)


def _elided(metrics: QFontMetrics, text: str, room: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
