"""Files of this level: safely written, with an InterchangeError where one can't be used."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nn_designer.design import safe_write
from nn_designer.interchange.model import InterchangeError


def unreadable(path: Path | str, error: OSError) -> InterchangeError:
    why = "there is no such file" if error.errno == errno.ENOENT else (error.strerror or str(error))
    return InterchangeError(f"{str(path)!r} can't be read: {why}. Check the name and the folder.")


def real_target(path: Path | str) -> Path:
    """As :func:`nn_designer.design.safe_write.tried_target`.

    Raises:
        InterchangeError: it can't be written.
    """
    with _refusals(path):
        return safe_write.tried_target(path)


@contextmanager
def writing_aside(path: Path | str) -> Iterator[tuple[BinaryIO, Path]]:
    """As :func:`nn_designer.design.safe_write.writing_aside`.

    Raises:
        InterchangeError: the file can't be written; whatever the block raises.
    """
    with _refusals(path), safe_write.writing_aside(path) as both:
        yield both


@contextmanager
def _refusals(path: Path | str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InterchangeError(safe_write.failure_sentence(Path(path), error)) from error
