"""Snapshots of weights on their way from the training process to the window. No Qt.

Small ones travel in the messages. Big ones are copied into a piece of shared memory, and the
process writes there again only after the window has said that it took the last one; so what the
window holds is whole even if the process dies while writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from shutil import disk_usage
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn_designer.app.training_messages import WeightPlace

Weights = dict[str, dict[str, NDArray[Any]]]

SMALL_BYTES = 256 * 1024
_LINUX_SHARED_MEMORY = Path("/dev/shm")


def places_of(
    weights: Mapping[str, Mapping[str, NDArray[Any]]], variables: NDArray[Any]
) -> tuple[WeightPlace, ...]:
    """Where the weights, views onto ``variables`` (P,), lie in it."""
    start = variables.__array_interface__["data"][0]
    return tuple(
        WeightPlace(
            layer=layer,
            name=name,
            shape=view.shape,
            offset=view.__array_interface__["data"][0] - start,
            strides=view.strides,
        )
        for layer, named in weights.items()
        for name, view in named.items()
    )


def weights_at(places: Sequence[WeightPlace], variables: NDArray[Any]) -> Weights:
    """Copies of the weights that lie in the flat vector ``variables`` (P,)."""
    weights: Weights = {}
    for place in places:
        view = np.ndarray(
            place.shape, variables.dtype, variables, offset=place.offset, strides=place.strides
        )
        weights.setdefault(place.layer, {})[place.name] = np.ascontiguousarray(view).copy()
    return weights


class SnapshotWriter:
    """In the training process: gives snapshots of ``variables`` (P,) away."""

    def __init__(self, variables: NDArray[Any]) -> None:
        self._variables = variables
        self._memory: SharedMemory | None = None
        self.busy = False
        if variables.nbytes > SMALL_BYTES and _has_room_for(variables.nbytes):
            self._memory = SharedMemory(create=True, size=variables.nbytes)

    @property
    def memory_name(self) -> str:
        """Where the snapshots lie; empty if they are in the messages."""
        return "" if self._memory is None else self._memory.name

    def take(self) -> NDArray[Any] | None:
        """Copy the variables as they are now. What is returned goes into the message."""
        if self._memory is None:
            return self._variables.copy()
        shared: NDArray[Any] = np.ndarray(
            self._variables.shape, self._variables.dtype, self._memory.buf
        )
        np.copyto(shared, self._variables)
        self.busy = True
        return None

    def taken(self) -> None:
        """The window has copied the last snapshot."""
        self.busy = False

    def close(self) -> None:
        if self._memory is not None:
            self._memory.close()
            with suppress(FileNotFoundError):  # the window may have done it
                self._memory.unlink()
            self._memory = None


class SnapshotReader:
    """In the window's worker thread: keeps the last snapshot as an array of its own."""

    def __init__(self, n_variables: int, memory_name: str) -> None:
        self._size = n_variables
        self._memory = SharedMemory(name=memory_name) if memory_name else None

    def read(self, variables: NDArray[Any] | None) -> NDArray[Any] | None:
        """The snapshot a message announced; ``variables`` is what the message carried."""
        if self._memory is None:
            return variables
        shared: NDArray[Any] = np.ndarray((self._size,), np.float32, self._memory.buf)
        return shared.copy()

    def close(self) -> None:
        """Also takes the memory away if the process died and could not."""
        if self._memory is None:
            return
        self._memory.close()
        with suppress(FileNotFoundError):  # the process may have done it
            self._memory.unlink()
        self._memory = None


def _has_room_for(size: int) -> bool:
    """Linux lets a process reserve more shared memory than there is and kills it at the first
    byte too many (containers have 64 MB), so look first."""
    if not _LINUX_SHARED_MEMORY.is_dir():
        return True
    return disk_usage(_LINUX_SHARED_MEMORY).free > 2 * size
