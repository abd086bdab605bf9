"""Every loss with fitting outputs and targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.losses import LOSSES, Criterion

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((key, {}) for key in LOSSES),
    ("huber", {"delta": 0.3}),
    ("quantile", {"quantile": 0.9}),
    ("binary_crossentropy", {"label_smoothing": 0.1}),
    ("categorical_crossentropy", {"label_smoothing": 0.2}),
    ("sparse_categorical_crossentropy", {"label_smoothing": 0.1}),
    ("binary_focal_crossentropy", {"gamma": 0.0}),
    ("binary_focal_crossentropy", {"gamma": 0.7, "apply_class_balancing": True, "alpha": 0.3}),
    ("categorical_focal_crossentropy", {"gamma": 0.0, "alpha": 1.0}),
    ("categorical_focal_crossentropy", {"gamma": 0.5, "alpha": 0.6}),
]
"""Each loss with its defaults, then with other settings."""


def criterion(
    key: str,
    units: int,
    settings: dict[str, Any] | None = None,
    *,
    from_logits: bool = False,
    dtype: Any = np.float64,
) -> Criterion:
    """A loss attached to an output."""
    return Criterion(LOSSES[key](**(settings or {})), units, from_logits=from_logits, dtype=dtype)


def last_activation(key: str) -> str:
    """The activation that the last layer has with this loss."""
    return LOSSES[key].fused_activation or LOSSES[key].usual_activation


def least_units(key: str) -> int:
    """The fewest outputs for which the loss has a gradient."""
    two = LOSSES[key].fused_activation == "softmax" or key == "cosine_similarity"
    return 2 if two else 1


def targets_for(key: str, rng: np.random.Generator, n: int, units: int) -> np.ndarray:
    """Targets of a data set, (n,) classes or (n, units) numbers."""
    if key == "poisson":
        return rng.poisson(2.0, (n, units)).astype(np.float64)
    if key == "kl_divergence":
        return rng.dirichlet(np.ones(units), n)
    if LOSSES[key].target == "number":
        return rng.normal(size=(n, units))
    return rng.integers(0, max(units, 2), n)


def scores_for(
    key: str, rng: np.random.Generator, shape: tuple[int, ...], *, from_logits: bool = False
) -> np.ndarray:
    """Outputs that fit, (..., units, batch): probabilities, numbers above 0, or any."""
    if key == "poisson" or (LOSSES[key].fused_activation and not from_logits):
        return rng.uniform(0.05, 0.95, shape)
    return rng.normal(size=shape)
