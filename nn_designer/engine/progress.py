"""What a training run reports, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nn_designer.engine.evaluation import Measures


@dataclass(frozen=True)
class Started:
    """The run begins, or goes on from a checkpoint (then ``epoch`` and ``batch`` are not 0)."""

    steps_per_epoch: int
    epochs: int
    n_train: int
    n_validation: int
    epoch: int = 0
    """Epochs already done."""
    batch: int = 0
    """Batches already done in the epoch under way."""


@dataclass(frozen=True)
class BatchProgress:
    """Some batches are done since the last report: one, or those of about 30 ms."""

    epoch: int
    """The epoch under way, from 1."""
    batch: int
    """Batches done in this epoch."""
    step: int
    """Batches done in the whole run."""
    loss: float
    """Mean over this epoch so far, as Keras shows it."""
    accuracy: float | None
    """Share of right answers over this epoch so far; None for numbers."""
    samples_per_second: float
    """Speed of this epoch so far; pauses do not count."""
    samples_seen: int
    """Samples trained in the whole run."""
    batch_loss: float
    """Mean over the batches since the last report."""
    by_output: Mapping[str, Measures] = field(default_factory=dict)
    """Loss and metrics of each output so far, if there are several."""


@dataclass(frozen=True)
class EpochProgress:
    """An epoch is done and the validation part evaluated. Fields that do not apply are None.

    ``mae``, ``rmse`` are in the person's units. ``val_outputs`` (n, outputs) and
    ``val_targets`` are what the network answers to the validation part and what is right.

    With several outputs the losses are the totals, and all else is the first output's;
    ``by_output`` and ``val_by_output`` have each output's by its name.
    """

    epoch: int
    """From 1."""
    loss: float
    accuracy: float | None
    mae: float | None
    r2: float | None
    val_loss: float | None
    val_accuracy: float | None
    val_mae: float | None
    val_r2: float | None
    seconds: float
    samples_per_second: float
    learning_rate: float
    is_best: bool
    val_outputs: np.ndarray | None = None
    val_targets: np.ndarray | None = None
    rmse: float | None = None
    val_rmse: float | None = None
    by_output: Mapping[str, Measures] = field(default_factory=dict)
    val_by_output: Mapping[str, Measures] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The run is over. ``reason``: "completed", "early_stopping", "diverged" or "stopped"."""

    reason: str
    best_epoch: int
    """The epoch with the smallest validation loss (training loss without validation); 0: none."""
    message: str
    """A sentence for people."""


Progress = Started | BatchProgress | EpochProgress | Finished
