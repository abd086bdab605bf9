"""The simple recurrent layer."""

from __future__ import annotations

from nn_designer.engine.recurrence import Recurrence, SimpleSteps
from nn_designer.layers.recurrent import RecurrentKind


class SimpleRNN(RecurrentKind):
    """Reads a series step by step and keeps a state: each step's inputs and the state before it
    make the new state. Simple and fast, but it forgets after a few steps; LSTM and GRU don't.

    hₜ = activation(kernel · xₜ + recurrent_kernel · hₜ₋₁ + bias), h₀ = 0. Tensors as in Keras:
    kernel (features, units), recurrent_kernel (units, units), bias (units).
    Backward, dzₜ = dhₜ · activation'(zₜ) and dhₜ₋₁ = recurrent_kernelᵀ · dzₜ; the gradients of
    the weights are sums over all steps. Elman 1990, "Finding structure in time"; Werbos 1990,
    "Backpropagation through time".
    """

    key = "simple_rnn"
    title = "SimpleRNN"
    n_gates = 1

    def steps_class(self) -> type[Recurrence]:
        return SimpleSteps
