"""A formula as steps of a program: forward, and the slope that the way back multiplies by."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nn_designer.engine.formula.graph import Graph
from nn_designer.engine.formula.operations import OPERATIONS
from nn_designer.engine.program import Program


class FormulaSteps:
    """The steps of one formula for arrays of one shape.

    What the derivative shares with the value is computed once and kept; all other results give
    their memory to later ones as soon as nobody needs them.
    """

    def __init__(self, program: Program, graph: Graph, x: np.ndarray) -> None:
        self._program, self._graph, self._x = program, graph, x
        self._arrays: dict[int, np.ndarray] = {graph.x: x}

    def emit_value(self, out: np.ndarray, *, with_slope: bool) -> None:
        """Steps out = f(x); with ``with_slope``, :meth:`emit_slope` may follow."""
        graph = self._graph
        own = self._needed(graph.root, ())
        kept: set[int] = set()
        if with_slope:
            later = self._needed(graph.slope, own)
            kept = {graph.slope, *self._operands(later)} & set(own)
        self._run(own, kept, graph.root, out)

    def emit_slope(self, out: np.ndarray) -> None:
        """Steps out = f'(x)."""
        slope = self._graph.slope
        self._run(self._needed(slope, self._arrays), (), slope, out)

    def _operands(self, places: Iterable[int]) -> set[int]:
        return {operand for place in places for operand in self._graph.nodes[place].operands}

    def _needed(self, root: int, there: Iterable[int]) -> list[int]:
        """The nodes to compute for ``root``, in order; those that are there are left out."""
        wanted, found, nodes = {root}, [], self._graph.nodes
        there = {*there, self._graph.x}
        for place in range(root, -1, -1):
            if place in wanted and place not in there and nodes[place].operation != "constant":
                found.append(place)
                wanted.update(nodes[place].operands)
        return found[::-1]

    def _run(self, places: list[int], kept: Iterable[int], root: int, out: np.ndarray) -> None:
        """Steps for the nodes; ``root`` goes to ``out``, those kept to buffers of their own."""
        program, nodes, keeps = self._program, self._graph.nodes, set(kept)
        run = set(places)
        last_use = {operand: place for place in places for operand in nodes[place].operands}
        free: dict[bool, list[np.ndarray]] = {False: [], True: []}  # by whether it is a condition
        for place in places:
            node = nodes[place]
            operation = OPERATIONS[node.operation]
            dtype = np.dtype(bool) if operation.is_condition else program.dtype
            if place == root:
                array = out
            elif place in keeps:
                array = program.buffer(self._x.shape, dtype)
            elif free[operation.is_condition]:
                array = free[operation.is_condition].pop()
            else:
                array = program.scratch(self._x.shape, dtype)
            operation.emit(program, array, [self._array(operand) for operand in node.operands])
            self._arrays[place] = array
            for operand in set(node.operands):
                if last_use[operand] == place and operand in run - keeps - {root}:
                    is_condition = OPERATIONS[nodes[operand].operation].is_condition
                    free[is_condition].append(self._arrays.pop(operand))
        if root not in places:  # x itself, a constant, or a result of the value
            program.step(np.copyto, out, self._array(root))

    def _array(self, place: int) -> np.ndarray:
        value = self._graph.constant_value(place)
        return self._arrays[place] if value is None else self._program.constant(value)
