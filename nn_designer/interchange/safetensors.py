"""Safetensors with PyTorch's names and layout: ``load_state_dict(load_file(path))`` works.

The string metadata holds ``format`` ("pt"), ``modules`` (the ``nn.Sequential`` as code, for
chains) and ``nn_designer``, the same JSON text as in .npz files plus ``names``, PyTorch's prefix
→ layer.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nn_designer.design.inference import read_settings
from nn_designer.interchange import metadata
from nn_designer.interchange.channels_first import (
    channels_first,
    flattened_pictures,
    has_channels_first,
    with_channels_last,
)
from nn_designer.interchange.files import unreadable, writing_aside
from nn_designer.interchange.fitting import checked_tensor
from nn_designer.interchange.layout import steps_of
from nn_designer.interchange.model import InterchangeError, LoadedWeights, TrainedModel, Weights
from nn_designer.interchange.npz import described, flat_arrays, verify
from nn_designer.interchange.torch_layout import from_torch, to_torch, torch_names
from nn_designer.layers import KINDS, LayerKind

OURS = "nn_designer"
LAYOUT = (
    "as in PyTorch: weight is (units, inputs), bias is (units,): "
    "y = activation(x @ weight.T + bias); Flatten keeps the order height, width, channels"
)
LAYOUT_OF_PICTURES = (
    "as in PyTorch: pictures are (samples, channels, height, width), the weight of a convolution "
    "is (filters, channels, height, width); Dense has weight (units, inputs), bias (units,): "
    "y = activation(x @ weight.T + bias); Flatten keeps the order channels, height, width"
)
READABLE = {"F16", "F32", "F64"}
PASSED_OVER = {"num_batches_tracked"}
"""Tensors of PyTorch that are no weights: BatchNorm counts its batches."""


def write(model: TrainedModel, path: Path) -> None:
    """Write the model's weights, then read them back and compare before the file takes its place.

    Raises:
        InterchangeError: it can't be written.
    """
    from safetensors.numpy import save

    steps = steps_of(model.document)
    arrays = flat_arrays(model, steps)
    names = torch_names(steps)
    pictures = flattened_pictures(steps)
    tensors: dict[str, np.ndarray] = {}
    for step in steps:
        for tensor in step.tensor_shapes:
            array = arrays[f"{step.name}.{tensor}"]
            if tensor == "kernel" and step.name in pictures:
                array = channels_first(array, pictures[step.name])
            for name, theirs in to_torch(step.kind, tensor, array).items():
                tensors[f"{names.prefixes[step.name]}.{name}"] = theirs
    layout = LAYOUT_OF_PICTURES if has_channels_first(steps) else LAYOUT
    description = metadata.describe(model, steps, layout)
    description["names"] = {prefix: layer for layer, prefix in names.prefixes.items()}
    strings = {"format": "pt", OURS: metadata.to_text(description)}
    if names.modules:
        strings["modules"] = names.modules
    with writing_aside(path) as (out, aside):
        out.write(save(tensors, metadata=strings))
        out.flush()
        if aside.is_file():
            verify(arrays, read(aside), path)


def read(path: Path) -> LoadedWeights:
    """Read weights that NN Designer, PyTorch or another program wrote.

    Raises:
        InterchangeError: the file can't be read or is not what it should be.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if Path(path).stat().st_size < 10:
            raise InterchangeError(
                f"{path} is too short to be a safetensors file. Copy or export it again."
            )
        with safe_open(path, framework="numpy") as source:
            strings = source.metadata() or {}
            found = metadata.from_text(strings[OURS]) if OURS in strings else {}
            weights = _tensors(source, path, found)
    except SafetensorError as error:
        raise InterchangeError(
            f"{path} is not a complete safetensors file ({str(error)[:120]}). Copy or export it "
            "again."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    except MemoryError as error:
        raise InterchangeError(
            f"{path} needs more memory than there is. Close other programs and try again."
        ) from error
    if not found:
        return LoadedWeights(weights, as_in_torch=True)
    loaded = described(weights, found)
    if loaded.document is None:
        return loaded
    pictures = flattened_pictures(steps_of(loaded.document))
    return replace(loaded, weights=with_channels_last(loaded.weights, pictures))


def _tensors(source: Any, path: Path, found: dict[str, object]) -> Weights:
    names = found.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(n, str) for n in names.values()):
        raise InterchangeError(f"{path}: the names of the layers are damaged. Export it again.")
    kinds = _kinds(found)
    weights: Weights = {}
    for key in sorted(source.keys(), key=_as_counted):
        prefix, dot, tensor = key.rpartition(".")
        if not dot or not prefix or not tensor:
            raise InterchangeError(
                f"{path} holds a tensor called {key[:60]!r}, and names like '0.weight' or "
                "'dense_1.bias' were expected."
            )
        if tensor in PASSED_OVER:
            continue
        dtype = source.get_slice(key).get_dtype()
        if dtype not in READABLE:
            raise InterchangeError(
                f"{path}: the tensor {key[:60]!r} has the type {dtype}, and float32 (F32) was "
                "expected. Save it again as float32."
            )
        array = checked_tensor(key, source.get_tensor(key))
        weights.setdefault(names.get(prefix, prefix), {})[tensor] = array
    ours = {name: from_torch(kinds.get(name), tensors) for name, tensors in weights.items()}
    return _in_order(ours, list(names.values()))


def _kinds(found: dict[str, object]) -> dict[str, LayerKind]:
    """Layer name → kind with its settings, as the description in one of our files says."""
    layers = found.get("layers", [])
    entries = (
        [entry for entry in layers if isinstance(entry, dict)] if isinstance(layers, list) else []
    )
    return {
        str(entry.get("name")): _made(KINDS[entry["kind"]], entry.get("settings"))
        for entry in entries
        if isinstance(entry.get("kind"), str) and entry["kind"] in KINDS
    }


def _made(kind: type[LayerKind], settings: object) -> LayerKind:
    """The layer, with those of its settings that can be read."""
    return kind(**read_settings(kind, settings).values if isinstance(settings, dict) else {})


def _as_counted(key: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts "2.weight" before "10.weight"."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in key.split("."))


def _in_order(weights: Weights, order: list[str]) -> Weights:
    """Layers as the file's description lists them, others behind, and the kernel before the bias."""
    listed = [name for name in order if name in weights]
    rest = [name for name in weights if name not in listed]
    return {
        name: dict(sorted(weights[name].items(), key=lambda item: item[0] != "kernel"))
        for name in [*listed, *rest]
    }
