"""How the states of two directions become one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan

MERGE_MODES = {
    "concat": "Side by side",
    "sum": "Sum",
    "ave": "Average",
    "mul": "Product",
}
"""Key, as in Keras' Bidirectional → title."""


class Merge:
    """The directions write to ``parts``; what is made of them is ``y`` (..., units, B)."""

    def __init__(self, plan: Plan, y: np.ndarray, mode: str, count: int) -> None:
        """For ``count`` directions, 1 or 2. One, or two side by side, write to ``y`` itself."""
        self._plan, self._y = plan, y
        self._mode = mode if count == 2 else "concat"
        if self._mode == "concat":
            self.parts = np.split(y, count, axis=-2)
        else:
            self.parts = [plan.buffer(y.shape) for _ in range(count)]

    def emit_forward(self) -> None:
        """Steps that fill ``y``."""
        if self._mode == "concat":
            return
        function = np.multiply if self._mode == "mul" else np.add
        self._plan.step(function, *self.parts, self._y)
        if self._mode == "ave":
            self._plan.step(np.multiply, self._y, self._plan.constant(0.5), self._y)

    def emit_backward(self, dy: np.ndarray) -> list[np.ndarray]:
        """Steps for the gradient of each part, from that of ``y``."""
        if self._mode == "concat":
            return np.split(dy, len(self.parts), axis=-2)
        if self._mode == "sum":
            return [dy, dy]
        half = self._plan.constant(0.5)
        others = [half, half] if self._mode == "ave" else self.parts[::-1]
        gradients = [self._plan.buffer(dy.shape) for _ in self.parts]
        for other, gradient in zip(others, gradients, strict=True):
            self._plan.step(np.multiply, dy, other, gradient)
        return gradients
