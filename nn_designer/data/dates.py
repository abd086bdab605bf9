"""Reading dates of a column and turning them to years."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_TIME = r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME, re.ASCII)


def parse_dates(texts: list[str], order: str = "") -> tuple[NDArray[np.float64], str] | None:
    """Years with the part of the year passed (1982.5), if every text is a date.

    ``order`` is "ymd", "dmy" or "mdy"; empty: found from the texts. Where 03/04/2020 could be
    either, points mean the day comes first, slashes the month. Returns the years and the order,
    or None if the texts are not dates.
    """
    patterns = [_YEAR_FIRST, _YEAR_LAST]
    if order:
        patterns = [_YEAR_FIRST if order == "ymd" else _YEAR_LAST]
    for pattern in patterns:
        if not pattern.fullmatch(texts[0]):
            continue
        matches = [pattern.fullmatch(text) for text in texts]
        parts = [match.groups() for match in matches if match is not None]
        if len(parts) < len(texts):
            return None
        numbers = np.array([[int(part or 0) for part in row] for row in parts], dtype=np.int64)
        if pattern is _YEAR_FIRST:
            years = _years(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3:])
            return None if years is None else (years, "ymd")
        first = "mdy" if "/" in texts[0] else "dmy"
        for tried in (order,) if order else (first, "dmy" if first == "mdy" else "mdy"):
            day, month = (0, 1) if tried == "dmy" else (1, 0)
            years = _years(numbers[:, 2], numbers[:, month], numbers[:, day], numbers[:, 3:])
            if years is not None:
                return years, tried
        return None
    return None


def years_of(moments: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Moments → years with the part of the year passed; NaT → NaN."""
    present = ~np.isnat(moments)
    years = np.full(len(moments), np.nan)
    known = moments[present]
    year = known.astype("datetime64[Y]")
    start = year.astype("datetime64[s]")
    length = (year + np.timedelta64(1, "Y")).astype("datetime64[s]") - start
    passed = known.astype("datetime64[s]") - start
    years[present] = year.astype(np.int64) + 1970 + passed / length
    return years


def swap_day_and_month(years: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The same dates with day and month exchanged; None if that is not possible for all."""
    present = ~np.isnan(years)
    whole = np.floor(years[present]).astype(np.int64)
    start = (whole - 1970).astype("datetime64[Y]")
    length = (start + np.timedelta64(1, "Y")).astype("datetime64[s]") - start.astype(
        "datetime64[s]"
    )
    passed = np.rint((years[present] - whole) * length.astype(np.int64)).astype("timedelta64[s]")
    moments = start.astype("datetime64[s]") + passed
    days = moments.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    clock = (moments - days.astype("datetime64[s]")).astype(np.int64)
    time = np.stack([np.zeros_like(clock), np.zeros_like(clock), clock], axis=1)
    swapped = _years(whole, day, month, time, check_time=False)
    if swapped is None:
        return None
    result = np.full(len(years), np.nan)
    result[present] = swapped
    return result


def _years(
    year: NDArray[np.int64],
    month: NDArray[np.int64],
    day: NDArray[np.int64],
    time: NDArray[np.int64],
    *,
    check_time: bool = True,
) -> NDArray[np.float64] | None:
    """Years from parts, or None if one is not a date of the calendar."""
    if ((month < 1) | (month > 12) | (day < 1) | (day > 31) | (year < 1)).any():
        return None
    if check_time and (time >= np.array([25, 60, 61])).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    if (days.astype("datetime64[M]") != months).any():
        return None
    seconds = time @ np.array([3600, 60, 1])
    return years_of(days.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))
