"""The course of a training as plain records: for ``--json``, for CSV and in exported files."""

from __future__ import annotations

from typing import Any

HISTORY_KEYS = (
    "epoch",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "seconds",
    "samples_per_second",
)
"""What every record holds; accuracies are None for numbers, which adds "mae" and "r2"."""

NUMBER_KEYS = ("mae", "r2", "val_mae", "val_r2")


def epoch_record(progress: Any, task: str) -> dict[str, Any]:
    """One epoch (an ``EpochProgress``) as a record of plain Python numbers, NaN as None."""
    keys = HISTORY_KEYS if task == "classes" else HISTORY_KEYS + NUMBER_KEYS
    return {key: _plain(getattr(progress, key)) for key in keys}


def _plain(value: Any) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, int):
        return value
    number = float(value)
    return number if number - number == 0.0 else None
