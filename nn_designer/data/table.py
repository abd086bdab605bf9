"""The person's own table as a data source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from nn_designer.data.build import build_dataset
from nn_designer.data.column_types import COLUMN_TYPES, column_list, parse_column_types
from nn_designer.data.dataset import Dataset
from nn_designer.data.errors import DataError
from nn_designer.data.reading import file_stamp, read_table
from nn_designer.data.reading_options import (
    DECIMALS,
    ENCODINGS,
    HEADERS,
    LONGEST_SHEET_NAME,
    SEPARATORS,
    ReadingOptions,
)
from nn_designer.data.source import DataSource
from nn_designer.params import Choice, Text


class Table(DataSource):
    """Your own table: CSV, TSV, Excel or JSON."""

    key = "table"
    title = "Own table"
    description = "Predict one column of your own table from the others."
    origin = "Your own file"
    licence = "Yours"
    declared_task: ClassVar[Literal["classes", "number", "auto"]] = "auto"
    group: ClassVar[Literal["shipped", "drawn", "own"]] = "own"
    file_settings: ClassVar[tuple[str, ...]] = ("path",)

    path = Text("", maximum_length=4096, title="File", help="A CSV, TSV, Excel or JSON file.")
    target = Text(
        "",
        maximum_length=1000,
        help="The column to predict. Empty: a column named target, label, class or y, else the "
        "last one. Several, between commas, are predicted by an Output each.",
    )
    task = Choice(
        "auto",
        {"auto": "Found by itself", "classes": "Classes", "number": "A number"},
        title="What to predict",
        help="Whether the target column holds classes or a number.",
    )
    column_types = Text(
        "",
        maximum_length=100_000,
        help="Columns to read otherwise than found, such as: Cylinders: category, Name: ignore. "
        f"Types are {', '.join(COLUMN_TYPES)}.",
    )
    separator = Choice("auto", SEPARATORS, help="What stands between the cells of a line.")
    decimal = Choice(
        "auto",
        DECIMALS,
        title="Decimal sign",
        help="How numbers are written.",
    )
    encoding = Choice("auto", ENCODINGS, help="How letters are stored in the file.")
    header = Choice(
        "auto",
        HEADERS,
        title="Column names",
        help="Whether the first row holds the names of the columns.",
    )
    sheet = Text(
        "",
        maximum_length=LONGEST_SHEET_NAME,
        help="The sheet of an Excel file; empty: the first one.",
    )

    def options(self) -> ReadingOptions:
        return ReadingOptions(
            separator=self.separator,
            decimal=self.decimal,
            encoding=self.encoding,
            header=self.header,
            sheet=self.sheet,
        )

    def stamp(self) -> tuple[object, ...]:
        return file_stamp(self.path)

    def load(self) -> Dataset:
        if not self.path:
            raise DataError(
                "No file is chosen for the own table. Choose a CSV, TSV, Excel or JSON file."
            )
        table = read_table(self.path, self.options())
        target, *further = target_columns(self.target, [column.name for column in table.columns])
        dataset = build_dataset(
            table.columns,
            target=target,
            further=further,
            task=self.task,
            types=parse_column_types(self.column_types),
            source=self.key,
            title=Path(self.path).name,
            description=self.description,
            origin=Path(self.path).name,
            licence=self.licence,
            notes=table.notes,
        )
        targets = " and ".join(repr(each.title) for each in dataset.summary().targets)
        return replace(
            dataset,
            description=f"Predict {targets} from the other columns.",
            reading=self.options(),
        )


def target_columns(text: str, names: Sequence[str]) -> list[str]:
    """The columns that the setting ``target`` names: one, or several between commas (one that
    holds a comma itself in quotes). Empty text stays as it is.

    Raises:
        DataError: a column is named twice, or the quotes don't match.
    """
    if text in names or "," not in text:
        return [text]
    chosen = column_list(text)
    for name in chosen:
        if chosen.count(name) > 1:
            raise DataError(f"The target names the column {name!r} twice. Name it once.")
    return chosen or [""]
