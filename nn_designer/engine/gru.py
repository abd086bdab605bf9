"""The steps of a GRU, in both of its forms.

Gates as in Keras: update z, reset r, candidate n::

    z, r = σ(W x + U h + b)              hₜ = z hₜ₋₁ + (1 - z) n
    n = tanh(W x + b + r (U h + b'))     reset after the product, as in cuDNN and PyTorch
    n = tanh(W x + b + U (r h))          reset before it, as in the paper

Cho et al. 2014, Learning phrase representations using RNN encoder-decoder for statistical
machine translation; Chung et al. 2014, Empirical evaluation of gated recurrent neural networks.

The inputs' product is made for all steps at once, as the candidate's sum is not that of both.
Backward, with dh the gradient of the state, dz of a gate's sum, m = U h + b'::

    dz_n = dh · (1 - z) n'    dz_z = dh · (hₜ₋₁ - n) z'    dhₜ₋₁ = dh · z + Uᵀ dz
    after:  dz_m = dz_n · r,  dz_r = dz_n · m r'
    before: d(r h) = Uᵀ dz_n, dz_r = d(r h) · hₜ₋₁ r',  dhₜ₋₁ += d(r h) · r
"""

from __future__ import annotations

import numpy as np

from nn_designer.engine.recurrence import Recurrence, Share, emit_logistic, emit_slopes, flat


class _GRUSteps(Recurrence):
    """What both forms share."""

    def _emit_start(self) -> None:
        plan, u, f = self.plan, self.units, self.n_features
        self._is_usual = self.recurrent_activation.key == "sigmoid"
        factor = -1.0 if self._is_usual else 1.0
        self._scales = (factor, factor, 1.0)
        weights, bias = plan.buffer((3 * u, f + 1)), self._input_bias(self.weights.bias)
        self.emit_scaled(self._scales, self.weights.kernel, weights[:, :f])
        if bias is not None:
            self.emit_scaled(self._scales, bias, weights[:, f])
        self._from_inputs = plan.buffer((3 * u, self.n_steps, self.batch_size))
        plan.step(np.matmul, weights, flat(self.rows[: f + 1]), flat(self._from_inputs))
        self._gates = self.kept(2 * u)  # z r
        self._candidate_sums = self.kept(u)
        self._candidates = self.kept(u)
        self._differences = self.kept(u)  # hₜ₋₁ - n
        self._emit_recurrent_weights()

    def _emit_recurrent_weights(self) -> None:
        """Steps for the copies of the recurrent kernel."""
        raise NotImplementedError

    def _input_bias(self, bias: np.ndarray | None) -> np.ndarray | None:
        """The part of the bias that belongs to the inputs."""
        return bias

    def _emit_gates(self, t: int, sums: np.ndarray) -> None:
        """Steps for z and r; ``sums`` (2 units, B) is what the state gives them."""
        plan, gates = self.plan, self._gates[t]
        plan.step(np.add, sums, self._from_inputs[: len(sums), t], sums)
        if self._is_usual:
            emit_logistic(plan, sums, plan.constant(1.0), gates)
        else:
            self.recurrent_activation.emit_forward(plan, sums, gates)

    def _emit_state(self, t: int) -> None:
        """Steps for the state; what the state before gives the candidate's sum is there."""
        plan, u, difference = self.plan, self.units, self._differences[t]
        total, n, h = self._candidate_sums[t], self._candidates[t], self.state(t)
        plan.step(np.add, total, self._from_inputs[2 * u :, t], total)
        self.activation.emit_forward(plan, total, n)
        plan.step(np.subtract, self.state_before(t), n, difference)
        plan.step(np.multiply, self._gates[t][:u], difference, h)
        plan.step(np.add, h, n, h)

    def _emit_slopes(self, steps: slice, gate_sums: np.ndarray, factors: np.ndarray) -> None:
        """Steps factors (steps, 3 units, B) = (1 - z) n', (hₜ₋₁ - n) z', r'."""
        plan, u = self.plan, self.units
        gates, total, n = self._gates[steps], self._candidate_sums[steps], self._candidates[steps]
        of_candidate, of_update = factors[:, :u], factors[:, u : 2 * u]
        emit_slopes(plan, self.activation, total, n, of_candidate)
        emit_slopes(plan, self.recurrent_activation, gate_sums[steps], gates, factors[:, u:])
        plan.step(np.multiply, of_update, self._differences[steps], of_update)
        rest = plan.scratch(n.shape)
        plan.step(np.subtract, plan.constant(1.0), gates[:, :u], rest)
        plan.step(np.multiply, of_candidate, rest, of_candidate)


