"""Where the words and pictures of a card are, at each level of detail. Nothing is painted here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainterPath, QStaticText, QTextLayout

from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.look import CARD_HEIGHT, CORNER_RADIUS, Level, Look, Type

STRIP_WIDTH = 5.0
COMPACT_HEIGHT = 84.0
"""Of cards without an activation."""
END_HEIGHT = 68.0
"""Of Input and Output."""
BADGE_GAP = 6.0
BADGE_PADDING = 6.0
BADGE_WIDTH = 234.0
BADGE_LINES = 5
"""So many lines of a problem are shown; all of it is in the tip and the list of problems."""
"""A little less than from one column to the next."""

_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\S) (?=\S)")
"""Where a word begins: in ``GlobalAveragePooling2D 1`` before A, P and 1."""
_LEFT = 16.0
_RIGHT_MARGIN = 14.0
_TILE_SIDE = 30.0
_ARROW = 16.0  # the small arrow before the output shape, with its distance


@dataclass(frozen=True, slots=True)
class Word:
    """A text at its place; ``pen`` is the name of a pen of the Look, ``corner`` its top left."""

    font: QFont
    pen: str
    corner: QPointF
    prepared: QStaticText

    @classmethod
    def make(cls, type_: Type, pen: str, x: float, baseline: float, text: str) -> Word:
        top = baseline - type_.metrics.ascent()
        return cls(type_.font, pen, QPointF(x, top), type_.prepared(text))

    @property
    def text(self) -> str:
        return self.prepared.text()


@dataclass(slots=True)
class Layout:
    """One level of a card. Places that are not used are null.

    ``chip`` is where a click opens the activation menu, ``name`` where one renames.
    """

    words: list[Word] = field(default_factory=list)
    name: QRectF = field(default_factory=QRectF)
    icon: QRectF = field(default_factory=QRectF)
    has_tile: bool = False
    chip: QRectF = field(default_factory=QRectF)
    curve: QRectF = field(default_factory=QRectF)
    has_frame: bool = False  # the chip is drawn as a box that looks as if it could be pressed
    arrow: QPointF | None = None


@dataclass(slots=True)
class Badge:
    """The sentence of a card's first problem, in lines, hanging below the card."""

    rect: QRectF
    lines: list[str]
    type: Type
    line_height: float


@lru_cache(maxsize=8)
def _outlines(width: float, top: float, height: float) -> tuple[QPainterPath, QPainterPath]:
    """The outline of a card and the strip at its left, shared by all cards of the size."""
    outline, strip = QPainterPath(), QPainterPath()
    outline.addRoundedRect(QRectF(0.0, top, width, height), CORNER_RADIUS, CORNER_RADIUS)
    strip.addRect(QRectF(0.0, top, STRIP_WIDTH, height))
    return outline, outline.intersected(strip)


