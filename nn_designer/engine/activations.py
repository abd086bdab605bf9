"""The activation functions: each with its formula, its derivative and its compiled steps.

All are stable: no overflow and no warning for inputs of ±10,000 and far beyond.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nn_designer.engine.activation import A, Activation, Kept, emit_sigmoid
from nn_designer.engine.normal_distribution import emit_normal_distribution
from nn_designer.engine.program import Program

__all__ = ["ACTIVATIONS", "Activation"]

SMALL = 4096
"""Up to this many numbers, fewer calls beat faster calls (SPEED: sign against greater)."""


class Linear(Activation):
    key = "linear"
    title = "Linear"
    formula = "f(x) = x"
    help = "Changes nothing. For the last layer when numbers of any size are to be predicted."
    torch = ""

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        if a is not z:
            program.step(np.copyto, a, z)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        program.step(slope.fill, 1.0)

    def emit_backward(self, program: Program, z: A, a: A, kept: Kept, da: A, dz: A) -> None:
        if dz is not da:
            program.step(np.copyto, dz, da)


class Sigmoid(Activation):
    key = "sigmoid"
    title = "Sigmoid"
    formula = "f(x) = 1 / (1 + e⁻ˣ)"
    help = (
        "Squeezes any number between 0 and 1. For the last layer when there are two classes; "
        "in hidden layers its gradient fades, ReLU or tanh learn faster there."
    )
    source = "https://en.wikipedia.org/wiki/Logistic_function"
    torch = "nn.Sigmoid()"
    gives_probabilities = True
    saturates_beyond = (0.01, 0.99)  # the slope is a 25th of its largest, or less

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        emit_sigmoid(program, z, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = a (1 - a) = a - a²
        program.step(np.square, a, slope)
        program.step(np.subtract, a, slope, slope)


class Tanh(Activation):
    key = "tanh"
    title = "Tanh"
    formula = "f(x) = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)"
    help = "Squeezes any number between -1 and 1. Smooth: good for small networks and curves."
    source = "https://en.wikipedia.org/wiki/Hyperbolic_functions"
    torch = "nn.Tanh()"
    saturates_beyond = (-0.97, 0.97)  # the slope is a 17th of its largest, or less

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        program.step(np.tanh, z, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = 1 - a²
        program.step(np.square, a, slope)
        program.step(np.subtract, program.constant(1.0), slope, slope)


class ReLU(Activation):
    key = "relu"
    title = "ReLU"
    formula = "f(x) = max(x, 0)"
    help = (
        "Lets positive numbers pass and stops the rest. Fast, and the usual choice for hidden "
        "layers. A neuron that never gets a positive sum stops learning (it is dead)."
    )
    source = "Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines"
    torch = "nn.ReLU()"
    dead_value = 0.0

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        program.maximum(z, 0.0, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        if a.size <= SMALL:
            program.step(np.sign, a, slope)
        else:
            program.step(np.greater, a, program.constant(0.0), slope)


class LeakyReLU(Activation):
    key = "leaky_relu"
    title = "Leaky ReLU"
    formula = "f(x) = x if x > 0, else 0.01 x"
    help = "ReLU that lets a hundredth of negative numbers pass, so that no neuron dies."
    source = "Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models"
    torch = "nn.LeakyReLU(0.01)"
    slope: ClassVar[float] = 0.01  # as in the paper and in PyTorch (Keras: 0.2 or 0.3)

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        leak = program.scratch(z.shape)
        program.step(np.multiply, z, program.constant(self.slope), leak)
        program.step(partial(np.maximum, out=a), z, leak)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        program.step(np.greater, a, program.constant(0.0), slope)  # 1 or 0
        program.maximum(slope, self.slope, slope)


class ELU(Activation):
    key = "elu"
    title = "ELU"
    formula = "f(x) = x if x > 0, else eˣ - 1"
    help = "Like ReLU, but negative numbers bend smoothly towards -1, so that no neuron dies."
    source = "Clevert et al. 2015, Fast and accurate deep network learning by ELUs"
    torch = "nn.ELU()"

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        low = program.scratch(z.shape)
        program.minimum(z, 0.0, low)
        program.step(np.expm1, low, low)
        program.maximum(z, 0.0, a)
        program.step(np.add, a, low, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = 1, or eˣ = a + 1: both are min(a, 0) + 1
        program.minimum(a, 0.0, slope)
        program.step(np.add, slope, program.constant(1.0), slope)


class SELU(Activation):
    key = "selu"
    title = "SELU"
    formula = "f(x) = 1.0507 x if x > 0, else 1.7581 (eˣ - 1)"
    help = (
        "ELU scaled so that signals keep mean 0 and variance 1 through many layers; made for "
        "LeCun normal initial weights and standardized inputs."
    )
    source = "Klambauer et al. 2017, Self-normalizing neural networks"
    torch = "nn.SELU()"
    scale: ClassVar[float] = 1.0507009873554804934193349852946
    alpha: ClassVar[float] = 1.6732632423543772848170429916717

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        low = program.scratch(z.shape)
        program.minimum(z, 0.0, low)
        program.step(np.expm1, low, low)
        program.step(np.multiply, low, program.constant(self.scale * self.alpha), low)
        program.maximum(z, 0.0, a)
        program.step(np.multiply, a, program.constant(self.scale), a)
        program.step(np.add, a, low, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = scale, or scale · alpha · eˣ = a + scale · alpha
        zero, low_limit = program.constant(0.0), self.scale * self.alpha
        high = program.scratch(a.shape)
        program.step(np.greater, a, zero, high)
        program.step(np.multiply, high, program.constant(low_limit - self.scale), high)
        program.minimum(a, 0.0, slope)
        program.step(np.add, slope, program.constant(low_limit), slope)
        program.step(np.subtract, slope, high, slope)


class GELU(Activation):
    key = "gelu"
    title = "GELU"
    formula = "f(x) = x Φ(x), Φ the normal distribution"
    help = "A smooth ReLU, the usual choice in transformers. The exact form, with Φ."
    source = "Hendrycks and Gimpel 2016, Gaussian error linear units"
    torch = "nn.GELU()"
    never_falls = False
    from_output = False

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        cumulative, bell = program.buffer(z.shape), program.buffer(z.shape)
        emit_normal_distribution(program, z, cumulative, bell)
        program.step(np.multiply, z, cumulative, a)
        return cumulative, bell

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = Φ(x) + x φ(x), φ(x) = exp(-x²/2) / √(2π)
        cumulative, bell = kept
        program.step(np.multiply, z, bell, slope)
        program.step(np.multiply, slope, program.constant((2.0 * np.pi) ** -0.5), slope)
        program.step(np.add, slope, cumulative, slope)


class SiLU(Activation):
    key = "silu"
    title = "SiLU (swish)"
    formula = "f(x) = x / (1 + e⁻ˣ)"
    help = "x times its sigmoid: a smooth ReLU that dips slightly below zero."
    source = "Ramachandran et al. 2017, Searching for activation functions"
    torch = "nn.SiLU()"
    never_falls = False
    from_output = False

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        gate = program.buffer(z.shape)
        emit_sigmoid(program, z, gate)
        program.step(np.multiply, z, gate, a)
        return (gate,)

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = σ + a (1 - σ)
        (gate,) = kept
        program.step(np.subtract, program.constant(1.0), gate, slope)
        program.step(np.multiply, slope, a, slope)
        program.step(np.add, slope, gate, slope)


class Softplus(Activation):
    key = "softplus"
    title = "Softplus"
    formula = "f(x) = ln(1 + eˣ)"
    help = "A smooth ReLU that is always above zero; for outputs that must be positive."
    source = "Dugas et al. 2001, Incorporating second-order functional knowledge"
    torch = "nn.Softplus()"

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        # max(x, 0) + ln(1 + e^-|x|): several times as fast as np.logaddexp
        low = program.scratch(z.shape)
        program.step(np.absolute, z, low)
        program.step(np.negative, low, low)
        program.step(np.exp, low, low)
        program.step(np.log1p, low, low)
        program.maximum(z, 0.0, a)
        program.step(np.add, a, low, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = σ(x) = 1 - e⁻ᵃ
        program.step(np.negative, a, slope)
        program.step(np.expm1, slope, slope)
        program.step(np.negative, slope, slope)


class Softsign(Activation):
    key = "softsign"
    title = "Softsign"
    formula = "f(x) = x / (1 + |x|)"
    help = "Between -1 and 1 like tanh, but it flattens out much more slowly."
    source = "Glorot and Bengio 2010, Understanding the difficulty of training deep networks"
    torch = "nn.Softsign()"
    from_output = False
    saturates_beyond = (-0.8, 0.8)  # the slope, (1 - |a|)², is a 25th of its largest, or less

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        below = program.buffer(z.shape)
        program.step(np.absolute, z, below)
        program.step(np.add, below, program.constant(1.0), below)
        program.step(np.divide, z, below, a)
        return (below,)

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = 1 / (1 + |x|)²
        (below,) = kept
        program.step(np.reciprocal, below, slope)
        program.step(np.square, slope, slope)


class HardSigmoid(Activation):
    key = "hard_sigmoid"
    title = "Hard sigmoid"
    formula = "f(x) = min(max(x / 6 + 1/2, 0), 1)"
    help = "A sigmoid of three straight lines: cheap, and exactly 0 or 1 beyond ±3."
    source = "Howard et al. 2019, Searching for MobileNetV3; as in Keras 3 and PyTorch"
    torch = "nn.Hardsigmoid()"
    gives_probabilities = True
    saturates_beyond = (0.0, 1.0)  # the slope is 0

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        program.step(np.multiply, z, program.constant(1.0 / 6.0), a)
        program.step(np.add, a, program.constant(0.5), a)
        program.maximum(a, 0.0, a)
        program.minimum(a, 1.0, a)
        return ()

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = 1/6 where 0 < a < 1
        below = program.scratch(a.shape)
        program.step(np.less, a, program.constant(1.0), below)
        program.step(np.greater, a, program.constant(0.0), slope)
        program.step(np.multiply, slope, below, slope)
        program.step(np.multiply, slope, program.constant(1.0 / 6.0), slope)


class Mish(Activation):
    key = "mish"
    title = "Mish"
    formula = "f(x) = x tanh(ln(1 + eˣ))"
    help = "A smooth ReLU much like SiLU, with a slightly steeper rise."
    source = "Misra 2019, Mish: a self regularized non-monotonic activation function"
    torch = "nn.Mish()"
    never_falls = False
    from_output = False
    limit: ClassVar[float] = 20.0  # beyond it the tanh is 1 to the last bit

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        # With u = eˣ and n = u (u + 2): tanh(ln(1 + u)) = n / (n + 2)
        two = program.constant(2.0)
        u, below, gate = (program.buffer(z.shape) for _ in range(3))
        program.minimum(z, self.limit, u)
        program.step(np.exp, u, u)
        program.step(np.add, u, two, gate)
        program.step(np.multiply, gate, u, gate)
        program.step(np.add, gate, two, below)
        program.step(np.divide, gate, below, gate)
        program.step(np.multiply, z, gate, a)
        return u, below, gate

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        # f' = n / (n + 2) + x · 4 u (1 + u) / (n + 2)²
        u, below, gate = kept
        program.step(np.add, u, program.constant(1.0), slope)
        program.step(np.divide, slope, below, slope)
        program.step(np.multiply, slope, u, slope)
        program.step(np.divide, slope, below, slope)
        program.step(np.multiply, slope, program.constant(4.0), slope)
        # u stands still beyond the limit, x must do so too or the product grows again
        x = program.scratch(z.shape)
        program.minimum(z, self.limit, x)
        program.step(np.multiply, slope, x, slope)
        program.step(np.add, slope, gate, slope)


class Softmax(Activation):
    key = "softmax"
    title = "Softmax"
    formula = "f(x)ᵢ = eˣⁱ / Σⱼ eˣʲ"
    help = (
        "Turns the outputs into probabilities that add up to 1. For the last layer when there "
        "are several classes: one unit per class."
    )
    source = "https://en.wikipedia.org/wiki/Softmax_function"
    torch = "nn.Softmax(dim=-1)"
    never_falls = False
    gives_probabilities = True
    elementwise = False

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        one_row = program.scratch((*z.shape[:-2], 1, z.shape[-1]))
        program.step(np.maximum.reduce, z, -2, None, one_row, True)
        program.step(np.subtract, z, one_row, a)
        program.step(np.exp, a, a)
        program.sum(a, -2, one_row)
        program.step(np.divide, a, one_row, a)
        return ()

    def emit_backward(self, program: Program, z: A, a: A, kept: Kept, da: A, dz: A) -> None:
        # dz = a (da - Σ a da)
        product = program.scratch(a.shape)
        one_row = program.scratch((*a.shape[:-2], 1, a.shape[-1]))
        program.step(np.multiply, a, da, product)
        program.sum(product, -2, one_row)
        program.step(np.subtract, da, one_row, dz)
        program.step(np.multiply, dz, a, dz)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        probabilities = self.function(x)
        return np.asarray(probabilities - np.square(probabilities))


ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Linear(),
        Sigmoid(),
        Tanh(),
        ReLU(),
        LeakyReLU(),
        ELU(),
        SELU(),
        GELU(),
        SiLU(),
        Softplus(),
        Softsign(),
        HardSigmoid(),
        Mish(),
        Softmax(),
    )
}
"""Key → activation, in the order to show."""
