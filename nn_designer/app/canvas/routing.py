"""The way of a wire: a smooth curve, led around the cards that would hide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a card's outline."""
Point = tuple[float, float]

CLEARANCE = 7.0
"""A wire this near to a card counts as hidden by it."""
LANE_DISTANCE = 14.0
"""Between a card and a wire that runs along it."""
LANE_STEP = 10.0
"""Between two such wires."""
BENDS = (54.0, 36.0, 20.0)
"""How far a wire may go sideways while it changes its height, at each end; first the smoothest."""
PORT = 2 * CLEARANCE
"""So near to its ends a wire may touch its own cards."""
MOST_LANES = 12
TURN = 48.0
"""How far the handles of a turn reach beside the card."""
_SAMPLES = 20


def plain_path(start: QPointF, end: QPointF) -> QPainterPath:
    """The curve from an output (leaves to the right) to an input (arrives from the left)."""
    return _path(_plain((start.x(), start.y()), (end.x(), end.y())))


def routed_path(
    start: QPointF, end: QPointF, boxes: Iterable[Box], lane: int = 0
) -> tuple[QPainterPath, bool]:
    """The way between two ports that no card hides, and whether cards are in the plain curve's way.

    Where no way is free, it is the plain curve.

    ``boxes`` are the outlines of the cards that may be in the way; without the wire's own two if
    it leads to the right. ``lane`` (0, 1, 2) keeps wires apart that run along the same card.
    """
    a, b = (start.x(), start.y()), (end.x(), end.y())
    plain = _plain(a, b)
    grown = [
        (left - CLEARANCE, top - CLEARANCE, right + CLEARANCE, bottom + CLEARANCE)
        for left, top, right, bottom in boxes
    ]
    if not _is_hidden(plain, grown):
        return _path(plain), False
    ways = _ways_around if b[0] > a[0] else _ways_back
    free = next((way for way in ways(a, b, grown, lane) if not _is_hidden(way, grown)), None)
    return _path(plain if free is None else free), True


# A way is a list of Bézier curves, each four points; a straight line is one of them.
Curve = tuple[Point, Point, Point, Point]


def _plain(a: Point, b: Point) -> list[Curve]:
    dx, dy = b[0] - a[0], b[1] - a[1]
    reach = max(abs(dx) * 0.5, min(48.0, abs(dy) * 0.5 + 12.0))
    if dx < 0:  # backwards: a wide loop that stays clear of the cards
        reach = min(abs(dx) * 0.6 + 60.0, 260.0)
    return [(a, (a[0] + reach, a[1]), (b[0] - reach, b[1]), b)]


def _ways_around(a: Point, b: Point, grown: Sequence[Box], lane: int) -> Iterator[list[Curve]]:
    """Ways along a lane: out of the port to its height, straight on, and to the other port."""
    between = [box for box in grown if box[0] < b[0] and box[2] > a[0]]
    away = LANE_DISTANCE - CLEARANCE + (lane % 3) * LANE_STEP
    heights = {a[1], b[1]}
    for _, top, _, bottom in between:
        heights |= {top - away, bottom + away}
    ordered = sorted(heights, key=lambda y: (abs(y - a[1]) + abs(y - b[1]), y not in (a[1], b[1])))
    for height in ordered[:MOST_LANES]:
        for bend in BENDS:
            bend = min(bend, (b[0] - a[0]) / 2)
            first = a[0] if height == a[1] else a[0] + bend
            last = b[0] if height == b[1] else b[0] - bend
            yield [
                *_bend(a, (first, height)),
                *_straight((first, height), (last, height)),
                *_bend((last, height), b),
            ]


def _ways_back(a: Point, b: Point, grown: Sequence[Box], lane: int) -> Iterator[list[Curve]]:
    """Ways for a wire that leads to the left: out of the port, back along a lane, into the other."""
    away = LANE_DISTANCE - CLEARANCE + (lane % 3) * LANE_STEP
    heights = {(a[1] + b[1]) / 2}
    for left, top, right, bottom in grown:
        if left < a[0] + TURN and right > b[0] - TURN:
            heights |= {top - away, bottom + away}
    ordered = sorted(heights, key=lambda y: abs(y - a[1]) + abs(y - b[1]))
    for height in ordered[:MOST_LANES]:
        # At the ports the turn is where cards leave a gap; its ends are above or below them.
        out, into = (a[0] + 4.0, height), (b[0] - 4.0, height)
        yield [
            (a, (a[0] + TURN, a[1]), (a[0] + TURN, height), out),
            (out, out, into, into),
            (into, (b[0] - TURN, height), (b[0] - TURN, b[1]), b),
        ]


def _bend(a: Point, b: Point) -> list[Curve]:
    middle = (a[0] + b[0]) / 2
    return [] if a == b else [(a, (middle, a[1]), (middle, b[1]), b)]


def _straight(a: Point, b: Point) -> list[Curve]:
    return [] if a[0] >= b[0] else [(a, a, b, b)]


def _is_hidden(way: Sequence[Curve], grown: Sequence[Box]) -> bool:
    """Whether a part of the way lies in a box. Its ends are at the edge of the wire's own cards."""
    (ax, ay), (bx, by) = way[0][0], way[-1][3]
    for curve in way:
        xs, ys = [p[0] for p in curve], [p[1] for p in curve]
        left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
        near = [
            box
            for box in grown
            if box[0] < right and box[2] > left and box[1] < bottom + 0.1 and box[3] > top - 0.1
        ]
        for x, y in _samples(curve) if near else ():
            at_end = (abs(x - ax) <= PORT and abs(y - ay) <= PORT) or (
                abs(x - bx) <= PORT and abs(y - by) <= PORT
            )
            if not at_end and any(b[0] < x < b[2] and b[1] < y < b[3] for b in near):
                return True
    return False


def _samples(curve: Curve) -> Iterator[Point]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    # At least one in the width of a card.
    steps = max(_SAMPLES, int(abs(x3 - x0) / 40))
    for step in range(steps + 1):
        t = step / steps
        u = 1.0 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        yield a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _path(way: Sequence[Curve]) -> QPainterPath:
    path = QPainterPath(QPointF(*way[0][0]))
    for start, first, second, end in way:
        if (start, second) == (first, end):
            path.lineTo(*end)
        else:
            path.cubicTo(*first, *second, *end)
    return path
