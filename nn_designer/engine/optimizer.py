"""What all optimizers share: flat vectors, a list of calls, state.

All parameters of a network lie in one flat vector, so that a step is a few large array calls
whatever the number of layers. The calls are a list of (function, arguments) over buffers that
:meth:`Optimizer.bind` allocates once; the training loop runs them behind the network's own.

Running averages are kept without their factor (1 - β): ``M = m / (1 - β)`` needs one call less
per step (``M = β M + g``), and the factor goes into the learning rate for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.method import Method
from nn_designer.engine.parallel import Helper
from nn_designer.engine.program import Step, run_steps
from nn_designer.engine.step_values import StepValues
from nn_designer.params import Float

State = dict[str, "np.ndarray | int"]

SPLIT_WORTH = 200_000
"""From this many parameters on, half a step on a second thread pays (535,818 parameters: 0.4
instead of 0.8 ms for Adam)."""


def in_halves(
    range_steps: Callable[[slice], list[Step]], size: int, helper: Helper | None
) -> list[Step]:
    """The steps for vectors of ``size`` numbers: each half by itself, at the same time, if they
    are large."""
    if helper is None or size < SPLIT_WORTH:
        return range_steps(slice(None))
    first, second = range_steps(slice(size // 2)), range_steps(slice(size // 2, None))
    return [(helper.both, (run_steps, (first,), run_steps, (second,)))]


def share_setting(default: float, title: str, help: str) -> Float:
    """Declares what is kept from step to step: from 0 up to, but not, 1."""
    return Float(
        default,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        step=0.05,
        title=title,
        help=help,
    )


def epsilon_setting(default: float) -> Float:
    """Declares the small number that is added to a divisor."""
    return Float(
        default,
        minimum=0.0,
        maximum=1.0,
        exclusive_minimum=True,
        decimals=10,
        advanced=True,
        help="Keeps the division from running off at zero.",
    )


class Optimizer(Method):
    """One optimizer. Its settings are declared; the learning rate comes with each step.

    :meth:`bind` must come before anything else. ``slots`` names the vectors that it keeps.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    initial: ClassVar[float] = 0.0
    """What the slots hold before the first step."""
    n_coefficients: ClassVar[int] = 1
    """How many numbers change from step to step; the first holds the learning rate."""
    high_rate: ClassVar[float] = 0.1
    """From this learning rate on, the rate is the first suspect when a run diverges."""
    decays_weights: ClassVar[bool] = False
    """Whether it has a weight decay of its own."""
    sees_all_samples: ClassVar[bool] = False
    """Whether each of its steps looks at all samples, and finds its own length (LBFGS)."""

    steps: list[Step]
    """The calls of one step, to be run after :attr:`set_rate` was called."""
    rate: np.ndarray
    """0-d: the first of the numbers that change from step to step."""
    set_rate: Callable[[Any], Any]
    """Takes one of :meth:`rates`, before each step."""
    no_rate: Any
    """What :attr:`set_rate` takes before a batch without a step."""

    @classmethod
    def problem_with(
        cls, n_parameters: int, n_samples: int, random_layers: Sequence[str]
    ) -> str | None:
        """Why it does not suit a training of this size with these layers that draw random
        numbers (their names), with the way out; None if it does."""
        return None

    def bind(
        self,
        parameters: np.ndarray,
        gradients: np.ndarray,
        helper: Helper | None = None,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        """Work on these flat vectors (P,). Begins anew: all slots hold their initial value.

        If ``gradients`` is the first row of a (2, P) array, the optimizer uses the second row
        as well (for g²), which saves Adam a call. ``helper`` takes half of large vectors.
        Decoupled ``weight_decay`` λ begins each step with w ← w - η λ w.
        """
        self.n_steps = 0
        self._parameters = parameters
        self._gradients = gradients
        self._weight_decay = weight_decay
        self._factors = StepValues(self._step_factors)
        coefficients = np.zeros(self.n_coefficients + bool(weight_decay), parameters.dtype)
        self._coefficients = [coefficients[i, ...] for i in range(coefficients.size)]
        self.rate = self._coefficients[0]
        if coefficients.size == 1:
            self.set_rate, self.no_rate = self.rate.fill, 0.0
        else:
            self.set_rate = partial(np.copyto, coefficients)
            self.no_rate = np.zeros_like(coefficients)
        self._slots = zeros((len(self.slots), parameters.size), parameters.dtype)
        if self.initial:
            self._slots.fill(self.initial)
        self._scratch = zeros(parameters.shape, parameters.dtype)
        self._begin()
        self.steps = in_halves(self.range_steps, parameters.size, helper)

    def step(self, learning_rate: float) -> None:
        """One step along the gradients as they are now."""
        (rate,) = self.rates(np.array([learning_rate]))
        self.set_rate(rate)
        for function, arguments in self.steps:
            function(*arguments)

    def rates(self, learning_rates: np.ndarray) -> Sequence[Any]:
        """What :attr:`set_rate` takes before each of the next steps, which count as done.

        ``learning_rates`` (steps,) in float64.
        """
        factors = self._factors.take(self.n_steps, len(learning_rates))
        self.n_steps += len(learning_rates)
        if len(self._coefficients) == 1:
            one: list[float] = (learning_rates * factors).tolist()
            return one
        rows = np.empty((len(learning_rates), len(self._coefficients)))
        rows[:, : self.n_coefficients] = factors.reshape(len(rows), -1)
        rows[:, 0] *= learning_rates
        if self._weight_decay:
            rows[:, -1] = 1.0 - learning_rates * self._weight_decay
        return list(rows)

    def state(self) -> State:
        """Copies of all that the next step depends on."""
        slots = {name: self._slots[i].copy() for i, name in enumerate(self.slots)}
        return {"n_steps": self.n_steps, **slots}

    def load_state(self, state: Mapping[str, np.ndarray | int]) -> None:
        """Go on from a :meth:`state`. Raises ValueError if it is another optimizer's."""
        self._check_state(state, {"n_steps": 0, **dict(zip(self.slots, self._slots, strict=True))})
        for slot, name in zip(self._slots, self.slots, strict=True):
            slot[:] = state[name]
        self.n_steps = int(state["n_steps"])

    def _check_state(self, state: Mapping[str, np.ndarray | int], own: State) -> None:
        """Raises ValueError if ``state`` has other names or shapes than ``own``."""
        if set(state) != set(own):
            raise ValueError(
                f"{self.title} needs the state {', '.join(sorted(own))}, but it received "
                f"{', '.join(sorted(state))}. Continue with the optimizer that made the state."
            )
        for name, value in own.items():
            there = np.asarray(state[name])
            if there.shape != np.shape(value):
                raise ValueError(
                    f"The state of {self.title} is for {there.shape[-1]:,} parameters, but the "
                    f"network has {self._parameters.size:,}. Continue with the network that made "
                    "it."
                )

    def range_steps(self, part: slice) -> list[Step]:
        """The calls of one step for a range of the vectors: :attr:`steps` in parts."""
        p = self._parameters[part]
        decay: list[Step] = (
            [(np.multiply, (p, self._coefficients[-1], p))] if self._weight_decay else []
        )
        return decay + self._update_steps(part)

    def _begin(self) -> None:
        """Make what the steps need besides the slots and ``_scratch``."""

    def _step_factors(self, steps: np.ndarray) -> np.ndarray:
        """For steps (n,) numbered from 0: what the learning rate is multiplied by (n,), or
        (n, n_coefficients), where the further ones are taken as they are."""
        return np.ones_like(steps)

    def _update_steps(self, part: slice) -> list[Step]:
        """The calls of the optimizer's own formula for a range of the vectors."""
        raise NotImplementedError

    def _constant(self, value: float) -> np.ndarray:
        return np.array(value, self._parameters.dtype)
