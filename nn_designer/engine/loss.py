"""What a loss declares, and a loss attached to a network's output.

Arrays are batch-last: scores are (outputs, B) or, for a ring of K batches, (K, outputs, B).
Targets have the samples first, as they were gathered: (B,) or (B, outputs), in a ring (K, B)
or (K, B, outputs).
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.allocation import zeros
from nn_designer.engine.method import Method
from nn_designer.engine.program import Program
from nn_designer.engine.shapes import Shape, shape_text
from nn_designer.engine.targets import wrong_units


def mean(x: np.ndarray, axis: int) -> np.ndarray:
    """The mean along one axis: three times as fast as ``x.mean`` for small arrays.

    Along an axis of size 1 it is a view of ``x``, which costs nothing.
    """
    if x.shape[axis] == 1:
        return x.squeeze(axis)
    return np.asarray(np.add.reduce(x, axis) / x.shape[axis])


class Loss(Method):
    """One loss. Subclasses declare the texts, the settings and the maths.

    Some losses read *logits*, the numbers before the output's softmax or sigmoid, when the
    network ends with that activation (:attr:`fused_activation`): cross-entropies then never
    overflow, and training skips the activation.
    """

    target: ClassVar[str]
    """What encoded targets look like: "number" (numbers; classes become a 1 among 0s),
    "one_hot" (a 1 among 0s), "classes" (the class as a whole number), "sign" (-1 or 1)."""
    fused_activation: ClassVar[str | None] = None
    takes_shares: ClassVar[bool] = False
    """Whether numbers from 0 to 1 can be learned with it too, one for each output."""
    usual_activation: ClassVar[str] = "linear"
    """The activation that the last layer of a network for numbers usually has with it."""
    scales_targets: ClassVar[bool] = True
    """Whether targets that are numbers may be standardized before training."""
    threshold: ClassVar[float] = 0.5
    """With one output and two classes: above it, the prediction is class 1."""

    def problem_with(
        self,
        output_shape: Shape,
        output_activation: str,
        task: str | None = None,
        n_classes: int | None = None,
        n_targets: int | None = None,
        *,
        shares: bool = False,
    ) -> str | None:
        """Why this loss does not suit the output, with the way out; None if it does.

        ``task`` is "classes" or "number", or None while no data is chosen; ``n_classes`` and
        ``n_targets`` may be None if not known. ``shares``: the numbers to predict lie between 0
        and 1.
        """
        if len(output_shape) != 1:
            return (
                f"{self.title} expects a flat list of outputs, but the network ends with "
                f"{shape_text(output_shape)}. Insert a Flatten layer before the last layer."
            )
        (units,) = output_shape
        if shares and task == "number" and self.takes_shares:
            if n_targets and units != n_targets:
                return wrong_units(units, n_targets, "numbers to predict")
            task = n_targets = None  # each output is a probability of its own
        return self._problem(units, output_activation, task, n_classes, n_targets)

    def _problem(
        self,
        units: int,
        activation: str,
        task: str | None,
        n_classes: int | None,
        n_targets: int | None,
    ) -> str | None:
        raise NotImplementedError

    def encode(self, y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
        """A data set's targets as the rows that a plan's ``targets`` takes; once per training.

        ``y`` is (N,) whole numbers for classes, (N,) or (N, T) numbers otherwise. Raises
        ValueError with a sentence if they do not fit ``units`` outputs.
        """
        raise NotImplementedError

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        """Steps gradient = ∂(mean loss) / ∂scores; scores are outputs. All (outputs, B)."""
        raise NotImplementedError

    def emit_logits_gradient(
        self, program: Program, logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        """The same for logits of the :attr:`fused_activation`."""
        raise NotImplementedError

    def losses(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The loss of each sample: scores (..., outputs, B) → (..., B)."""
        raise NotImplementedError

    def logits_losses(self, logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The same from logits."""
        raise NotImplementedError


class OwnLoss(NamedTuple):
    """What a layer at the end of a network says about its loss."""

    key: str | None = None
    """A key of LOSSES; None: the one that the network is trained with."""
    weight: float = 1.0
    """What its loss is multiplied by in the total."""


class Criterion:
    """A loss attached to an output of ``units`` numbers.

    ``from_logits`` says whether the scores it is given (a plan's ``logits``) are the numbers
    before the output's activation.
    """

    def __init__(self, loss: Loss, units: int, *, from_logits: bool, dtype: Any) -> None:
        self.loss = loss
        self.units = units
        self.from_logits = from_logits
        self.dtype = np.dtype(dtype)

    def encode(self, y: np.ndarray) -> np.ndarray:
        """A data set's targets, (N,) or (N, T), as rows for a plan's ``targets``."""
        return self.loss.encode(np.asarray(y), self.units, self.dtype)

    def targets_buffer(self, batch_size: int) -> np.ndarray:
        """A buffer for one batch of encoded targets."""
        if self.loss.target == "classes":
            return zeros(batch_size, np.int64)
        return zeros((batch_size, self.units), self.dtype)

    def emit_gradient(
        self, program: Program, scores: np.ndarray, targets: np.ndarray, gradient: np.ndarray
    ) -> None:
        """Steps gradient = ∂(mean loss) / ∂scores; scores and gradient are (outputs, B)."""
        emit = self.loss.emit_logits_gradient if self.from_logits else self.loss.emit_gradient
        emit(program, scores, targets, gradient)

    def value(
        self, scores: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
    ) -> np.ndarray:
        """Mean loss of each batch: scores (..., outputs, B), encoded targets → (...).

        With ``weights`` (..., B), each sample's loss is multiplied by its weight before.
        """
        losses_of = self.loss.logits_losses if self.from_logits else self.loss.losses
        losses = losses_of(scores, targets)
        return mean(losses if weights is None else losses * weights, -1)

    @property
    def threshold(self) -> float:
        """A single score above it means class 1."""
        return 0.0 if self.from_logits else self.loss.threshold

    def outputs(self, scores: np.ndarray) -> np.ndarray:
        """What the network answers: scores (..., outputs, B), activated if they are not yet.

        For losses over numbers, whose activation works number by number.
        """
        activation = self.loss.fused_activation
        if not self.from_logits or activation is None:
            return scores
        return ACTIVATIONS[activation].function(scores)
