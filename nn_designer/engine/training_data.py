"""What a network is trained with, checked before the first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn_designer.engine.losses import LOSSES
from nn_designer.engine.shapes import shape_text

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


@dataclass(frozen=True)
class Part:
    """The training or the validation part, laid out for the engine."""

    rows: np.ndarray
    """(N, F + 1): inputs, last column 1."""
    targets: np.ndarray
    """(N,) or (N, outputs): as the loss encodes them."""
    answers: np.ndarray
    """(N,) classes or (N, outputs) numbers: as metrics read them."""

    def __len__(self) -> int:
        return len(self.rows)


def training_parts(network: Network, data: TrainingData) -> tuple[Part, Part | None]:
    """The two parts laid out; None for an empty validation part. Raises TrainingError."""
    _check_loss(network, data)
    if not len(data.x_train):
        raise TrainingError(
            "There are no training samples. Use a larger data set or a smaller validation part."
        )
    train = _part(network, data, data.x_train, data.y_train, "training")
    x, y = data.x_validation, data.y_validation
    if x is None or y is None or len(x) == 0:
        return train, None
    return train, _part(network, data, x, y, "validation")


def _check_loss(network: Network, data: TrainingData) -> None:
    if data.task not in ("classes", "number"):
        raise TrainingError(f"The task must be classes or number, but it is {data.task!r}.")
    if network.loss is None:
        raise TrainingError("The network has no loss. Choose one before training.")
    n_targets = None
    if data.task == "number":
        n_targets = data.y_train.shape[1] if data.y_train.ndim > 1 else 1
    problem = LOSSES[network.loss].problem_with(
        network.output_shape,
        network.activations[network.output_name],
        data.task,
        data.n_classes,
        n_targets,
        shares=_are_shares(data),
    )
    if problem:
        raise TrainingError(problem)


def _are_shares(data: TrainingData) -> bool:
    """Whether the numbers to predict lie between 0 and 1."""
    y = data.y_train
    return data.task == "number" and y.size > 0 and bool(y.min() >= 0 and y.max() <= 1)


def _part(network: Network, data: TrainingData, x: np.ndarray, y: np.ndarray, name: str) -> Part:
    if len(x) != len(y):
        raise TrainingError(
            f"The {name} part has {len(x):,} samples but {len(y):,} targets. Each sample needs one."
        )
    if x.shape[1:] != network.input_shape:
        raise TrainingError(
            f"The network expects samples of {shape_text(network.input_shape)}, but those of the "
            f"data are {shape_text(x.shape[1:])}. Set the shape of the Input to that of the data."
        )
    if data.task == "classes" and y.dtype.kind not in "iub":
        raise TrainingError(
            f"Classes must be whole numbers, but the {name} targets are {y.dtype}. Choose the "
            "task number to predict numbers."
        )
    try:
        rows = network.input_rows(x)
        targets = network.criterion.encode(y)
    except MemoryError:
        raise TrainingError(
            f"The {name} part with {len(x):,} samples of {shape_text(x.shape[1:])} does not fit "
            "into memory. Use fewer samples."
        ) from None
    except ValueError as error:
        raise TrainingError(str(error)) from None
    _check_finite(rows, f"The {name} inputs")
    if y.dtype.kind == "f":
        _check_finite(y.reshape(len(y), -1), f"The {name} targets")
    if data.task == "classes":
        answers = np.ascontiguousarray(y.reshape(-1), np.int64)
    else:
        answers = np.ascontiguousarray(y.reshape(len(y), -1), network.dtype)
    return Part(rows, np.ascontiguousarray(targets), answers)


def _check_finite(rows: np.ndarray, what: str) -> None:
    """Raises TrainingError if a number is missing (NaN) or infinite."""
    if not rows.size:
        return
    # The sum of a row is NaN or infinite if one of its numbers is: little memory, one pass.
    with np.errstate(over="ignore", invalid="ignore"):
        wrong = ~np.isfinite(rows.sum(axis=1, dtype=np.float64))
    if wrong.any():
        raise TrainingError(
            f"{what} hold missing or infinite numbers in {int(wrong.sum()):,} of {len(rows):,} "
            "samples. Fill them or leave those samples out."
        )
