"""Targets of a data set, made ready for a loss."""

from __future__ import annotations

from typing import Any

import numpy as np


def _one_hot(classes: np.ndarray, units: int, dtype: Any) -> np.ndarray:
    """Classes (N,) → (N, units) with a 1 at the class; one unit: 0 or 1 itself."""
    flat = classes.reshape(-1)
    n_classes = 2 if units == 1 else units
    if flat.size and not (flat.min() >= 0 and flat.max() < n_classes):
        raise ValueError(
            f"The targets have classes from {flat.min()} to {flat.max()}, but a network with "
            f"{units} outputs knows 0 to {n_classes - 1}. Change the units of the last layer."
        )
    if units == 1:
        return flat.reshape(-1, 1).astype(dtype)
    encoded = np.zeros((flat.size, units), dtype)
    encoded[np.arange(flat.size), flat] = 1
    return encoded


def target_rows(y: np.ndarray, units: int, dtype: Any) -> np.ndarray:
    """Targets as (N, units): numbers as they are, classes (whole numbers) as one-hot."""
    if y.dtype.kind in "iub" and (y.ndim == 1 or (y.shape[1] == 1 and units > 1)):
        return _one_hot(y.astype(np.int64), units, dtype)
    rows = y.reshape(len(y), -1).astype(dtype, copy=False)
    if rows.shape[1] != units:
        raise ValueError(
            f"The targets have {rows.shape[1]} numbers per sample, but the network has {units} "
            "outputs. Change the units of the last layer."
        )
    return rows


def wrong_units(units: int, expected: int, what: str) -> str:
    return (
        f"The data has {expected:,} {what}, but the network ends with {units:,} "
        f"{'output' if units == 1 else 'outputs'}. Set the units of the last layer to "
        f"{expected:,}."
    )
