"""What a person can change while a run is under way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Control:
    """What can be changed while training; it is read between reports.

    ``learning_rate`` None: the settings'. ``granularity``: "chunk" reports about every 30 ms
    and at the end of each epoch, "batch" after each batch. ``stop`` ends the run with a last
    report.
    """

    learning_rate: float | None = None
    granularity: str = "chunk"
    stop: bool = False
