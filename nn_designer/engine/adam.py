"""Adam and AdamW."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.parallel import Helper
from nn_designer.engine.program import Step
from nn_designer.params import Float

WRITTEN_OUT = 2**15
"""Up to this size a factor per row is written out: 0.2 instead of 0.8 µs for 210 numbers."""


class Adam(Optimizer):
    """Momentum and step sizes of their own for all weights."""

    key = "adam"
    title = "Adam"
    help = "Momentum, and for each weight its own step size. Works almost everywhere: start here."
    formula = (
        "m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  "
        "w ← w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)"
    )
    source = "Kingma and Ba 2015, Adam: a method for stochastic optimization"
    slots = ("mean", "squares")

    beta_1 = Float(
        0.9,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        title="β₁ (momentum)",
        help="How slowly the direction is forgotten.",
    )
    beta_2 = Float(
        0.999,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        title="β₂ (memory)",
        help="How slowly the usual size of gradients is forgotten.",
    )
    epsilon = Float(1e-7, minimum=0.0, maximum=1.0, exclusive_minimum=True, decimals=10,
                    advanced=True, help="Keeps the division from running off at zero.")  # fmt: skip

    BLOCK: ClassVar[int] = 256

    def bind(
        self,
        parameters: np.ndarray,
        gradients: np.ndarray,
        helper: Helper | None = None,
    ) -> None:
        stacked = _stacked(gradients)
        self._copies_gradients = stacked is None
        self._gradients_and_squares: np.ndarray = (
            zeros((2, gradients.size), gradients.dtype) if stacked is None else stacked
        )
        self._block = -1
        self._factors = np.zeros(0)
        super().bind(parameters, gradients, helper)

    def rates(self, learning_rate: float, count: int) -> list[float]:
        first = self.n_steps + 1
        self.n_steps += count
        rates: list[float] = []
        while len(rates) < count:
            block, offset = divmod(first + len(rates), self.BLOCK)
            if block != self._block:
                self._block, self._factors = block, self._block_factors(block)
            part = self._factors[offset : offset + count - len(rates)]
            rates += (learning_rate * part).tolist()
        return rates

    def _block_factors(self, block: int) -> np.ndarray:
        """Rate factors of the steps t from block · BLOCK, always worked out in one call, so
        that they do not depend on where a run was interrupted."""
        t = np.arange(block * self.BLOCK, (block + 1) * self.BLOCK, dtype=np.float64)
        t[t == 0] = 1  # there is no step 0
        corrected = np.sqrt(_one_minus_power(self.beta_2, t)) / _one_minus_power(self.beta_1, t)
        unscaled = (1.0 - self.beta_1) / math.sqrt(1.0 - self.beta_2)
        return np.asarray(corrected * unscaled)

    def range_steps(self, part: slice) -> list[Step]:
        p, g = self._parameters[part], self._gradients[part]
        both, averages = self._gradients_and_squares[:, part], self._slots[:, part]
        mean, squares = averages  # m / (1 - β₁), v / (1 - β₂)
        s = both[1]  # g² is used up when s is needed: less memory to walk through
        betas = np.array([[self.beta_1], [self.beta_2]], p.dtype)
        if averages.size <= WRITTEN_OUT:
            betas = np.broadcast_to(betas, averages.shape).copy()
        epsilon = self._constant(self.epsilon / math.sqrt(1.0 - self.beta_2))
        steps: list[Step] = [(np.copyto, (both[0], g))] if self._copies_gradients else []
        return [
            *steps,
            (np.square, (g, both[1])),
            (np.multiply, (averages, betas, averages)),
            (np.add, (averages, both, averages)),
            (np.sqrt, (squares, s)),
            (np.add, (s, epsilon, s)),
            (np.divide, (mean, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]


def _one_minus_power(beta: float, t: np.ndarray) -> np.ndarray:
    """1 - βᵗ for t > 0. Powers of arrays take ten times as long as exponentials."""
    return np.asarray(-np.expm1(t * (math.log(beta) if beta else -math.inf)))


def _stacked(gradients: np.ndarray) -> np.ndarray | None:
    """The (2, P) array whose first row ``gradients`` is, or None."""
    base = gradients.base
    if (
        isinstance(base, np.ndarray)
        and base.shape == (2, gradients.size)
        and base.dtype == gradients.dtype
        and base.flags.c_contiguous
        and base.ctypes.data == gradients.ctypes.data
    ):
        return base
    return None


class AdamW(Adam):
    """Adam with weight decay."""

    key = "adamw"
    title = "AdamW"
    help = "Adam that also pulls all weights a little towards zero, against overfitting."
    formula = "w ← w - η λ w, then as Adam"
    source = "Loshchilov and Hutter 2019, Decoupled weight decay regularization"

    weight_decay = Float(
        0.004,
        minimum=0.0,
        maximum=10.0,
        title="λ (weight decay)",
        help="How strongly weights are pulled towards zero.",
    )

    def bind(
        self,
        parameters: np.ndarray,
        gradients: np.ndarray,
        helper: Helper | None = None,
    ) -> None:
        self._keep = np.ones((), parameters.dtype)
        super().bind(parameters, gradients, helper)

    def rates(self, learning_rate: float, count: int) -> list[float]:
        self._keep.fill(1.0 - learning_rate * self.weight_decay)
        return super().rates(learning_rate, count)

    def range_steps(self, part: slice) -> list[Step]:
        p = self._parameters[part]
        return [(np.multiply, (p, self._keep, p)), *super().range_steps(part)]
