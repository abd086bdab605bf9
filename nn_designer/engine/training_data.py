"""What a network is trained with, checked before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nn_designer.engine.graph import NetworkError
from nn_designer.engine.indexes import problem_with_indexes
from nn_designer.engine.inputs import Arrays, by_name
from nn_designer.engine.sample_weights import checked_weights, class_weight_problem, class_weights
from nn_designer.engine.shapes import shape_text

if TYPE_CHECKING:
    from nn_designer.engine.heads import Head
    from nn_designer.engine.network import Network
    from nn_designer.engine.training_settings import TrainingSettings

T = TypeVar("T")


class TrainingError(ValueError):
    """Data, network and settings do not fit together; the text is for people."""


@dataclass(frozen=True)
class TrainingData:
    """What a network is trained and validated with. All arrays have the samples first.

    ``x_*`` (N, *sample shape) float32. ``y_*``: for the task "classes" (N,) whole numbers from
    0 (two classes too: 0 and 1); for "number" (N, targets) float32. The validation part may be
    empty or None. ``target_scale`` (targets,): the size of one unit of each target in the
    person's units, for MAE and RMSE. ``weights_*`` (N,): what each sample's loss is multiplied
    by; None: all count the same.

    With several Inputs, each ``x_*`` is a mapping of their names to arrays; with several
    Outputs, ``y_*`` and all that is said about targets are mappings of the Outputs' names.
    """

    x_train: Arrays
    y_train: Arrays
    x_validation: Arrays | None = None
    y_validation: Arrays | None = None
    task: str | Mapping[str, str] = "classes"
    n_classes: int | Mapping[str, int | None] | None = None
    target_scale: np.ndarray | Mapping[str, np.ndarray | None] | None = None
    weights_train: np.ndarray | None = None
    weights_validation: np.ndarray | None = None

    def task_of(self, output: str) -> str:
        """What the targets of this Output are: "classes" or "number"."""
        return _of(self.task, output)

    def n_classes_of(self, output: str) -> int | None:
        """How many classes its targets have, as far as it is known."""
        return _of(self.n_classes, output)

    def target_scale_of(self, output: str) -> np.ndarray | None:
        """(targets,): the size of one unit of its targets."""
        return _of(self.target_scale, output)


def _of(value: T | Mapping[str, T], output: str) -> T:
    return value[output] if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Part:
    """The training or the validation part, laid out for the engine."""

    rows: np.ndarray
    """(N, F + 1): inputs, last column 1 (``Network.inputs``)."""
    targets: np.ndarray
    """(N,) or (N, outputs): as the losses encode them (``Network.heads``)."""
    answers: tuple[np.ndarray, ...]
    """For each output (N,) classes or (N, outputs) numbers: as metrics read them."""
    weights: np.ndarray | None = None
    """(N,): what each sample counts in the loss; None: all the same."""

    def __len__(self) -> int:
        return len(self.rows)


def training_parts(
    network: Network, data: TrainingData, settings: TrainingSettings
) -> tuple[Part, Part | None]:
    """The two parts laid out; None for an empty validation part. Raises TrainingError.

    The class weights of the settings count in the training part only.
    """
    try:
        _check_losses(network, data)
        if not _count(data.x_train):
            raise TrainingError(
                "There are no training samples. Use a larger data set or a smaller validation part."
            )
        train = _part(network, data, data.x_train, data.y_train, "training")
        train = replace(train, weights=_training_weights(network, data, settings, train))
        x, y = data.x_validation, data.y_validation
        if x is None or y is None or not _count(x):
            return train, None
        validation = _part(network, data, x, y, "validation")
        own = _own_weights(data.weights_validation, len(validation), "validation")
        return train, replace(
            validation, weights=None if own is None else own.astype(network.dtype)
        )
    except NetworkError as error:
        raise TrainingError(str(error)) from None


def _training_weights(
    network: Network, data: TrainingData, settings: TrainingSettings, part: Part
) -> np.ndarray | None:
    """What each training sample counts, by its class and by itself; None: all the same."""
    name = network.output_name
    problem = class_weight_problem(
        settings, data.task_of(name), data.n_classes_of(name), len(network.heads)
    )
    if problem:
        raise TrainingError(problem)
    given = [
        weights
        for weights in (
            _own_weights(data.weights_train, len(part), "training"),
            class_weights(settings, part.answers[0]),
        )
        if weights is not None
    ]
    return np.multiply.reduce(given).astype(network.dtype) if given else None


def _own_weights(weights: np.ndarray | None, n_samples: int, part: str) -> np.ndarray | None:
    try:
        return None if weights is None else checked_weights(weights, n_samples, part)
    except ValueError as error:
        raise TrainingError(str(error)) from None


def _count(arrays: Arrays) -> int:
    """How many samples there are."""
    if isinstance(arrays, Mapping):
        return min((len(array) for array in arrays.values()), default=0)
    return len(arrays)


def _check_losses(network: Network, data: TrainingData) -> None:
    targets = by_name(data.y_train, network.heads.names, "output")
    for head in network.heads:
        task = data.task_of(head.name)
        if task not in ("classes", "number"):
            raise TrainingError(f"The task must be classes or number, but it is {task!r}.")
        y = targets[head.name]
        n_targets = None
        if task == "number":
            n_targets = y.shape[1] if y.ndim > 1 else 1
        problem = head.loss.loss.problem_with(
            head.shape,
            network.activations[head.name],
            task,
            data.n_classes_of(head.name),
            n_targets,
            shares=task == "number" and _are_shares(y),
        )
        if problem:
            raise TrainingError(_named(network, head, problem))


def _are_shares(y: np.ndarray) -> bool:
    """Whether the numbers to predict lie between 0 and 1."""
    return y.dtype.kind == "f" and y.size > 0 and bool(y.min() >= 0 and y.max() <= 1)


def _named(network: Network, head: Head, sentence: str) -> str:
    """The sentence, with the output's name in front if there are several."""
    return f"{head.name}: {sentence}" if len(network.heads) > 1 else sentence


