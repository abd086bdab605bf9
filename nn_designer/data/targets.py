"""The columns to predict: which, as classes or numbers, and whether they are worth learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.columns import FoundColumn, number_text, to_categories, to_numbers
from nn_designer.data.dataset import FurtherTarget, TargetInfo, Task
from nn_designer.data.errors import DataError
from nn_designer.data.names import no_such_column

TARGET_NAMES = ("target", "label", "class", "y", "output", "outcome")
"""Names that tell the column to predict, if the person does not say."""

MOST_CLASSES = 1_000
MOST_CLASSES_FOUND = 20
"""Whole numbers with more different values than this are found to be a number, not classes."""


def find_task(target: FoundColumn) -> Task:
    """Classes or a number: numbers with many different values are a number, else classes."""
    column = target.column
    if column.kind == "category":
        return "classes"
    present = np.asarray(column.values[~column.missing], dtype=np.float64)
    distinct = np.unique(present)
    if len(distinct) <= 2:
        return "classes"
    whole = bool((distinct == np.round(distinct)).all())
    few = len(distinct) <= MOST_CLASSES_FOUND and len(distinct) * 2 <= len(present)
    return "classes" if whole and few and column.kind == "number" else "number"


def guess_target(names: Sequence[str]) -> str:
    """The column to predict, if the person has not said: by its name, else the last one."""
    lower = {name.casefold(): name for name in reversed(names)}
    for candidate in TARGET_NAMES:
        if candidate in lower:
            return lower[candidate]
    return names[-1]


def target_column(
    columns: Sequence[FoundColumn], target: str, title: str, report: list[str]
) -> FoundColumn:
    names = [column.name for column in columns]
    if not names:
        raise DataError(f"All columns of {title} are ignored. Leave at least two in.")
    if not target:
        target = guess_target(names)
        report.append(f"No target was chosen; {target!r} is predicted.")
    if target not in names:
        raise DataError(f"The target of {title} is not there. {no_such_column(target, names)}")
    return columns[names.index(target)]


def without_missing_targets(
    targets: Sequence[FoundColumn], report: list[str]
) -> tuple[NDArray[np.intp] | None, list[FoundColumn]]:
    n_rows = len(targets[0].column)
    kept = np.ones(n_rows, dtype=np.bool_)
    for target in targets:
        missing = target.column.missing
        if missing.all():
            raise DataError(
                f"The target column {target.name!r} has no value in any of its {n_rows:,} rows. "
                "Choose another target."
            )
        n_missing = int(np.count_nonzero(missing & kept))
        if n_missing:
            report.append(
                f"{_rows(n_missing)} without a value in the target {target.name!r} "
                f"{_were(n_missing)} left out."
            )
        kept &= ~missing
    names = " and ".join(repr(target.name) for target in targets)
    if np.count_nonzero(kept) < 2:
        raise DataError(
            f"Only one row has a value in the target {names}, and at least two are "
            "needed to learn from. Add rows."
        )
    if kept.all():
        return None, list(targets)
    rows = np.flatnonzero(kept)
    return rows, [take_rows(target, rows) for target in targets]


def target_of(target: FoundColumn, task: str) -> FurtherTarget:
    """The target with its task ("auto": found), checked to be worth learning."""
    found_task = find_task(target) if task == "auto" else _task(task)
    y, class_names = _values(target, found_task)
    return FurtherTarget(TargetInfo((target.name,), found_task, class_names), y)


def _values(
    target: FoundColumn, task: Task
) -> tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...]]:
    """(y, class names) of the target."""
    if task == "number":
        return _number_target(target), ()
    column = to_categories(target.column)
    used, y = np.unique(column.values, return_inverse=True)
    names = tuple(column.categories[int(code)] for code in used)
    if len(names) == 1:
        raise DataError(
            f"The target {target.name!r} has only one class, {names[0][:60]!r}, in all "
            f"{len(y):,} rows, so there is nothing to tell apart. Choose another target, or add "
            "rows of another class."
        )
    if len(names) > MOST_CLASSES or (len(names) == len(y) and len(y) > 2):
        way_out = (
            "Predict it as a number instead."
            if target.kind != "category"
            else "Choose another target."
        )
        raise DataError(
            f"The target {target.name!r} has {len(names):,} different classes in {len(y):,} rows, "
            f"and at most {MOST_CLASSES:,} that occur more than once were expected. {way_out}"
        )
    return y.astype(np.int64), names


def _number_target(target: FoundColumn) -> NDArray[np.float64]:
    column = target.column
    if column.kind == "category":
        column = to_numbers(target).column
        if column.missing.any():
            row = int(np.argmax(column.missing))
            cell = target.column.categories[int(target.column.values[row])]
            raise DataError(
                f"The target {target.name!r} was to be predicted as a number, but row {row + 1} "
                f"holds {cell[:60]!r}. Predict it as classes, or correct the cell."
            )
    if np.all(column.values == column.values[0]):
        raise DataError(
            f"The target {target.name!r} is {number_text(float(column.values[0]))} in every row, "
            "so there is nothing to learn. Choose another target."
        )
    return np.asarray(column.values, dtype=np.float64)[:, None]


def _task(task: str) -> Task:
    return "classes" if task == "classes" else "number"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def take_rows(found: FoundColumn, rows: NDArray[np.intp]) -> FoundColumn:
    return replace(found, column=found.column.take(rows))
