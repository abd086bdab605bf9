"""What the app remembers between starts: theme, window, recent files, last folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QStandardPaths

MOST_RECENT = 10
THEME_MODES = ("system", "light", "dark")


class AppSettings:
    """Typed access to QSettings; damaged values fall back to their defaults."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.defaultFormat(),
            QSettings.Scope.UserScope,
            QCoreApplication.organizationName() or "NN Designer",
            QCoreApplication.applicationName() or "NN Designer",
        )

    @property
    def theme_mode(self) -> str:
        mode = str(self._store.value("theme", "system"))
        return mode if mode in THEME_MODES else "system"

    @theme_mode.setter
    def theme_mode(self, mode: str) -> None:
        self._store.setValue("theme", mode)

    @property
    def palette_opened(self) -> list[str] | None:
        """The names of the palette's open headings; None before somebody folded one."""
        found = self._store.value("palette/opened")
        return found.split() if isinstance(found, str) else None

    @palette_opened.setter
    def palette_opened(self, names: Iterable[str]) -> None:
        self._store.setValue("palette/opened", " ".join(sorted(names)))

    @property
    def recent_files(self) -> list[str]:
        """Paths, the newest first."""
        found = self._store.value("recent", [])
        if isinstance(found, str):
            found = [found] if found else []
        if not isinstance(found, list):
            return []
        return [path for path in found if isinstance(path, str)][:MOST_RECENT]

    def add_recent(self, path: str) -> None:
        """Put a file at the top of the recent ones."""
        absolute = str(Path(path).absolute())
        others = [one for one in self.recent_files if one != absolute]
        self._store.setValue("recent", [absolute, *others][:MOST_RECENT])

    def clear_recent(self) -> None:
        self._store.setValue("recent", [])

    def folder(self, purpose: str) -> str:
        """The folder last used for "design", "weights" or "data"; Documents at first."""
        path = str(self._store.value(f"folder/{purpose}", ""))
        if path and Path(path).is_dir():
            return path
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def remember_folder(self, purpose: str, path: str) -> None:
        self._store.setValue(f"folder/{purpose}", str(Path(path).absolute().parent))

    def layout(self, name: str) -> QByteArray | None:
        """A stored geometry or splitter state."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def remember_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"layout/{name}", state)


def app_data_folder() -> Path:
    """Where the log and the recovery files go; made if needed.

    Raises:
        OSError: it can't be made.
    """
    location = QStandardPaths.StandardLocation.AppDataLocation
    folder = Path(QStandardPaths.writableLocation(location))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
