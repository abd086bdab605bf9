"""The Inputs of a network: how a sample's numbers lie in one row.

Training gathers samples as rows, in one call for all Inputs: ``[x1, 1, x2, 1, ...]``, each
Input's numbers followed by the constant 1 that biases are multiplied by (plan.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nn_designer.engine.graph import NetworkError
from nn_designer.engine.shapes import Shape, shape_text

Arrays = np.ndarray | Mapping[str, np.ndarray]
"""One array, or several by the names of the Inputs or Outputs that they belong to."""


def by_name(arrays: Arrays, names: tuple[str, ...], what: str) -> dict[str, np.ndarray]:
    """``arrays`` by these names; a single array belongs to the only name.

    Raises NetworkError, which calls the names ``what``, if the names are others.
    """
    if not isinstance(arrays, Mapping):
        if len(names) > 1:
            raise NetworkError(
                f"The network has {len(names)} {what}s, {', '.join(names)}: give an array for each "
                "by its name."
            )
        return {names[0]: np.asarray(arrays)}
    if set(arrays) != set(names):
        given = ", ".join(arrays) or "none"
        raise NetworkError(
            f"The network's {what}s are {', '.join(names)}, but the arrays given are for {given}."
        )
    return {name: np.asarray(arrays[name]) for name in names}


class Inputs:
    """Where each Input's numbers lie in a row; in the order in which the layers run."""

    def __init__(self, shapes: Mapping[str, Shape], dtype: Any) -> None:
        """``shapes``: name of each Input → shape of its samples."""
        self.shapes = dict(shapes)
        self.names = tuple(shapes)
        self.width = 0
        """Columns of a row, with the constant of each Input."""
        self._columns: dict[str, slice] = {}
        self._dtype = dtype
        for name, shape in shapes.items():
            size = math.prod(shape)
            self._columns[name] = slice(self.width, self.width + size)
            self.width += size + 1

    def checked(self, x: Arrays) -> dict[str, np.ndarray]:
        """Samples (N, *shape) for each Input. Raises NetworkError for other shapes or counts."""
        arrays = by_name(x, self.names, "input")
        counts = set()
        for name, array in arrays.items():
            expected = self.shapes[name]
            if array.ndim == 0 or array.shape[1:] != expected:
                where = f" of {name!r}" if len(self.names) > 1 else ""
                raise NetworkError(
                    f"The network expects samples{where} of {shape_text(expected)}, but these are "
                    f"{shape_text(array.shape[1:])}."
                )
            counts.add(len(array))
        if len(counts) > 1:
            listed = ", ".join(f"{len(array):,} for {name!r}" for name, array in arrays.items())
            raise NetworkError(
                f"Each input needs the same number of samples, but there are {listed}."
            )
        return arrays

    def rows(self, x: Arrays) -> np.ndarray:
        """Samples as rows (N, width) for a plan's ``inputs``."""
        arrays = self.checked(x)
        (count, *_) = map(len, arrays.values())
        rows = np.ones((count, self.width), self._dtype)
        self.write(rows, arrays)
        return rows

    def write(
        self, rows: np.ndarray, arrays: Mapping[str, np.ndarray], part: slice = slice(None)
    ) -> None:
        """Write a part of :meth:`checked` samples into ``rows``; their ones stay."""
        for name, array in arrays.items():
            samples = array[part]
            rows[:, self._columns[name]] = samples.reshape(len(samples), -1)
