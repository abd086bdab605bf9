"""Normalization over a batch: each channel by itself.

While training, mean and variance are those of all numbers of a channel in the batch, and moving
averages of them are kept; predictions use the averages. Forward, with n numbers in a channel:

    c = x - mean        f = 1 / √(variance + epsilon)        y = gamma · f · c + beta

Backward, with sums over the channel (the mean depends on all x, and so does the variance):

    ∂beta = Σ ∂y        ∂gamma = f · Σ(∂y · c)
    ∂x = gamma · f · (∂y - Σ∂y / n - c · f² · Σ(∂y · c) / n)

With the moving averages, which do not depend on x: ∂x = gamma · f · ∂y.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nn_designer.layers.axes import MOST_AXES, kept_sizes, places
from nn_designer.layers.base import Shape, WeightSpec
from nn_designer.layers.common_settings import axis_of_channels_setting
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.standardizing import Grouping, Standardizing, emit_factor
from nn_designer.params import Float

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value


class BatchNormalization(Standardizing):
    """Brings each channel around 0 with a spread of 1 over all samples of the batch, then lets it
    have a factor and an offset that it learns. Deep networks train faster and more steadily.

    y = gamma · (x - mean) / √(variance + epsilon) + beta. While training, mean and variance are
    those of the batch (the variance divided by n, as in Keras), and moving averages follow them:
    moving ← momentum · moving + (1 - momentum) · batch. Predictions use the moving averages; so
    does a frozen layer, and a batch that holds a single number of each channel: that has no
    spread. PyTorch's momentum is 1 minus this one, and its moving variance is divided by n - 1.
    """

    key = "batch_normalization"
    title = "BatchNormalization"
    formula = (
        "y = γ·(x - μ) / √(σ² + ε) + β, with μ and σ² of the batch while training, else the "
        "moving ones; moving ← m·moving + (1 - m)·batch"
    )
    backward = (
        "∂L/∂β = Σ ∂L/∂y; ∂L/∂γ = Σ ∂L/∂y·x̂, with x̂ = (x - μ) / √(σ² + ε); "
        "∂L/∂x = γ / √(σ² + ε)·(∂L/∂y - ∂L/∂β / n - x̂·∂L/∂γ / n), with n numbers in a channel"
    )
    source = "Ioffe and Szegedy 2015, Batch normalization"
    halves_batches = False
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        **Standardizing.torch_tensors,
        "moving_mean": ForeignTensor("running_mean", None),
        "moving_variance": ForeignTensor("running_var", None),
    }

    momentum = Float(
        0.99,
        minimum=0.0,
        maximum=1.0,
        help="How slowly the moving mean and variance, which predictions use, follow those of the "
        "batches.",
        advanced=True,
    )
    axis = axis_of_channels_setting(MOST_AXES)

    def grouping(self, shape: Shape) -> Grouping:
        (place,) = places(self.title, [self.axis], shape)
        axes = (*(axis for axis in range(len(shape)) if axis != place), len(shape))
        return Grouping(shape, axes, (shape[place],), kept_sizes(shape, (place,)))

    def state_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        shape = self.grouping(input_shapes[0]).weights
        return (
            WeightSpec("moving_mean", shape, "zeros", (1, 1)),
            WeightSpec("moving_variance", shape, "ones", (1, 1)),
        )

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...] | None:
        (shape,) = input_shapes
        if len(shape) != 1 or self.scale != self.center:
            return None  # of pictures it wants channels first; weight and bias or neither
        affine = "" if self.scale else ", affine=False"
        momentum = f"{1.0 - self.momentum:.6g}"
        return (f"nn.BatchNorm1d({shape[0]}, eps={self.epsilon}, momentum={momentum}{affine})",)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(x.shape)
        (place,) = places(self.title, [self.axis], x.shape)
        before, after = math.prod(x.shape[:place]), math.prod(x.shape[place + 1 :])
        view = (before, x.shape[place], after, plan.batch_size)
        channels = _Channels(plan, view, self)
        from_batch = plan.training and self.trainable and channels.count > 1
        if from_batch:
            channels.emit_forward(x.flat.reshape(view), y.flat.reshape(view), self.momentum)
        else:
            channels.emit_prediction(x.flat.reshape(view), y.flat.reshape(view))

        def backward() -> None:
            dy = plan.gradient(y).reshape(view)
            sums = channels.emit_weight_gradients(x.flat.reshape(view), dy)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    if from_batch:
                        channels.emit_input_gradient(dy, *sums, dx.reshape(view))
                    else:
                        channels.emit_scaled(dy, dx.reshape(view))

        plan.on_backward(backward, y)
        return y


class _Channels:
    """The steps on arrays (before, channels, after, B); what belongs to a channel is
    (channels, 1, 1)."""

    def __init__(
        self, plan: Plan, view: tuple[int, int, int, int], layer: BatchNormalization
    ) -> None:
        """For the layer that is being emitted."""
        self._plan, self._view = plan, view
        self._small = (view[1], 1, 1)
        self.count = math.prod(view) // view[1]
        """Numbers in a channel."""
        self._share = plan.constant(1.0 / self.count)
        self._epsilon = layer.epsilon
        self._moving = (
            plan.state("moving_mean").reshape(self._small),
            plan.state("moving_variance").reshape(self._small),
        )
        self._gamma = plan.parameters("gamma").reshape(self._small) if layer.scale else None
        self._beta = plan.parameters("beta").reshape(self._small) if layer.center else None
        self._gamma_gradient = plan.gradients("gamma") if layer.scale else None
        self._beta_gradient = plan.gradients("beta") if layer.center else None
        self._mean = self._moving[0]
        self._factor = plan.buffer(self._small)  # f
        self._slope = self._factor if self._gamma is None else plan.buffer(self._small)
        self._centred: np.ndarray | None = None  # c

    def emit_forward(self, x: np.ndarray, y: np.ndarray, momentum: float) -> None:
        """y from x, with the batch's mean and variance, which the moving ones follow."""
        plan = self._plan
        self._mean, variance = plan.buffer(self._small), plan.scratch(self._small)
        self._centred = plan.buffer(self._view)
        squares = plan.scratch(self._view)
        self._emit_total(x, self._mean)
        plan.step(np.multiply, self._mean, self._share, self._mean)
        plan.step(np.subtract, x, self._spread(self._mean), self._centred)
        plan.step(np.square, self._centred, squares)
        self._emit_total(squares, variance)
        plan.step(np.multiply, variance, self._share, variance)
        change, follows = plan.scratch(self._small), plan.constant(1.0 - momentum)
        for moving, now in zip(self._moving, (self._mean, variance), strict=True):
            plan.step(np.subtract, now, moving, change)
            plan.step(np.multiply, change, follows, change)
            plan.step(np.add, moving, change, moving)
        self._emit_slope(variance)
        plan.step(np.multiply, self._centred, self._spread(self._slope), y)
        if self._beta is not None:
            plan.step(np.add, y, self._spread(self._beta), y)

    def emit_prediction(self, x: np.ndarray, y: np.ndarray) -> None:
        """y from x, with the moving mean and variance."""
        plan, offset = self._plan, self._plan.scratch(self._small)
        self._emit_slope(self._moving[1])
        plan.step(np.multiply, self._mean, self._slope, offset)
        zero = plan.constant(0.0) if self._beta is None else self._beta
        plan.step(np.subtract, zero, offset, offset)
        plan.step(np.multiply, x, self._spread(self._slope), y)
        plan.step(np.add, y, self._spread(offset), y)

    def emit_weight_gradients(self, x: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The gradients of gamma and beta; returns Σ∂y and f · Σ(∂y · c), as far as needed."""
        plan = self._plan
        total, slope = plan.scratch(self._small), plan.scratch(self._small)
        through_batch = self._centred is not None
        if through_batch or _is_read(plan, self._beta_gradient):
            self._emit_total(dy, total)
        if through_batch or _is_read(plan, self._gamma_gradient):
            product, centred = plan.scratch(self._view), self._centred
            if centred is None:
                centred = product
                plan.step(np.subtract, x, self._spread(self._mean), centred)
            plan.step(np.multiply, dy, centred, product)
            self._emit_total(product, slope)
            plan.step(np.multiply, slope, self._factor, slope)
        for gradient, share in ((self._beta_gradient, total), (self._gamma_gradient, slope)):
            if gradient is not None:
                plan.step(np.copyto, gradient, share.reshape(-1))
        return total, slope

    def emit_input_gradient(
        self, dy: np.ndarray, total: np.ndarray, slope: np.ndarray, dx: np.ndarray
    ) -> None:
        """∂x through the batch's mean and variance, from what emit_weight_gradients returned."""
        plan = self._plan
        assert self._centred is not None
        product = plan.scratch(self._view)
        plan.step(np.multiply, slope, self._factor, slope)
        for small in (total, slope):
            plan.step(np.multiply, small, self._share, small)
        plan.step(np.multiply, self._centred, self._spread(slope), product)
        plan.step(np.subtract, dy, product, dx)
        plan.step(np.subtract, dx, self._spread(total), dx)
        plan.step(np.multiply, dx, self._spread(self._slope), dx)

    def emit_scaled(self, dy: np.ndarray, dx: np.ndarray) -> None:
        """∂x where mean and variance do not depend on x."""
        self._plan.step(np.multiply, dy, self._spread(self._slope), dx)

    def _emit_slope(self, variance: np.ndarray) -> None:
        """f, and gamma · f."""
        emit_factor(self._plan, variance, self._epsilon, self._factor)
        if self._gamma is not None:
            self._plan.step(np.multiply, self._factor, self._gamma, self._slope)

    def _emit_total(self, x: np.ndarray, out: np.ndarray) -> None:
        """out = the sum of each channel. Places first: long rows are added up."""
        row = x[0]
        if len(x) > 1:
            row = self._plan.scratch(x.shape[1:])
            self._plan.step(np.add.reduce, x, 0, None, row)
        self._plan.step(np.add.reduce, row, (1, 2), None, out, True)

    def _spread(self, small: np.ndarray) -> np.ndarray:
        """``small`` as arithmetic takes it. With many places it is written out for one of them:
        whole rows are then worked on, instead of many short loops."""
        if self._view[0] == 1:
            return small
        row = self._plan.scratch(self._view[1:])
        self._plan.step(np.copyto, row, small)
        return row


def _is_read(plan: Plan, gradient: np.ndarray | None) -> bool:
    return gradient is not None and not plan.is_unread(gradient)
