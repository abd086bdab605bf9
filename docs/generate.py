"""Makes the pages that follow from the program itself, so that they can't be wrong for long.

    python -m docs.generate            writes docs/ACTIONS.md, LAYERS.md and a page for each layer
                                       in docs/layers, FUNCTIONS.md, DATA.md
    python -m docs.generate --check    exit status 1 and a sentence if one of them is stale

Needs no screen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
MADE_BY = "<!-- Made by python -m docs.generate from the program itself: change it there. -->\n\n"


def pages() -> dict[str, Callable[[], str]]:
    """File name → what makes its text. The page of actions needs a QApplication."""
    from docs.pages import actions, data, functions, layer, layers

    return {
        "ACTIONS.md": actions.page,
        "LAYERS.md": layers.page,
        "FUNCTIONS.md": functions.page,
        "DATA.md": data.page,
        **layer.pages(),
    }


def made_pages() -> dict[str, str]:
    """File name → text, as it should be now."""
    return {name: MADE_BY + make().strip() + "\n" for name, make in pages().items()}


def stale_pages(folder: Path = FOLDER) -> list[str]:
    """The names of the pages in ``folder`` that are missing, differ from the program, or tell of
    a layer that it does not have."""
    made = made_pages()
    differing = [name for name, text in made.items() if _read(folder / name) != text]
    there = sorted(f"layers/{path.name}" for path in folder.glob("layers/*.md"))
    return [*differing, *(name for name in there if name not in made)]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write(names: Sequence[str]) -> None:
    """Write these pages anew; those that are made no more go."""
    made = made_pages()
    (FOLDER / "layers").mkdir(exist_ok=True)
    for name in names:
        if name in made:
            (FOLDER / name).write_text(made[name], encoding="utf-8", newline="\n")
        else:
            (FOLDER / name).unlink()


def main(words: Sequence[str] | None = None) -> int:
    """Write or check. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.generate", description="Makes the pages derived from the program."
    )
    parser.add_argument("--check", action="store_true", help="only say whether they are fresh")
    check = parser.parse_args(words).check
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings, QStandardPaths
    from PySide6.QtWidgets import QApplication

    with tempfile.TemporaryDirectory() as folder:
        # The person's own settings have no say in the documentation.
        QStandardPaths.setTestModeEnabled(True)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        application = QApplication([])
        stale = stale_pages()
        if not check:
            _write(stale)
        application.quit()
    if check and stale:
        print(
            f"Stale: docs/{', docs/'.join(stale)}. The program has changed since they were made; "
            "run python -m docs.generate and commit them.",
            file=sys.stderr,
        )
        return 1
    if check:
        print("The pages made from the program are fresh.")
    else:
        print(f"Written: docs/{', docs/'.join(stale)}." if stale else "All pages were fresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
