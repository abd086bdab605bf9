"""The LSTM layer."""

from __future__ import annotations

from nn_designer.engine.lstm import LSTMSteps
from nn_designer.engine.recurrence import Recurrence
from nn_designer.layers.base import WeightSpec
from nn_designer.layers.recurrent import RecurrentKind, elementwise_titles
from nn_designer.params import Bool, Choice


class LSTM(RecurrentKind):
    """Reads a series step by step with a long short-term memory: gates decide what of each step
    enters the memory, what is forgotten and what is shown. It remembers over many steps.

    Tensors as in Keras: kernel (features, 4 units), recurrent_kernel (units, 4 units), bias
    (4 units), columns in the order of the gates i, f, g, o. PyTorch has the same order.
    """

    key = "lstm"
    title = "LSTM"
    formula = (
        "i, f, o = σ(W·xₜ + U·hₜ₋₁ + b), g = tanh(W·xₜ + U·hₜ₋₁ + b), each with its own columns of "
        "the kernels; cₜ = f·cₜ₋₁ + i·g, hₜ = o·tanh(cₜ)"
    )
    backward = (
        "dcₜ = dhₜ·o·tanh'(cₜ) + dcₜ₊₁·fₜ₊₁; dz_i = dcₜ·g·i', dz_f = dcₜ·cₜ₋₁·f', dz_g = dcₜ·i·g', "
        "dz_o = dhₜ·tanh(cₜ)·o'; dhₜ₋₁ = what else uses it + Uᵀ·dzₜ; ∂L/∂W = Σ dzₜ·xₜᵀ, "
        "∂L/∂U = Σ dzₜ·hₜ₋₁ᵀ"
    )
    source = (
        "Hochreiter and Schmidhuber 1997, Long short-term memory; Gers et al. 2000, Learning to "
        "forget: continual prediction with LSTM"
    )
    n_gates = 4

    recurrent_activation = Choice(
        "sigmoid",
        elementwise_titles,
        help="The function applied to the sums of the gates.",
        advanced=True,
    )
    unit_forget_bias = Bool(
        True,
        help="Whether the biases of the forget gates begin at 1, so that the memory lasts from "
        "the beginning (Jozefowicz et al. 2015).",
        advanced=True,
        visible_if=("use_bias", (True,)),
    )

    def gate_activation(self) -> str:
        return self.recurrent_activation

    def steps_class(self) -> type[Recurrence]:
        return LSTMSteps

    def _bias_spec(self, name: str, fan: tuple[int, int]) -> WeightSpec:
        ones = (self.units, 2 * self.units) if self.unit_forget_bias else None
        return WeightSpec(name, (4 * self.units,), self.bias_initializer, fan, ones=ones)
