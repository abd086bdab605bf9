"""Bringing weights from a file back into a design."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nn_designer.data import DataSummary, Preprocessing
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.document import Document
from nn_designer.design.edits import EditError
from nn_designer.interchange.channels_first import flattened_pictures, with_channels_last
from nn_designer.interchange.layout import Step, steps_of
from nn_designer.interchange.model import InterchangeError, LoadedWeights, Weights
from nn_designer.interchange.torch_layout import from_torch
from nn_designer.layers import Shape, ShapeError


def fit_weights(document: Document, loaded: LoadedWeights) -> Weights:
    """The weights of ``loaded`` under the names of the design's layers.

    Layers are matched by name; where names differ (a renamed layer, a file of another program),
    by their order, if every shape fits.

    Raises:
        InterchangeError: they do not fit; names the first layer and both shapes.
    """
    order = steps_of(document)
    steps = {step.name: step for step in order if step.tensor_shapes}
    expected = {name: step.tensor_shapes for name, step in steps.items()}
    pictures = flattened_pictures(order) if loaded.as_in_torch else {}
    given = _from_torch(loaded.weights, steps) if loaded.as_in_torch else loaded.weights
    if set(given) == set(expected):
        _compare(expected, given)
        return with_channels_last({name: given[name] for name in expected}, pictures)
    if len(given) == len(expected):
        renamed = dict(zip(expected, given.values(), strict=True))
        if all(_shapes(renamed[name]) == expected[name] for name in expected):
            return with_channels_last(renamed, pictures)
    _refuse_names(expected, given)
    raise AssertionError("unreachable: the names differ")


def _from_torch(given: Weights, steps: Mapping[str, Step]) -> Weights:
    """PyTorch's tensors as ours, told apart by the design's layers of the same name or order."""
    if set(given) == set(steps):
        matching = steps
    elif len(given) == len(steps):
        matching = dict(zip(given, steps.values(), strict=True))
    else:
        return given
    return {name: from_torch(matching[name].kind, tensors) for name, tensors in given.items()}


def trained_design(document: Document, loaded: LoadedWeights) -> Document:
    """The design to use with the weights: ``document``, or what training made of it.

    ``train DESIGN --data OTHER`` fits the design to other data than its own, but leaves its
    file as it is. The weights remember the fitted one; it is used if fitting ``document`` to
    that data gives the very same layers.
    """
    trained = loaded.document
    if trained is None or loaded.preprocessing is None or _layers(trained) == _layers(document):
        return document
    try:
        fitted, _ = adapt_to_data(document, _summary(loaded.preprocessing))
    except (EditError, ShapeError) as error:
        raise InterchangeError(
            f"The design can't be fitted to the data of the weights: {error}"
        ) from error
    return trained if _layers(fitted) == _layers(trained) else document


def _layers(document: Document) -> tuple[object, object]:
    """What decides the numbers a design computes; where its cards lie does not."""
    layers = tuple((each.id, each.kind, each.name, each.settings) for each in document.layers)
    return layers, frozenset((wire.source, wire.target, wire.port) for wire in document.wires)


def _summary(preprocessing: Preprocessing) -> DataSummary:
    """The data that weights were trained with, as far as their preprocessing tells."""
    return DataSummary(
        source=preprocessing.source,
        title=preprocessing.source,
        task=preprocessing.task,
        sample_shape=preprocessing.sample_shape,
        n_rows=0,
        class_names=preprocessing.class_names,
        target_names=preprocessing.target_names,
        feature_names=preprocessing.feature_names,
        has_test_part=False,
        description="",
        origin="",
        licence="",
        image_shape=preprocessing.image_shape,
        columns=preprocessing.column_widths,
        further_targets=tuple(target.info for target in preprocessing.further_targets),
    )


def _shapes(tensors: Mapping[str, np.ndarray]) -> dict[str, Shape]:
    return {name: tuple(array.shape) for name, array in tensors.items()}


def shape_words(shape: Shape) -> str:
    return " × ".join(f"{size:,}" for size in shape) or "a single number"


def _compare(
    expected: Mapping[str, Mapping[str, Shape]], given: Mapping[str, Mapping[str, np.ndarray]]
) -> None:
    for layer, tensors in expected.items():
        found = _shapes(given[layer])
        for name, shape in tensors.items():
            if name not in found:
                raise InterchangeError(
                    f"Layer {layer!r} of the design has a {name}, but the file holds none for it. "
                    "Use the design the weights were trained with."
                )
            if found[name] != shape:
                raise InterchangeError(
                    f"The {name} of layer {layer!r} is {shape_words(shape)} in the design, but "
                    f"{shape_words(found[name])} in the file. Use the design the weights were "
                    "trained with, or change the layer's units or its input to fit."
                )
        extra = [name for name in found if name not in tensors]
        if extra:
            raise InterchangeError(
                f"The file holds {extra[0]!r} for layer {layer!r}, but the design has none there. "
                "Use the design the weights were trained with."
            )


def _refuse_names(
    expected: Mapping[str, Mapping[str, Shape]], given: Mapping[str, Mapping[str, np.ndarray]]
) -> None:
    missing = [name for name in expected if name not in given]
    unknown = [name for name in given if name not in expected]
    if missing:
        raise InterchangeError(
            f"The file has no weights that fit layer {missing[0]!r}; it holds weights for "
            f"{_listed(list(given))}, and the design has {_listed(list(expected))}. Use the "
            "design the weights were trained with."
        )
    raise InterchangeError(
        f"The file has weights for layer {unknown[0]!r}, and the design has no such layer; it has "
        f"{_listed(list(expected))}. Use the design the weights were trained with."
    )


def _listed(names: list[str]) -> str:
    if not names:
        return "no layer"
    shown = ", ".join(name[:40] for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def checked_tensor(name: str, array: np.ndarray) -> np.ndarray:
    """A tensor of a file as float32, or InterchangeError with the reason."""
    shown = name[:80]
    if array.dtype.kind != "f":
        raise InterchangeError(
            f"The weights {shown!r} have the type {array.dtype}, and floating-point numbers were "
            "expected (float32). Export them again as float32."
        )
    with np.errstate(over="ignore"):
        converted = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(converted).all():
        bad = int(np.size(converted) - np.count_nonzero(np.isfinite(converted)))
        raise InterchangeError(
            f"The weights {shown!r} hold {bad:,} values that are not finite numbers (NaN or "
            "infinity). The training that made them went wrong; use weights from another run."
        )
    return converted
