"""Optimizers: how weights follow the gradient. One class each, formulas and defaults of Keras.

All parameters of a network lie in one flat vector, so that a step is a few large array calls
whatever the number of layers. The calls are a list of (function, arguments) over buffers that
:meth:`Optimizer.bind` allocates once; the training loop runs them behind the network's own.

Running averages are kept without their factor (1 - β): ``M = m / (1 - β)`` needs one call less
per step (``M = β M + g``), and the factor goes into the learning rate for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from nn_designer.engine.parallel import Helper
from nn_designer.engine.program import Step, run_steps
from nn_designer.params import Float, HasParams

WRITTEN_OUT = 2**15
"""Up to this size a factor per row is written out: 0.2 instead of 0.8 µs for 210 numbers."""

State = dict[str, "np.ndarray | int"]


SPLIT_WORTH = 200_000
"""From this many parameters on, half a step on a second thread pays (535,818 parameters: 0.4
instead of 0.8 ms for Adam)."""


class Optimizer(HasParams):
    """One optimizer. Its settings are declared; the learning rate comes with each step.

    :meth:`bind` must come before anything else. ``slots`` names the vectors that it keeps.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str] = ""
    slots: ClassVar[tuple[str, ...]] = ()
    initial: ClassVar[float] = 0.0
    """What the slots hold before the first step."""

    steps: list[Step]
    """The calls of one step, to be run after :attr:`rate` is set."""
    rate: np.ndarray
    """0-d: the factor of the step, one of :meth:`rates`."""

    def bind(
        self,
        parameters: np.ndarray,
        gradients: np.ndarray,
        helper: Helper | None = None,
        second_gradients: np.ndarray | None = None,
    ) -> None:
        """Work on these flat vectors (P,). Begins anew: all slots hold their initial value.

        If ``gradients`` is the first row of a (2, P) array, the optimizer uses the second row
        as well (for g²), which saves Adam a call. ``helper`` takes half of
        large vectors. Each step first adds ``second_gradients`` to ``gradients``.
        """
        self.n_steps = 0
        self._parameters = parameters
        self._gradients = gradients
        self.rate = np.zeros((), parameters.dtype)
        self._slots = np.full((len(self.slots), parameters.size), self.initial, parameters.dtype)
        self._scratch = np.zeros_like(parameters)

        def steps(part: slice) -> list[Step]:
            if second_gradients is None:
                return self._range_steps(part)
            total = gradients[part]
            addition: Step = (np.add, (total, second_gradients[part], total))
            return [addition, *self._range_steps(part)]

        if helper is None or parameters.size < SPLIT_WORTH:
            self.steps = steps(slice(0, None))
        else:
            middle = parameters.size // 2
            first, second = steps(slice(0, middle)), steps(slice(middle, None))
            self.steps = [(helper.both, (run_steps, (first,), run_steps, (second,)))]

    def step(self, learning_rate: float) -> None:
        """One step along the gradients as they are now."""
        (rate,) = self.rates(learning_rate, 1)
        self.rate.fill(rate)
        for function, arguments in self.steps:
            function(*arguments)

    def rates(self, learning_rate: float, count: int) -> list[float]:
        """:attr:`rate` of each of the next ``count`` steps, which count as done."""
        self.n_steps += count
        return [self._rate_factor() * learning_rate] * count

    def state(self) -> State:
        """Copies of all that the next step depends on."""
        slots = {name: self._slots[i].copy() for i, name in enumerate(self.slots)}
        return {"n_steps": self.n_steps, **slots}

    def load_state(self, state: Mapping[str, np.ndarray | int]) -> None:
        """Go on from a :meth:`state`. Raises ValueError if it is another optimizer's."""
        names = {"n_steps", *self.slots}
        if set(state) != names:
            raise ValueError(
                f"{self.title} needs the state {', '.join(sorted(names))}, but it received "
                f"{', '.join(sorted(state))}. Continue with the optimizer that made the state."
            )
        for i, name in enumerate(self.slots):
            value = np.asarray(state[name])
            if value.shape != self._parameters.shape:
                raise ValueError(
                    f"The state of {self.title} is for {value.size:,} parameters, but the network "
                    f"has {self._parameters.size:,}. Continue with the network that made it."
                )
            self._slots[i] = value
        self.n_steps = int(state["n_steps"])

    def _rate_factor(self) -> float:
        """What the learning rate is multiplied by."""
        return 1.0

    def _range_steps(self, part: slice) -> list[Step]:
        """The calls of one step for a range of the vectors."""
        raise NotImplementedError

    def _constant(self, value: float) -> np.ndarray:
        return np.array(value, self._parameters.dtype)


class SGD(Optimizer):
    """Plain gradient descent."""

    key = "sgd"
    title = "SGD"
    help = "Plain gradient descent: each weight goes a small step downhill. Simple, slow."
    formula = "w ← w - η g"
    source = "Robbins and Monro 1951, A stochastic approximation method"

    def _range_steps(self, part: slice) -> list[Step]:
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

    def _range_steps(self, part: slice) -> list[Step]:
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

    def _range_steps(self, part: slice) -> list[Step]:
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

    def _range_steps(self, part: slice) -> list[Step]:
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

    def _range_steps(self, part: slice) -> list[Step]:
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
        second_gradients: np.ndarray | None = None,
    ) -> None:
        stacked = _stacked(gradients)
        self._copies_gradients = stacked is None
        self._gradients_and_squares: np.ndarray = (
            np.zeros((2, gradients.size), gradients.dtype) if stacked is None else stacked
        )
        self._block = -1
        self._factors: list[float] = []
        super().bind(parameters, gradients, helper, second_gradients)

    def rates(self, learning_rate: float, count: int) -> list[float]:
        first = self.n_steps + 1
        self.n_steps += count
        rates: list[float] = []
        while len(rates) < count:
            block, offset = divmod(first + len(rates), self.BLOCK)
            if block != self._block:
                self._block, self._factors = block, self._block_factors(block)
            part = self._factors[offset : offset + count - len(rates)]
            rates += [learning_rate * factor for factor in part]
        return rates

    def _block_factors(self, block: int) -> list[float]:
        """Rate factors of the steps t from block · BLOCK, always worked out in one call, so
        that they do not depend on where a run was interrupted."""
        t = np.arange(block * self.BLOCK, (block + 1) * self.BLOCK, dtype=np.float64)
        t[t == 0] = 1  # there is no step 0
        corrected = np.sqrt(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        unscaled = (1.0 - self.beta_1) / math.sqrt(1.0 - self.beta_2)
        factors: list[float] = (corrected * unscaled).tolist()
        return factors

    def _range_steps(self, part: slice) -> list[Step]:
        p, g, s = self._parameters[part], self._gradients[part], self._scratch[part]
        both, averages = self._gradients_and_squares[:, part], self._slots[:, part]
        mean, squares = averages  # m / (1 - β₁), v / (1 - β₂)
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
        second_gradients: np.ndarray | None = None,
    ) -> None:
        self._keep = np.ones((), parameters.dtype)
        super().bind(parameters, gradients, helper, second_gradients)

    def rates(self, learning_rate: float, count: int) -> list[float]:
        self._keep.fill(1.0 - learning_rate * self.weight_decay)
        return super().rates(learning_rate, count)

    def _range_steps(self, part: slice) -> list[Step]:
        p = self._parameters[part]
        return [(np.multiply, (p, self._keep, p)), *super()._range_steps(part)]


OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.key: optimizer
    for optimizer in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
}
"""Key → optimizer, in the order to show."""
