"""Recurrent layers: a series goes through the same cell step by step, with a state that is kept.

Arrays are batch-last. ``rows`` (features + 1 + units, T, B) holds of each step what the cell
multiplies with its weights: the inputs, the constant 1 of the bias and the state before the
step. One matrix product makes the sums of all gates of a step. Backward, the slopes of several
steps are worked out in one call, and the gradients of the weights in one product over all steps
(Hochreiter and Schmidhuber 1997; Werbos 1990, Backpropagation through time).

A direction is the order of the steps: series that run backward are given as reversed views.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn_designer.engine.activation import Activation
from nn_designer.engine.plan import Plan

CHUNK = 65_536
"""About so many numbers are worked on in one call, so that they stay in the core's cache."""

Share = np.ndarray | None
"""(units, B): what others add to the gradient of the state after a step, if they look at it."""


class Tensors(NamedTuple):
    """The weights of one direction, or their gradients, as the engine keeps them."""

    kernel: np.ndarray
    """(gates · units, features)"""
    recurrent_kernel: np.ndarray
    """(gates · units, units)"""
    bias: np.ndarray | None
    """(gates · units,), or (2, gates · units): of the inputs and of the state."""


class Recurrence:
    """One direction of a recurrent layer. Subclasses are the cells."""

    n_factors: ClassVar[int]
    """How many factors for each number of the state a step backward needs."""

    def __init__(
        self,
        plan: Plan,
        x: np.ndarray,
        weights: Tensors,
        gradients: Tensors,
        activation: Activation,
        recurrent_activation: Activation,
        *,
        mask: np.ndarray | None = None,
        differentiates: bool,
    ) -> None:
        """For inputs ``x`` (T, features, B), in the order of the steps; ``mask`` (features, B)
        is multiplied with those of each step (dropout)."""
        self.plan = plan
        self.weights, self.gradients = weights, gradients
        self.activation, self.recurrent_activation = activation, recurrent_activation
        self.n_steps, self.n_features, self.batch_size = x.shape
        self.units = weights.recurrent_kernel.shape[1]
        self.differentiates = differentiates
        self._x, self._mask = x, mask
        n_rows = self.n_features + 1 + self.units
        self.rows = plan.buffer((n_rows, self.n_steps, self.batch_size))
        self.rows[self.n_features] = 1
        self.last_state = plan.buffer((self.units, self.batch_size))
        self._dh = plan.buffer((self.units, self.batch_size))

    # --- forward ---

    def emit_forward(self) -> None:
        """Steps that leave the states in :meth:`state`."""
        plan, inputs = self.plan, self.rows[: self.n_features]
        x = self._x.transpose(1, 0, 2)
        if self._mask is None:
            plan.step(np.copyto, inputs, x)
        else:
            plan.step(np.multiply, x, self._mask[:, None], inputs)
        self._emit_start()
        for t in range(self.n_steps):
            plan.release_scratch()
            self._emit_step(t)

    def state(self, t: int) -> np.ndarray:
        """(units, B): the state after step ``t``."""
        states = self.rows[self.n_features + 1 :]
        return states[:, t + 1] if t + 1 < self.n_steps else self.last_state

    def state_before(self, t: int) -> np.ndarray:
        """(units, B): the state before step ``t``; zeros before the first."""
        return self.rows[self.n_features + 1 :, t]

    def emit_states(self, out: np.ndarray) -> None:
        """Steps that copy the states of all steps to ``out`` (T, units, B)."""
        states = self.rows[self.n_features + 1 :, 1:].transpose(1, 0, 2)
        self.plan.step(np.copyto, out[:-1], states)
        self.plan.step(np.copyto, out[-1], self.last_state)

    def kept(self, n_rows: int, n_steps: int | None = None) -> np.ndarray:
        """(T, n_rows, B) for what the backward steps need of each step. While nobody
        differentiates all steps share one place."""
        n_steps = self.n_steps if n_steps is None else n_steps
        if self.differentiates:
            return self.plan.buffer((n_steps, n_rows, self.batch_size))
        return self.one_place(n_rows, n_steps)

    def one_place(self, n_rows: int, n_steps: int) -> np.ndarray:
        """(n_steps, n_rows, B) of which all steps are the same memory."""
        place = self.plan.buffer((n_rows, self.batch_size))
        return as_strided(place, (n_steps, *place.shape), (0, *place.strides))

    def emit_scaled(self, scales: Sequence[float], tensor: np.ndarray, out: np.ndarray) -> None:
        """Steps out = tensor (gates · units, ...), each gate's rows times its own number."""
        factors = np.repeat(np.asarray(scales, self.plan.dtype), self.units)
        self.plan.step(np.multiply, tensor, factors.reshape(-1, *[1] * (tensor.ndim - 1)), out)

    def all_weights(self, scales: Sequence[float]) -> np.ndarray:
        """(gates · units, features + 1 + units): all weights side by side, as ``rows`` want
        them, with the steps that bring them there. Without a bias its column stays zero."""
        weights, f = self.weights, self.n_features
        together = self.plan.buffer((len(weights.kernel), len(self.rows)))
        self.emit_scaled(scales, weights.kernel, together[:, :f])
        self.emit_scaled(scales, weights.recurrent_kernel, together[:, f + 1 :])
        if weights.bias is not None:
            self.emit_scaled(scales, weights.bias, together[:, f])
        return together

    def _emit_start(self) -> None:
        """Steps before the first."""
        raise NotImplementedError

    def _emit_step(self, t: int) -> None:
        """Steps that work out :meth:`state` of step ``t``."""
        raise NotImplementedError

    # --- backward ---

    def emit_backward(self, shares: Sequence[Share]) -> None:
        """Steps that fill the gradients of the weights. ``shares`` has one entry for each step,
        the last is no None."""
        size = max(1, CHUNK // (self.n_factors * self.units * self.batch_size))
        shape = (min(size, self.n_steps), self.n_factors * self.units, self.batch_size)
        chunk = self.plan.buffer(shape)
        self._emit_backward_start()
        for stop in range(self.n_steps, 0, -size):
            steps = slice(max(stop - size, 0), stop)
            factors = chunk[: steps.stop - steps.start]
            self._emit_factors(steps, factors)
            self.plan.release_scratch()
            for t in reversed(range(steps.start, stop)):
                self._emit_step_backward(t, shares[t], factors[t - steps.start])
        self.plan.release_scratch()
        self._emit_weight_gradients()

    def emit_input_gradient(self, dx: np.ndarray) -> None:
        """Steps that write ∂loss/∂x to ``dx`` (T, features, B)."""
        kernel, sums_gradient = self._input_product()
        self.plan.step(np.matmul, kernel.T, sums_gradient.transpose(1, 0, 2), dx)
        if self._mask is not None:
            self.plan.step(np.multiply, dx, self._mask, dx)

    def state_gradient(
        self, t: int, share: Share, sums_gradient: np.ndarray, carried: Share = None
    ) -> np.ndarray:
        """Steps for the gradient of :meth:`state` of step ``t``: what the sums of the next step
        give it (gates · units, T, B), what that step carries over besides, what others add."""
        if t + 1 == self.n_steps:
            assert share is not None
            return share
        plan, dh = self.plan, self._dh
        kernel = self.weights.recurrent_kernel[: len(sums_gradient)]
        plan.step(np.matmul, kernel.T, sums_gradient[:, t + 1], dh)
        for more in (carried, share):
            if more is not None:
                plan.step(np.add, dh, more, dh)
        return dh

    def _emit_backward_start(self) -> None:
        """Steps before the last step's."""
        raise NotImplementedError

    def _emit_factors(self, steps: slice, factors: np.ndarray) -> None:
        """Steps that work out for a range of steps what their gradients are multiplied with,
        ``factors`` (steps, n_factors · units, B)."""
        raise NotImplementedError

    def _emit_step_backward(self, t: int, share: Share, factors: np.ndarray) -> None:
        """Steps that work out the gradient of the sums of step ``t``, with its factors."""
        raise NotImplementedError

    def _emit_weight_gradients(self) -> None:
        """Steps for the gradients of the weights, when those of the sums are there."""
        raise NotImplementedError

    def _input_product(self) -> tuple[np.ndarray, np.ndarray]:
        """The kernel (sums, features) and the gradient (sums, T, B) of what it makes."""
        raise NotImplementedError

    def emit_weight_gradients(self, sums_gradient: np.ndarray) -> None:
        """Steps for the gradients of all weights, from that of the sums (gates · units, T, B)."""
        plan, f = self.plan, self.n_features
        product = plan.scratch((len(sums_gradient), len(self.rows)))
        plan.matmul(flat(sums_gradient), flat(self.rows).T, product)
        plan.step(np.copyto, self.gradients.kernel, product[:, :f])
        plan.step(np.copyto, self.gradients.recurrent_kernel, product[:, f + 1 :])
        if self.gradients.bias is not None:
            plan.step(np.copyto, self.gradients.bias, product[:, f])


def flat(series: np.ndarray) -> np.ndarray:
    """(rows, T, B) as (rows, T · B), without copying."""
    return series.reshape(len(series), -1)


def emit_logistic(plan: Plan, z: np.ndarray, numerator: np.ndarray, out: np.ndarray) -> None:
    """Steps out = numerator / (1 + eᶻ); ``z`` is overwritten. With z = -x it is the sigmoid of x;
    with z = -2x and numerator 2, one more than its tanh. Where eᶻ is too large for a number the
    result is 0, as it should be."""
    plan.may_overflow = True
    plan.step(np.exp, z, z)
    plan.step(np.add, z, plan.constant(1.0), z)
    plan.step(np.divide, numerator, z, out)


def emit_slopes(
    plan: Plan, activation: Activation, z: np.ndarray, a: np.ndarray, slopes: np.ndarray
) -> None:
    """Steps for the slopes of an activation, of its inputs ``z`` and outputs ``a``."""
    kept = () if activation.from_output else activation.emit_forward(plan, z, plan.scratch(z.shape))
    activation.emit_slope(plan, z, a, kept, slopes)


class SimpleSteps(Recurrence):
    """hₜ = f(W xₜ + U hₜ₋₁ + b): the cell of SimpleRNN."""

    n_factors = 1

    def _emit_start(self) -> None:
        self._all_weights = self.all_weights([1.0])
        self._sums = self.kept(self.units)

    def _emit_step(self, t: int) -> None:
        plan, z = self.plan, self._sums[t]
        plan.step(np.matmul, self._all_weights, self.rows[:, t], z)
        self.activation.emit_forward(plan, z, self.state(t))

    def _emit_backward_start(self) -> None:
        self._states = self.plan.buffer((self.n_steps, self.units, self.batch_size))
        self.emit_states(self._states)
        self._dz = self.plan.buffer((self.units, self.n_steps, self.batch_size))

    def _emit_factors(self, steps: slice, factors: np.ndarray) -> None:
        sums, states = self._sums[steps], self._states[steps]
        emit_slopes(self.plan, self.activation, sums, states, factors)

    def _emit_step_backward(self, t: int, share: Share, factors: np.ndarray) -> None:
        dh = self.state_gradient(t, share, self._dz)
        self.plan.step(np.multiply, dh, factors, self._dz[:, t])

    def _emit_weight_gradients(self) -> None:
        self.emit_weight_gradients(self._dz)

    def _input_product(self) -> tuple[np.ndarray, np.ndarray]:
        return self.weights.kernel, self._dz
