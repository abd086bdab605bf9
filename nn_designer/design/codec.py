"""Designs as files: JSON text, extension .nnd (docs/FILE_FORMAT.md)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nn_designer.design.document import Document

FORMAT = "nn-designer"
VERSION = 1
EXTENSION = ".nnd"


class CodecError(ValueError):
    """A file that can't be read or written as a design; the text says why and what to do."""


@dataclass(frozen=True)
class Loaded:
    """A document read from a file, and a sentence for each thing that could not be kept."""

    document: Document
    problems: tuple[str, ...] = ()


def dumps(document: Document) -> str:
    """The text of the file."""
    raise NotImplementedError


def loads(text: str | bytes) -> Loaded:
    """Read the text of a file, opening what can be opened.

    Raises:
        CodecError: it is not a design at all.
    """
    raise NotImplementedError


def load(path: str | os.PathLike[str]) -> Loaded:
    """Read a file. Raises CodecError."""
    return loads(Path(path).read_bytes())


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a file: aside first, then in place of the old one. Raises CodecError."""
    raise NotImplementedError
