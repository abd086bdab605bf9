"""Fixtures of the data tests: a table file from text, and a cache that starts empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nn_designer.data import clear_cache

WriteTable = Callable[..., Path]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    clear_cache()


@pytest.fixture
def write_table(tmp_path: Path) -> WriteTable:
    """Write ``content`` (text or bytes) to a file of this name and give its path."""

    def write(content: str | bytes, name: str = "table.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write
