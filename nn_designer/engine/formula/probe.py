"""Looks for ordinary numbers at which a formula has no value, or no slope."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nn_designer.engine.formula.graph import Graph
from nn_designer.engine.formula.parser import parse
from nn_designer.engine.formula.steps import FormulaSteps
from nn_designer.engine.program import Program

GRID = np.linspace(-10.0, 10.0, 81, dtype=np.float32)
"""Numbers as they stand in a network whose data are scaled; 0 is one of them."""


def value_and_slope(graph: Graph, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f(x) and f'(x) of a list of numbers, in its precision; not finite where there are none."""
    program = Program(x.dtype)
    value, slope = np.zeros_like(x), np.zeros_like(x)
    steps = FormulaSteps(program, graph, x)
    steps.emit_value(value, with_slope=True)
    program.release_scratch()
    steps.emit_slope(slope)
    with np.errstate(all="ignore"):
        program.run()
    return value, slope


@lru_cache(maxsize=256)
def gaps(text: str) -> str:
    """Numbers from -10 to 10 that the formula can't take: "no value or slope at x = 0 and below".
    Empty if it takes all.

    Raises:
        FormulaError: the text is no formula.
    """
    value, slope = value_and_slope(parse(text), GRID)
    wrong = ~(np.isfinite(value) & np.isfinite(slope))
    if not wrong.any():
        return ""
    what = "slope" if np.isfinite(value).all() else "value or slope"
    return f"no {what} {_where(wrong)}"


def _where(wrong: np.ndarray) -> str:
    """The numbers of the grid that are marked, in words."""
    places = GRID[wrong]
    if wrong.all():
        return "from -10 to 10"
    if len(places) == 1:
        return f"at x = {places[0]:g}"
    if wrong[: len(places)].all():
        return f"at x = {places[-1]:g} and below"
    if wrong[-len(places) :].all():
        return f"at x = {places[0]:g} and above"
    return f"at x = {places[0]:g}, at x = {places[-1]:g} and elsewhere"
