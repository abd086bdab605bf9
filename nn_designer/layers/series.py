"""What layers of series share: the shape they expect."""

from __future__ import annotations

from nn_designer.engine.shapes import Shape, ShapeError, shape_text


def series_shape(title: str, shape: Shape, which: str = "") -> tuple[int, int]:
    """(steps, features) of an input; ``title`` is the layer's, ``which`` names the input.

    Raises:
        ShapeError: it is no series; the sentence says how to make one.
    """
    if len(shape) != 2:
        way_out = (
            "Insert a Reshape layer before it"
            if len(shape) != 1
            else "Insert a Reshape layer or an Embedding before it"
        )
        raise ShapeError(
            f"{title} expects a series of steps × features{which}, but it receives "
            f"{shape_text(shape)}. {way_out}."
        )
    steps, features = shape
    return steps, features
