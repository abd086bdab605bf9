"""Optimizers: how weights follow the gradient. One class each, formulas and defaults of Keras."""

from __future__ import annotations

import math

import numpy as np

from nn_designer.engine.adam import Adam, AdamW, AMSGrad
from nn_designer.engine.adam_relatives import Adamax, Nadam, RAdam
from nn_designer.engine.allocation import zeros
from nn_designer.engine.lbfgs import LBFGS
from nn_designer.engine.optimizer import Optimizer, epsilon_setting, share_setting
from nn_designer.engine.program import Step


class SGD(Optimizer):
    """Plain gradient descent."""

    key = "sgd"
    title = "SGD"
    help = "Plain gradient descent: each weight goes a small step downhill. Simple, slow."
    formula = "w ← w - η g"
    source = "Robbins and Monro 1951, A stochastic approximation method"

    def _update_steps(self, part: slice) -> list[Step]:
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

    momentum = share_setting(0.9, "Momentum", "The share of its speed that it keeps in each step.")

    def _update_steps(self, part: slice) -> list[Step]:
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

    def _update_steps(self, part: slice) -> list[Step]:
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
    high_rate = 0.5
    initial = 0.1  # as Keras: keeps the first steps small

    epsilon = epsilon_setting(1e-7)

    def _update_steps(self, part: slice) -> list[Step]:
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
    high_rate = 0.03

    rho = share_setting(0.9, "ρ (memory)", "How slowly old gradients are forgotten.")
    epsilon = epsilon_setting(1e-7)

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        return np.full_like(steps, 1.0 / math.sqrt(1.0 - self.rho))

    def _update_steps(self, part: slice) -> list[Step]:
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


class Adadelta(Optimizer):
    """Steps in proportion to the steps before."""

    key = "adadelta"
    title = "Adadelta"
    help = (
        "Measures each step by the size of the weight's own last steps, so that the learning "
        "rate hardly matters: 1 is as in the paper."
    )
    formula = (
        "v ← ρ v + (1 - ρ) g²;  Δ = √((d + ε) / (v + ε)) g;  d ← ρ d + (1 - ρ) Δ²;  w ← w - η Δ"
    )
    source = "Zeiler 2012, ADADELTA: an adaptive learning rate method"
    slots = ("squares", "changes")
    high_rate = 2.0

    rho = share_setting(0.95, "ρ (memory)", "How slowly old gradients and steps are forgotten.")
    epsilon = epsilon_setting(1e-7)

    def _begin(self) -> None:
        self._changes = zeros(self._parameters.shape, self._parameters.dtype)

    def _update_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        squares, changes = self._slots[:, part]  # v / (1 - ρ), d / (1 - ρ)
        rho, epsilon = self._constant(self.rho), self._constant(self.epsilon / (1.0 - self.rho))
        change = self._changes[part]
        return [
            (np.square, (g, s)),
            (np.multiply, (squares, rho, squares)),
            (np.add, (squares, s, squares)),
            (np.add, (squares, epsilon, s)),
            (np.add, (changes, epsilon, change)),
            (np.divide, (change, s, change)),
            (np.sqrt, (change, change)),
            (np.multiply, (change, g, change)),
            (np.square, (change, s)),
            (np.multiply, (changes, rho, changes)),
            (np.add, (changes, s, changes)),
            (np.multiply, (change, self.rate, change)),
            (np.subtract, (p, change, p)),
        ]


class Lion(Optimizer):
    """The sign of the momentum."""

    key = "lion"
    title = "Lion"
    help = (
        "Moves every weight by the same amount, up or down as its momentum says. Needs a "
        "learning rate three to ten times smaller than Adam's."
    )
    formula = "w ← w - η sign(β₁ m + (1 - β₁) g);  m ← β₂ m + (1 - β₂) g"
    source = "Chen et al. 2023, Symbolic discovery of optimization algorithms"
    slots = ("mean",)
    high_rate = 0.01

    beta_1 = share_setting(
        0.9, "β₁ (momentum)", "How much of the direction is that of earlier steps."
    )
    beta_2 = share_setting(0.99, "β₂ (memory)", "How slowly the direction is forgotten.")

    def _update_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        mean = self._slots[0, part]  # m / (1 - β₂)
        weight = self.beta_1 * (1.0 - self.beta_2) / (1.0 - self.beta_1)
        return [
            (np.multiply, (mean, self._constant(weight), s)),
            (np.add, (s, g, s)),
            (np.sign, (s, s)),
            (np.multiply, (s, self.rate, s)),
            (np.subtract, (p, s, p)),
            (np.multiply, (mean, self._constant(self.beta_2), mean)),
            (np.add, (mean, g, mean)),
        ]


OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.key: optimizer
    for optimizer in (
        *(SGD, Momentum, Nesterov),
        *(AdaGrad, RMSProp, Adadelta),
        *(Adam, AdamW, AMSGrad, Nadam, Adamax, RAdam),
        *(Lion, LBFGS),
    )
}
"""Key → optimizer, in the order to show."""
