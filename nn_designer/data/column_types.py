"""The setting that reads columns otherwise than found: ``Cylinders: category, Name: ignore``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from difflib import get_close_matches

from nn_designer.data.errors import DataError

COLUMN_TYPES = ("number", "category", "date", "index", "ignore")
"""An index is a whole number that an Embedding looks up: it is not scaled."""


def parse_column_types(text: str) -> dict[str, str]:
    """Column name → type. Items stand between commas; quote one that holds a comma itself.

    Raises:
        DataError: an item is not of the form ``name: type`` with a known type.
    """
    types: dict[str, str] = {}
    try:
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as error:
        raise DataError(
            f"The column types {text[:80]!r} can't be read ({error}). "
            "Write them like this: Cylinders: category, Name: ignore."
        ) from error
    for item in (item for row in rows for item in row if item.strip()):
        name, colon, kind = (part.strip() for part in item.rpartition(":"))
        if not colon or not name:
            raise DataError(
                f"The column types hold {item[:80]!r}, where a column's name, a colon and a type "
                "were expected. Write them like this: Cylinders: category, Name: ignore."
            )
        if kind not in COLUMN_TYPES:
            near = get_close_matches(kind, COLUMN_TYPES, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"The type of column {name[:80]!r} must be one of {', '.join(COLUMN_TYPES)}, but "
                f"it is {kind[:80]!r}.{hint}"
            )
        types[name] = kind
    return types


def column_list(text: str) -> list[str]:
    """Names of columns between commas; quote one that holds a comma itself.

    Raises:
        DataError: the quotes don't match.
    """
    try:
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as error:
        raise DataError(
            f"The names of columns {text[:80]!r} can't be read ({error}). Write them like this: "
            "Year, Horsepower."
        ) from error
    return [name.strip() for row in rows for name in row if name.strip()]


def format_column_types(types: Mapping[str, str]) -> str:
    """The text that :func:`parse_column_types` reads back."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([f"{n}: {kind}" for n, kind in types.items()])
    return line.getvalue()
