"""What travels with weights, as JSON: the layers, the preprocessing, the class names, the design."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nn_designer import __version__
from nn_designer.data import DataError, Preprocessing
from nn_designer.data.places import without_folders
from nn_designer.design import codec
from nn_designer.design.document import Document
from nn_designer.interchange.layout import Step
from nn_designer.interchange.model import InterchangeError, TrainedModel

FORMAT = "nn-designer weights"
VERSION = 1
MAXIMUM_LENGTH = 64 * 2**20  # characters


def describe(model: TrainedModel, steps: tuple[Step, ...], layout: str) -> dict[str, Any]:
    """The metadata of an exported model. ``layout`` says in words how the tensors lie."""
    preprocessing = model.preprocessing
    return {
        "format": FORMAT,
        "version": VERSION,
        "application": f"NN Designer {__version__}",
        "layout": layout,
        "task": model.task,
        "class_names": list(model.class_names),
        "target_names": list(model.target_names),
        "preprocessing": None if preprocessing is None else preprocessing.to_json(),
        "inputs": None if preprocessing is None else _inputs(preprocessing),
        "outputs": _outputs(model),
        "layers": [step.as_json() for step in steps],
        "history": [dict(record) for record in model.history],
        "design": json.loads(codec.dumps(_without_folders(model.document))),
    }


def _inputs(preprocessing: Preprocessing) -> dict[str, Any]:
    """The preprocessing in short: each number the network receives is (value - mean) / scale.

    A category's inputs are 1 or 0 already. Pictures have one mean and scale for all pixels.
    """
    if not preprocessing.columns:
        return {"names": [], "mean": preprocessing.center, "scale": preprocessing.divide_by}
    size = len(preprocessing.feature_names)
    mean = preprocessing.inverse_inputs(np.zeros((1, size)))[0]
    scale = [c.scale if c.kind != "category" else 1.0 for c in preprocessing.columns]
    width = [column.width for column in preprocessing.columns]
    return {
        "names": list(preprocessing.feature_names),
        "mean": mean.tolist(),
        "scale": np.repeat(scale, width).tolist(),
    }


def _outputs(model: TrainedModel) -> dict[str, Any]:
    """What the outputs are called, and how numbers come back: output * scale + mean."""
    done = model.preprocessing
    numbers = model.task == "number"
    scaled = done is not None and numbers
    return {
        "names": list(model.target_names if numbers else model.class_names),
        "mean": list(done.target_mean) if done and scaled else 0.0,
        "scale": list(done.target_scale) if done and scaled else 1.0,
    }


def _without_folders(document: Document) -> Document:
    return replace(document, data=without_folders(document.data))


def to_text(metadata: Mapping[str, Any]) -> str:
    return json.dumps(metadata, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    """Settings and history may hold tuples' cousins and NumPy numbers."""
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in the metadata")


def from_text(text: str) -> dict[str, Any]:
    """The metadata of a file that says it is ours.

    Raises:
        InterchangeError: it is damaged, or from a newer version.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise InterchangeError(
            f"The description in the file is {len(text):,} characters long, and at most "
            f"{MAXIMUM_LENGTH:,} are read. The file is not one that NN Designer wrote."
        )
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InterchangeError(
            "The description in the file is not readable JSON "
            f"({str(error)[:120]}). Export the weights again."
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InterchangeError(
            f"The description in the file was expected to be of the format {FORMAT!r}, and it is "
            "something else. Export the weights again."
        )
    version = found.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InterchangeError("The description in the file has no version. Export it again.")
    if version > VERSION:
        raise InterchangeError(
            f"The file has version {version} of the weights format, and this NN Designer knows "
            f"versions up to {VERSION}. Install a newer NN Designer."
        )
    return found


def preprocessing_of(metadata: Mapping[str, Any]) -> Preprocessing | None:
    found = metadata.get("preprocessing")
    if found is None:
        return None
    try:
        return Preprocessing.from_json(found)
    except DataError as error:
        raise InterchangeError(f"The weights can be read, but not used: {error}") from error


def document_of(metadata: Mapping[str, Any]) -> Document | None:
    found = metadata.get("design")
    if not isinstance(found, dict):
        return None
    try:
        return codec.loads(json.dumps(found)).document
    except codec.CodecError as error:
        raise InterchangeError(f"The design inside the file is damaged: {error}") from error


def names_of(metadata: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of names; InterchangeError if it is something else."""
    found = metadata.get(key, [])
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise InterchangeError(
            f"The {key.replace('_', ' ')} in the file are not a list of names. Export the "
            "weights again."
        )
    return tuple(found)


def history_of(metadata: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The records of the epochs; what is no record is left out, it matters to no prediction."""
    found = metadata.get("history", [])
    return tuple(r for r in found if isinstance(r, dict)) if isinstance(found, list) else ()


def task_of(metadata: Mapping[str, Any]) -> str:
    found = metadata.get("task", "")
    if found not in ("", "classes", "number"):
        raise InterchangeError(
            f"The task in the file is {str(found)[:40]!r}, and 'classes' or 'number' was expected. "
            "Export the weights again."
        )
    return str(found)
