"""Writing a file so that nothing is ever half-written, with a sentence when it can't be.

As :mod:`nn_designer.design.safe_write`, but for content that is written piece by piece, and
that is read back before it takes the place of the old file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nn_designer.design.safe_write import failure_sentence
from nn_designer.interchange.model import InterchangeError


def unwritable(path: Path | str, error: OSError) -> InterchangeError:
    return InterchangeError(failure_sentence(Path(path), error))


def unreadable(path: Path | str, error: OSError) -> InterchangeError:
    why = "there is no such file" if error.errno == errno.ENOENT else (error.strerror or str(error))
    return InterchangeError(f"{str(path)!r} can't be read: {why}. Check the name and the folder.")


def real_target(path: Path | str) -> Path:
    """Where a file called ``path`` would really go, links followed, checked as far as possible.

    Call it before long work whose result goes there.

    Raises:
        InterchangeError: it can't be written.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if not os.access(target if target.exists() else target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise unwritable(path, error) from error
    except ValueError as error:  # a NUL character in the name
        raise InterchangeError(f"{str(path)!r} can't be the name of a file ({error}).") from error
    return target


@contextmanager
def writing_aside(path: Path | str) -> Iterator[tuple[BinaryIO, Path]]:
    """A file to write beside ``path``; when the block ends well, it takes ``path``'s place.

    Yields the open file and its path (flush before reading it back through that path). If
    anything fails, ``path`` stays as it was and nothing is left beside it. What can't be
    replaced, such as /dev/stdout, is written directly.

    Raises:
        InterchangeError: the file can't be written; whatever the block raises.
    """
    target = real_target(path)
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with _refusals(path), target.open("wb") as out:
            yield out, target
        return
    aside = target.with_name(f".{target.name[:80]}.{os.getpid()}.part")
    try:
        with _refusals(path):
            mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666
            # A leftover of a crashed run with our process number; O_EXCL refuses a planted link.
            aside.unlink(missing_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(aside, flags, mode), "w+b") as out:
                yield out, aside
                out.flush()
                os.fsync(out.fileno())
            aside.replace(target)
            _sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def _refusals(path: Path | str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can (not on Windows)."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
