"""Which of the data's columns enter at which Input, and which target each Output learns.

1. An Input takes the columns that its setting ``features`` names; without, all that no other
   Input names.
2. An Output learns the target that its setting ``target`` names; without, the first in the order
   of the data that no other Output learns.

With one Input, one Output and no such settings nothing is rearranged: all columns, the first
target. What can't be done is told in sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nn_designer.data.column_types import column_list
from nn_designer.data.dataset import Dataset, DataSummary, FurtherTarget, TargetInfo
from nn_designer.data.errors import DataError
from nn_designer.data.names import no_such_column
from nn_designer.data.prepare import Prepared
from nn_designer.design.document import Document, Layer
from nn_designer.design.edit_base import kind_or_none
from nn_designer.design.inference import read_settings
from nn_designer.engine.inputs import Arrays
from nn_designer.engine.training_data import TrainingData
from nn_designer.layers import Shape

Columns = Sequence[tuple[str, int]]
"""A table's columns, and how many numbers of a sample each makes."""


@dataclass(frozen=True)
class Misfit:
    """Why an Input or Output can't have what it asks for."""

    layer: Layer
    sentence: str


def used_outputs(document: Document) -> tuple[Layer, ...]:
    """The Outputs that have a wire, in the order of the document."""
    return tuple(
        layer
        for layer in document.layers
        if (kind := kind_or_none(layer.kind)) is not None
        and not kind.has_output
        and document.incoming(layer.id)
    )


def used_layers(document: Document) -> frozenset[str]:
    """The ids of all layers that lead to an Output, and of the Outputs themselves."""
    return frozenset().union(*(document.ancestors(layer.id) for layer in used_outputs(document)))


def used_inputs(document: Document) -> tuple[Layer, ...]:
    """The Inputs that lead to an Output, in the order of the document."""
    used = used_layers(document)
    return tuple(
        layer
        for layer in document.layers
        if layer.id in used
        and (kind := kind_or_none(layer.kind)) is not None
        and kind.maximum_inputs == 0
    )


def _said(layer: Layer, name: str) -> str:
    """A setting of a layer as text; empty where it is missing or wrong."""
    kind = kind_or_none(layer.kind)
    if kind is None or name not in kind.params:
        return ""
    return str(read_settings(kind, layer.settings).values.get(name, ""))


# ---------------------------------------------------------------------- targets


def assigned_targets(
    document: Document, targets: Sequence[TargetInfo], title: str = "the data"
) -> tuple[dict[str, int], tuple[Misfit, ...]]:
    """Id of each Output → which target it learns, and what can't be done."""
    found: dict[str, int] = {}
    misfits: list[Misfit] = []
    outputs = used_outputs(document)
    waiting: list[Layer] = []
    for layer in outputs:
        wanted = _said(layer, "target")
        if not wanted:
            waiting.append(layer)
            continue
        places = [i for i, info in enumerate(targets) if wanted in (info.title, *info.names)]
        if places:
            found[layer.id] = places[0]
        else:
            names = ", ".join(repr(info.title) for info in targets)
            misfits.append(
                Misfit(
                    layer,
                    f"{layer.name} is to learn {wanted[:60]!r}, but what {title} gives to predict "
                    f"is {names}. Change the target of {layer.name}.",
                )
            )
    left = [place for place in range(len(targets)) if place not in found.values()]
    for layer in waiting:
        if left:
            found[layer.id] = left.pop(0)
            continue
        count = "only one target" if len(targets) == 1 else f"only {len(targets)} targets"
        misfits.append(
            Misfit(
                layer,
                f"Nothing is left for {layer.name} to learn: {title} has {count}. Choose another "
                f"target in the data, name a target in the settings of {layer.name}, or delete "
                "it.",
            )
        )
    return found, tuple(misfits)


def arranged(document: Document, dataset: Dataset) -> Dataset:
    """The data with their targets in the order of the Outputs, those that none learns left out.

    Data that are in this order already come back as they are.

    Raises:
        DataError: an Output has nothing to learn.
    """
    infos = dataset.summary().targets
    found, misfits = assigned_targets(document, infos, dataset.title)
    if misfits:
        raise DataError(misfits[0].sentence)
    order = [found[layer.id] for layer in used_outputs(document)] or [0]
    if order == list(range(len(infos))):
        return dataset
    ys = [dataset.y, *(target.y for target in dataset.further_targets)]
    first, *further = (FurtherTarget(infos[place], ys[place]) for place in order)
    return replace(
        dataset,
        task=first.info.task,
        y=first.y,
        target_names=first.info.names,
        class_names=first.info.class_names,
        further_targets=tuple(further),
    )


