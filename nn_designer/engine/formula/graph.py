"""A formula as a graph of operations, in an order in which they can run.

A node is an operation and the nodes it is applied to, all of them earlier in the list. The same
operation on the same nodes is one node: what occurs twice is computed once. Parts without x are
worked out at once, and what changes nothing (+ 0, · 1) is left out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nn_designer.engine.formula.operations import OPERATIONS

MOST_NODES = 400
"""More operations than this are refused: a text of 200 letters can't mean more."""
LARGEST_EXPANDED_POWER = 8
"""Powers up to this one are products, which take a tenth of the time."""


class FormulaError(ValueError):
    """A formula that means nothing; the text is for people."""


class Node(NamedTuple):
    """An operation ("x" and "constant" are operations too) and what it is applied to."""

    operation: str
    operands: tuple[int, ...] = ()
    value: float = 0.0
    """Of a constant."""


class Graph:
    """Nodes of one formula: ``x`` is its input, ``root`` its value, ``slope`` its derivative."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._places: dict[Node, int] = {}
        self.x = self._place(Node("x"))
        self.root = self.x
        self.slope = self.constant(1.0)

    def finish(self, root: int) -> int:
        """The formula is whole: this node is its value. Returns the node of its derivative."""
        self.root = root
        self.slope = self._derivative()
        return self.slope

    def _place(self, node: Node) -> int:
        found = self._places.get(node)
        if found is None:
            if len(self.nodes) >= MOST_NODES:
                raise FormulaError("The formula has too many parts. Write a shorter one.")
            found = self._places[node] = len(self.nodes)
            self.nodes.append(node)
        return found

    def constant(self, value: float) -> int:
        """The node of a number."""
        return self._place(Node("constant", value=value + 0.0))  # -0.0 becomes 0.0

    def constant_value(self, node: int) -> float | None:
        """The number of a node that is one."""
        operation, _, value = self.nodes[node]
        return value if operation == "constant" else None

    def apply(self, operation: str, *operands: int) -> int:
        """The node of an operation; of numbers alone, their result.

        Raises:
            FormulaError: numbers for which the operation has no value.
        """
        values = [self.constant_value(operand) for operand in operands]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return self._place(Node(operation, operands))
        with np.errstate(all="ignore"):
            result = float(OPERATIONS[operation].function(*np.array(known, np.float64)))
        if not math.isfinite(result):
            numbers = " and ".join(f"{value:.6g}" for value in known)
            raise FormulaError(f"{OPERATIONS[operation].title} has no value for {numbers}")
        return self.constant(result)

    # --- operations that know what changes nothing ---

    def add(self, a: int, b: int) -> int:
        if self.constant_value(a) == 0.0:
            return b
        if self.constant_value(b) == 0.0:
            return a
        return self.apply("add", *sorted((a, b)))

    def subtract(self, a: int, b: int) -> int:
        if self.constant_value(b) == 0.0:
            return a
        if self.constant_value(a) == 0.0:
            return self.negative(b)
        return self.apply("subtract", a, b)

    def negative(self, a: int) -> int:
        operation, operands, _ = self.nodes[a]
        return operands[0] if operation == "negative" else self.apply("negative", a)

    def multiply(self, a: int, b: int) -> int:
        for one, other in ((a, b), (b, a)):
            value = self.constant_value(one)
            if value == 0.0:
                return one
            if value == 1.0:
                return other
            if value == -1.0:
                return self.negative(other)
        if a == b:
            return self.apply("square", a)
        return self.apply("multiply", *sorted((a, b)))

    def divide(self, a: int, b: int) -> int:
        value = self.constant_value(b)
        if value == 1.0 or (self.constant_value(a) == 0.0 and value != 0.0):
            return a
        return self.apply("divide", a, b)

    def power(self, a: int, b: int) -> int:
        exponent = self.constant_value(b)
        if exponent is None or self.constant_value(a) is not None:
            return self.apply("power", a, b)
        if exponent == 0.5:
            return self.apply("sqrt", a)
        if exponent != int(exponent) or abs(exponent) > LARGEST_EXPANDED_POWER:
            return self.apply("power", a, b)
        if exponent < 0:
            return self.divide(self.constant(1.0), self._product(a, -int(exponent)))
        return self._product(a, int(exponent))

    def _product(self, a: int, count: int) -> int:
        """a · a · …, with as few products as halving takes."""
        if count == 0:
            return self.constant(1.0)
        half = self._product(a, count // 2)
        whole = self.multiply(half, half)
        return self.multiply(whole, a) if count % 2 else whole

    def where(self, condition: int, a: int, b: int) -> int:
        """``a`` where the condition holds, else ``b``."""
        known = self.constant_value(condition)
        if known is not None:
            return a if known else b
        return a if a == b else self.apply("where", condition, a, b)

    # --- the derivative ---

    def _derivative(self) -> int:
        """The node of ∂root/∂x, appended to the graph.

        From the root to x, each node hands what it received on to its operands, times its own
        partial derivatives (reverse-mode differentiation).
        """
        received: dict[int, int] = {self.root: self.constant(1.0)}
        for place in range(self.root, self.x, -1):
            node, seed = self.nodes[place], received.get(place)
            if seed is None or not node.operands:
                continue
            partials = OPERATIONS[node.operation].partials
            shares = partials(self, seed, place, *node.operands)
            for operand, share in zip(node.operands, shares, strict=True):
                if share is None or self.constant_value(operand) is not None:
                    continue
                before = received.get(operand)
                received[operand] = share if before is None else self.add(before, share)
        return received.get(self.x, self.constant(0.0))
