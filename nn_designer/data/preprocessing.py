"""What was done to the data, as a value that travels with the weights.

Numbers are standardized with the mean and standard deviation of the *training* part, missing
numbers become that mean (0 after standardizing), categories become one input each (all 0 where
missing or unknown), dates become years, pixels are divided by their brightest value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn_designer.data.dataset import Column, ColumnKind, Dataset, Encoded, TargetInfo, Task
from nn_designer.data.errors import DataError
from nn_designer.data.reading_options import AUTOMATIC, ReadingOptions

FORMAT = "nn-designer preprocessing"
VERSION = 1

Floats = NDArray[np.float32]

_MOST = 1e30


@dataclass(frozen=True)
class ColumnInput(Encoded):
    """How one column of a table becomes inputs of the network.

    ``mean`` and ``scale`` are for numbers and dates: input = (value - mean) / scale.
    """

    name: str
    kind: ColumnKind
    mean: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    has_other: bool = False
    date_order: str = ""


@dataclass(frozen=True)
class TargetScaling:
    """What was done to a target: numbers are trained as (value - mean) / scale, one mean and
    scale per name; classes as they are, with no mean and scale."""

    info: TargetInfo
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    @classmethod
    def fit(cls, info: TargetInfo, y: NDArray[Any], *, scales: bool = True) -> TargetScaling:
        """Learn mean and scale from the training part's ``y``; without ``scales`` it stays."""
        if info.task == "classes":
            return cls(info)
        fitted = [_mean_and_scale(column) if scales else (0.0, 1.0) for column in y.T]
        return cls(info, tuple(m for m, _ in fitted), tuple(s for _, s in fitted))

    def transform(self, y: NDArray[Any]) -> NDArray[np.int64] | Floats:
        """Targets as found → targets as trained: class numbers as they are, numbers scaled."""
        if self.info.task == "classes":
            return y.astype(np.int64)
        scaled = _standardized(y, np.array(self.mean), np.array(self.scale))
        return cast(Floats, scaled.astype(np.float32))

    def inverse(self, y: NDArray[Any]) -> NDArray[Any]:
        """Network outputs (N, T) → numbers in the person's units; classes stay as they are."""
        if self.info.task == "classes":
            return y
        scale, mean = np.array(self.scale), np.array(self.mean)
        return cast(NDArray[Any], np.asarray(y, dtype=np.float64) * scale + mean)