class CardLayouts:
    """The layouts of one card, each made when it is first asked for."""

    def __init__(self, content: CardContent, look: Look) -> None:
        self._content = content
        self._look = look
        if content.activation:
            height = CARD_HEIGHT
        else:
            height = END_HEIGHT if content.at_end else COMPACT_HEIGHT
        self.body = QRectF(0.0, (CARD_HEIGHT - height) / 2, content.width, height)
        self.outline, self.strip = _outlines(content.width, self.body.top(), height)
        self._made: dict[Level, Layout] = {}

    def at(self, level: Level) -> Layout:
        """The layout of a level."""
        if level not in self._made:
            make = {Level.FULL: self._full, Level.MIDDLE: self._middle, Level.LARGE: self._large}
            self._made[level] = make.get(level, self._block)()
        return self._made[level]

    @cached_property
    def badges(self) -> dict[Level, Badge]:
        """The badges of the levels that have room for one; empty without a problem."""
        if not self._content.problem:
            return {}
        return {
            Level.FULL: self._badge(self._look.texts[Level.FULL], 15.0),
            Level.MIDDLE: self._badge(self._look.texts[Level.MIDDLE], 18.0),
        }

    def _full(self) -> Layout:
        content, body = self._content, self.body
        text, value = self._look.texts[Level.FULL], self._look.values[Level.FULL]
        middle = body.top() + (25.0 if self._has_footer else body.height() / 2)
        left, right = _LEFT + _TILE_SIDE + 10, content.width - _RIGHT_MARGIN
        layout = Layout(has_tile=True, has_frame=True)
        layout.icon = QRectF(_LEFT - 2, middle - _TILE_SIDE / 2, _TILE_SIDE, _TILE_SIDE)
        name_y = middle - 3 if content.subtitle else middle + 5
        down = self._add_name(layout, Level.FULL, left, name_y, right - left)
        self._add_text(layout, Level.FULL, left, middle + 13 + down, right - left)
        if content.activation:
            layout.chip = QRectF(_LEFT - 2, 52.0, right - _LEFT + 4, 27.0)
            layout.curve = QRectF(layout.chip.x() + 9, layout.chip.y() + 6, 32, 15)
            x = layout.chip.x() + 51
            title = value.cut(content.activation_title, layout.chip.right() - 26 - x)
            y = layout.chip.center().y() + 4.5
            layout.words.append(Word.make(value, "text", x, y, title))
        self._add_footer(layout, text, value, body.bottom() - 11)
        return layout

    def _middle(self) -> Layout:
        content, body = self._content, self.body
        text, value = self._look.texts[Level.MIDDLE], self._look.values[Level.MIDDLE]
        right = content.width - _RIGHT_MARGIN
        rows = body.top() + (27.0 if self._has_footer else body.height() / 2 - 5)
        if not self._has_footer and not content.subtitle:
            rows += 11
        layout = Layout(has_frame=True)
        layout.icon = QRectF(_LEFT - 3, rows - 17, 22, 22)
        left = _LEFT + 26
        down = self._add_name(layout, Level.MIDDLE, left, rows, right - left)
        self._add_text(layout, Level.MIDDLE, _LEFT, rows + 21 + down, right - _LEFT)
        if content.activation:
            layout.chip = QRectF(_LEFT - 4, 55.0, right - _LEFT + 8, 29.0)
            layout.curve = QRectF(layout.chip.x() + 8, layout.chip.y() + 6, 28, 17)
            x = layout.chip.x() + 45
            title = value.cut(content.activation_title, layout.chip.right() - 20 - x)
            y = layout.chip.center().y() + 5.5
            layout.words.append(Word.make(value, "text", x, y, title))
        self._add_footer(layout, text, value, body.bottom() - 9)
        return layout

    def _large(self) -> Layout:
        content = self._content
        room = content.width - _LEFT - 10
        layout = Layout()
        name_y = 44.0 if content.activation else 53.0
        if not content.summary and not content.activation:
            name_y = 64.0
        self._add_line_of_name(layout, self._look.large_names, _LEFT, name_y, room)
        if content.activation:
            layout.curve = QRectF(content.width - 66, 62, 46, 26)
            layout.chip = layout.curve.adjusted(-10, -10, 12, 12)
            room -= 70
        y = 84.0 if content.activation else 79.0
        types = self._look.small_texts[Level.LARGE]
        layout.words.append(_word_that_fits(types, "muted", _LEFT, y, content.summary, room))
        return layout

    def _block(self) -> Layout:
        room = self._content.width - 14
        type_ = _fitting(self._content.name, self._look.block_names, room)
        shown = type_.cut(self._content.name, room)
        x = (self._content.width - type_.width(shown)) / 2
        y = self.body.center().y() + type_.size_px * 0.36
        return Layout(words=[Word.make(type_, "block_text", x, y, shown)], name=self.body)

    @property
    def _has_footer(self) -> bool:
        return not self._content.at_end

    def _add_name(self, layout: Layout, level: Level, x: float, y: float, room: float) -> float:
        """The name, with its baseline at ``y``, in two lines if it is long. Returns how far down
        that pushes what is below."""
        types = self._look.names[level]
        smallest = types[-1]
        lines = _halves(self._content.name, smallest, room)
        if smallest.width(self._content.name) <= room or not lines:
            self._add_line_of_name(layout, types, x, y, room)
            return 0.0
        up, height = smallest.size_px * 0.45, smallest.size_px * 1.15
        for index, line in enumerate(lines):
            layout.words.append(Word.make(smallest, "text", x, y - up + index * height, line))
        layout.name = QRectF(x - 6, y - up - smallest.size_px * 1.2, room + 12, 2.5 * height)
        return height - up - 2.0

    def _add_line_of_name(
        self, layout: Layout, types: list[Type], x: float, y: float, room: float
    ) -> None:
        size = _fitting(self._content.name, types, room).size_px
        layout.words.append(_word_that_fits(types, "text", x, y, self._content.name, room))
        layout.name = QRectF(x - 6, y - size * 1.25, room + 12, size * 1.7)

    def _add_text(self, layout: Layout, level: Level, x: float, y: float, room: float) -> None:
        """The line below the name."""
        types, text = self._look.small_texts[level], self._content.subtitle
        layout.words.append(_word_that_fits(types, "muted", x, y, text, room))

    def _add_footer(self, layout: Layout, text: Type, value: Type, y: float) -> None:
        """Output shape at the left, parameters at the right; the shape gives way: wires tell it."""
        content = self._content
        if not self._has_footer:
            return
        right = content.width - _RIGHT_MARGIN
        taken = text.width(content.parameters)
        if content.parameters:
            word = Word.make(text, "muted", right - taken, y, content.parameters)
            layout.words.append(word)
        shown = content.output or ("?" if content.has_output else "")
        room = right - _LEFT - _ARROW - taken - (10 if taken else 0)
        if shown and value.width(shown) <= room:
            layout.arrow = QPointF(_LEFT, y - text.size_px * 0.36)
            pen = "text" if content.output else "muted"
            layout.words.append(Word.make(value, pen, _LEFT + _ARROW, y, shown))

    def _badge(self, type_: Type, line_height: float) -> Badge:
        lines = _wrapped(self._content.problem, type_, BADGE_WIDTH - 42)
        height = len(lines) * line_height + 2 * BADGE_PADDING
        left = (self._content.width - BADGE_WIDTH) / 2
        rect = QRectF(left, self.body.bottom() + BADGE_GAP, BADGE_WIDTH, height)
        return Badge(rect, lines, type_, line_height)


