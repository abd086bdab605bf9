"""Writing a file so that the old one is never lost: aside first, then in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def write_safely(path: Path | str, content: bytes) -> None:
    """Write ``content`` to ``path``. When it fails, the file that was there is untouched.

    Raises:
        OSError: as :func:`writing_aside`.
    """
    with writing_aside(path) as (file, _):
        file.write(content)


@contextlib.contextmanager
def writing_aside(path: Path | str) -> Iterator[tuple[BinaryIO, Path]]:
    """A file to write beside ``path``; when the block ends well, it takes ``path``'s place.

    Yields the open file and its path (flush before reading it back through that path). If
    anything fails, ``path`` stays as it was and nothing is left beside it. A link is followed;
    the permissions of a file that was there are kept. What can't be replaced, such as
    /dev/stdout, is written directly.

    Raises:
        OSError: as the system says (see :func:`failure_sentence`); whatever the block raises.
    """
    target = writable_target(path)
    if _is_special(target):
        with target.open("wb") as file:
            yield file, target
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    handle, aside = _open_aside(target, 0o666 if mode is None else mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, aside
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            aside.chmod(mode)  # the usual mask may have taken some away
        aside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(target.parent)


def writable_target(path: Path | str) -> Path:
    """Where a file called ``path`` would really go, links followed.

    Raises:
        OSError: it can't be written, as far as can be said without trying.
    """
    try:
        if _is_special(Path(path)):
            return Path(path)  # a link to a pipe leads to no path
        target = Path(os.path.realpath(path))
    except ValueError as error:  # a NUL character
        raise OSError(errno.EINVAL, str(error)) from error
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def tried_target(path: Path | str) -> Path:
    """As :func:`writable_target`, and a file was put beside it and taken away again.

    Call it before long work whose result goes there.

    Raises:
        OSError: it can't be written.
    """
    target = writable_target(path)
    if not _is_special(target):
        handle, aside = _open_aside(target, 0o600)
        os.close(handle)
        aside.unlink()
    return target


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, such as /dev/stdout."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _open_aside(target: Path, mode: int) -> tuple[int, Path]:
    """A new file beside ``target``: its handle and its path."""
    aside = target.with_name(f".saving-{secrets.token_hex(4)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(aside, flags, mode), aside


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system can (not on Windows)."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network folders refuse; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_MEANINGS = {
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
    errno.EACCES: "you have no permission to write there",
    errno.EPERM: "you have no permission to write there",
    errno.EROFS: "the disk can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EISDIR: "a folder has this name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file is too big for this disk",
    errno.EIO: "the disk reports a fault",
    errno.EINVAL: "this can't be the name of a file",
}

if hasattr(errno, "EDQUOT"):  # not on Windows
    _MEANINGS[errno.EDQUOT] = "your quota on this disk is used up"
_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def failure_sentence(path: Path, error: OSError) -> str:
    """Why a file could not be written, and what to do, as a sentence."""
    why = _MEANINGS.get(error.errno or 0, error.strerror or str(error))
    if error.errno in _NO_ROOM:
        advice = "Make room or save to another disk"
    else:
        advice = "Save it under another name or in another folder"
    return f"{str(path)!r} can't be written, because {why}. {advice}; nothing was lost."
