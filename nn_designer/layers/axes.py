"""Axes as settings name them: as in Keras, 1 is the first axis of a sample and -1 the last."""

from __future__ import annotations

from collections.abc import Iterable

from nn_designer.engine.shapes import Shape, ShapeError, shape_text

MOST_AXES = 4


def places(title: str, axes: Iterable[int], shape: Shape) -> tuple[int, ...]:
    """Which sizes of ``shape`` the axes mean, counted from 0, in order; each once.

    Raises ShapeError for axes that the shape does not have; ``title`` is the layer's.
    """
    rank = len(shape)
    found = set()
    for axis in axes:
        if not 1 <= abs(axis) <= rank:
            counted = f"an axis from 1 to {rank}" if rank > 1 else "axis 1"
            raise ShapeError(
                f"{title} is set to axis {axis}, but it receives {shape_text(shape)}. Choose "
                f"{counted}, or -1 for the last."
            )
        found.add(axis - 1 if axis > 0 else rank + axis)
    return tuple(sorted(found))


def kept_sizes(shape: Shape, kept: Iterable[int]) -> Shape:
    """``shape`` with 1 in all places but ``kept``: what stretches along the others."""
    wanted = set(kept)
    return tuple(size if place in wanted else 1 for place, size in enumerate(shape))
