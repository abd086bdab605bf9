"""What a data source gives: a data set as it was found, before splitting and scaling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.reading_options import AUTOMATIC, ReadingOptions

Task = Literal["classes", "number"]
Targets = NDArray[np.int64] | NDArray[np.float64] | NDArray[np.uint8]
ColumnKind = Literal["number", "category", "date"]


class Encoded:
    """A column as inputs of the network: one for a number or date, one per category."""

    name: str
    kind: ColumnKind
    categories: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many inputs of the network the column becomes."""
        return len(self.categories) if self.kind == "category" else 1

    @property
    def encoded_names(self) -> tuple[str, ...]:
        """The names of those inputs: ``island=Biscoe`` for a category."""
        if self.kind == "category":
            return tuple(f"{self.name}={category}" for category in self.categories)
        return (self.name,)


@dataclass(frozen=True, eq=False)
class Column(Encoded):
    """One column of a table.

    ``values`` holds, by kind:

    - ``number``: float64, NaN where a cell is missing.
    - ``date``: float64 years with the part of the year passed (1982.5), NaN where missing.
    - ``category``: int32 indices into ``categories``, -1 where missing. With ``has_other``,
      the last category stands for all rarer values together.

    Numbers of an index are to be looked up by an Embedding and stay as they are.
    """

    name: str
    kind: ColumnKind
    values: NDArray[np.float64] | NDArray[np.int32]
    categories: tuple[str, ...] = ()
    has_other: bool = False
    date_order: str = ""
    is_index: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """True where the cell is empty."""
        if self.kind == "category":
            return np.asarray(self.values < 0)
        return np.isnan(self.values)

    def take(self, rows: NDArray[np.intp]) -> Column:
        """The same column with only these rows."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True)
class TargetInfo:
    """What one Output of a network has to answer: a class, or one number per name.

    ``is_input``: the sample itself, numbers from 0 to 1.
    """

    names: tuple[str, ...]
    task: Task
    class_names: tuple[str, ...] = ()
    is_input: bool = False

    @property
    def title(self) -> str:
        return "the picture itself" if self.is_input else ", ".join(self.names)

    @property
    def n_classes(self) -> int:
        return len(self.class_names)

    @property
    def n_targets(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class FurtherTarget:
    """A target behind the first, with its ``y`` as :class:`Dataset` has the first one's."""

    info: TargetInfo
    y: Targets


@dataclass(frozen=True)
class DataSummary:
    """What the rest of the app needs to know about data without holding it.

    ``sample_shape`` is the shape of one sample as the network receives it, ``feature_names``
    the names of its numbers (empty for pictures). ``class_names`` is empty for the task
    ``number``; ``n_targets`` is 1 for classes. All this is about the first target; ``targets``
    has all of them. ``columns`` are a table's columns and how many of the numbers each makes.
    ``target_is_input``: see :class:`Dataset`.
    """

    source: str
    title: str
    task: Task
    sample_shape: tuple[int, ...]
    n_rows: int
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    has_test_part: bool
    description: str
    origin: str
    licence: str
    image_shape: tuple[int, int, int] | None = None
    report: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    further_targets: tuple[TargetInfo, ...] = ()
    target_is_input: bool = False

    @property
    def targets(self) -> tuple[TargetInfo, ...]:
        """All that can be predicted from a sample, each by an Output of its own."""
        first = TargetInfo(
            self.target_names, self.task, self.class_names, is_input=self.target_is_input
        )
        return (first, *self.further_targets)

    @property
    def target_text(self) -> str:
        """What is predicted, in a few words."""
        return ", ".join(target.title for target in self.targets)

    @property
    def n_classes(self) -> int:
        return len(self.class_names)

    @property
    def n_targets(self) -> int:
        return len(self.target_names)


@dataclass(frozen=True, eq=False)
class Timeline:
    """What turns the targets of a series, changes, into its own numbers again, and when.

    - ``times``: (N,) years, when what is predicted came about.
    - ``base``: (N,) the last level that the network could know; a target is added to it.
    - ``quantity``: what the levels are, with their unit.
    """

    times: NDArray[np.float64]
    base: NDArray[np.float64]
    quantity: str


@dataclass(frozen=True, eq=False)
class Dataset:
    """Data as found: either ``columns`` (a table) or ``x`` (an array of samples), never both.

    - ``x``: (N, *sample_shape), uint8 pixels or float32, to be divided by ``divide_by``.
      With ``standardizes`` they are given mean 0 and deviation 1 instead, by the training part.
    - ``timeline``: of a series, when what is predicted came about, and where it came from.
    - ``y``: int64 (N,) class numbers for the task ``classes``; float64 (N, T) for ``number``.
    - ``target_is_input``: what is to be predicted is the sample itself, as the network receives
      it; ``y`` is ``x`` with each sample laid out flat (N, T), not a copy.
    - ``weights``: (N,) what each row counts in training; None: all the same.
    - ``n_test``: the last ``n_test`` rows are the data's own test part (0: it has none).
    - ``image_shape``: (height, width, channels) of a sample that is a picture, flat or not.
    - ``report``: sentences on what was found, filled and left out.
    - ``reading``: how the file is to be read, as far as the person said it.
    - ``further_targets``: what else is to be predicted, behind the first target.
    """

    source: str
    title: str
    task: Task
    y: Targets
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    x: NDArray[np.uint8] | NDArray[np.float32] | None = None
    divide_by: float = 1.0
    weights: NDArray[np.float64] | None = None
    standardizes: bool = False
    timeline: Timeline | None = None
    n_test: int = 0
    image_shape: tuple[int, int, int] | None = None
    description: str = ""
    origin: str = ""
    licence: str = ""
    report: tuple[str, ...] = ()
    reading: ReadingOptions = AUTOMATIC
    further_targets: tuple[FurtherTarget, ...] = ()
    target_is_input: bool = False

    @property
    def n_rows(self) -> int:
        return len(self.y)

    @property
    def has_test_part(self) -> bool:
        return self.n_test > 0

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one sample as the network receives it."""
        if self.x is not None:
            return tuple(self.x.shape[1:])
        return (sum(column.width for column in self.columns),)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of every number of a table's sample; empty for pictures."""
        return tuple(name for column in self.columns for name in column.encoded_names)

    def test_part(self) -> Dataset:
        """The data's own test part; all of it if it has none."""
        if not self.has_test_part:
            return self
        rows = np.arange(self.n_rows - self.n_test, self.n_rows)
        line = self.timeline
        return replace(
            self,
            timeline=None
            if line is None
            else Timeline(line.times[rows], line.base[rows], line.quantity),
            y=self.y[rows[0] :],
            weights=None if self.weights is None else self.weights[rows[0] :],
            x=None if self.x is None else self.x[rows[0] :],
            columns=tuple(column.take(rows) for column in self.columns),
            further_targets=tuple(
                replace(target, y=target.y[rows[0] :]) for target in self.further_targets
            ),
            n_test=0,
        )

    def summary(self) -> DataSummary:
        return DataSummary(
            source=self.source,
            title=self.title,
            task=self.task,
            sample_shape=self.sample_shape,
            n_rows=self.n_rows,
            class_names=self.class_names,
            target_names=self.target_names,
            feature_names=self.feature_names,
            has_test_part=self.has_test_part,
            description=self.description,
            origin=self.origin,
            licence=self.licence,
            image_shape=self.image_shape,
            report=self.report,
            columns=tuple((column.name, column.width) for column in self.columns),
            further_targets=tuple(target.info for target in self.further_targets),
            target_is_input=self.target_is_input,
        )
