"""What a metric declares: how good answers are, in words people use."""

from __future__ import annotations

from typing import ClassVar

import numpy as np


class Metric:
    """One metric. Subclasses declare the texts and :meth:`measure`. Metrics never steer training."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""
    task: ClassVar[str]
    """The task it is for: "classes" or "number"."""
    better: ClassVar[str]
    """Whether "higher" or "lower" is better."""

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        """The metric of a data set, exact; NaN where it has no value, as for no samples.

        Samples first: ``outputs`` (N, outputs); ``targets`` (N,) classes or (N, outputs)
        numbers. A single output above ``threshold`` means class 1 (0.5 for probabilities, 0 for
        logits). ``scale`` (outputs,): the size of one unit of each target in the person's units.
        """
        raise NotImplementedError


class SummedMetric(Metric):
    """A metric worked out from sums over samples, which add up over batches."""

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        """The metric of all samples that were added to ``sums``; NaN for no samples."""
        raise NotImplementedError
