"""Transposed convolution: the way back from a small picture to a large one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.convolution import Convolution, emit_bias, emit_bias_gradient
from nn_designer.engine.windows import Windows, windows
from nn_designer.layers.base import Shape, ShapeError, WeightSpec
from nn_designer.layers.kernels import KernelKind
from nn_designer.layers.pictures import sizes_of
from nn_designer.params import Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class Conv2DTranspose(KernelKind):
    """A Conv2D the other way round: each number stamps a filter onto a larger picture, and
    where stamps overlap they are added. With strides of 2 a picture doubles its size.

    For networks that draw: autoencoders, segmentation.
    """

    key = "conv2d_transpose"
    title = "Conv2DTranspose"
    formula = (
        "z[s·i + d·k, s·j + d·l] += kernel[k, l]·x[i, j], then bias is added, with "
        "strides s and dilation d; y = f(z)"
    )
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂x[i, j] = Σₖₗ kernel[k, l]ᵀ·∂L/∂z[s·i + d·k, s·j + d·l]; "
        "∂L/∂kernel[k, l] = Σ ∂L/∂z[s·i + d·k, s·j + d·l]·x[i, j]ᵀ; ∂L/∂bias = Σ ∂L/∂z"
    )
    source = 'Zeiler et al. 2010, "Deconvolutional networks"'
    example_inputs = ((3, 4, 2),)
    first_params = ("filters", "kernel_size", "strides", "padding", "dilation_rate")

    filters = Int(16, minimum=1, maximum=1_000_000, help="How many channels the result has.")

    def summary(self) -> str:
        name = "filter" if self.filters == 1 else "filters"
        return f"{self.filters:,} {name}, {self.kernel_text()}"

    def windows_of(self, shape: Shape) -> tuple[Windows, Windows]:
        """The windows over the result: one for each row and column that comes in."""
        *sizes, _ = self.picture_shape(shape)
        settings = (self.kernel_size, self.strides, self.dilation_rate)
        kernel, strides, dilation = (sizes_of(setting) for setting in settings)
        if max(strides) > 1 and max(dilation) > 1:
            raise ShapeError(
                f"{self.title} can't have strides and a dilation rate above 1 at the same time. "
                "Set one of them to 1."
            )
        found = []
        for size, taps, stride, gap in zip(sizes, kernel, strides, dilation, strict=True):
            span = (taps - 1) * gap + 1
            grown = size * stride + (max(span - stride, 0) if self.padding == "valid" else 0)
            found.append(windows(grown, taps, stride, self.padding, gap))
        rows, columns = found
        return rows, columns

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        rows, columns = self.windows_of(shape)
        return (rows.size, columns.size, self.filters)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        (shape,) = input_shapes
        kernel = (*sizes_of(self.kernel_size), self.filters, shape[-1])
        taps = math.prod(kernel[:2])
        fan = (taps * self.filters, taps * shape[-1])  # as Keras reads the kernel's shape
        return (self.kernel_spec(kernel, fan), *self.bias_specs(self.filters, fan))

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        shapes = super().block_shapes(input_shapes)
        height, width, filters, channels = shapes["kernel"]
        return {**shapes, "kernel": (channels, width, height, filters)}

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {**blocks, "kernel": blocks["kernel"].transpose(2, 1, 3, 0)}

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        (shape,) = input_shapes
        return math.prod(shape[:-1]) * self.weight_specs(input_shapes)[0].size

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        # The convolution that leads from the result to x; its gradient is the way back.
        back = Convolution(plan, *self.windows_of(x.shape), self.filters, x.shape[-1])
        kernel, kernel_gradient = plan.parameters("kernel"), plan.gradients("kernel")
        bias_gradient = plan.gradients("bias") if self.use_bias else None
        picture = plan.batch_last(x)
        back.emit_input_gradient(picture, kernel, y.data)
        if self.use_bias:
            emit_bias(plan, plan.parameters("bias"), y.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            back.emit_kernel_gradient(dy, picture, kernel_gradient)
            if bias_gradient is not None:
                emit_bias_gradient(plan, dy, bias_gradient)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    back.emit_forward(dy, kernel, x.shaped(dx))

        plan.on_backward(backward, y)
        return plan.activated(self.activation, y, overwrite=True)
