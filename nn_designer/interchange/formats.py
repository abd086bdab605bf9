"""The exchange formats by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from nn_designer.interchange import npz, safetensors
from nn_designer.interchange.model import InterchangeError, LoadedWeights, TrainedModel


@dataclass(frozen=True)
class Format:
    """One exchange format. ``write`` and ``read`` raise InterchangeError with a sentence."""

    key: str
    title: str
    extension: str
    sentence: str
    write: Callable[[TrainedModel, Path], None]
    read: Callable[[Path], LoadedWeights]


FORMATS: dict[str, Format] = {
    one.key: one
    for one in (
        Format(
            "npz",
            "NumPy",
            ".npz",
            "For Python with NumPy alone, and for loading weights back into a design.",
            npz.write,
            npz.read,
        ),
        Format(
            "safetensors",
            "Safetensors",
            ".safetensors",
            "For PyTorch and all who read its weights: names and layout of an nn.Sequential.",
            safetensors.write,
            safetensors.read,
        ),
    )
}
"""Key → format, in the order to show."""


def format_of_path(path: Path | str) -> Format:
    """The format that a file's extension names.

    Raises:
        InterchangeError: none does.
    """
    extension = Path(path).suffix.lower()
    for found in FORMATS.values():
        if found.extension == extension:
            return found
    known = " or ".join(one.extension for one in FORMATS.values())
    given = f"it ends with {extension!r}" if extension else "it has no extension"
    raise InterchangeError(
        f"The format of {Path(path).name!r} is not known: a name ending with {known} was expected, "
        f"and {given}."
    )


def format_called(key: str) -> Format:
    """The format with this key. Raises InterchangeError with the ones there are."""
    found = FORMATS.get(key)
    if found is None:
        near = get_close_matches(key, FORMATS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InterchangeError(
            f"There is no export format {key[:60]!r}; choose one of {', '.join(FORMATS)}.{hint}"
        )
    return found


def read_weights(path: Path | str) -> LoadedWeights:
    """Read a file of weights in the format its extension names. Raises InterchangeError."""
    return format_of_path(path).read(Path(path))
