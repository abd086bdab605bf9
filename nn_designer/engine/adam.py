"""Adam, AdamW and AMSGrad."""

from __future__ import annotations

import math
from functools import partial
from typing import ClassVar

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.optimizer import Optimizer, epsilon_setting, share_setting
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
    slots: ClassVar[tuple[str, ...]] = ("mean", "squares")
    high_rate = 0.03

    beta_1 = share_setting(0.9, "β₁ (momentum)", "How slowly the direction is forgotten.")
    beta_2 = share_setting(
        0.999, "β₂ (memory)", "How slowly the usual size of gradients is forgotten."
    )
    epsilon = epsilon_setting(1e-7)

    def _begin(self) -> None:
        gradients = self._gradients
        stacked = _stacked(gradients)
        self._copies_gradients = stacked is None
        self._gradients_and_squares: np.ndarray = (
            zeros((2, gradients.size), gradients.dtype) if stacked is None else stacked
        )

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        t = steps + 1.0
        corrected = np.sqrt(one_minus_power(self.beta_2, t)) / one_minus_power(self.beta_1, t)
        unscaled = (1.0 - self.beta_1) / math.sqrt(1.0 - self.beta_2)
        return np.asarray(corrected * unscaled)

    def _update_steps(self, part: slice) -> list[Step]:
        p, mean = self._parameters[part], self._slots[0, part]
        steps, squares, s = self._average_steps(part)
        epsilon = self._constant(self.epsilon / math.sqrt(1.0 - self.beta_2))
        return [
            *steps,
            (np.sqrt, (squares, s)),
            (np.add, (s, epsilon, s)),
            (np.divide, (mean, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]

    def _average_steps(self, part: slice) -> tuple[list[Step], np.ndarray, np.ndarray]:
        """The calls that renew m / (1 - β₁) and v / (1 - β₂), the first two slots; v as the
        step's size reads it, and a vector that is free after them."""
        g, both = self._gradients[part], self._gradients_and_squares[:, part]
        averages = self._slots[:2, part]
        betas = np.array([[self.beta_1], [self.beta_2]], g.dtype)
        if averages.size <= WRITTEN_OUT:
            betas = np.broadcast_to(betas, averages.shape).copy()
        copying: list[Step] = [(np.copyto, (both[0], g))] if self._copies_gradients else []
        steps: list[Step] = [
            *copying,
            (np.square, (g, both[1])),
            (np.multiply, (averages, betas, averages)),
            (np.add, (averages, both, averages)),
        ]
        # g² is used up when a vector is needed: less memory to walk through
        return steps, averages[1], both[1]


def one_minus_power(beta: float, t: np.ndarray) -> np.ndarray:
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

    decays_weights = True

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
        *,
        weight_decay: float = 0.0,
    ) -> None:
        """As any optimizer; the weight decay is its own setting, whatever is given."""
        super().bind(parameters, gradients, helper, weight_decay=self.weight_decay)


class AMSGrad(Adam):
    """Adam that does not forget large gradients."""

    key = "amsgrad"
    title = "AMSGrad"
    help = (
        "Adam that remembers the largest gradients, so that the steps of a weight never grow "
        "again. Calmer where Adam's curve jumps."
    )
    formula = "m, v as Adam;  v̂ ← max(v̂, v);  w ← w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v̂ + ε)"
    source = "Reddi et al. 2018, On the convergence of Adam and beyond"
    slots = ("mean", "squares", "largest")

    def _average_steps(self, part: slice) -> tuple[list[Step], np.ndarray, np.ndarray]:
        steps, squares, s = super()._average_steps(part)
        largest = self._slots[2, part]
        keep_larger = partial(np.maximum, out=largest)
        return [*steps, (keep_larger, (largest, squares))], largest, s
