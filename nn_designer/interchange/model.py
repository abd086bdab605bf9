"""A trained network as it leaves the app: all that prediction needs, and how it was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nn_designer.data.preprocessing import Preprocessing
    from nn_designer.design.document import Document

Weights = dict[str, dict[str, np.ndarray]]
"""Layer name (slug) → tensor name → array, in the engine's layout: kernel (in, out), bias (out,)."""


class InterchangeError(ValueError):
    """A weights file can't be written, read or used; the text is for people."""


@dataclass(frozen=True)
class TrainedModel:
    """A design with its trained weights and everything done to the data before training.

    ``task`` is "classes" or "number". ``history`` holds one record per epoch, as
    :func:`nn_designer.interchange.history.epoch_record` makes them.
    """

    document: Document
    weights: Mapping[str, Mapping[str, np.ndarray]]
    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    task: str = "classes"
    history: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class LoadedWeights:
    """What a weights file holds. Everything but the weights may be missing in a foreign file."""

    weights: Weights
    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    task: str = ""
    document: Document | None = None
