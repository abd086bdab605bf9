"""How far to go along a direction: a step that is neither too short nor too long."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

ENOUGH_DESCENT = 1e-4
"""The loss must fall at least by this share of what the slope at the start promises."""
FLAT_ENOUGH = 0.9
"""The slope at the end may be at most this share of that at the start."""
SMALLEST_CHANGE = 1e-9


@dataclass(frozen=True)
class Point:
    """A place on the way: how far, the loss there, and its slope along the direction."""

    step: float
    loss: float
    slope: float


def strong_wolfe(
    at: Callable[[float], Point],
    start: Point,
    first_step: float,
    *,
    largest_change: float,
    evaluations: int,
) -> float:
    """A step that meets the strong Wolfe conditions, or the best found with so many evaluations.

    ``at(step)`` evaluates; ``start`` is at step 0 and goes downhill; ``largest_change`` is that
    of any weight for a step of 1. Nocedal and Wright 2006, Numerical optimization, algorithms
    3.5 and 3.6, with the safeguards of PyTorch's LBFGS, whose steps these are.
    """

    def falls_too_little(point: Point) -> bool:
        return point.loss > start.loss + ENOUGH_DESCENT * point.step * start.slope

    def is_flat(point: Point) -> bool:
        return abs(point.slope) <= -FLAT_ENOUGH * start.slope

    # Go on until two points have a good one between them.
    previous, point = start, at(first_step)
    n = 1
    while True:
        if falls_too_little(point) or (n > 2 and point.loss >= previous.loss):
            break
        if is_flat(point):
            return point.step
        if point.slope >= 0.0:
            break
        if n > evaluations:
            previous = start
            break
        limits = (point.step + 0.01 * (point.step - previous.step), point.step * 10.0)
        previous, point = point, at(_lowest(previous, point, limits))
        n += 1

    low, high = (previous, point) if previous.loss <= point.loss else (point, previous)
    was_near_an_end = False
    while n <= evaluations:
        left, right = sorted((low.step, high.step))
        if (right - left) * largest_change < SMALLEST_CHANGE:
            break
        step = _lowest(low, high, (left, right))
        margin = 0.1 * (right - left)
        if min(right - step, step - left) >= margin:
            was_near_an_end = False
        elif was_near_an_end or not left < step < right:
            step = right - margin if abs(step - right) < abs(step - left) else left + margin
            was_near_an_end = False
        else:
            was_near_an_end = True
        point = at(step)
        n += 1
        if falls_too_little(point) or point.loss >= low.loss:
            high = point
            if high.loss < low.loss:
                low, high = high, low
        elif is_flat(point):
            return point.step
        else:
            if point.slope * (high.step - low.step) >= 0.0:
                high = low
            low = point
    return low.step


def _lowest(a: Point, b: Point, limits: tuple[float, float]) -> float:
    """Where the cubic through both points with their slopes is lowest, within the limits."""
    left, right = (a, b) if a.step <= b.step else (b, a)
    if math.isfinite(left.loss + right.loss + left.slope + right.slope) and left.step < right.step:
        chord = 3.0 * (left.loss - right.loss) / (left.step - right.step)
        d1 = left.slope + right.slope - chord
        square = d1 * d1 - left.slope * right.slope
        if square >= 0.0:
            d2 = math.sqrt(square)
            divisor = right.slope - left.slope + 2.0 * d2
            if divisor:
                share = (right.slope + d2 - d1) / divisor
                step = right.step - (right.step - left.step) * share
                return min(max(step, limits[0]), limits[1])
    return (limits[0] + limits[1]) / 2.0
