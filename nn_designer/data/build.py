"""From found columns to a data set: the target, the task, and which columns become inputs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nn_designer.data.columns import (
    FoundColumn,
    to_categories,
    to_numbers,
)
from nn_designer.data.dataset import Column, Dataset
from nn_designer.data.dates import parse_dates
from nn_designer.data.errors import DataError
from nn_designer.data.features import feature_of
from nn_designer.data.names import no_such_column
from nn_designer.data.row_weights import held_back, row_weights
from nn_designer.data.targets import (
    take_rows,
    target_column,
    target_of,
    without_missing_targets,
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
    weights: str = "",
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
        weights: the column that says what each row counts; empty: there is none.

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
    if weights and weights not in (known := [column.name for column in columns]):
        raise DataError(f"The weights of {title} are not there. {no_such_column(weights, known)}")
    columns, weights_column = held_back(columns, weights, (target, *further))
    chosen = [target_column(columns, target, title, report)]
    chosen += [target_column(columns, name, title, report) for name in further]
    kept_rows, chosen = without_missing_targets(chosen, report)
    tasks = [task, *["auto"] * len(further)]
    targets = [target_of(column, each) for column, each in zip(chosen, tasks, strict=True)]
    names = [column.name for column in chosen]
    inputs = [column for column in columns if column.name not in names]
    forced = set(types or {})
    features: list[Column] = []
    for column in inputs:
        if kept_rows is not None:
            column = take_rows(column, kept_rows)
        feature = feature_of(column, forced, report)
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
        weights=row_weights(weights_column, kept_rows),
        report=tuple(report),
        further_targets=tuple(targets[1:]),
    )
    _check_memory(dataset)
    return dataset


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
