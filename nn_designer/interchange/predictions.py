"""From a network's outputs to answers people read: class names, probabilities, a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
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


def predictions(model: TrainedModel, outputs: np.ndarray, output: str | None = None) -> Predictions:
    """The answers in ``outputs`` (N, units), which ``model.outputs`` gave for the output of this
    name; None: the first.

    Raises:
        InterchangeError: they do not match the model's classes or targets.
    """
    ends = [step.name for step in steps_of(model.document) if not step.kind.has_output]
    end = ends[0] if output is None else output
    known = dict(zip(ends, model.targets, strict=False))
    if end not in known:
        raise InterchangeError(
            f"It is not known what the output {end!r} answers. Use the design and the weights of "
            "the same training."
        )
    info = known[end]
    if info.task == "number":
        names = info.names or tuple(f"target_{i + 1}" for i in range(outputs.shape[1]))
        if len(names) != outputs.shape[1]:
            raise _wrong_count(len(names), "numbers to predict", outputs.shape[1])
        return Predictions(outputs[:, 0], names, outputs)
    names = info.class_names or tuple(str(i) for i in range(max(2, outputs.shape[1])))
    threshold, activation = _ending(model.document, end)
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


def _ending(document: Document, end: str) -> tuple[float, str]:
    """Of the output ``end``: its loss's border between two classes (0 for hinge, else 0.5), and
    its last activation."""
    key = document.training.get("loss", TrainingSettings.params["loss"].default)
    activations: dict[str, str] = {}
    for step in steps_of(document):
        before = [activations[name] for name in step.inputs]
        activations[step.name] = step.kind.output_activation(before)
        if step.name == end:
            key = step.kind.own_loss().key or key
    loss = LOSSES.get(key)
    return (loss.threshold if loss else 0.5), activations[end]


def write_predictions(path: Path | str, found: Predictions | Mapping[str, Predictions]) -> None:
    """A CSV file: column ``prediction``, then one per class (its probability) or target.

    Columns of classes stay empty if there are no probabilities. Of several outputs, by their
    names, each has such columns, with the name in front: ``species.prediction``.

    Raises:
        InterchangeError: the file can't be written.
    """
    each = {"": found} if isinstance(found, Predictions) else {f"{n}.": p for n, p in found.items()}
    table: list[tuple[str, Sequence[str]]] = []
    for prefix, one in each.items():
        answers = one.answers
        shown = _shown(answers) if isinstance(answers, np.ndarray) else answers
        columns = [[""] * len(shown)] * len(one.names)
        if one.columns is not None:
            columns = [_shown(column) for column in one.columns.T]
        table.append((f"{prefix}prediction", shown))
        table += [(f"{prefix}{n}", column) for n, column in zip(one.names, columns, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in table])
    writer.writerows(zip(*(column for _, column in table), strict=True))
    with writing_aside(path) as (out, _):
        out.write(text.getvalue().encode("utf-8"))


def _shown(values: np.ndarray) -> list[str]:
    """Numbers as the shortest texts that read back as the same numbers."""
    shown: list[str] = values.astype(np.str_).tolist()
    return shown
