"""From cells to columns: which columns hold numbers, dates or categories, and what is missing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.dataset import Column
from nn_designer.data.dates import parse_dates
from nn_designer.data.errors import DataError

MISSING = frozenset(
    (
        *("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "-nan", "NaT", "<NA>"),
        *("NULL", "Null", "null", "None", "missing", "Missing", "MISSING", "-", "--", "?", "."),
        *("#N/A", "#NA", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!"),
    )
)
"""How an empty cell may be spelled."""

LARGEST = 1e30
"""Numbers beyond can't be computed with in float32 and count as missing."""

_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?")
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?%?")
_POINT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,' \u00a0\u202f]\d{3})+(?:\.\d+)?%?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.' \u00a0\u202f]\d{3})+(?:,\d+)?%?")
_INFINITE = re.compile(r"([+-]?)(?:inf|infinity|∞)", re.IGNORECASE)

_MOSTLY_NUMBERS = 0.9
"""From this share of numbers on, the other cells of a column count as slips."""


@dataclass(frozen=True, eq=False)
class FoundColumn:
    """A column as read, before it is decided what becomes of it.

    ``n_slips`` cells of a number column hold something else, the first one being ``first_slip``
    in row ``first_slip_row`` (1 is the first row of data); they count as missing.
    """

    column: Column
    n_infinite: int = 0
    n_slips: int = 0
    first_slip: str = ""
    first_slip_row: int = 0
    generated_name: bool = False

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def kind(self) -> str:
        return self.column.kind

    @property
    def n_missing(self) -> int:
        return int(self.column.missing.sum())

    def renamed(self, name: str, *, generated: bool = False) -> FoundColumn:
        return replace(self, column=replace(self.column, name=name), generated_name=generated)


def parse_number(text: str, decimal: str = "point") -> float | None:
    """The number that ``text`` spells, with ``decimal`` "point" or "comma"; None if none.

    ``12%`` is 12. Groups of thousands may be parted. An infinite number comes back as such.
    """
    infinite = _INFINITE.fullmatch(text)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    plain, thousands = (
        (_POINT, _POINT_THOUSANDS)
        if decimal == "point"
        else (
            _COMMA,
            _COMMA_THOUSANDS,
        )
    )
    if not plain.fullmatch(text):
        if not thousands.fullmatch(text):
            return None
        text = re.sub("[,' \u00a0\u202f]" if decimal == "point" else "[.' \u00a0\u202f]", "", text)
    # int(…) of Python reads digits of any script, and so does \d; float does as well.
    return float(text.replace(",", ".").rstrip("%"))


