"""What the layers that look at pictures through windows share: shape rules and their words."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from nn_designer.engine.windows import Windows, windows
from nn_designer.layers.base import LayerKind, Shape, ShapeError, shape_text

PADDINGS = {"valid": "Valid: no border", "same": "Same: a border around"}

Sizes = tuple[int, ...]


LARGEST_WINDOW = 1000
"""The most taps, places or gaps that a window may have along an axis."""


def size_text(sizes: Sizes) -> str:
    """Sizes of a kernel for a card: ``3×3``."""
    return "×".join(str(size) for size in sizes)


def sizes_of(value: int | Sizes) -> Sizes:
    """A setting of one size (1D) or two (2D) as sizes."""
    return (value,) if isinstance(value, int) else value


class PictureKind(LayerKind):
    """Base of layers that take a series (length × channels) or a picture (height × width ×
    channels). Series are computed as pictures of height 1."""

    axes: ClassVar[int] = 2
    channels_first_in_torch = True

    def picture_shape(self, shape: Shape) -> Shape:
        """``shape`` itself; raises ShapeError if it has another rank than the layer takes."""
        if len(shape) == self.axes + 1:
            return shape
        if self.axes == 1:
            wanted, advice = "a series of length × channels", ""
        else:
            wanted = "a picture of height × width × channels"
            advice = ", or choose the shape image where the data is chosen"
        raise ShapeError(
            f"{self.title} expects {wanted}, but it receives {shape_text(shape)}. Insert a "
            f"Reshape layer before it{advice}."
        )

    def windows_over(
        self,
        shape: Shape,
        kernel: int | Sizes,
        strides: int | Sizes,
        padding: str,
        dilation: int | Sizes = (1, 1),
        *,
        name: str = "kernel",
    ) -> tuple[Windows, Windows]:
        """The windows along rows and columns; raises ShapeError where no window fits."""
        *sizes, _ = self.picture_shape(shape)
        kernel, strides, dilation = sizes_of(kernel), sizes_of(strides), sizes_of(dilation)
        if max(strides) > 1 and max(dilation) > 1:
            raise ShapeError(
                f"{self.title} can't have strides and a dilation rate above 1 at the same time. "
                "Set one of them to 1."
            )
        found = [
            windows(size, taps, stride, padding, gap)
            for size, taps, stride, gap in zip(sizes, kernel, strides, dilation, strict=False)
        ]
        if min(each.count for each in found) < 1:
            dilated = f" with dilation rate {size_text(dilation)}" if max(dilation) > 1 else ""
            raise ShapeError(
                f"{self.title} has a {name} of {size_text(kernel)}{dilated}, and that is larger "
                f"than what it receives, {shape_text(shape)}. Choose a smaller {name}, or the "
                "padding same."
            )
        if self.axes == 1:
            return Windows(1, 1, 1, 1, 0, 1), found[0]
        rows, columns = found
        return rows, columns

    def as_picture(self, values: np.ndarray) -> np.ndarray:
        """(length, channels, B) as (1, length, channels, B); a picture as it is."""
        return values[None] if self.axes == 1 else values


def windows_shape(axes: int, rows: Windows, columns: Windows) -> Shape:
    """The counts of the windows, for as many axes as the layer has."""
    return (columns.count,) if axes == 1 else (rows.count, columns.count)
