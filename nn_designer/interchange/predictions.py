"""From a network's outputs to answers people read: class names, probabilities, a CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn_designer.design.document import Document
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.interchange.files import writing_aside
from nn_designer.interchange.layout import steps_of
from nn_designer.interchange.model import InterchangeError, TrainedModel


@dataclass(frozen=True, eq=False)
class Predictions:
    """``answers`` (N,): class names or numbers. ``columns``: name → numbers, (N, columns)."""

    answers: list[str] | np.ndarray
    names: tuple[str, ...]
    columns: np.ndarray


def predictions(model: TrainedModel, outputs: np.ndarray) -> Predictions:
    """The answers in ``outputs`` (N, units), which ``model.predict`` gave."""
    if model.task == "number":
        names = model.target_names or tuple(f"target_{i + 1}" for i in range(outputs.shape[1]))
        if len(names) != outputs.shape[1]:
            raise _wrong_count(len(names), "numbers to predict", outputs.shape[1])
        return Predictions(outputs[:, 0], names, outputs)
    names = model.class_names or tuple(str(i) for i in range(max(2, outputs.shape[1])))
    threshold, activation = _ending(model.document)
    if outputs.shape[1] == 1 and len(names) == 2:
        classes = (outputs[:, 0] > threshold).astype(np.intp)
        probabilities = _of_two(outputs[:, 0], threshold)
    elif outputs.shape[1] == len(names):
        classes = outputs.argmax(axis=1)
        probabilities = _of_many(outputs, threshold, activation)
    else:
        raise _wrong_count(len(names), "classes", outputs.shape[1])
    return Predictions([names[index] for index in classes], names, probabilities)


def _wrong_count(expected: int, what: str, units: int) -> InterchangeError:
    return InterchangeError(
        f"The network has {units:,} outputs, but there are {expected:,} {what}. Use the design "
        "and the weights of the same training."
    )


def _ending(document: Document) -> tuple[float, str]:
    """The loss's border between two classes (0 for hinge, else 0.5), and the last activation."""
    key = document.training.get("loss", TrainingSettings.params["loss"].default)
    loss = LOSSES.get(key)
    activations: dict[str, str] = {}
    for step in steps_of(document):
        before = [activations[name] for name in step.inputs]
        activations[step.name] = step.kind.output_activation(before)
    return (loss.threshold if loss else 0.5), activations[step.name]


def _of_two(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Scores (N,) of the second class → probabilities (N, 2).

    Outputs of hinge run from -1 to 1, others from 0 to 1; what lies beyond is cut off.
    """
    second = (scores + 1.0) / 2.0 if threshold == 0.0 else scores
    second = np.clip(second, 0.0, 1.0)
    return np.stack([1.0 - second, second], axis=1)


def _of_many(scores: np.ndarray, threshold: float, activation: str) -> np.ndarray:
    """Scores (N, classes) → probabilities that add up to 1. Those of softmax stay as they are."""
    if activation == "softmax":
        return scores
    shares = np.clip((scores + 1.0) / 2.0 if threshold == 0.0 else scores, 0.0, 1.0)
    total = shares.sum(axis=1, keepdims=True)
    even = np.full_like(shares, 1.0 / shares.shape[1])
    return np.where(total > 0.0, shares / np.where(total > 0.0, total, 1.0), even)


def write_predictions(path: Path | str, found: Predictions) -> None:
    """A CSV file: column ``prediction``, then one per class (its probability) or target.

    Raises:
        InterchangeError: the file can't be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["prediction", *found.names])
    answers = found.answers
    first = _shown(answers) if isinstance(answers, np.ndarray) else answers
    writer.writerows(zip(first, *map(_shown, found.columns.T), strict=True))
    with writing_aside(path) as (out, _):
        out.write(text.getvalue().encode("utf-8"))


def _shown(values: np.ndarray) -> list[str]:
    """Numbers as the shortest texts that read back as the same numbers."""
    shown: list[str] = values.astype(np.str_).tolist()
    return shown
