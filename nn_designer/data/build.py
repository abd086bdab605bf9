"""From found columns to a data set: the target, the task, and which columns become inputs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.columns import (
    FoundColumn,
    number_text,
    to_categories,
    to_numbers,
)
from nn_designer.data.dataset import Column, Dataset, FurtherTarget, TargetInfo, Task
from nn_designer.data.dates import parse_dates
from nn_designer.data.errors import DataError

TARGET_NAMES = ("target", "label", "class", "y", "output", "outcome")
"""Names that tell the column to predict, if the person does not say."""

MOST_CATEGORIES = 100
"""A category column keeps this many values as inputs; the rarer ones share one more."""

MOST_CLASSES = 1_000
MOST_CLASSES_FOUND = 20
"""Whole numbers with more different values than this are found to be a number, not classes."""

_ID_NAME = re.compile(
    r"(?i:(?:.*[\s_.-])?(?:id|index|idx|nr|no|key|uuid|row|row names?))|.*[a-z](?:Id|ID)|#"
)


def build_dataset(
    found: Sequence[FoundColumn],
    *,
    target: str,
    task: str,
    source: str,
    title: str,
    description: str = "",
    origin: str = "",
    licence: str = "",
    types: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    further: Sequence[str] = (),
) -> Dataset:
    """Choose target, task and inputs, and report what was found, filled and left out.

    Args:
        found: the columns of the table.
        target: the column to predict; empty: guessed.
        task: "classes", "number" or "auto".
        further: more columns to predict, whose tasks are found.
        types: column name → number, category, date, index or ignore, against what was found.

    Raises:
        DataError: nothing can be learned from it; the sentence says why.
    """
    report = list(notes)
    columns = _with_types(found, types or {})
    if len(found) < 2:
        raise DataError(
            f"{title} has only one column, and at least two were expected: one to predict and "
            "one to predict it from. If it was not read rightly, choose the separator, or the sheet "
            f"of a workbook. {' '.join(notes)}".rstrip()
        )
    chosen = [_target_column(columns, target, title, report)]
    chosen += [_target_column(columns, name, title, report) for name in further]
    kept_rows, chosen = _drop_rows_without_targets(chosen, report)
    tasks = [task, *["auto"] * len(further)]
    targets = [_target(column, each) for column, each in zip(chosen, tasks, strict=True)]
    names = [column.name for column in chosen]
    inputs = [column for column in columns if column.name not in names]
    forced = set(types or {})
    features: list[Column] = []
    for column in inputs:
        if kept_rows is not None:
            column = _take(column, kept_rows)
        feature = _feature(column, forced, report)
        if feature is not None:
            features.append(feature)
    if not features:
        raise DataError(
            f"No column of {title} is left to predict {names[0]!r} from: the others "
            "are empty, constant or different in every row. Choose another target, or give a "
            "column its type."
        )
    dataset = Dataset(
        source=source,
        title=title,
        task=targets[0].info.task,
        y=targets[0].y,
        target_names=targets[0].info.names,
        class_names=targets[0].info.class_names,
        columns=tuple(features),
        description=description,
        origin=origin,
        licence=licence,
        report=tuple(report),
        further_targets=tuple(targets[1:]),
    )
    _check_memory(dataset)
    return dataset


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


def _task(task: str) -> Task:
    return "classes" if task == "classes" else "number"


def _with_types(found: Sequence[FoundColumn], types: Mapping[str, str]) -> list[FoundColumn]:
    """Columns as the person wants them read, those to ignore left out."""
    names = [column.name for column in found]
    for name in types:
        if name not in names:
            raise DataError(f"The column types name {name!r}. {no_such_column(name, names)}")
    columns = []
    for column in found:
        kind = types.get(column.name, "")
        if kind == "ignore":
            continue
        if kind == "category":
            column = replace(column, column=to_categories(column.column), n_slips=0)
        elif kind in ("number", "index") and column.kind != "number":
            column = to_numbers(column)
        elif kind == "date" and column.kind == "category":
            column = _as_date(column)
        if kind == "index":
            column = replace(column, column=replace(column.column, is_index=True))
        columns.append(column)
    return columns


def _as_date(found: FoundColumn) -> FoundColumn:
    column = found.column
    parsed = parse_dates(list(column.categories))
    if parsed is None:
        raise DataError(
            f"The column {column.name!r} was to be read as dates, but not all its cells are dates "
            f"({column.categories[0][:60]!r} is one of them). Write dates as 2024-12-31, or "
            "choose another type."
        )
    years, order = parsed
    values = np.append(years, np.nan)[column.values.astype(np.intp)]
    return FoundColumn(Column(column.name, "date", values, date_order=order))


def no_such_column(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(repr(n) for n in names[:12]) + (", …" if len(names) > 12 else "")
    return f"There is no column {name[:80]!r}; choose one of {shown}.{hint}"


def _target_column(
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


def _drop_rows_without_targets(
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
    return rows, [_take(target, rows) for target in targets]


def _take(found: FoundColumn, rows: NDArray[np.intp]) -> FoundColumn:
    return replace(found, column=found.column.take(rows))


def _target(target: FoundColumn, task: str) -> FurtherTarget:
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


def _feature(found: FoundColumn, forced: set[str], report: list[str]) -> Column | None:
    """The column as an input, or None if it can't be one; says so in ``report``."""
    column, name = found.column, found.name
    is_forced = name in forced
    missing = int(column.missing.sum())
    if missing == len(column):
        report.append(f"{name}: empty, left out.")
        return None
    if column.kind == "category":
        return _category_feature(column, missing, is_forced, report)
    present = np.asarray(column.values[~column.missing], dtype=np.float64)
    if (present == present[0]).all() and not column.is_index:
        report.append(f"{name}: the same value in every row, left out.")
        return None
    if not is_forced and column.kind == "number" and _is_row_number(found, present):
        report.append(f"{name}: a different number in every row, like a row number; left out.")
        return None
    if found.n_slips:
        report.append(
            f"{name}: {_cells(found.n_slips)} not a number (the first is "
            f"{found.first_slip[:60]!r} in row {found.first_slip_row:,}); taken as missing."
        )
    if found.n_infinite:
        report.append(
            f"{name}: {_cells(found.n_infinite)} infinite or too large; taken as missing."
        )
    if column.kind == "date":
        report.append(f"{name}: dates, turned to years such as {_example_year(present)}.")
    if missing:
        filling = "taken as 0" if column.is_index else "filled with the training mean"
        report.append(f"{name}: {_cells(missing, 'missing')}, {filling}.")
    return column


