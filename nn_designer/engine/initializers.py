"""Initializers: how weights are drawn before training.

``INITIALIZERS`` maps each key to its initializer. Those that scale by the number of inputs
(``fan_in``) and outputs (``fan_out``) of a neuron keep signals the same size from layer to
layer. Formulas and default sizes are those of Keras.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

TRUNCATED_DEVIATION = 0.87962566103423978
"""Standard deviation of the standard normal distribution cut off at ±2."""


class Initializer:
    """One way to draw weights. Subclasses declare the texts and :meth:`initialize`."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        """New weights of ``shape``; ``fan`` is (fan_in, fan_out)."""
        raise NotImplementedError


class Zeros(Initializer):
    key = "zeros"
    title = "Zeros"
    formula = "w = 0"
    help = "All zero. Right for biases; kernels of zeros never learn, all neurons stay equal."

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return np.zeros(shape, dtype)


class Ones(Initializer):
    key = "ones"
    title = "Ones"
    formula = "w = 1"
    help = "All one. Right for factors, which then change nothing at first."

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return np.ones(shape, dtype)


class Constant(Initializer):
    key = "constant"
    title = "Constant 0.1"
    formula = "w = 0.1"
    help = "All 0.1. As biases they start ReLU neurons in their active half."
    value: ClassVar[float] = 0.1

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return np.full(shape, self.value, dtype)


class Normal(Initializer):
    key = "normal"
    title = "Normal"
    formula = "w ~ N(0, 0.05²)"
    help = "Bell-shaped with a fixed standard deviation of 0.05, whatever the layer's size."
    deviation: ClassVar[float] = 0.05

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return (rng.standard_normal(shape) * self.deviation).astype(dtype)


class Uniform(Initializer):
    key = "uniform"
    title = "Uniform"
    formula = "w ~ U(-0.05, 0.05)"
    help = "Evenly spread between -0.05 and 0.05, whatever the layer's size."
    limit: ClassVar[float] = 0.05

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return rng.uniform(-self.limit, self.limit, shape).astype(dtype)


class Scaled(Initializer):
    """Base of those whose variance is ``gain`` / n, n from the fans."""

    gain: ClassVar[float]
    average_fans: ClassVar[bool] = False

    def variance(self, fan: tuple[int, int]) -> float:
        """The variance of the weights."""
        n = sum(fan) / 2 if self.average_fans else fan[0]
        return self.gain / max(n, 1)


class ScaledUniform(Scaled):
    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        limit = math.sqrt(3.0 * self.variance(fan))  # U(-limit, limit) has variance limit² / 3
        return rng.uniform(-limit, limit, shape).astype(dtype)


class ScaledNormal(Scaled):
    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        deviation = math.sqrt(self.variance(fan)) / TRUNCATED_DEVIATION
        return (truncated_normal(rng, shape) * deviation).astype(dtype)


def truncated_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal numbers, those beyond ±2 drawn again (so none saturates a neuron)."""
    drawn = rng.standard_normal(shape)
    outside = np.abs(drawn) > 2.0
    while outside.any():
        drawn[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(drawn) > 2.0
    return drawn


GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep networks"
HE = "He et al. 2015, Delving deep into rectifiers"
LECUN = "LeCun et al. 1998, Efficient backprop"


class GlorotUniform(ScaledUniform):
    key = "glorot_uniform"
    title = "Glorot uniform"
    formula = "w ~ U(-l, l), l = √(6 / (inputs + outputs))"
    help = "Keeps signals and gradients the same size in both directions. The usual choice."
    source = GLOROT
    gain = 1.0
    average_fans = True


class GlorotNormal(ScaledNormal):
    key = "glorot_normal"
    title = "Glorot normal"
    formula = "w ~ N(0, 2 / (inputs + outputs)), cut off at ±2 deviations"
    help = "Like Glorot uniform, but bell-shaped. Good with tanh and sigmoid."
    source = GLOROT
    gain = 1.0
    average_fans = True


class HeUniform(ScaledUniform):
    key = "he_uniform"
    title = "He uniform"
    formula = "w ~ U(-l, l), l = √(6 / inputs)"
    help = "Makes up for the half that ReLU cuts away. Good for deep networks of ReLU."
    source = HE
    gain = 2.0


class HeNormal(ScaledNormal):
    key = "he_normal"
    title = "He normal"
    formula = "w ~ N(0, 2 / inputs), cut off at ±2 deviations"
    help = "Like He uniform, but bell-shaped. Good for deep networks of ReLU."
    source = HE
    gain = 2.0


class LecunUniform(ScaledUniform):
    key = "lecun_uniform"
    title = "LeCun uniform"
    formula = "w ~ U(-l, l), l = √(3 / inputs)"
    help = "Keeps the variance of signals from layer to layer, for linear-like activations."
    source = LECUN
    gain = 1.0


class LecunNormal(ScaledNormal):
    key = "lecun_normal"
    title = "LeCun normal"
    formula = "w ~ N(0, 1 / inputs), cut off at ±2 deviations"
    help = "Like LeCun uniform, but bell-shaped. The one that SELU is made for."
    source = LECUN
    gain = 1.0


class Orthogonal(Initializer):
    key = "orthogonal"
    title = "Orthogonal"
    formula = "wᵀw = 1 (or w wᵀ = 1)"
    help = "Neurons look in directions at right angles, so that signals keep their length."
    source = "Saxe et al. 2014, Exact solutions to the nonlinear dynamics of learning"

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        columns = shape[-1] if shape else 1
        rows = math.prod(shape[:-1]) if len(shape) > 1 else 1
        tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # else the draw would not be uniform
        return (q if rows >= columns else q.T).reshape(shape).astype(dtype)


INITIALIZERS: dict[str, Initializer] = {
    initializer.key: initializer
    for initializer in (
        GlorotUniform(),
        GlorotNormal(),
        HeUniform(),
        HeNormal(),
        LecunUniform(),
        LecunNormal(),
        Orthogonal(),
        Normal(),
        Uniform(),
        Zeros(),
        Ones(),
        Constant(),
    )
}
"""Key → initializer, in the order to show."""