def column_from_numbers(name: str, values: NDArray[Any]) -> FoundColumn:
    """A column of cells that are all numbers already; infinite and huge ones become missing."""
    numbers = np.array(values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        beyond = np.abs(numbers) > LARGEST
    n_infinite = int(np.count_nonzero(beyond))
    if n_infinite:
        numbers[beyond] = np.nan
    return FoundColumn(Column(name, "number", numbers), n_infinite=n_infinite)


def column_from_cells(name: str, cells: Iterable[object], *, decimal: str = "point") -> FoundColumn:
    """Find out what a column holds. Cells are text, or values from Excel and JSON.

    ``decimal`` is tried first where both signs would do.
    """
    places: dict[object, int] = {}
    codes = np.fromiter(
        (places.setdefault(_key(cell), len(places)) for cell in cells), dtype=np.int32
    )
    texts = [_text(key) for key in places]
    merged: dict[str, int] = {}
    merge = np.array(
        [-1 if t in MISSING else merged.setdefault(t, len(merged)) for t in texts], dtype=np.int32
    )
    if len(codes):
        codes = merge[codes]
    return _column_from_texts(name, list(merged), codes, decimal)


def _key(cell: object) -> object:
    # True == 1 == 1.0 in a dict; the text keeps them apart where it matters.
    if type(cell) is str or cell is None:
        return cell
    return _text(cell)


def _text(cell: object) -> str:
    """A cell as text, the same whichever kind of file it came from."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, (int, np.integer)):
        # Python refuses to write out integers of thousands of digits.
        number = int(cell)
        return str(number) if abs(number) < 10**300 else ("inf" if number > 0 else "-inf")
    if isinstance(cell, (float, np.floating)):
        return number_text(float(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return str(cell).strip()


def number_text(number: float) -> str:
    """A number as a category: ``8`` rather than ``8.0``."""
    if math.isnan(number):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def _column_from_texts(
    name: str, texts: list[str], codes: NDArray[np.int32], decimal: str
) -> FoundColumn:
    """Decide by the distinct texts and how often each occurs."""
    if not texts:
        return FoundColumn(Column(name, "number", np.full(len(codes), np.nan)))
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    numbers = _best_numbers(texts, counts, decimal)
    if numbers is not None:
        return _number_column(name, texts, codes, numbers)
    dates = parse_dates(texts)
    if dates is not None:
        years, order = dates
        return FoundColumn(Column(name, "date", _spread(years, codes), date_order=order))
    return FoundColumn(_category_column(name, texts, codes))


def _best_numbers(
    texts: list[str], counts: NDArray[np.intp], decimal: str
) -> NDArray[np.float64] | None:
    """The number of each text (NaN: none), or None if the column does not hold numbers."""
    other = "comma" if decimal == "point" else "point"
    total = counts.sum()
    best: NDArray[np.float64] | None = None
    best_share = 0.0
    for style in (decimal, other):
        sample = texts[:: max(1, len(texts) // 200)]
        if sum(parse_number(t, style) is not None for t in sample) < len(sample) / 2:
            continue
        parsed = (parse_number(text, style) for text in texts)
        numbers = np.array([np.nan if n is None else n for n in parsed])
        share = float(counts[~np.isnan(numbers)].sum() / total)
        if share > best_share:
            best, best_share = numbers, share
        if share == 1.0:
            break
    if best is None or best_share < _MOSTLY_NUMBERS:
        return None
    # "1", "2", "3" and one "other": few values, so rather a category than numbers with slips.
    if best_share < 1.0 and np.count_nonzero(~np.isnan(best)) < 10:
        return None
    return best


def _number_column(
    name: str, texts: list[str], codes: NDArray[np.int32], numbers: NDArray[np.float64]
) -> FoundColumn:
    found = column_from_numbers(name, _spread(numbers, codes))
    slips = np.isnan(numbers)
    if not slips.any():
        return found
    is_slip = (codes >= 0) & np.append(slips, False)[codes]
    first = int(np.argmax(is_slip))
    return replace(
        found,
        n_slips=int(is_slip.sum()),
        first_slip=texts[codes[first]],
        first_slip_row=first + 1,
    )


def _spread(values: NDArray[np.float64], codes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Values of the distinct texts → values of the rows; code -1 takes the NaN at the end."""
    return np.append(values, np.nan)[codes]


def _category_column(name: str, texts: list[str], codes: NDArray[np.int32]) -> Column:
    # TRUE, True and true are one value.
    folded = {text: text.casefold() for text in texts}
    if set(folded.values()) <= {"true", "false"}:
        names = sorted(set(folded.values()))
        lookup = {text: names.index(folded[text]) for text in texts}
    else:
        names = sorted(texts, key=_category_order)
        places = {text: place for place, text in enumerate(names)}
        lookup = {text: places[text] for text in texts}
    new_codes = np.array([*(lookup[text] for text in texts), -1], dtype=np.int32)
    return Column(name, "category", new_codes[codes], tuple(names))


def _category_order(text: str) -> tuple[bool, float, str, str]:
    """Numbers by size first, then words by the alphabet, whatever their case."""
    number = parse_number(text)
    return (number is None, number or 0.0, text.casefold(), text)


def to_categories(column: Column) -> Column:
    """A number or date column read as categories, one per distinct value."""
    if column.kind == "category":
        return column
    present = ~column.missing
    distinct, inverse = np.unique(column.values[present], return_inverse=True)
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[present] = inverse
    names = tuple(number_text(float(value)) for value in distinct)
    return Column(column.name, "category", codes, names)


def to_numbers(found: FoundColumn, *, decimal: str = "point") -> FoundColumn:
    """A category column read as numbers; cells that are none become missing.

    Raises:
        DataError: no cell is a number.
    """
    column = found.column
    if column.kind != "category":
        return replace(found, column=replace(column, kind="number"))
    texts = list(column.categories)
    codes = column.values.astype(np.int32)
    if set(texts) <= {"true", "false"}:
        return FoundColumn(
            Column(
                column.name, "number", _spread(np.array([float(t == "true") for t in texts]), codes)
            )
        )
    candidates = [
        np.array([np.nan if n is None else n for n in (parse_number(t, style) for t in texts)])
        for style in (decimal, "comma" if decimal == "point" else "point")
    ]
    best = max(candidates, key=lambda numbers: np.count_nonzero(~np.isnan(numbers)))
    if np.isnan(best).all():
        first = int(np.argmax(codes >= 0))
        raise DataError(
            f"The column {column.name!r} was to be read as numbers, but none of its cells is a "
            f"number (row {first + 1} holds {texts[codes[first]][:80]!r}). "
            "Choose the type category for it, or leave it out."
            if len(texts)
            else f"The column {column.name!r} was to be read as numbers, but it is empty. "
            "Leave it out."
        )
    return _number_column(column.name, texts, codes, best)
