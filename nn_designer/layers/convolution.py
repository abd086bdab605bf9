"""Convolutions: filters that slide over a series or a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.convolution import Convolution, emit_bias, emit_bias_gradient
from nn_designer.layers.base import Shape, ShapeError, WeightSpec
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.kernels import KernelKind
from nn_designer.layers.pictures import LARGEST_WINDOW, sizes_of, windows_shape
from nn_designer.params import Int

if TYPE_CHECKING:
    from nn_designer.engine.graph import LayerLike
    from nn_designer.engine.plan import Plan, Value


class _Convolution(KernelKind):
    """What convolutions of one and two axes share."""

    example_inputs: ClassVar[tuple[Shape, ...]] = ((5, 6, 2),)
    first_params = ("filters", "kernel_size", "strides", "padding", "dilation_rate", "groups")

    filters = Int(
        16, minimum=1, maximum=1_000_000, help="How many filters slide over what comes in."
    )
    groups = Int(
        1,
        minimum=1,
        maximum=1_000_000,
        help="Above 1, channels and filters are parted into so many groups that see nothing of "
        "each other.",
        advanced=True,
    )

    def summary(self) -> str:
        name = "filter" if self.filters == 1 else "filters"
        return f"{self.filters:,} {name}, {self.kernel_text()}"

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        (shape,) = input_shapes
        rows, columns = self.windows_of(shape)
        for number, what in ((shape[-1], "channels it receives"), (self.filters, "filters it has")):
            if number % self.groups:
                raise ShapeError(
                    f"{self.title} can't share out the {number:,} {what} evenly to "
                    f"{self.groups:,} groups. Choose a number of groups that divides {number:,}."
                )
        return (*windows_shape(self.axes, rows, columns), self.filters)

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        (shape,) = input_shapes
        kernel = (*sizes_of(self.kernel_size), shape[-1] // self.groups, self.filters)
        taps = math.prod(kernel[:-2])
        fan = (taps * kernel[-2], taps * kernel[-1])
        return (self.kernel_spec(kernel, fan), *self.bias_specs(self.filters, fan))

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        kernel, *bias = self.weight_specs(input_shapes)
        *taps, channels, filters = kernel.shape
        return {
            "kernel": (filters, *reversed(taps), channels),
            **{spec.name: spec.shape for spec in bias},
        }

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        kernel = blocks["kernel"]  # (filters, width, height, channels)
        axes = (2, 1, 3, 0) if kernel.ndim == 4 else (1, 2, 0)
        return {**blocks, "kernel": kernel.transpose(axes)}

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        places = math.prod(self.output_shape(input_shapes)[:-1])
        return places * self.weight_specs(input_shapes)[0].size

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        shape = self.output_shape([x.shape])
        rows, columns = self.windows_of(x.shape)
        seen = self._seen_by_maxima(plan.only_user, shape)
        if seen is not None:  # what nobody looks at is not computed
            shape, (*_, height, width) = seen, (1, *seen[:-1])
            rows, columns = replace(rows, count=height), replace(columns, count=width)
        y = plan.new_value(shape)
        convolution = Convolution(plan, rows, columns, x.shape[-1], self.filters, self.groups)
        kernel, kernel_gradient = plan.parameters("kernel"), plan.gradients("kernel")
        bias = (plan.parameters("bias"), plan.gradients("bias")) if self.use_bias else None
        picture = self.as_picture(plan.batch_last(x))
        convolution.emit_forward(picture, kernel, self.as_picture(y.data))

        def backward() -> None:
            dy = self.as_picture(y.shaped(plan.gradient(y)))
            convolution.emit_kernel_gradient(picture, dy, kernel_gradient)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    target = self.as_picture(x.shaped(dx))
                    convolution.emit_input_gradient(dy, kernel, target)

        plan.on_backward(backward, y)
        if seen is None:
            return self._finished(plan, y, bias, overwrite=True)
        y.postponed = lambda value, overwrite: self._finished(plan, value, bias, overwrite)
        return y

    def shortcut(self, input_shapes: Sequence[Shape], user: LayerLike | None) -> str:
        shape = self.output_shape(input_shapes)
        seen = self._seen_by_maxima(user, shape)
        if seen is None:
            return ""
        text = "leaves bias and activation to the layer behind it, where only maxima are left"
        return text if seen == shape else f"{text}, and computes only what that looks at"

    def _seen_by_maxima(self, user: LayerLike | None, shape: Shape) -> Shape | None:
        """The part of the output that its only user looks at, if it looks for maxima and the
        activation never falls; else None."""
        if user is None or not ACTIVATIONS[self.activation].never_falls:
            return None
        return user.finds_maxima_in(shape)

    def _finished(
        self,
        plan: Plan,
        z: Value,
        bias: tuple[np.ndarray, np.ndarray] | None,
        overwrite: bool,
    ) -> Value:
        """The value with bias (and its gradient) and activation."""
        if bias is None:
            return plan.activated(self.activation, z, overwrite=overwrite)
        numbers, gradient = bias
        places = (1,) * (3 - len(z.shape)) + z.shape  # behind a global maximum there is one place
        y = z if overwrite else plan.new_value(z.shape)
        emit_bias(plan, numbers, z.flat.reshape(*places, -1), y.flat.reshape(*places, -1))

        def backward() -> None:
            dy = plan.gradient(y)
            emit_bias_gradient(plan, dy.reshape(*places, -1), gradient)
            if y is not z:
                with plan.gradient_target(z) as dz:
                    plan.step(np.copyto, dz, dy)

        plan.on_backward(backward, y)
        return plan.activated(self.activation, y, overwrite=True)


class Conv1D(_Convolution):
    """Slides filters along a series: each looks at a few steps at a time and answers how much
    they look like the pattern that it has learned.

    For signals, texts and other series of length × channels.
    """

    key = "conv1d"
    title = "Conv1D"
    formula = "z[t] = Σₖ kernel[k]ᵀ·x[s·t + d·k] + bias, with strides s and dilation d; y = f(z)"
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂x[s·t + d·k] += kernel[k]·∂L/∂z[t]; ∂L/∂kernel[k] = Σ x[s·t + "
        "d·k]·∂L/∂z[t]ᵀ; ∂L/∂bias = Σ ∂L/∂z"
    )
    source = 'Waibel et al. 1989, "Phoneme recognition using time-delay neural networks"'
    axes = 1
    example_inputs = ((6, 2),)
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "kernel": ForeignTensor("weight", (2, 1, 0)),
        "bias": ForeignTensor("bias", (0,)),
    }

    kernel_size = Int(  # type: ignore[assignment]
        3, minimum=1, maximum=LARGEST_WINDOW, help="How many steps each filter sees at a time."
    )
    strides = Int(  # type: ignore[assignment]
        1,
        minimum=1,
        maximum=LARGEST_WINDOW,
        help="How many steps the window moves from look to look.",
    )
    dilation_rate = Int(  # type: ignore[assignment]
        1,
        minimum=1,
        maximum=LARGEST_WINDOW,
        help="Above 1 the window is spread out, with gaps between the steps that it sees.",
        advanced=True,
    )


class Conv2D(_Convolution):
    """Slides small filters over a picture: each looks for one pattern, such as an edge or a
    corner, everywhere, and hands on a picture of where it found it.

    Few weights do for pictures of any size, because each place is looked at with the same filter.
    """

    key = "conv2d"
    title = "Conv2D"
    basic = True
    formula = (
        "z[i, j] = Σₖₗ kernel[k, l]ᵀ·x[s·i + d·k, s·j + d·l] + bias, with strides s and "
        "dilation d; y = f(z)"
    )
    backward = (
        "∂L/∂z = f′(z)·∂L/∂y; ∂L/∂x[s·i + d·k, s·j + d·l] += kernel[k, l]·∂L/∂z[i, j]; "
        "∂L/∂kernel[k, l] = Σ x[s·i + d·k, s·j + d·l]·∂L/∂z[i, j]ᵀ; ∂L/∂bias = Σ ∂L/∂z"
    )
    source = 'LeCun et al. 1998, "Gradient-based learning applied to document recognition"'
