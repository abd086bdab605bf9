"""Ctrl-C while there is something worth keeping."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interrupts:
    """``postponed``: the first Ctrl-C only sets ``asked``, so that the work can end in order."""

    postponed: bool = False
    asked: bool = False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """A second Ctrl-C, or one with nothing to keep yet, stops at once."""
        if self.asked or not self.postponed:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def watched_interrupts() -> Iterator[Interrupts]:
    """Ctrl-C goes to the Interrupts it yields, also where a shell had it ignored (``... &``)."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts  # only the main thread receives signals
        return
    before = signal.signal(signal.SIGINT, interrupts.on_signal)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
