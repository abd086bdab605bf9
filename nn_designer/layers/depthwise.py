"""Convolutions that treat each channel by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.engine.convolution import Convolution, emit_bias, emit_bias_gradient
from nn_designer.engine.depthwise import Depthwise
from nn_designer.engine.windows import windows
from nn_designer.layers.base import Shape, WeightSpec
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.kernels import KernelKind
from nn_designer.layers.pictures import sizes_of, windows_shape
from nn_designer.params import Int

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class _ByChannel(KernelKind):
    """What both share: kernels (height, width, channels, multiplier)."""

    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "kernel": ForeignTensor("weight", (2, 3, 0, 1)),
        "depthwise_kernel": ForeignTensor("depthwise_weight", (2, 3, 0, 1)),
        "pointwise_kernel": ForeignTensor("pointwise_weight", (3, 2, 0, 1)),
        "bias": ForeignTensor("bias", (0,)),
    }
    example_inputs = ((5, 6, 2),)

    depth_multiplier = Int(
        1, minimum=1, maximum=1000, help="How many filters each channel gets.", advanced=True
    )

    def depthwise_spec(self, shape: Shape, name: str) -> WeightSpec:
        """The kernels of the channels of an input of this shape."""
        taps = sizes_of(self.kernel_size)
        kernel = (*taps, shape[-1], self.depth_multiplier)
        fan = (math.prod(taps) * shape[-1], math.prod(taps) * self.depth_multiplier)
        return self.kernel_spec(kernel, fan, name)


class DepthwiseConv2D(_ByChannel):
    """Slides filters over a picture, each over one channel only: few weights, but channels are
    not mixed.
    """

    key = "depthwise_conv2d"
    title = "DepthwiseConv2D"
    formula = (
        "z[i, j, c, m] = Σₖₗ kernel[k, l, c, m]·x[s·i + d·k, s·j + d·l, c] + bias, "
        "with strides s and dilation d; y = f(z)"
    )
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂x[s·i + d·k, s·j + d·l, c] += Σₘ kernel[k, l, c, m]·∂L/∂z[i, "
        "j, c, m]; ∂L/∂kernel[k, l, c, m] = Σ x[s·i + d·k, s·j + d·l, c]·∂L/∂z[i, j, c, m]; "
        "∂L/∂bias = Σ ∂L/∂z"
    )
    source = (
        'Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile '
        'vision applications"'
    )
    first_params = ("kernel_size", "strides", "padding", "dilation_rate", "depth_multiplier")

    def summary(self) -> str:
        times = f", {self.depth_multiplier} per channel" if self.depth_multiplier > 1 else ""
        return self.kernel_text() + times

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        rows, columns = self.windows_of(shape)
        return (rows.count, columns.count, shape[-1] * self.depth_multiplier)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        (shape,) = input_shapes
        kernel = self.depthwise_spec(shape, "kernel")
        return (kernel, *self.bias_specs(shape[-1] * self.depth_multiplier, kernel.fan))

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        places = math.prod(self.output_shape(input_shapes)[:-1])
        return places * self.weight_specs(input_shapes)[0].size

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        depthwise = Depthwise(plan, *self.windows_of(x.shape), x.shape[-1], self.depth_multiplier)
        picture = plan.batch_last(x)
        depthwise.emit_forward(picture, plan.parameters("kernel"), y.data)
        kernel_gradient = plan.gradients("kernel")
        bias_gradient = plan.gradients("bias") if self.use_bias else None
        if self.use_bias:
            emit_bias(plan, plan.parameters("bias"), y.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            depthwise.emit_kernel_gradient(picture, dy, kernel_gradient)
            if bias_gradient is not None:
                emit_bias_gradient(plan, dy, bias_gradient)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    depthwise.emit_input_gradient(dy, x.shaped(dx))

        plan.on_backward(backward, y)
        return plan.activated(self.activation, y, overwrite=True)


class SeparableConv2D(_ByChannel):
    """A Conv2D in two steps: a filter for each channel by itself, then a mix of the channels at
    each place. Nearly as able, with far fewer weights.
    """

    key = "separable_conv2d"
    title = "SeparableConv2D"
    formula = (
        "u = DepthwiseConv2D of x, without bias and activation; z[i, j] = "
        "pointwise_kernelᵀ·u[i, j] + bias; y = f(z)"
    )
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂u[i, j] = pointwise_kernel·∂L/∂z[i, j]; ∂L/∂pointwise_kernel "
        "= Σ u[i, j]·∂L/∂z[i, j]ᵀ; ∂L/∂bias = Σ ∂L/∂z; ∂L/∂depthwise_kernel and ∂L/∂x follow "
        "from ∂L/∂u as in DepthwiseConv2D"
    )
    source = 'Chollet 2017, "Xception: deep learning with depthwise separable convolutions"'
    first_params = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "dilation_rate",
        "depth_multiplier",
    )

    filters = Int(16, minimum=1, maximum=1_000_000, help="How many mixes of the channels go on.")

    def summary(self) -> str:
        name = "filter" if self.filters == 1 else "filters"
        return f"{self.filters:,} {name}, {self.kernel_text()}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        return (*windows_shape(self.axes, *self.windows_of(shape)), self.filters)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        (shape,) = input_shapes
        depthwise = self.depthwise_spec(shape, "depthwise_kernel")
        fan = (shape[-1] * self.depth_multiplier, self.filters)
        pointwise = self.kernel_spec((1, 1, *fan), fan, "pointwise_kernel")
        return (depthwise, pointwise, *self.bias_specs(self.filters, fan))

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        shapes = super().block_shapes(input_shapes)
        *taps, channels, filters = shapes["pointwise_kernel"]
        return {**shapes, "pointwise_kernel": (filters, *taps, channels)}

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {**blocks, "pointwise_kernel": blocks["pointwise_kernel"].transpose(2, 1, 3, 0)}

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        places = math.prod(self.output_shape(input_shapes)[:-1])
        return places * sum(spec.size for spec in self.weight_specs(input_shapes)[:2])

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        rows, columns = self.windows_of(x.shape)
        n_between = x.shape[-1] * self.depth_multiplier
        between = plan.buffer((rows.count, columns.count, n_between, plan.batch_size))
        depthwise = Depthwise(plan, rows, columns, x.shape[-1], self.depth_multiplier)
        each_row, each_column = (windows(each.count, 1, 1, "valid") for each in (rows, columns))
        pointwise = Convolution(plan, each_row, each_column, n_between, self.filters)
        kernel = plan.parameters("pointwise_kernel")
        kernel_gradient = plan.gradients("pointwise_kernel")
        depthwise_gradient = plan.gradients("depthwise_kernel")
        bias_gradient = plan.gradients("bias") if self.use_bias else None
        picture = plan.batch_last(x)
        depthwise.emit_forward(picture, plan.parameters("depthwise_kernel"), between)
        pointwise.emit_forward(between, kernel, y.data)
        if self.use_bias:
            emit_bias(plan, plan.parameters("bias"), y.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            pointwise.emit_kernel_gradient(between, dy, kernel_gradient)
            if bias_gradient is not None:
                emit_bias_gradient(plan, dy, bias_gradient)
            passed = plan.scratch(between.shape)
            pointwise.emit_input_gradient(dy, kernel, passed)
            depthwise.emit_kernel_gradient(picture, passed, depthwise_gradient)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    depthwise.emit_input_gradient(passed, x.shaped(dx))

        plan.on_backward(backward, y)
        return plan.activated(self.activation, y, overwrite=True)
