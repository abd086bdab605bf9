"""Optimizers: how weights follow the gradient. One class each, formulas and defaults of Keras."""

from __future__ import annotations

import math

import numpy as np

from nn_designer.engine.adam import Adam, AdamW
from nn_designer.engine.optimizer import Optimizer
from nn_designer.engine.program import Step
from nn_designer.params import Float


class SGD(Optimizer):
    """Plain gradient descent."""

    key = "sgd"
    title = "SGD"
    help = "Plain gradient descent: each weight goes a small step downhill. Simple, slow."
    formula = "w ← w - η g"
    source = "Robbins and Monro 1951, A stochastic approximation method"

    def range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        return [(np.multiply, (g, self.rate, s)), (np.subtract, (p, s, p))]


class Momentum(Optimizer):
    """Gradient descent that keeps its velocity."""

    key = "momentum"
    title = "Momentum"
    help = "Rolls downhill like a ball: keeps its speed, gets through flat and narrow valleys."
    formula = "v ← μ v - η g;  w ← w + v"
    source = "Polyak 1964, Some methods of speeding up the convergence of iteration methods"
    slots = ("velocity",)

    momentum = Float(
        0.9,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        step=0.05,
        help="The share of its speed that it keeps in each step.",
    )

    def range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        v = self._slots[0, part]
        return [
            (np.multiply, (v, self._constant(self.momentum), v)),
            (np.multiply, (g, self.rate, s)),
            (np.subtract, (v, s, v)),
            (np.add, (p, v, p)),
        ]


class Nesterov(Momentum):
    """Momentum that looks ahead."""

    key = "nesterov"
    title = "Nesterov momentum"
    help = "Momentum that looks one step ahead and so brakes earlier before the valley's floor."
    formula = "v ← μ v - η g;  w ← w + μ v - η g"
    source = (
        "Nesterov 1983; Sutskever et al. 2013, On the importance of initialization and momentum"
    )

    def range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        v = self._slots[0, part]
        momentum = self._constant(self.momentum)
        return [
            (np.multiply, (v, momentum, v)),
            (np.multiply, (g, self.rate, s)),
            (np.subtract, (v, s, v)),
            (np.subtract, (p, s, p)),
            (np.multiply, (v, momentum, s)),
            (np.add, (p, s, p)),
        ]


class AdaGrad(Optimizer):
    """Steps that shrink with the sum of squared gradients."""

    key = "adagrad"
    title = "AdaGrad"
    help = "Gives each weight its own step size, smaller the more it was moved. Slows down late."
    formula = "s ← s + g²;  w ← w - η g / √(s + ε)"
    source = "Duchi et al. 2011, Adaptive subgradient methods for online learning"
    slots = ("squares",)
    initial = 0.1  # as Keras: keeps the first steps small

    epsilon = Float(1e-7, minimum=0.0, maximum=1.0, exclusive_minimum=True, decimals=10,
                    advanced=True, help="Keeps the division from running off at zero.")  # fmt: skip

    def range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        squares = self._slots[0, part]
        return [
            (np.square, (g, s)),
            (np.add, (squares, s, squares)),
            (np.add, (squares, self._constant(self.epsilon), s)),
            (np.sqrt, (s, s)),
            (np.divide, (g, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]


class RMSProp(Optimizer):
    """Steps scaled by a running mean of squared gradients."""

    key = "rmsprop"
    title = "RMSProp"
    help = "Divides each step by the usual size of the weight's gradient. Good with noisy data."
    formula = "v ← ρ v + (1 - ρ) g²;  w ← w - η g / √(v + ε)"
    source = "Tieleman and Hinton 2012, Lecture 6.5"
    slots = ("squares",)

    rho = Float(
        0.9,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        step=0.05,
        title="ρ (memory)",
        help="How slowly old gradients are forgotten.",
    )
    epsilon = Float(1e-7, minimum=0.0, maximum=1.0, exclusive_minimum=True, decimals=10,
                    advanced=True, help="Keeps the division from running off at zero.")  # fmt: skip

    def _rate_factor(self) -> float:
        return 1.0 / math.sqrt(1.0 - self.rho)

    def range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        squares = self._slots[0, part]  # v / (1 - ρ)
        return [
            (np.square, (g, s)),
            (np.multiply, (squares, self._constant(self.rho), squares)),
            (np.add, (squares, s, squares)),
            (np.add, (squares, self._constant(self.epsilon / (1.0 - self.rho)), s)),
            (np.sqrt, (s, s)),
            (np.divide, (g, s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
        ]


OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.key: optimizer
    for optimizer in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
}
"""Key → optimizer, in the order to show."""