class GRUStepsResetAfter(_GRUSteps):
    """The cell of a GRU with two biases: rows of the state's product are z r m."""

    n_factors = 4

    def _input_bias(self, bias: np.ndarray | None) -> np.ndarray | None:
        return None if bias is None else bias[0]

    def _emit_recurrent_weights(self) -> None:
        plan, u = self.plan, self.units
        self._recurrent_weights = plan.buffer((3 * u, 1 + u))
        self.emit_scaled(
            self._scales, self.weights.recurrent_kernel, self._recurrent_weights[:, 1:]
        )
        if self.weights.bias is not None:
            self.emit_scaled(self._scales, self.weights.bias[1], self._recurrent_weights[:, 0])
        self._sums = self.kept(3 * u)

    def _emit_step(self, t: int) -> None:
        plan, u, sums = self.plan, self.units, self._sums[t]
        plan.step(np.matmul, self._recurrent_weights, self.rows[self.n_features :, t], sums)
        self._emit_gates(t, sums[: 2 * u])
        plan.step(np.multiply, self._gates[t][u:], sums[2 * u :], self._candidate_sums[t])
        self._emit_state(t)

    def _emit_backward_start(self) -> None:
        plan, u = self.plan, self.units
        self._dz = plan.buffer((4 * u, self.n_steps, self.batch_size))  # n z r m
        self._carried = plan.buffer((u, self.batch_size))

    def _emit_factors(self, steps: slice, factors: np.ndarray) -> None:
        plan, u = self.plan, self.units  # two factors for dh, two for dz_n
        self._emit_slopes(steps, self._sums[:, : 2 * u], factors[:, : 3 * u])
        of_reset = factors[:, 2 * u : 3 * u]
        plan.step(np.multiply, of_reset, self._sums[steps][:, 2 * u :], of_reset)
        plan.step(np.copyto, factors[:, 3 * u :], self._gates[steps][:, u:])

    def _emit_step_backward(self, t: int, share: Share, factors: np.ndarray) -> None:
        plan, u = self.plan, self.units
        shape = (4, u, self.batch_size)
        factors, dz = factors.reshape(shape), self._dz[:, t].reshape(shape)
        dh = self.state_gradient(t, share, self._dz[u:], self._carried)
        plan.step(np.multiply, dh, factors[:2], dz[:2])
        plan.step(np.multiply, dz[0], factors[2:], dz[2:])
        if t > 0:
            plan.step(np.multiply, dh, self._gates[t][:u], self._carried)

    def _emit_weight_gradients(self) -> None:
        plan, u, f = self.plan, self.units, self.n_features
        kernel, recurrent_kernel, bias = self.gradients
        of_inputs, of_state = plan.scratch((3 * u, f + 1)), plan.scratch((3 * u, 1 + u))
        plan.matmul(flat(self._dz[: 3 * u]), flat(self.rows[: f + 1]).T, of_inputs)
        plan.matmul(flat(self._dz[u:]), flat(self.rows[f:]).T, of_state)
        for ours, theirs in ((slice(u), slice(2 * u, None)), (slice(u, None), slice(2 * u))):
            plan.step(np.copyto, kernel[theirs], of_inputs[ours, :f])
            if bias is not None:
                plan.step(np.copyto, bias[0, theirs], of_inputs[ours, f])
        plan.step(np.copyto, recurrent_kernel, of_state[:, 1:])
        if bias is not None:
            plan.step(np.copyto, bias[1], of_state[:, 0])

    def _input_product(self) -> tuple[np.ndarray, np.ndarray]:
        plan, u, kernel = self.plan, self.units, self.weights.kernel
        in_our_order = plan.buffer(kernel.shape)  # n z r
        plan.step(np.copyto, in_our_order[:u], kernel[2 * u :])
        plan.step(np.copyto, in_our_order[u:], kernel[: 2 * u])
        return in_our_order, self._dz[: 3 * u]


