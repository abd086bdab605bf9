"""Training: a plain generator that reports what happens. It needs no window and no thread."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.checkpoint import Checkpoint
from nn_designer.engine.progress import Progress
from nn_designer.engine.training_settings import TrainingSettings

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


class TrainingError(ValueError):
    """Data, network and settings do not fit together; the text is for people."""


@dataclass(frozen=True)
class TrainingData:
    """What a network is trained and validated with. All arrays have the samples first.

    ``x_*`` (N, *sample shape) float32. ``y_*``: for the task "classes" (N,) whole numbers from
    0 (two classes too: 0 and 1); for "number" (N, targets) float32. The validation part may be
    empty or None. ``target_scale`` (targets,): the size of one unit of each target in the
    person's units, for MAE and RMSE.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray | None = None
    y_validation: np.ndarray | None = None
    task: str = "classes"
    n_classes: int | None = None
    target_scale: np.ndarray | None = None


@dataclass
class Control:
    """What can be changed while training; it is read between reports.

    ``learning_rate`` None: the settings'. ``granularity``: "chunk" reports about every 5 ms
    and at the end of each epoch, "batch" after each batch.
    """

    learning_rate: float | None = None
    granularity: str = "chunk"


class TrainingRun:
    """One run. :meth:`progress` is the generator; :meth:`checkpoint` holds its state between
    two reports."""

    def __init__(
        self,
        network: Network,
        data: TrainingData,
        settings: TrainingSettings,
        *,
        optimizer_settings: Mapping[str, Any] | None = None,
        control: Control | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        raise NotImplementedError

    def progress(self) -> Generator[Progress, None, None]:
        """Train, reporting. Closing it at any report leaves the network as it is then."""
        raise NotImplementedError

    def checkpoint(self) -> Checkpoint:
        """The state now. Call it between two reports."""
        raise NotImplementedError


def train(
    network: Network,
    data: TrainingData,
    settings: TrainingSettings,
    *,
    optimizer_settings: Mapping[str, Any] | None = None,
    control: Control | None = None,
    checkpoint: Checkpoint | None = None,
) -> Generator[Progress, None, None]:
    """Train ``network`` from its present weights: ``yield from TrainingRun(...).progress()``."""
    run = TrainingRun(
        network,
        data,
        settings,
        optimizer_settings=optimizer_settings,
        control=control,
        checkpoint=checkpoint,
    )
    yield from run.progress()
