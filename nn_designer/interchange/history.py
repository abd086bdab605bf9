"""The course of a training as plain records: for ``--json``, for CSV and in exported files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nn_designer.engine.progress import EpochProgress
from nn_designer.interchange.files import writing_aside

HISTORY_KEYS = (
    "epoch",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "seconds",
    "samples_per_second",
)
"""What every record holds. Accuracies are None for numbers, which adds NUMBER_KEYS."""

NUMBER_KEYS = ("mae", "r2")
VALIDATION_KEYS = ("val_mae", "val_r2")
"""What a record of :func:`full_record` holds besides, for numbers."""

OUTPUT_KEYS = ("loss", "accuracy", "mae", "r2")
"""What :func:`output_values` holds of each output, as far as its task has it."""


def epoch_record(progress: EpochProgress, task: str) -> dict[str, Any]:
    """One epoch as plain Python numbers, with exactly the keys of ``train --json``.

    What is not there (no validation part) or not finite is None. With several outputs, the
    values of each come behind (:func:`output_values`).
    """
    keys = HISTORY_KEYS if task == "classes" else HISTORY_KEYS + NUMBER_KEYS
    record = {key: _plain(getattr(progress, key)) for key in keys}
    return record | {key: _plain(value) for key, value in output_values(progress).items()}


def output_values(progress: EpochProgress) -> dict[str, float]:
    """Loss and metrics of each output, named as Keras names them: ``species_accuracy``,
    ``val_species_loss``. Empty if there is only one."""
    return {
        f"{part}{name}_{key}": value
        for part, outputs in (("", progress.by_output), ("val_", progress.val_by_output))
        for name, measures in outputs.items()
        for key in OUTPUT_KEYS
        if (value := getattr(measures, key)) is not None
    }


def full_record(progress: EpochProgress, task: str) -> dict[str, Any]:
    """As :func:`epoch_record`, with MAE and R² of the validation part and the learning rate."""
    extra = ("learning_rate",) if task == "classes" else (*VALIDATION_KEYS, "learning_rate")
    return epoch_record(progress, task) | {key: _plain(getattr(progress, key)) for key in extra}


def _plain(value: Any) -> float | int | None:
    if value is None or isinstance(value, int):
        return value
    number = float(value)
    return number if number - number == 0.0 else None


def write_history(path: Path | str, records: Sequence[Mapping[str, Any]]) -> None:
    """The records as CSV, a column per key; None is an empty cell.

    Raises:
        InterchangeError: the file can't be written.
    """
    text = io.StringIO()
    keys = list(records[0]) if records else list(HISTORY_KEYS)
    writer = csv.DictWriter(text, keys, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    with writing_aside(path) as (out, _):
        out.write(text.getvalue().encode("utf-8"))
