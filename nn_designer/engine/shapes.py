"""Shapes of samples and weights: the words that the engine and the layer kinds share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Shape = tuple[int, ...]
"""The shape of one sample, without the batch axis."""


class ShapeError(ValueError):
    """The inputs of a layer do not fit it; the text says why and what to do."""


@dataclass(frozen=True)
class WeightSpec:
    """A tensor that a layer holds, in the layout that files use (Dense kernel: (in, out)).

    ``initializer`` is the value of the layer's setting, as ``initializers.initializer`` reads it.
    ``fan`` is (fan_in, fan_out) for the initializers that scale by it.
    """

    name: str
    shape: Shape
    initializer: str
    fan: tuple[int, int]
    l1: float = 0.0
    l2: float = 0.0
    ones: tuple[int, int] | None = None
    """The range of the last axis that begins as 1, whatever the initializer says."""

    @property
    def size(self) -> int:
        """How many numbers the tensor holds."""
        return math.prod(self.shape)


def samples_at_once(shapes: Iterable[Shape]) -> int:
    """How many samples to predict at once, with values of these shapes: enough for BLAS, and so
    few that a value stays in the processor's cache."""
    return max(16, min(1024, 2**21 // largest_size(shapes)))


def largest_size(shapes: Iterable[Shape]) -> int:
    """How many numbers the largest of these shapes holds."""
    return max(math.prod(shape) for shape in shapes)


def shape_text(shape: Shape) -> str:
    """A shape for people: ``28 × 28 × 1``."""
    return " × ".join(f"{size:,}" for size in shape) or "a single number"
