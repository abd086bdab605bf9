"""Values for each training step that depend on its number alone, worked out many at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 256


class StepValues:
    """``values_of(steps)``, in blocks that begin at multiples of 256.

    NumPy's powers and cosines of long arrays differ in the last bit with a number's place in
    the array. So each block is always worked out in one call: a value does not depend on where
    a run was interrupted or reported.
    """

    def __init__(self, values_of: Callable[[np.ndarray], np.ndarray]) -> None:
        """``values_of`` takes the numbers of steps (n,) in float64, gives (n, ...)."""
        self._values_of = values_of
        self._block = -1
        self._values = np.zeros(0)

    def take(self, first: int, count: int) -> np.ndarray:
        """The values of ``count`` steps from the one with number ``first``: (count, ...)."""
        parts = []
        while count > 0:
            block, offset = divmod(first, BLOCK)
            if block != self._block:
                steps = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.float64)
                self._block, self._values = block, self._values_of(steps)
            part = self._values[offset : offset + count]
            parts.append(part)
            first, count = first + len(part), count - len(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)
