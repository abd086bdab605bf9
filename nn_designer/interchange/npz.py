"""NumPy's .npz: ``<layer>.kernel`` (in, out), ``<layer>.bias`` (out,), and ``__meta__``, JSON text.

Loads with ``numpy.load(path, allow_pickle=False)``; docs/WEIGHTS.md shows how to predict with it.
Reading trusts nothing: sizes are checked before memory is asked for, and nothing is unpickled.
"""

from __future__ import annotations

import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from nn_designer.interchange import metadata
from nn_designer.interchange.files import unreadable, writing_aside
from nn_designer.interchange.fitting import checked_tensor
from nn_designer.interchange.layout import Step, steps_of
from nn_designer.interchange.model import InterchangeError, LoadedWeights, TrainedModel, Weights

META = "__meta__"
LAYOUT = (
    "kernel is (inputs, units), bias is (units,): y = activation(x @ kernel + bias); "
    "float32, row by row"
)
MAXIMUM_BYTES = 4 * 2**30
MAXIMUM_MEMBERS = 100_000
SUSPICIOUS_BYTES = 64 * 2**20
"""Beyond this size, a file that unpacks to 100 times its own size is refused."""

_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, KeyError),
    *(RuntimeError, OverflowError, TypeError, SyntaxError, IndexError, MemoryError, OSError),
    tokenize.TokenError,
)
"""What zipfile and NumPy raise on damaged files; found by damaging files at random."""


def write(model: TrainedModel, path: Path) -> None:
    """Write the model's weights, then read them back and compare before the file takes its place.

    Raises:
        InterchangeError: it can't be written.
    """
    steps = steps_of(model.document)
    arrays = flat_arrays(model, steps)
    text = metadata.to_text(metadata.describe(model, steps, LAYOUT))
    with writing_aside(path) as (out, aside):
        np.savez(out, allow_pickle=False, **arrays, **{META: np.array(text)})
        out.flush()
        if aside.is_file():
            verify(arrays, read(aside), path)


def flat_arrays(model: TrainedModel, steps: tuple[Step, ...]) -> dict[str, np.ndarray]:
    """``<layer>.<tensor>`` → array, for exactly the layers that the design has.

    Raises:
        InterchangeError: the weights do not belong to the design, or are not finite.
    """
    arrays: dict[str, np.ndarray] = {}
    for step in steps:
        for tensor, shape in step.tensor_shapes.items():
            array = model.weights.get(step.name, {}).get(tensor)
            if array is None or array.shape != shape:
                raise InterchangeError(
                    f"The trained weights do not belong to this design: layer {step.name!r} "
                    f"expects a {tensor} of {shape}. Train the design again before exporting."
                )
            arrays[f"{step.name}.{tensor}"] = checked_tensor(f"{step.name}.{tensor}", array)
    return arrays


def verify(written: dict[str, np.ndarray], found: LoadedWeights, path: Path) -> None:
    """Raise InterchangeError unless ``found`` is what was written, bit for bit."""
    again = {f"{n}.{t}": array for n, ts in found.weights.items() for t, array in ts.items()}
    same = set(again) == set(written) and all(
        np.array_equal(again[name], array) for name, array in written.items()
    )
    if not same:
        raise InterchangeError(
            f"{path} was written, but reading it back gave other numbers, so it was not kept. "
            "The disk may be failing; choose a folder on another disk."
        )


def read(path: Path) -> LoadedWeights:
    """Read weights that NN Designer or somebody's NumPy wrote.

    Raises:
        InterchangeError: the file can't be read or is not what it should be.
    """
    try:
        with Path(path).open("rb") as source, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's remarks on headers of old or odd files
            return _read(source, Path(path))
    except InterchangeError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from error
        raise _damaged(path, error) from error
    except _DAMAGED as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InterchangeError:
    return InterchangeError(
        f"{path} is not a complete .npz file ({str(error)[:120] or type(error).__name__}). "
        "Copy or export it again."
    )


