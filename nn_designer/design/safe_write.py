"""Writing a file so that the old one is never lost: aside first, then in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path


def write_safely(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``. When it fails, the file that was there is untouched.

    A link is followed; the permissions of a file that was there are kept.

    Raises:
        OSError: as the system says; see :func:`failure_sentence`.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    handle, name = tempfile.mkstemp(prefix=".saving-", suffix=".tmp", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(_mode_for(path))
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(path.parent)


def _mode_for(path: Path) -> int:
    """The permissions the new file gets: those of the old one, or what is usual here."""
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(path.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


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
