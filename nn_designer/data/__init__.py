"""Data: shipped, drawn and the person's own, from file to arrays, with what was done to it."""

from nn_designer.data.choice import DataChoice
from nn_designer.data.dataset import Column, Dataset, DataSummary, Task
from nn_designer.data.errors import DataError
from nn_designer.data.load import (
    SOURCES,
    clear_cache,
    data_stamp,
    load,
    source_of,
    summary,
    summary_at_once,
)
from nn_designer.data.prepare import Prepared, prepare
from nn_designer.data.preprocessing import Preprocessing
from nn_designer.data.preview import ColumnPreview, TablePreview, read_preview
from nn_designer.data.source import DataSource

__all__ = [
    "SOURCES",
    "Column",
    "ColumnPreview",
    "DataChoice",
    "DataError",
    "DataSource",
    "DataSummary",
    "Dataset",
    "Prepared",
    "Preprocessing",
    "TablePreview",
    "Task",
    "clear_cache",
    "data_stamp",
    "load",
    "prepare",
    "read_preview",
    "source_of",
    "summary",
    "summary_at_once",
]