# ---------------------------------------------------------------------- features


def assigned_features(
    document: Document, columns: Columns, title: str = "the data"
) -> tuple[dict[str, tuple[int, ...] | None], tuple[Misfit, ...]]:
    """Id of each Input → the numbers of a sample that enter there, None for the whole sample; and
    what can't be done."""
    inputs = used_inputs(document)
    named: dict[str, list[str]] = {}
    misfits: list[Misfit] = []
    known = [name for name, _ in columns]
    for layer in inputs:
        text = _said(layer, "features")
        if not text:
            continue
        try:
            names = [text] if text in known else column_list(text)
        except DataError as error:
            misfits.append(Misfit(layer, f"{layer.name}: {error}"))
            continue
        unknown = [name for name in names if name not in known]
        if unknown and not known:
            sentence = (
                f"{layer.name} names columns, but {title} has none. Leave its features empty."
            )
            misfits.append(Misfit(layer, sentence))
        elif unknown:
            misfits.append(Misfit(layer, f"{layer.name}: {no_such_column(unknown[0], known)}"))
        else:
            named[layer.id] = names
    places = _places(columns)
    taken = {name for names in named.values() for name in names}
    rest = [name for name in known if name not in taken]
    found: dict[str, tuple[int, ...] | None] = {}
    for layer in inputs:
        if layer.id in named:
            chosen = named[layer.id]
        elif not taken:
            found[layer.id] = None
            continue
        else:
            chosen = rest
        if not chosen:
            misfits.append(
                Misfit(
                    layer,
                    f"No column is left for {layer.name}: other Inputs name all of them. Take one "
                    f"from their features, or delete {layer.name}.",
                )
            )
            continue
        found[layer.id] = tuple(place for name in chosen for place in places[name])
    return found, tuple(misfits)


def _places(columns: Columns) -> dict[str, range]:
    """Column → where its numbers lie in a sample."""
    places: dict[str, range] = {}
    start = 0
    for name, width in columns:
        places[name] = range(start, start + width)
        start += width
    return places


def sample_shapes(document: Document, summary: DataSummary) -> dict[str, Shape]:
    """Id of each Input that data can enter at → the shape of what enters there."""
    found, _ = assigned_features(document, summary.columns, summary.title)
    return {
        id: summary.sample_shape if places is None else (len(places),)
        for id, places in found.items()
    }


def split_samples(document: Document, columns: Columns, x: np.ndarray) -> Arrays:
    """Samples (N, *shape) as the design's network takes them: as they are for one Input of all
    columns, else for each Input by its name in the network."""
    found, misfits = assigned_features(document, columns)
    if misfits:
        raise DataError(misfits[0].sentence)
    if list(found.values()) == [None]:
        return x
    names = document.export_names
    return {
        names[id]: x if places is None else np.ascontiguousarray(x[:, list(places)])
        for id, places in found.items()
    }


def training_data(document: Document, prepared: Prepared) -> TrainingData:
    """Prepared data (of a data set that was :func:`arranged`) as the design's network takes
    them."""
    columns = prepared.preprocessing.column_widths
    x_train = split_samples(document, columns, prepared.x_train)
    x_validation = split_samples(document, columns, prepared.x_validation)
    whole = replace(prepared.for_training(), x_train=x_train, x_validation=x_validation)
    if len(prepared.targets) == 1:
        return whole
    export_names = document.export_names
    names = [export_names[layer.id] for layer in used_outputs(document)]
    each = dict(zip(names, prepared.targets, strict=True))
    return replace(
        whole,
        y_train={name: target.y_train for name, target in each.items()},
        y_validation={name: target.y_validation for name, target in each.items()},
        task={name: target.info.task for name, target in each.items()},
        n_classes={name: target.info.n_classes for name, target in each.items()},
        target_scale={name: target.scale for name, target in each.items()},
    )