def _category_feature(
    column: Column, missing: int, is_forced: bool, report: list[str]
) -> Column | None:
    codes = column.values
    counts = np.bincount(codes[codes >= 0].astype(np.intp), minlength=len(column.categories))
    used = np.flatnonzero(counts)
    n_present = len(column) - missing
    if len(used) == 1 and not missing:
        report.append(f"{column.name}: the same value in every row, left out.")
        return None
    all_different = len(used) == n_present and n_present >= 4
    if not is_forced and (all_different or (len(used) > 20 and len(used) > n_present / 2)):
        report.append(
            f"{column.name}: text with {len(used):,} different values in {n_present:,} rows, like "
            "a name; left out."
        )
        return None
    has_other = len(used) > MOST_CATEGORIES
    kept = used
    if has_other:
        # The most frequent ones, in their own order; ties go to the earlier one.
        kept = np.sort(used[np.argsort(-counts[used], kind="stable")[:MOST_CATEGORIES]])
        report.append(
            f"{column.name}: {len(used):,} different values; the {MOST_CATEGORIES} most frequent "
            "have an input each, the others share one."
        )
    names = [column.categories[int(code)] for code in kept]
    # One place more for -1, which stays -1.
    lookup = np.full(len(column.categories) + 1, len(names) if has_other else -1, dtype=np.int32)
    lookup[kept] = np.arange(len(kept), dtype=np.int32)
    lookup[-1] = -1
    if has_other:
        names.append("(other)")
    if missing:
        report.append(f"{column.name}: {_cells(missing, 'missing')}, all its inputs are 0 there.")
    return Column(column.name, "category", lookup[codes], tuple(names), has_other)


def _is_row_number(found: FoundColumn, present: NDArray[np.float64]) -> bool:
    """Whether a number column only names its rows: named like an id, whole, all different."""
    if not (_ID_NAME.fullmatch(found.name) or (found.generated_name and found.name == "row")):
        return False
    if not np.all(present == np.round(present)):
        return False
    return len(present) >= 4 and len(np.unique(present)) == len(present)


def _check_memory(dataset: Dataset) -> None:
    """Refuse what would fill the memory when encoded, with the column that costs most."""
    width = dataset.sample_shape[0]
    n_bytes = dataset.n_rows * width * 4
    allowed = _memory_bytes() // 4
    if n_bytes <= allowed:
        return
    widest = max(dataset.columns, key=lambda column: column.width)
    raise DataError(
        f"The table would need {n_bytes / 2**30:.1f} GiB of memory as {width:,} inputs in "
        f"{dataset.n_rows:,} rows, and at most {allowed / 2**30:.1f} GiB were expected. Ignore "
        f"wide columns such as {widest.name!r} ({widest.width:,} inputs), or use fewer rows."
    )


def _memory_bytes() -> int:
    """Memory of this computer; 8 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def _example_year(years: NDArray[np.float64]) -> str:
    return f"{years[0]:.0f}" if float(years[0]).is_integer() else f"{years[0]:.3f}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _cells(count: int, what: str = "") -> str:
    if what:
        return f"1 cell {what}" if count == 1 else f"{count:,} cells {what}"
    return "1 cell is" if count == 1 else f"{count:,} cells are"
