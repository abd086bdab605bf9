"""L-BFGS: steps for small networks that look at all samples at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.line_search import SMALLEST_CHANGE, Point, strong_wolfe
from nn_designer.engine.optimizer import Optimizer, State
from nn_designer.engine.parallel import Helper
from nn_designer.engine.program import Step
from nn_designer.params import Int

MOST_PARAMETERS = 20_000
MOST_SAMPLES = 50_000
FLAT = 1e-7
"""Gradients up to this mean that the bottom is reached."""
STRAIGHT = 1e-10
"""Curvature must be more than this for a pair of changes to be remembered."""


class LBFGS(Optimizer):
    """Newton's method with a memory of the last steps instead of second derivatives."""

    key = "lbfgs"
    title = "L-BFGS"
    help = (
        "Looks at all samples for each step, learns from its last steps how the valley is "
        "curved, and finds the length of the step itself. Very exact on small problems."
    )
    formula = "w ← w + t d, d = -H g: H from the last changes of w and g, t by a line search"
    source = (
        "Nocedal 1980, Updating quasi-Newton matrices with limited storage; Nocedal and Wright "
        "2006, Numerical optimization, algorithm 7.4"
    )
    sees_all_samples = True

    history = Int(
        10,
        minimum=1,
        maximum=100,
        help="How many of the last steps it remembers to know how the valley is curved.",
    )
    evaluations = Int(
        25,
        minimum=1,
        maximum=1000,
        advanced=True,
        help="How often it may look at all samples to find the length of one step.",
    )

    @classmethod
    def problem_with(
        cls, n_parameters: int, n_samples: int, random_layers: Sequence[str]
    ) -> str | None:
        if random_layers:
            return (
                f"L-BFGS compares losses, but {random_layers[0]} makes each of them a matter of "
                f"chance. Choose another optimizer, such as Adam, or delete {random_layers[0]}."
            )
        for n, most, things in (
            (n_parameters, MOST_PARAMETERS, "parameters"),
            (n_samples, MOST_SAMPLES, "samples"),
        ):
            if n > most:
                return (
                    f"L-BFGS is for small problems, of at most {most:,} {things}, but here are "
                    f"{n:,}. Choose another optimizer, such as Adam."
                )
        return None

    def bind(
        self,
        parameters: np.ndarray,
        gradients: np.ndarray,
        helper: Helper | None = None,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        """As any optimizer; but the steps are taken by :meth:`iterate`, without a decay."""
        super().bind(parameters, gradients)
        self._moves = zeros((self.history, parameters.size), parameters.dtype)
        self._differences = zeros(self._moves.shape, parameters.dtype)
        self._curvatures = np.zeros(self.history)  # of each pair, move · difference
        self._n_pairs = 0  # ever; pair i is in row i % history
        self._step_length = 0.0
        self._direction = zeros(parameters.shape, parameters.dtype)
        self._previous = zeros(
            parameters.shape, parameters.dtype
        )  # the gradient of the step before
        self._start = zeros(parameters.shape, parameters.dtype)

    def _update_steps(self, part: slice) -> list[Step]:
        return []

    def rates(self, learning_rates: np.ndarray) -> Sequence[Any]:
        """None count: the line search finds the length of each step."""
        return [self.no_rate] * len(learning_rates)

    @property
    def step_length(self) -> float:
        """Of the last step, in units of its direction."""
        return self._step_length

    def iterate(self, loss: float, evaluate: Callable[[], float]) -> None:
        """One step. ``loss`` and the gradients are those of the present parameters;
        ``evaluate()`` fills the gradients anew and returns the loss."""
        parameters, gradients = self._parameters, self._gradients
        if not float(np.abs(gradients).max(initial=0.0)) > FLAT:
            return
        self._remember()
        self._find_direction()
        np.copyto(self._previous, gradients)
        slope = float(gradients.dot(self._direction))
        self.n_steps += 1
        if slope > -SMALLEST_CHANGE:
            self._step_length = 0.0
            return
        np.copyto(self._start, parameters)

        def go(step: float) -> None:
            np.multiply(self._direction, step, self._scratch)
            np.add(self._start, self._scratch, parameters)

        def at(step: float) -> Point:
            go(step)
            found = evaluate()
            slope = float(gradients.dot(self._direction))
            return Point(step, found if math.isfinite(found) else math.inf, slope)

        first = 1.0
        if self.n_steps == 1:
            first = min(1.0, 1.0 / float(np.abs(self._previous).sum()))
        self._step_length = strong_wolfe(
            at,
            Point(0.0, loss, slope),
            first,
            largest_change=float(np.abs(self._direction).max()),
            evaluations=self.evaluations,
        )
        go(self._step_length)

    def _remember(self) -> None:
        """Keep how weights and gradients changed with the last step."""
        if not self.n_steps:
            return
        row = self._n_pairs % self.history
        move, difference = self._scratch, self._start  # free by now
        np.multiply(self._direction, self._step_length, move)
        np.subtract(self._gradients, self._previous, difference)
        curvature = float(difference.dot(move))
        if curvature > STRAIGHT:
            self._moves[row], self._differences[row] = move, difference
            self._curvatures[row] = curvature
            self._n_pairs += 1

    def _find_direction(self) -> None:
        """direction = -H g, by the two loops over the pairs."""
        d, scratch = self._direction, self._scratch
        np.negative(self._gradients, d)
        n = min(self._n_pairs, self.history)
        newest_first = [(self._n_pairs - 1 - i) % self.history for i in range(n)]
        shares: dict[int, float] = {}
        for row in newest_first:
            shares[row] = float(self._moves[row].dot(d)) / float(self._curvatures[row])
            np.multiply(self._differences[row], shares[row], scratch)
            np.subtract(d, scratch, d)
        if n:
            last = self._differences[newest_first[0]]
            np.multiply(d, self._curvatures[newest_first[0]] / float(last.dot(last)), d)
        for row in reversed(newest_first):
            share = float(self._differences[row].dot(d)) / float(self._curvatures[row])
            np.multiply(self._moves[row], shares[row] - share, scratch)
            np.add(d, scratch, d)

    def state(self) -> State:
        return {
            "n_steps": self.n_steps,
            "n_pairs": self._n_pairs,
            "step_length": np.array(self._step_length),
            "curvatures": self._curvatures.copy(),
            "moves": self._moves.copy(),
            "differences": self._differences.copy(),
            "direction": self._direction.copy(),
            "previous": self._previous.copy(),
        }

    def load_state(self, state: Mapping[str, np.ndarray | int]) -> None:
        own = self.state()
        self._check_state(state, own)
        self.n_steps, self._n_pairs = int(state["n_steps"]), int(state["n_pairs"])
        self._step_length = float(state["step_length"])
        for name in ("curvatures", "moves", "differences", "direction", "previous"):
            np.copyto(getattr(self, f"_{name}"), np.asarray(state[name]))