class GRUStepsResetBefore(_GRUSteps):
    """The cell of a GRU as in the paper."""

    n_factors = 3

    def _emit_recurrent_weights(self) -> None:
        plan, u = self.plan, self.units
        self._gate_weights = plan.buffer((2 * u, u))
        self.emit_scaled(
            self._scales[:2], self.weights.recurrent_kernel[: 2 * u], self._gate_weights
        )
        self._gate_sums = self.kept(2 * u)
        self._seen = plan.buffer((u, self.n_steps, self.batch_size))  # r hₜ₋₁
        self._candidate_weights = self.weights.recurrent_kernel[2 * u :]

    def _emit_step(self, t: int) -> None:
        plan, u, h, seen = self.plan, self.units, self.state_before(t), self._seen[:, t]
        plan.step(np.matmul, self._gate_weights, h, self._gate_sums[t])
        self._emit_gates(t, self._gate_sums[t])
        plan.step(np.multiply, self._gates[t][u:], h, seen)
        plan.step(np.matmul, self._candidate_weights, seen, self._candidate_sums[t])
        self._emit_state(t)

    def _emit_backward_start(self) -> None:
        plan, u = self.plan, self.units
        self._dz = plan.buffer((3 * u, self.n_steps, self.batch_size))  # z r n
        self._carried, self._d_seen = (plan.buffer((u, self.batch_size)) for _ in range(2))

    def _emit_factors(self, steps: slice, factors: np.ndarray) -> None:
        self._emit_slopes(steps, self._gate_sums, factors)
        states = self.rows[self.n_features + 1 :].transpose(1, 0, 2)[steps]
        of_reset = factors[:, 2 * self.units :]
        self.plan.step(np.multiply, of_reset, states, of_reset)

    def _emit_step_backward(self, t: int, share: Share, factors: np.ndarray) -> None:
        plan, u, d_seen = self.plan, self.units, self._d_seen
        shape = (3, u, self.batch_size)
        factors, dz = factors.reshape(shape), self._dz[:, t].reshape(shape)
        dh = self.state_gradient(t, share, self._dz[: 2 * u], self._carried)
        plan.step(np.multiply, dh, factors[0], dz[2])
        plan.step(np.multiply, dh, factors[1], dz[0])
        plan.step(np.matmul, self._candidate_weights.T, dz[2], d_seen)
        plan.step(np.multiply, d_seen, factors[2], dz[1])
        if t > 0:
            z, r = self._gates[t].reshape(2, u, self.batch_size)
            plan.step(np.multiply, dh, z, self._carried)
            plan.step(np.multiply, d_seen, r, d_seen)
            plan.step(np.add, self._carried, d_seen, self._carried)

    def _emit_weight_gradients(self) -> None:
        plan, u, f = self.plan, self.units, self.n_features
        kernel, recurrent_kernel, bias = self.gradients
        of_inputs = plan.scratch((3 * u, f + 1))
        plan.matmul(flat(self._dz), flat(self.rows[: f + 1]).T, of_inputs)
        plan.step(np.copyto, kernel, of_inputs[:, :f])
        if bias is not None:
            plan.step(np.copyto, bias, of_inputs[:, f])
        gates, candidate = self._dz[: 2 * u], self._dz[2 * u :]
        plan.matmul(flat(gates), flat(self.rows[f + 1 :]).T, recurrent_kernel[: 2 * u])
        plan.matmul(flat(candidate), flat(self._seen).T, recurrent_kernel[2 * u :])

    def _input_product(self) -> tuple[np.ndarray, np.ndarray]:
        return self.weights.kernel, self._dz
