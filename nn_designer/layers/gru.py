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

    z, r = recurrent_activation(kernel · xₜ + recurrent_kernel · hₜ₋₁ + biases), candidate n =
    activation(kernel · xₜ + bias + r (recurrent_kernel · hₜ₋₁ + bias')), hₜ = z hₜ₋₁ + (1 - z) n,
    each with its own columns of the kernels; without reset_after, n takes
    recurrent_kernel · (r hₜ₋₁). Tensors as in Keras: kernel (features, 3 units),
    recurrent_kernel (units, 3 units), bias (2, 3 units) for inputs and state, or (3 units)
    without reset_after; columns in the order z, r, n (PyTorch: r, z, n).
    Backward, dn = dhₜ (1 - z), dz = dhₜ (hₜ₋₁ - n), dhₜ₋₁ = dhₜ z + what the sums give.
    Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"; Chung et al.
    2014, "Empirical evaluation of gated recurrent neural networks".
    """

    key = "gru"
    title = "GRU"
    n_gates = 3

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

    def steps_class(self) -> type[Recurrence]:
        return GRUStepsResetAfter if self.reset_after else GRUStepsResetBefore

    def _bias_spec(self, name: str, fan: tuple[int, int]) -> WeightSpec:
        shape = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return WeightSpec(name, shape, self.bias_initializer, fan)