def _fitting(name: str, types: list[Type], room: float) -> Type:
    """The largest in which ``name`` fits, else the smallest."""
    return next((one for one in types if one.width(name) <= room), types[-1])


def _word_that_fits(
    types: list[Type], pen: str, x: float, y: float, text: str, room: float
) -> Word:
    """``text`` in the largest type in which it fits; cut in the smallest if it fits in none."""
    type_ = _fitting(text, types, room)
    return Word.make(type_, pen, x, y, type_.cut(text, room))


def _halves(name: str, type_: Type, room: float) -> tuple[str, str] | None:
    """``name`` in two lines, parted where a word of it begins so that the longer line is as short
    as can be; None if that does not do."""
    parted = [(name[: found.start()], name[found.end() :]) for found in _BREAKS.finditer(name)]
    if not parted:
        return None
    best = min(parted, key=lambda lines: max(type_.width(line) for line in lines))
    return best if max(type_.width(line) for line in best) <= room else None


def _wrapped(sentence: str, type_: Type, width: float) -> list[str]:
    """``sentence`` in at most ``BADGE_LINES`` lines, the last cut short with an ellipsis."""
    layout = QTextLayout(sentence, type_.font)
    layout.beginLayout()
    lines: list[str] = []
    begin = 0
    while len(lines) < BADGE_LINES - 1:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        end = begin + line.textLength()
        lines.append(sentence[begin:end].strip())
        begin = end
    layout.endLayout()
    rest = sentence[begin:].strip()
    return [*lines, type_.cut(rest, width)] if rest else lines