def _part(network: Network, data: TrainingData, x: Arrays, y: Arrays, name: str) -> Part:
    targets = by_name(y, network.heads.names, "output")
    samples = by_name(x, network.inputs.names, "input")
    _check_samples(network, samples, name)
    for head in network.heads:
        found = targets[head.name]
        if _count(samples) != len(found):
            raise TrainingError(
                f"The {name} part has {_count(samples):,} samples but {len(found):,} targets. Each "
                "sample needs one."
            )
        if data.task_of(head.name) == "classes" and found.dtype.kind not in "iub":
            raise TrainingError(
                _named(
                    network,
                    head,
                    f"Classes must be whole numbers, but the {name} targets are {found.dtype}. "
                    "Choose the task number to predict numbers.",
                )
            )
    try:
        rows = network.inputs.rows(samples)
        encoded = network.heads.encode(targets)
    except MemoryError:
        shapes = ", ".join(shape_text(shape) for shape in network.inputs.shapes.values())
        raise TrainingError(
            f"The {name} part with {_count(samples):,} samples of {shapes} does not fit into "
            "memory. Use fewer samples."
        ) from None
    except ValueError as error:
        raise TrainingError(str(error)) from None
    _check_finite(rows, f"The {name} inputs")
    if problem := problem_with_indexes(network.nodes, samples):
        raise TrainingError(problem)
    answers = []
    for head in network.heads:
        found = targets[head.name]
        if found.dtype.kind == "f":
            _check_finite(found.reshape(len(found), -1), f"The {name} targets")
        if data.task_of(head.name) == "classes":
            answers.append(np.ascontiguousarray(found.reshape(-1), np.int64))
        else:
            answers.append(np.ascontiguousarray(found.reshape(len(found), -1), network.dtype))
    return Part(rows, np.ascontiguousarray(encoded), tuple(answers))


def _check_samples(network: Network, samples: Mapping[str, np.ndarray], name: str) -> None:
    for input_name, shape in network.inputs.shapes.items():
        found = samples[input_name].shape[1:]
        if found != shape:
            where = f" at {input_name!r}" if len(samples) > 1 else ""
            raise TrainingError(
                f"The network expects samples of {shape_text(shape)}{where}, but those of the "
                f"data are {shape_text(found)}. Set the shape of the Input to that of the data."
            )


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
