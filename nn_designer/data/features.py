"""Which columns become inputs, and what the report says of each."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.columns import FoundColumn
from nn_designer.data.dataset import Column

MOST_CATEGORIES = 100
"""A category column keeps this many values as inputs; the rarer ones share one more."""

_ID_NAME = re.compile(
    r"(?i:(?:.*[\s_.-])?(?:id|index|idx|nr|no|key|uuid|row|row names?))|.*[a-z](?:Id|ID)|#"
)


def feature_of(found: FoundColumn, forced: set[str], report: list[str]) -> Column | None:
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


def _example_year(years: NDArray[np.float64]) -> str:
    return f"{years[0]:.0f}" if float(years[0]).is_integer() else f"{years[0]:.3f}"


def _cells(count: int, what: str = "") -> str:
    if what:
        return f"1 cell {what}" if count == 1 else f"{count:,} cells {what}"
    return "1 cell is" if count == 1 else f"{count:,} cells are"
