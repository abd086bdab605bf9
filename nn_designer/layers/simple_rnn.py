"""The simple recurrent layer."""

from __future__ import annotations

from nn_designer.engine.recurrence import Recurrence, SimpleSteps
from nn_designer.layers.recurrent import RecurrentKind


class SimpleRNN(RecurrentKind):
    """Reads a series step by step and keeps a state: each step's inputs and the state before it
    make the new state. Simple and fast, but it forgets after a few steps; LSTM and GRU don't.

    Tensors as in Keras: kernel (features, units), recurrent_kernel (units, units), bias (units).
    """

    key = "simple_rnn"
    title = "SimpleRNN"
    formula = "hₜ = activation(W·xₜ + U·hₜ₋₁ + b), h₀ = 0"
    backward = (
        "dzₜ = dhₜ·activation'(zₜ), dhₜ₋₁ = what else uses it + Uᵀ·dzₜ; ∂L/∂W = Σ dzₜ·xₜᵀ, "
        "∂L/∂U = Σ dzₜ·hₜ₋₁ᵀ, ∂L/∂b = Σ dzₜ, ∂L/∂xₜ = Wᵀ·dzₜ"
    )
    source = (
        "Elman 1990, Finding structure in time; Werbos 1990, Backpropagation through time: what "
        "it does and how to do it"
    )
    n_gates = 1

    def steps_class(self) -> type[Recurrence]:
        return SimpleSteps
