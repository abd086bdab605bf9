"""The GRU layer."""

from __future__ import annotations

from nn_designer.engine.gru import GRUStepsResetAfter, GRUStepsResetBefore
from nn_designer.engine.recurrence import Recurrence
from nn_designer.layers.base import WeightSpec
from nn_designer.layers.recurrent import RecurrentKind, elementwise_titles
from nn_designer.params import Bool, Choice


class GRU(RecurrentKind):
    """Reads a series step by step and keeps a state, with two gates: one decides how much of
    the state stays, one how much of it is looked at. Much like LSTM with fewer weights.

    Tensors as in Keras: kernel (features, 3 units), recurrent_kernel (units, 3 units), bias
    (2, 3 units) for inputs and state, or (3 units) without reset_after; columns in the order of
    the gates z, r, n (PyTorch: r, z, n).
    """

    key = "gru"
    title = "GRU"
    formula = (
        "z, r = σ(W·xₜ + U·hₜ₋₁ + b), n = tanh(W·xₜ + b + r·(U·hₜ₋₁ + b')), or without reset_after "
        "tanh(W·xₜ + b + U·(r·hₜ₋₁)), each with its own columns of the kernels; "
        "hₜ = z·hₜ₋₁ + (1 - z)·n"
    )
    backward = (
        "dz_n = dhₜ·(1 - z)·n', dz_z = dhₜ·(hₜ₋₁ - n)·z', dz_r = dz_n·(U·hₜ₋₁ + b')·r'; "
        "dhₜ₋₁ = what else uses it + dhₜ·z + Uᵀ·dz; ∂L/∂W = Σ dzₜ·xₜᵀ"
    )
    source = (
        "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder; Chung et al. "
        "2014, Empirical evaluation of gated recurrent neural networks on sequence modeling"
    )
    n_gates = 3
    blocks_in_torch = (1, 0, 2)

    recurrent_activation = Choice(
        "sigmoid",
        elementwise_titles,
        help="The function applied to the sums of the gates.",
        advanced=True,
    )
    reset_after = Bool(
        True,
        help="Whether the reset gate acts behind the product of the state and its weights (as in "
        "cuDNN and PyTorch, with a second bias) or before it, as in the paper.",
        advanced=True,
    )

    def gate_activation(self) -> str:
        return self.recurrent_activation

    def _is_in_torch(self) -> bool:
        return super()._is_in_torch() and self.reset_after

    def steps_class(self) -> type[Recurrence]:
        return GRUStepsResetAfter if self.reset_after else GRUStepsResetBefore

    def _bias_spec(self, name: str, fan: tuple[int, int]) -> WeightSpec:
        shape = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return WeightSpec(name, shape, self.bias_initializer, fan)
