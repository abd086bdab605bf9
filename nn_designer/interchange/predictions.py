"""From a network's outputs to answers people read: class names, probabilities, a CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn_designer.design.document import Document
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.interchange.files import writing_aside
from nn_designer.interchange.layout import steps_of
from nn_designer.interchange.model import InterchangeError, TrainedModel


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network answers, for people.

    ``answers`` (N,): class names or numbers. ``names`` are the classes or the targets.
    ``columns`` (N, names) has the probability of each class, or None if the network gives none;
    or each target's number. ``note`` says what to know of the columns; often empty.
    """

    answers: list[str] | np.ndarray
    names: tuple[str, ...]
    columns: np.ndarray | None
    note: str = ""


def predictions(model: TrainedModel, outputs: np.ndarray) -> Predictions:
    """The answers in ``outputs`` (N, units), which ``model.predict`` gave.

    Raises:
        InterchangeError: they do not match the model's classes or targets.
    """
    if model.task == "number":
        names = model.target_names or tuple(f"target_{i + 1}" for i in range(outputs.shape[1]))
        if len(names) != outputs.shape[1]:
            raise _wrong_count(len(names), "numbers to predict", outputs.shape[1])
        return Predictions(outputs[:, 0], names, outputs)
    names = model.class_names or tuple(str(i) for i in range(max(2, outputs.shape[1])))
    threshold, activation = _ending(model.document)
    if outputs.shape[1] == 1 and len(names) == 2:
        classes = (outputs[:, 0] > threshold).astype(np.intp)
        columns = np.concatenate([1.0 - outputs, outputs], axis=1)
    elif outputs.shape[1] == len(names):
        classes = outputs.argmax(axis=1)
        columns = outputs
    else:
        raise _wrong_count(len(names), "classes", outputs.shape[1])
    answers = [names[index] for index in classes]
    if not ACTIVATIONS[activation].gives_probabilities:
        return Predictions(answers, names, None, _no_probabilities(activation))
    note = "" if activation == "softmax" or outputs.shape[1] == 1 else INDEPENDENT
    return Predictions(answers, names, columns, note)


INDEPENDENT = "Each class has a probability of its own; they need not add up to 1."


def _no_probabilities(activation: str) -> str:
    return (
        f"The network ends with {activation}, which gives no probabilities, so the columns of the "
        "classes are empty. Train it with softmax or sigmoid in the last layer to get them."
    )


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


def write_predictions(path: Path | str, found: Predictions) -> None:
    """A CSV file: column ``prediction``, then one per class (its probability) or target.

    Columns of classes stay empty if there are no probabilities.

    Raises:
        InterchangeError: the file can't be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["prediction", *found.names])
    answers = found.answers
    first = _shown(answers) if isinstance(answers, np.ndarray) else answers
    if found.columns is None:
        empty = [""] * len(found.names)
        writer.writerows([answer, *empty] for answer in first)
    else:
        writer.writerows(zip(first, *map(_shown, found.columns.T), strict=True))
    with writing_aside(path) as (out, _):
        out.write(text.getvalue().encode("utf-8"))


def _shown(values: np.ndarray) -> list[str]:
    """Numbers as the shortest texts that read back as the same numbers."""
    shown: list[str] = values.astype(np.str_).tolist()
    return shown
