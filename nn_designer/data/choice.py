"""Which data a design is for: the part of a document that names data, as a plain value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DataChoice:
    """A data source by key (``"mnist"``, ``"table"``) and the settings that differ from default.

    It is not checked here, so that a design that names unknown data can still be opened;
    :func:`nn_designer.data.source_of` checks.
    """

    source: str = "circles"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A copy of our own, so that nobody changes a frozen value from outside.
        object.__setattr__(self, "settings", dict(self.settings))

    def __hash__(self) -> int:
        return hash((self.source, json.dumps(self.settings, sort_keys=True, default=repr)))
