"""What all optimizers share: flat vectors, a list of calls, state.

All parameters of a network lie in one flat vector, so that a step is a few large array calls
whatever the number of layers. The calls are a list of (function, arguments) over buffers that
:meth:`Optimizer.bind` allocates once; the training loop runs them behind the network's own.

Running averages are kept without their factor (1 - β): ``M = m / (1 - β)`` needs one call less
per step (``M = β M + g``), and the factor goes into the learning rate for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.method import Method
from nn_designer.engine.parallel import Helper
from nn_designer.engine.program import Step, run_steps

State = dict[str, "np.ndarray | int"]

SPLIT_WORTH = 200_000
"""From this many parameters on, half a step on a second thread pays (535,818 parameters: 0.4
instead of 0.8 ms for Adam)."""


class Optimizer(Method):
    """One optimizer. Its settings are declared; the learning rate comes with each step.

    :meth:`bind` must come before anything else. ``slots`` names the vectors that it keeps.
    """

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
    ) -> None:
        """Work on these flat vectors (P,). Begins anew: all slots hold their initial value.

        If ``gradients`` is the first row of a (2, P) array, the optimizer uses the second row
        as well (for g²), which saves Adam a call. ``helper`` takes half of large vectors.
        """
        self.n_steps = 0
        self._parameters = parameters
        self._gradients = gradients
        self.rate = np.zeros((), parameters.dtype)
        self._slots = zeros((len(self.slots), parameters.size), parameters.dtype)
        if self.initial:
            self._slots.fill(self.initial)
        self._scratch = zeros(parameters.shape, parameters.dtype)
        if helper is None or parameters.size < SPLIT_WORTH:
            self.steps = self.range_steps(slice(0, None))
        else:
            middle = parameters.size // 2
            first, second = self.range_steps(slice(middle)), self.range_steps(slice(middle, None))
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

    def range_steps(self, part: slice) -> list[Step]:
        """The calls of one step for a range of the vectors: :attr:`steps` in parts."""
        raise NotImplementedError

    def _constant(self, value: float) -> np.ndarray:
        return np.array(value, self._parameters.dtype)
