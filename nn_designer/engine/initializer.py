"""What an initializer declares: how weights are drawn before training."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn_designer.params import HasParams


class Initializer(HasParams):
    """One way to draw weights. Subclasses declare texts, settings and :meth:`initialize`."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""

    def initialize(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        fan: tuple[int, int],
        dtype: Any = np.float32,
    ) -> np.ndarray:
        """New weights of ``shape``; ``fan`` is (fan_in, fan_out)."""
        raise NotImplementedError