def _read(source: IO[bytes], path: Path) -> LoadedWeights:
    start = source.read(8)
    source.seek(0)
    if not start.startswith(b"PK"):
        what = "a single .npy array" if start.startswith(b"\x93NUMPY") else "something else"
        raise InterchangeError(
            f"{path} was expected to be an .npz file (a zip archive of arrays), and it is "
            f"{what if start else 'empty'}. Export the weights again as .npz."
        )
    size = source.seek(0, 2)
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        _refuse_bomb(members, size, path)
        arrays = {m.filename.removesuffix(".npy"): _array(archive, m, path) for m in members}
    if len(arrays) != len(members):
        raise InterchangeError(f"{path} holds two arrays of the same name. Export it again.")
    meta = arrays.pop(META, None)
    weights: Weights = {}
    for name, array in arrays.items():
        layer, dot, tensor = name.rpartition(".")
        if not dot or not layer or not tensor:
            raise InterchangeError(
                f"{path} holds an array called {name[:60]!r}, and names like 'dense_1.kernel' "
                "and 'dense_1.bias' were expected."
            )
        weights.setdefault(layer, {})[tensor] = checked_tensor(name, array)
    if meta is None:
        return LoadedWeights(weights)
    if meta.dtype.kind != "U" or meta.shape != ():
        raise InterchangeError(f"{path}: {META} was expected to be text. Export it again.")
    return described(weights, metadata.from_text(str(meta)))


def described(weights: Weights, found: dict[str, object]) -> LoadedWeights:
    """Weights with what their file's metadata says."""
    return LoadedWeights(
        weights,
        preprocessing=metadata.preprocessing_of(found),
        class_names=metadata.names_of(found, "class_names"),
        target_names=metadata.names_of(found, "target_names"),
        task=metadata.task_of(found),
        document=metadata.document_of(found),
        history=metadata.history_of(found),
    )


def _refuse_bomb(members: list[zipfile.ZipInfo], file_size: int, path: Path) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAXIMUM_MEMBERS:
        raise InterchangeError(
            f"{path} holds {len(members):,} arrays, and at most {MAXIMUM_MEMBERS:,} are read. "
            "It is not a file of weights."
        )
    if total > MAXIMUM_BYTES or (total > SUSPICIOUS_BYTES and total > 100 * file_size):
        raise InterchangeError(
            f"{path} would unpack from {file_size:,} to {total:,} bytes, which no file of "
            f"weights does (at most {MAXIMUM_BYTES:,} are read). It was not opened."
        )


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> np.ndarray:
    """One array, whose header must agree with the size of its member before it is read."""
    shown = member.filename[:60]
    if not member.filename.endswith(".npy"):
        raise InterchangeError(
            f"{path} holds {shown!r}, and an .npz file holds only arrays (.npy). It is another "
            "kind of zip archive."
        )
    with archive.open(member) as source:
        version = np.lib.format.read_magic(source)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(source)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(source)
        else:
            raise InterchangeError(
                f"{path}: the array {shown!r} has version {version} of NumPy's format, and 1.0 "
                "or 2.0 was expected. Export it again."
            )
        if dtype.hasobject:
            raise InterchangeError(
                f"{path}: the array {shown!r} holds Python objects (pickle). Reading them could "
                "run a foreign program, so they are refused. Export plain arrays of float32."
            )
        count = 1
        for length in shape:
            count *= length
        if any(length < 0 for length in shape) or dtype.itemsize == 0 or len(shape) > 32:
            raise InterchangeError(f"{path}: the array {shown!r} has a damaged header.")
        n_bytes = count * dtype.itemsize
        if n_bytes > member.file_size:
            raise InterchangeError(
                f"{path}: the array {shown!r} says it holds {n_bytes:,} bytes, but the file has "
                f"only {member.file_size:,} for it. It is cut off or damaged; export it again."
            )
        data = source.read(n_bytes)
        if len(data) != n_bytes or source.read(1):
            raise InterchangeError(
                f"{path}: the array {shown!r} is cut off or damaged. Export it again."
            )
    flat = np.frombuffer(data, dtype=dtype, count=count)
    return flat.reshape(shape, order="F" if fortran else "C")