@dataclass(frozen=True)
class Preprocessing:
    """Everything that was done to inputs and targets, ready to be done again or undone.

    For a table ``columns`` is filled; for arrays (pictures, series) ``center`` is subtracted from
    the inputs and they are divided by ``divide_by``.
    ``target_mean`` and ``target_scale`` have one number per target for the task ``number`` and
    are empty for ``classes``. ``reading`` is how the person said their file is to be read; it is
    tried first on new files. All that is about the target is about the first one; ``targets`` has
    all of them.
    """

    task: Task
    sample_shape: tuple[int, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    columns: tuple[ColumnInput, ...] = ()
    divide_by: float = 1.0
    center: float = 0.0
    target_mean: tuple[float, ...] = ()
    target_scale: tuple[float, ...] = ()
    source: str = ""
    image_shape: tuple[int, int, int] | None = None
    reading: ReadingOptions = AUTOMATIC
    further_targets: tuple[TargetScaling, ...] = ()

    # ------------------------------------------------------------------ names
    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of every number that the network receives; empty for pictures."""
        return tuple(name for column in self.columns for name in column.encoded_names)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns that a table for prediction must have; empty for pictures."""
        return tuple(column.name for column in self.columns)

    @property
    def column_widths(self) -> tuple[tuple[str, int], ...]:
        """Each column and how many of the network's numbers it makes; empty for pictures."""
        return tuple((column.name, column.width) for column in self.columns)

    # ---------------------------------------------------------------- fitting
    @classmethod
    def fit(
        cls, dataset: Dataset, rows: NDArray[np.intp], *, scale_targets: bool = True
    ) -> Preprocessing:
        """Learn means and scales from ``rows`` (the training part) of ``dataset`` only.

        Without ``scale_targets``, the (first) target stays as it is, if it is numbers.
        """
        info = TargetInfo(
            dataset.target_names,
            dataset.task,
            dataset.class_names,
            is_input=dataset.target_is_input,
        )
        if info.is_input:  # scaled as the inputs are
            count = info.n_targets
            first = TargetScaling(info, (0.0,) * count, (dataset.divide_by,) * count)
        else:
            first = TargetScaling.fit(info, dataset.y[rows], scales=scale_targets)
        center, divide_by = 0.0, dataset.divide_by
        if dataset.standardizes and dataset.x is not None:
            center, divide_by = _mean_and_scale(dataset.x[rows])
        return cls(
            task=dataset.task,
            sample_shape=dataset.sample_shape,
            target_names=dataset.target_names,
            class_names=dataset.class_names,
            columns=tuple(_fit_column(column, rows) for column in dataset.columns),
            divide_by=divide_by,
            center=center,
            target_mean=first.mean,
            target_scale=first.scale,
            source=dataset.source,
            image_shape=dataset.image_shape,
            reading=dataset.reading,
            further_targets=tuple(
                TargetScaling.fit(target.info, target.y[rows]) for target in dataset.further_targets
            ),
        )

    # ----------------------------------------------------------------- inputs
    def encode(self, columns: Sequence[Column], rows: NDArray[np.intp] | None = None) -> Floats:
        """Columns in this order → network inputs (N, features)."""
        n_rows = len(rows) if rows is not None else len(columns[0]) if columns else 0
        x = np.zeros((n_rows, sum(column.width for column in self.columns)), dtype=np.float32)
        first = 0
        for declared, column in zip(self.columns, columns, strict=True):
            values = column.values if rows is None else column.values[rows]
            if declared.kind == "category":
                known = np.flatnonzero(values >= 0)
                x[known, first + values[known].astype(np.intp)] = 1.0
            else:
                standardized = _standardized(values, declared.mean, declared.scale)
                np.nan_to_num(standardized, copy=False, nan=0.0)
                x[:, first] = standardized
            first += declared.width
        return x

    def scale_array(self, x: NDArray[Any]) -> Floats:
        """Numbers as read → as the network receives them; pixels in one pass."""
        out = np.empty(x.shape, dtype=np.float32)
        if self.center:
            x = np.subtract(x, self.center, dtype=np.float64)
        np.divide(x, np.float32(self.divide_by), out=out, dtype=np.float32, casting="unsafe")
        return out

    def transform(
        self,
        raw: Dataset | Mapping[str, ArrayLike] | NDArray[Any],
        notes: list[str] | None = None,
    ) -> Floats:
        """Raw data → what the network receives, (N, *sample_shape) float32.

        ``raw`` is a data set, a mapping (or pandas table) of column names to cells, or an array:
        (N, *sample_shape) of pixels, or (N, columns) if all columns are numbers. Columns are
        found by name, others are ignored.

        Raises:
            DataError: the data does not have what the network was trained on.
        """
        if isinstance(raw, Dataset) and not self.columns:
            return self._transform_array(_x_of(raw, self.sample_shape))
        if isinstance(raw, np.ndarray):
            return self._transform_array(raw)
        return self.transform_table(raw, notes)

    def _transform_array(self, raw: NDArray[Any]) -> Floats:
        if not self.columns:
            size = math.prod(self.sample_shape)
            if raw.ndim < 2 or math.prod(raw.shape[1:]) != size:
                raise DataError(
                    f"The network was trained on samples of {_shown(self.sample_shape)} numbers, "
                    f"and an array of shape {_shown(raw.shape)} was given. Give one sample per "
                    f"row, with {size:,} numbers each."
                )
            return self.scale_array(raw.reshape(len(raw), *self.sample_shape))
        texts = [column.name for column in self.columns if column.kind == "category"]
        if raw.ndim != 2 or raw.shape[1] != len(self.columns) or texts:
            raise DataError(
                f"The network was trained on the columns {_listed(self.column_names)}, and an "
                f"array of shape {_shown(raw.shape)} was given. Give a table with these columns."
            )
        values = raw.astype(np.float64)
        return self.encode(
            [Column(c.name, c.kind, values[:, i]) for i, c in enumerate(self.columns)]
        )

    def transform_table(
        self,
        table: str | Path | Dataset | Mapping[str, ArrayLike],
        notes: list[str] | None = None,
        reading: ReadingOptions = AUTOMATIC,
    ) -> Floats:
        """A new table (file, data set, mapping or pandas table) → inputs, one row per row of it.

        Columns are found by name, others are ignored. A file is read as ``reading`` says, or as
        in training, or as found fit, whichever first gives the columns needed. One without a
        header is taken by position if it has exactly these columns. Sentences on what was
        filled or not known are appended to ``notes``.

        Raises:
            DataError: a column is missing, or holds something else than in training.
        """
        from nn_designer.data.new_table import columns_for_prediction, samples_for_prediction

        found_notes: list[str] = []
        if self.columns:
            x = self.encode(columns_for_prediction(self, table, found_notes, reading))
        else:
            x = self.scale_array(samples_for_prediction(self, table, found_notes, reading))
        if notes is not None:
            notes.extend(found_notes)
        return x

    def inverse_inputs(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Network inputs → numbers in the person's units; one-hot inputs stay 0 or 1."""
        if not self.columns:
            return np.asarray(x, dtype=np.float64) * self.divide_by + self.center
        means: list[float] = []
        scales: list[float] = []
        for column in self.columns:
            plain = column.kind == "category"
            means += [0.0] * column.width if plain else [column.mean]
            scales += [1.0] * column.width if plain else [column.scale]
        numbers = np.asarray(x, dtype=np.float64) * np.array(scales) + np.array(means)
        return cast(NDArray[np.float64], numbers)

    # ---------------------------------------------------------------- targets
    @property
    def targets(self) -> tuple[TargetScaling, ...]:
        """What was done to each target, the first one included."""
        info = TargetInfo(self.target_names, self.task, self.class_names)
        return (
            TargetScaling(info, self.target_mean, self.target_scale),
            *self.further_targets,
        )

    def transform_target(self, y: NDArray[Any]) -> NDArray[np.int64] | Floats:
        """The first target as found → as trained: class numbers as they are, numbers scaled."""
        return self.targets[0].transform(y)

    def inverse_target(self, y: NDArray[Any]) -> NDArray[Any]:
        """Network outputs (N, T) → numbers in the person's units; classes stay as they are."""
        return self.targets[0].inverse(y)

    # ------------------------------------------------------------------- JSON
    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; :meth:`from_json` gives back an equal value, bit for bit."""
        columns: list[dict[str, Any]] = []
        for column in self.columns:
            item: dict[str, Any] = {"name": column.name, "kind": column.kind}
            if column.kind == "category":
                item["categories"] = list(column.categories)
                item["has_other"] = column.has_other
            else:
                item["mean"] = column.mean
                item["scale"] = column.scale
                if column.kind == "date":
                    item["date_order"] = column.date_order
            columns.append(item)
        further = [
            {
                "names": list(target.info.names),
                "task": target.info.task,
                "class_names": list(target.info.class_names),
                "mean": list(target.mean),
                "scale": list(target.scale),
            }
            for target in self.further_targets
        ]
        return {
            "format": FORMAT,
            "version": VERSION,
            "source": self.source,
            "task": self.task,
            "sample_shape": list(self.sample_shape),
            "image_shape": list(self.image_shape) if self.image_shape else None,
            "columns": columns,
            "divide_by": self.divide_by,
            "center": self.center,
            "target_names": list(self.target_names),
            "class_names": list(self.class_names),
            "target_mean": list(self.target_mean),
            "target_scale": list(self.target_scale),
            "reading": self.reading.to_json(),
            **({"further_targets": further} if further else {}),
        }

    @classmethod
    def from_json(cls, data: str | bytes | Mapping[str, Any]) -> Preprocessing:
        """From what :meth:`to_json` gave, or its JSON text.

        Raises:
            DataError: it is something else, or damaged.
        """
        from nn_designer.data.preprocessing_json import read_preprocessing

        if isinstance(data, (str, bytes)):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"The preprocessing stored with the weights is not readable JSON ({error}). "
                    "Export the weights again."
                ) from error
        return read_preprocessing(data)


def _standardized(
    values: NDArray[Any],
    mean: float | NDArray[np.float64],
    scale: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """(values - mean) / scale, kept within what float32 holds; NaN stays."""
    with np.errstate(over="ignore"):
        standardized = (values - mean) / scale
    np.clip(standardized, -_MOST, _MOST, out=standardized)
    return standardized


def _mean_and_scale(values: NDArray[Any]) -> tuple[float, float]:
    """Mean and standard deviation of the numbers present; a scale of 1 where it would be 0."""
    present = np.asarray(values[np.isfinite(values)], dtype=np.float64)
    if not len(present):
        return 0.0, 1.0
    mean = float(present.mean())
    scale = float(present.std())
    # A constant column leaves rounding noise in the deviation; dividing by it would blow up.
    usable = math.isfinite(scale) and scale > 1e-12 * max(abs(mean), 1e-290)
    return mean, scale if usable else 1.0


def _fit_column(column: Column, rows: NDArray[np.intp]) -> ColumnInput:
    if column.kind == "category":
        return ColumnInput(
            column.name, "category", categories=column.categories, has_other=column.has_other
        )
    mean, scale = (0.0, 1.0) if column.is_index else _mean_and_scale(column.values[rows])
    return ColumnInput(column.name, column.kind, mean, scale, date_order=column.date_order)


def _x_of(dataset: Dataset, sample_shape: tuple[int, ...]) -> NDArray[Any]:
    if dataset.x is None or math.prod(dataset.sample_shape) != math.prod(sample_shape):
        given = "a table" if dataset.x is None else f"of {_shown(dataset.sample_shape)} numbers"
        raise DataError(
            f"The network was trained on pictures of {_shown(sample_shape)} numbers, and "
            f"{dataset.title!r} is {given}. Choose data of the same kind."
        )
    return dataset.x


def _shown(shape: Sequence[int]) -> str:
    return "×".join(f"{size:,}" for size in shape)


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
