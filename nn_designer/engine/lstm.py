"""The steps of an LSTM.

Gates as in Keras: input i, forget f, cell g, output o::

    i, f, o = σ(W x + U h + b)     g = tanh(W x + U h + b)
    cₜ = f cₜ₋₁ + i g              hₜ = o tanh(cₜ)

Hochreiter and Schmidhuber 1997, Long short-term memory; Gers et al. 2000, Learning to forget.

Where σ and tanh are what the gates apply, one exponential function serves all four: σ(x) =
1 / (1 + e⁻ˣ) and tanh(x) = 2 / (1 + e⁻²ˣ) - 1. The factors -1 and -2 are in the weights' copy.

Backward, with dh and dc the gradients of the states after a step, everything is a product with
numbers that are worked out before::

    dz_o = dh · tanh(c) o'         dc += dh · o tanh'(c)
    dz_i = dc · g i'    dz_f = dc · cₜ₋₁ f'    dz_g = dc · i g'    dcₜ₋₁ = dc · f
"""

from __future__ import annotations

import numpy as np

from nn_designer.engine.activation import Activation
from nn_designer.engine.recurrence import Recurrence, Share, emit_logistic, emit_slopes


class LSTMSteps(Recurrence):
    """The cell of an LSTM."""

    n_factors = 5

    def _emit_start(self) -> None:
        plan, units = self.plan, self.units
        is_usual = self.recurrent_activation.key == "sigmoid" and self.activation.key == "tanh"
        self._numerators: np.ndarray | None = None
        if is_usual:
            self._all_weights = self.all_weights((-1.0, -1.0, -2.0, -1.0))
            self._numerators = plan.buffer((4 * units, self.batch_size))
            self._numerators[...] = np.repeat((1.0, 1.0, 2.0, 1.0), units)[:, None]
            self._sums = self.one_place(4 * units, self.n_steps)
        else:
            self._all_weights = self.all_weights((1.0, 1.0, 1.0, 1.0))
            self._sums = self.kept(4 * units)
        self._gates = self.kept(5 * units)  # i f g o, and tanh(c)
        self._cells = self.kept(units, self.n_steps + 1)  # before each step, and after the last
        self._product = plan.buffer((units, self.batch_size))
        plan.step(self._cells[0].fill, 0.0)

    def _emit_step(self, t: int) -> None:
        plan, z, gates = self.plan, self._sums[t], self._gates[t]
        i, f, g, o, bent = self._parts(gates)
        plan.step(np.matmul, self._all_weights, self.rows[:, t], z)
        if self._numerators is not None:
            emit_logistic(plan, z, self._numerators, gates[: len(z)])
            plan.step(np.subtract, g, plan.constant(1.0), g)
        else:
            for part, function in self._functions()[:-1]:
                function.emit_forward(plan, z[part], gates[part])
        c = self._cells[t + 1]
        plan.step(np.multiply, i, g, self._product)
        plan.step(np.multiply, f, self._cells[t], c)
        plan.step(np.add, c, self._product, c)
        self.activation.emit_forward(plan, c, bent)
        plan.step(np.multiply, o, bent, self.state(t))

    def _functions(self) -> list[tuple[slice, Activation]]:
        """Rows of the gates, and what is applied to them."""
        u, inner, outer = self.units, self.activation, self.recurrent_activation
        sizes = ((0, 2, outer), (2, 3, inner), (3, 4, outer), (4, 5, inner))
        return [(slice(first * u, last * u), function) for first, last, function in sizes]

    def _parts(self, rows: np.ndarray) -> np.ndarray:
        """(..., n · units, B) as (n, ..., units, B)"""
        *ahead, _, size = rows.shape
        return np.moveaxis(rows.reshape(*ahead, -1, self.units, size), -3, 0)

    def _emit_backward_start(self) -> None:
        plan, u = self.plan, self.units
        self._dz = plan.buffer((5 * u, self.n_steps, self.batch_size))  # and what dh adds to dc
        self._dc = plan.buffer((u, self.batch_size))

    def _emit_factors(self, steps: slice, factors: np.ndarray) -> None:
        plan, gates = self.plan, self._gates[steps]
        before, after = self._cells[:-1][steps], self._cells[1:][steps]
        for part, function in self._functions():
            z = after if part.start == 4 * self.units else self._sums[steps][:, part]
            emit_slopes(plan, function, z, gates[:, part], factors[:, part])
        i, _, g, o, bent = self._parts(gates)
        for factor, other in zip(self._parts(factors), (g, before, i, bent, o), strict=True):
            plan.step(np.multiply, factor, other, factor)

    def _emit_step_backward(self, t: int, share: Share, factors: np.ndarray) -> None:
        plan, u, dc = self.plan, self.units, self._dc
        factors, dz = self._parts(factors), self._parts(self._dz[:, t])
        dh = self.state_gradient(t, share, self._dz[: 4 * u])
        plan.step(np.multiply, dh, factors[3:], dz[3:])
        if t + 1 == self.n_steps:
            plan.step(np.copyto, dc, dz[4])
        else:
            plan.step(np.add, dc, dz[4], dc)
        plan.step(np.multiply, dc, factors[:3], dz[:3])
        if t > 0:
            plan.step(np.multiply, dc, self._parts(self._gates[t])[1], dc)

    def _emit_weight_gradients(self) -> None:
        self.emit_weight_gradients(self._dz[: 4 * self.units])

    def _input_product(self) -> tuple[np.ndarray, np.ndarray]:
        return self.weights.kernel, self._dz[: 4 * self.units]
