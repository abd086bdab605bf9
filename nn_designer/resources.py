"""Where the shipped files are: found alike from a checkout, a wheel and a bundle."""

from __future__ import annotations

import sys
from pathlib import Path


def resource_root() -> Path:
    """The folder ``resources``.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    candidates = [package / "_resources", package.parent / "resources"]
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        candidates.insert(0, Path(bundle) / "resources")
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"The folder 'resources' was expected at {candidates[-1]}, and it is not there. "
        "Install NN Designer again."
    )


def resource_path(*parts: str) -> Path:
    """A shipped file, such as ``resource_path("templates", "article.nnd")``."""
    return resource_root().joinpath(*parts)
