"""Pooling over windows: a picture or a series made smaller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from nn_designer.engine.pooling import AveragePooling, MaxPooling
from nn_designer.engine.windows import Windows
from nn_designer.layers.base import Category, Shape
from nn_designer.layers.pictures import (
    LARGEST_WINDOW,
    PADDINGS,
    PictureKind,
    size_text,
    sizes_of,
    windows_shape,
)
from nn_designer.params import Choice, Int, Pair

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class _Pooling(PictureKind):
    """What all pooling layers with windows share."""

    example_inputs: ClassVar[tuple[Shape, ...]] = ((6, 6, 2),)
    category = Category.POOLING
    pooling: ClassVar[type[MaxPooling] | type[AveragePooling]]

    pool_size = Pair((2, 2), maximum=LARGEST_WINDOW, help="Height and width of the window.")
    strides = Pair(
        (2, 2),
        maximum=LARGEST_WINDOW,
        help="How many pixels the window moves; as far as the window is wide, none overlap.",
    )
    padding = Choice(
        "valid",
        PADDINGS,
        help="Whether windows stay inside the picture (valid), or also look over its edge, where "
        "nothing counts (same).",
        advanced=True,
    )

    def summary(self) -> str:
        return size_text(sizes_of(self.pool_size))

    def _windows_of(self, shape: Shape) -> tuple[Windows, Windows]:
        return self.windows_over(
            shape, self.pool_size, self.strides, self.padding, name="pool size"
        )

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        return (*windows_shape(self.axes, *self._windows_of(shape)), shape[-1])

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        pooling = self.pooling(plan, *self._windows_of(x.shape))
        pooling.emit_forward(self.as_picture(plan.batch_last(x)), self.as_picture(y.data))

        def backward() -> None:
            dy = self.as_picture(y.shaped(plan.gradient(y)))
            overwrite = x.postponed is not None and pooling.overwrites_input
            with plan.gradient_target(x, overwrite=overwrite) as dx:
                pooling.emit_backward(dy, self.as_picture(x.shaped(dx)))

        plan.on_backward(backward, y)
        return y if x.postponed is None else x.postponed(y, not pooling.reads_output)


class _MaxPooling(_Pooling):
    pooling = MaxPooling

    def finds_maxima_in(self, shape: Shape) -> Shape | None:
        found = self._windows_of(shape)
        if any(each.padded for each in found):
            return shape
        ends = [(each.count - 1) * each.stride + each.kernel for each in found]
        return (*ends[-self.axes :], shape[-1])


class _Pooling1D(_Pooling):
    example_inputs = ((6, 2),)
    axes = 1

    pool_size = Int(  # type: ignore[assignment]
        2, minimum=1, maximum=LARGEST_WINDOW, help="How many steps the window spans."
    )
    strides = Int(  # type: ignore[assignment]
        2,
        minimum=1,
        maximum=LARGEST_WINDOW,
        help="How many steps the window moves; as far as the window is wide, none overlap.",
    )


class MaxPooling1D(_Pooling1D, _MaxPooling):
    """Makes a series shorter: of each few steps, only the largest value of each channel goes on.

    What was found counts, not exactly where.
    """

    key = "max_pooling1d"
    title = "MaxPooling1D"
    formula = "y[t] = max of x[s·t + k], for k in the window and strides s"
    backward = (
        "∂L/∂x = Σ ∂L/∂y of the windows whose largest number x is, the first of equals; else 0"
    )
    source = 'Riesenhuber and Poggio 1999, "Hierarchical models of object recognition in cortex"'


class MaxPooling2D(_MaxPooling):
    """Makes a picture smaller: of each small window, only the largest value of each channel
    goes on.

    What was found counts, not exactly where; the layers behind have less to compute.
    """

    key = "max_pooling2d"
    title = "MaxPooling2D"
    basic = True
    formula = "y[i, j] = max of x[s·i + k, s·j + l], for k, l in the window and strides s"
    backward = (
        "∂L/∂x = Σ ∂L/∂y of the windows whose largest number x is, the first of equals; else 0"
    )
    source = 'Riesenhuber and Poggio 1999, "Hierarchical models of object recognition in cortex"'


class AveragePooling1D(_Pooling1D):
    """Makes a series shorter: each few steps become their mean.

    Places beyond the ends do not count.
    """

    key = "average_pooling1d"
    title = "AveragePooling1D"
    formula = "y[t] = mean of x[s·t + k], for k in the window and strides s"
    backward = "∂L/∂x = Σ ∂L/∂y / n of the windows that x lies in, n the numbers inside each"
    source = 'LeCun et al. 1998, "Gradient-based learning applied to document recognition"'
    pooling = AveragePooling


class AveragePooling2D(_Pooling):
    """Makes a picture smaller: each small window becomes its mean.

    Places beyond the edge do not count.
    """

    key = "average_pooling2d"
    title = "AveragePooling2D"
    formula = "y[i, j] = mean of x[s·i + k, s·j + l], for k, l in the window and strides s"
    backward = "∂L/∂x = Σ ∂L/∂y / n of the windows that x lies in, n the numbers inside each"
    source = 'LeCun et al. 1998, "Gradient-based learning applied to document recognition"'
    pooling = AveragePooling
