"""Where the files of a choice of data are.

A design names the files in its own folder by the way from there, so that folder and all can be
moved or sent. While the design is open, its files are named in full.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

from nn_designer.data.choice import DataChoice
from nn_designer.data.load import SOURCES


def opened_beside(choice: DataChoice, folder: Path) -> tuple[DataChoice, tuple[str, ...]]:
    """The choice that a design in ``folder`` makes, its files named in full.

    A file that is not where the design says, but lies beside the design under the same name, is
    taken from there; a sentence says so.
    """
    folder = folder.absolute()
    notes: list[str] = []

    def found(given: str) -> str:
        path, beside = folder / given, folder / _last_name(given)
        if _is_file(path) or not _is_file(beside):
            return str(path)
        notes.append(f"The file {given} is taken from {beside}, beside the design.")
        return str(beside)

    return _with_paths(choice, found), tuple(notes)


def kept_beside(choice: DataChoice, folder: Path) -> DataChoice:
    """The choice as a design in ``folder`` keeps it: files in or below it without the folder."""
    folder = folder.absolute()

    def shortened(given: str) -> str:
        path = Path(given)
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else given

    return _with_paths(choice, shortened)


def without_folders(choice: DataChoice) -> DataChoice:
    """The choice with the names of its files alone.

    Whoever gets it need not learn how the disk of the sender is laid out.
    """
    return _with_paths(choice, _last_name)


def _with_paths(choice: DataChoice, change: Callable[[str], str]) -> DataChoice:
    """The choice with every setting that names a file changed; what is no path stays."""
    source = SOURCES.get(choice.source)
    settings = dict(choice.settings)
    for name in source.file_settings if source is not None else ():
        given = settings.get(name)
        if isinstance(given, str) and given:
            settings[name] = change(given)
    return DataChoice(choice.source, settings)


def _last_name(path: str) -> str:
    """The name without folders, whichever system the path is of."""
    return PureWindowsPath(PurePosixPath(path).name).name


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for the system
        return False
