"""The exchange formats by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nn_designer.interchange.model import LoadedWeights, TrainedModel


@dataclass(frozen=True)
class Format:
    """One exchange format. ``write`` and ``read`` raise InterchangeError with a sentence."""

    key: str
    title: str
    extension: str
    sentence: str
    write: Callable[[TrainedModel, Path], None]
    read: Callable[[Path], LoadedWeights]


FORMATS: dict[str, Format] = {}
