"""Initializers that scale by the number of inputs (``fan_in``) and outputs (``fan_out``) of a
neuron, and so keep signals the same size from layer to layer."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from nn_designer.engine.initializer import Initializer
from nn_designer.params import Choice, Float

TRUNCATED_DEVIATION = 0.87962566103423978
"""Standard deviation of the standard normal distribution cut off at ±2."""

GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep networks"
HE = "He et al. 2015, Delving deep into rectifiers"
LECUN = "LeCun et al. 1998, Efficient backprop"


def uniform_of_variance(
    rng: np.random.Generator, shape: tuple[int, ...], variance: float, dtype: Any
) -> np.ndarray:
    """Evenly spread numbers around 0."""
    limit = math.sqrt(3.0 * variance)  # U(-limit, limit) has variance limit² / 3
    return rng.uniform(-limit, limit, shape).astype(dtype)


def truncated_normal_of_variance(
    rng: np.random.Generator, shape: tuple[int, ...], variance: float, dtype: Any
) -> np.ndarray:
    """Normal numbers around 0, those beyond ±2 deviations drawn again: none saturates a neuron."""
    drawn = rng.standard_normal(shape)
    outside = np.abs(drawn) > 2.0
    while outside.any():
        drawn[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(drawn) > 2.0
    return (drawn * (math.sqrt(variance) / TRUNCATED_DEVIATION)).astype(dtype)


def normal_of_variance(
    rng: np.random.Generator, shape: tuple[int, ...], variance: float, dtype: Any
) -> np.ndarray:
    """Normal numbers around 0."""
    return (rng.standard_normal(shape) * math.sqrt(variance)).astype(dtype)


FANS = {
    "fan_in": "Inputs",
    "fan_out": "Outputs",
    "fan_avg": "Mean of both",
}

DISTRIBUTIONS = {
    "truncated_normal": "Truncated normal",
    "untruncated_normal": "Normal",
    "uniform": "Uniform",
}

_DRAW = {
    "truncated_normal": truncated_normal_of_variance,
    "untruncated_normal": normal_of_variance,
    "uniform": uniform_of_variance,
}


def fan_size(mode: str, fan: tuple[int, int]) -> float:
    """The number that a mode of ``FANS`` takes from (fan_in, fan_out), at least 1."""
    sizes = {"fan_in": fan[0], "fan_out": fan[1], "fan_avg": sum(fan) / 2}
    return max(sizes[mode], 1.0)


class VarianceScaling(Initializer):
    key = "variance_scaling"
    title = "Variance scaling"
    formula = "variance of w = scale / n, n = inputs, outputs or the mean of both"
    help = (
        "The general form of the Glorot, He and LeCun initializers: choose the scale, what it "
        "is divided by, and the distribution."
    )
    source = HE

    scale = Float(
        1.0,
        minimum=0.0,
        maximum=1000.0,
        exclusive_minimum=True,
        help="What is divided by n: 1 keeps the size of signals, 2 makes up for ReLU.",
    )
    mode = Choice(
        "fan_in", FANS, help="What n is: a neuron's inputs, its outputs, or the mean of both."
    )
    distribution = Choice(
        "truncated_normal",
        DISTRIBUTIONS,
        help="How numbers are spread; truncated: none beyond ±2 deviations.",
    )

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        variance = self.scale / fan_size(self.mode, fan)
        return _DRAW[self.distribution](rng, shape, variance, dtype)


class _Scaled(Initializer):
    """Base of those with a name: variance scaling with these values."""

    scale_by: ClassVar[float]
    mode: ClassVar[str]
    distribution: ClassVar[str]

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        variance = self.scale_by / fan_size(self.mode, fan)
        return _DRAW[self.distribution](rng, shape, variance, dtype)


class GlorotUniform(_Scaled):
    key = "glorot_uniform"
    title = "Glorot uniform"
    formula = "w ~ U(-l, l), l = √(6 / (inputs + outputs))"
    help = "Keeps signals and gradients the same size in both directions. The usual choice."
    source = GLOROT
    scale_by, mode, distribution = 1.0, "fan_avg", "uniform"


class GlorotNormal(_Scaled):
    key = "glorot_normal"
    title = "Glorot normal"
    formula = "w ~ N(0, 2 / (inputs + outputs)), cut off at ±2 deviations"
    help = "Like Glorot uniform, but bell-shaped. Good with tanh and sigmoid."
    source = GLOROT
    scale_by, mode, distribution = 1.0, "fan_avg", "truncated_normal"


class HeUniform(_Scaled):
    key = "he_uniform"
    title = "He uniform"
    formula = "w ~ U(-l, l), l = √(6 / inputs)"
    help = "Makes up for the half that ReLU cuts away. Good for deep networks of ReLU."
    source = HE
    scale_by, mode, distribution = 2.0, "fan_in", "uniform"


class HeNormal(_Scaled):
    key = "he_normal"
    title = "He normal"
    formula = "w ~ N(0, 2 / inputs), cut off at ±2 deviations"
    help = "Like He uniform, but bell-shaped. Good for deep networks of ReLU."
    source = HE
    scale_by, mode, distribution = 2.0, "fan_in", "truncated_normal"


class LecunUniform(_Scaled):
    key = "lecun_uniform"
    title = "LeCun uniform"
    formula = "w ~ U(-l, l), l = √(3 / inputs)"
    help = "Keeps the variance of signals from layer to layer, for linear-like activations."
    source = LECUN
    scale_by, mode, distribution = 1.0, "fan_in", "uniform"


class LecunNormal(_Scaled):
    key = "lecun_normal"
    title = "LeCun normal"
    formula = "w ~ N(0, 1 / inputs), cut off at ±2 deviations"
    help = "Like LeCun uniform, but bell-shaped. The one that SELU is made for."
    source = LECUN
    scale_by, mode, distribution = 1.0, "fan_in", "truncated_normal"
