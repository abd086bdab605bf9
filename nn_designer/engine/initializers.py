"""Initializers: how weights are drawn before training.

``INITIALIZERS`` maps each key to its initializer; :func:`initializer` makes one from a layer's
setting. Formulas and default sizes are those of Keras.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from nn_designer.engine.initializer import Initializer
from nn_designer.engine.scaled_initializers import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from nn_designer.params import ChoiceWithSettings, Float

__all__ = ["INITIALIZERS", "Initializer", "initializer"]

LARGEST = 1000.0
"""Beyond it no network learns: settings above are slips."""


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
    title = "Constant"
    formula = "w = value"
    help = "All the same. As biases, 0.1 starts ReLU neurons in their active half."

    value = Float(0.1, minimum=-LARGEST, maximum=LARGEST, help="The number.")

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
    formula = "w ~ N(mean, stddev²)"
    help = "Bell-shaped with a fixed standard deviation, whatever the layer's size."

    mean = Float(0.0, minimum=-LARGEST, maximum=LARGEST, help="Where the middle is.")
    stddev = Float(
        0.05,
        minimum=0.0,
        maximum=LARGEST,
        title="Standard deviation",
        help="How far numbers are from the middle.",
    )

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return (rng.standard_normal(shape) * self.stddev + self.mean).astype(dtype)


class Uniform(Initializer):
    key = "uniform"
    title = "Uniform"
    formula = "w ~ U(-limit, limit)"
    help = "Evenly spread between two limits, whatever the layer's size."

    limit = Float(0.05, minimum=0.0, maximum=LARGEST, help="The largest number.")

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        return rng.uniform(-self.limit, self.limit, shape).astype(dtype)


def _gain() -> Float:
    return Float(1.0, minimum=0.0, maximum=LARGEST, help="What all numbers are multiplied by.")


class Orthogonal(Initializer):
    key = "orthogonal"
    title = "Orthogonal"
    formula = "wᵀw = gain² (or w wᵀ = gain²)"
    help = "Neurons look in directions at right angles, so that signals keep their length."
    source = "Saxe et al. 2014, Exact solutions to the nonlinear dynamics of learning"

    gain = _gain()

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
        q = q * np.where(np.diag(r) < 0, -self.gain, self.gain)  # else not uniformly drawn
        return (q if rows >= columns else q.T).reshape(shape).astype(dtype)


class Identity(Initializer):
    """The kernel of a convolution gets the matrix at the middle of its window, all else is 0."""

    key = "identity"
    title = "Identity"
    formula = "w = gain where input and output have the same number, else 0"
    help = (
        "Each neuron hands on one input, so that the layer changes nothing at first. In a "
        "convolution the middle of the window does. Outputs beyond the inputs begin with zeros."
    )
    source = (
        "Le et al. 2015, A simple way to initialize recurrent networks of rectified linear units"
    )

    gain = _gain()

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        weights = np.zeros(shape, dtype)
        rows, columns = ((1, *shape) if len(shape) < 2 else shape)[-2:]
        middle = tuple((size - 1) // 2 for size in shape[:-2])
        weights[middle] = (np.eye(rows, columns) * self.gain).reshape(shape[-2:])
        return weights


INITIALIZERS: dict[str, type[Initializer]] = {
    one.key: one
    for one in (
        GlorotUniform,
        GlorotNormal,
        HeUniform,
        HeNormal,
        LecunUniform,
        LecunNormal,
        VarianceScaling,
        Orthogonal,
        Identity,
        Normal,
        Uniform,
        Zeros,
        Ones,
        Constant,
    )
}
"""Key → initializer, in the order to show."""

_SETTING = ChoiceWithSettings("glorot_uniform", lambda: INITIALIZERS)


@lru_cache(maxsize=1024)
def initializer(setting: str) -> Initializer:
    """What a layer's setting says: ``"zeros"``, ``"constant(value=0.5)"``. Raises ParamError."""
    made = _SETTING.make(setting)
    assert isinstance(made, Initializer)
    return made
