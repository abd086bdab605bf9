"""Relatives of Adam: Nadam, Adamax and RAdam."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from nn_designer.engine.adam import Adam, one_minus_power
from nn_designer.engine.optimizer import Optimizer, epsilon_setting, share_setting
from nn_designer.engine.program import Step

MOMENTUM_DECAY = 0.96
"""How fast Nadam's momentum comes up to β₁, from half of it (Dozat's constant, as in Keras)."""
_SETTLED = 1024
"""From this step on Nadam's momentum is β₁, to the last bit."""


class Adamax(Optimizer):
    """Adam by the largest gradient."""

    key = "adamax"
    title = "Adamax"
    help = (
        "Adam that measures each step by the largest recent gradient instead of the usual one. "
        "Good where most gradients are zero."
    )
    formula = "m ← β₁ m + (1 - β₁) g;  u ← max(β₂ u, |g|);  w ← w - η / (1 - β₁ᵗ) · m / (u + ε)"
    source = "Kingma and Ba 2015, Adam: a method for stochastic optimization, section 7"
    slots = ("mean", "largest")
    high_rate = 0.03

    beta_1 = share_setting(0.9, "β₁ (momentum)", "How slowly the direction is forgotten.")
    beta_2 = share_setting(0.999, "β₂ (memory)", "How slowly the largest gradient is forgotten.")
    epsilon = epsilon_setting(1e-7)

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        return np.asarray((1.0 - self.beta_1) / one_minus_power(self.beta_1, steps + 1.0))

    def _update_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        mean, largest = self._slots[:, part]  # m / (1 - β₁), u
        return [
            (np.multiply, (mean, self._constant(self.beta_1), mean)),
            (np.add, (mean, g, mean)),
            (np.abs, (g, s)),
            (np.multiply, (largest, self._constant(self.beta_2), largest)),
            (partial(np.maximum, out=largest), (largest, s)),
            (np.add, (largest, self._constant(self.epsilon), s)),
            (np.divide, (mean, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]


class Nadam(Adam):
    """Adam that looks ahead."""

    key = "nadam"
    title = "Nadam"
    help = "Adam that looks one step ahead, as Nesterov momentum does. Often a little faster."
    formula = (
        "m, v as Adam;  uₜ = β₁ (1 - 0.96ᵗ / 2), Uₜ = u₁ ⋯ uₜ;  "
        "m̂ = uₜ₊₁ m / (1 - Uₜ₊₁) + (1 - uₜ) g / (1 - Uₜ);  w ← w - η m̂ / (√(v / (1 - β₂ᵗ)) + ε)"
    )
    source = "Dozat 2016, Incorporating Nesterov momentum into Adam"
    n_coefficients = 3

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        """Of m̂'s part of g, with that of m / (1 - β₁) in units of it; ε in units of v."""
        t = steps + 1.0
        now, ahead = self._momentum(t), self._momentum(t + 1.0)
        of_gradient = (1.0 - now) / (1.0 - self._product(t))
        of_mean = (1.0 - self.beta_1) * ahead / (1.0 - self._product(t + 1.0))
        scale = np.sqrt(one_minus_power(self.beta_2, t) / (1.0 - self.beta_2))
        return np.stack([of_gradient * scale, of_mean / of_gradient, self.epsilon * scale], axis=1)

    def _momentum(self, t: np.ndarray) -> np.ndarray:
        return np.asarray(self.beta_1 * (1.0 - 0.5 * np.power(MOMENTUM_DECAY, t)))

    def _product(self, t: np.ndarray) -> np.ndarray:
        """u₁ ⋯ uₜ: β₁ᵗ times the product of the rest, which soon is 1."""
        rest = np.cumsum(np.log1p(-0.5 * MOMENTUM_DECAY ** np.arange(1.0, _SETTLED)))
        place = np.minimum(t, len(rest)).astype(np.int64) - 1
        return np.asarray((1.0 - one_minus_power(self.beta_1, t)) * np.exp(rest[place]))

    def _update_steps(self, part: slice) -> list[Step]:
        p, g, step = self._parameters[part], self._gradients[part], self._scratch[part]
        mean = self._slots[0, part]
        averaging, squares, s = self._average_steps(part)
        _, of_mean, epsilon, *_ = self._coefficients
        return [
            *averaging,
            (np.sqrt, (squares, s)),
            (np.add, (s, epsilon, s)),
            (np.multiply, (mean, of_mean, step)),
            (np.add, (step, g, step)),
            (np.divide, (step, s, step)),
            (np.multiply, (step, self.rate, step)),
            (np.subtract, (p, step, p)),
        ]


class RAdam(Adam):
    """Adam that begins with care."""

    key = "radam"
    title = "RAdam"
    help = (
        "Adam with a warm-up built in: the step sizes of single weights count only as far as "
        "they are known. Forgiving about the learning rate."
    )
    formula = (
        "ρ∞ = 2 / (1 - β₂) - 1, ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ);  "
        "if ρₜ > 5: as Adam, times √((ρₜ - 4)(ρₜ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρₜ)); "
        "else w ← w - η m / (1 - β₁ᵗ)"
    )
    source = "Liu et al. 2020, On the variance of the adaptive learning rate and beyond"
    n_coefficients = 3

    epsilon = epsilon_setting(1e-8)  # as PyTorch: Keras has no RAdam

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        """Of the step, of √(v / (1 - β₂)) in its divisor, and what is added there."""
        t = steps + 1.0
        known = one_minus_power(self.beta_2, t)
        longest = 2.0 / (1.0 - self.beta_2) - 1.0
        length = longest - 2.0 * t * (1.0 - known) / known
        is_known = length > 5.0
        of_step = (1.0 - self.beta_1) / one_minus_power(self.beta_1, t)
        scale = math.sqrt(1.0 - self.beta_2)
        safe = np.where(is_known, length, 6.0)
        rectified = np.sqrt(
            (safe - 4.0) * (safe - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * safe)
            if is_known.any()
            else np.ones_like(t)
        )
        adapted = of_step * np.sqrt(known) * rectified / scale
        return np.stack(
            [
                np.where(is_known, adapted, of_step),
                np.where(is_known, 1.0, 0.0),
                np.where(is_known, self.epsilon / scale, 1.0),
            ],
            axis=1,
        )

    def _update_steps(self, part: slice) -> list[Step]:
        p, mean = self._parameters[part], self._slots[0, part]
        averaging, squares, s = self._average_steps(part)
        _, of_root, added, *_ = self._coefficients
        return [
            *averaging,
            (np.sqrt, (squares, s)),
            (np.multiply, (s, of_root, s)),
            (np.add, (s, added, s)),
            (np.divide, (mean, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]
