"""How busy others keep the machine while we measure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, sleep


def wait_for_calm(limit_cores: float, patience_seconds: float) -> None:
    """Sleep until others use at most so much of the machine, or patience is over."""
    end = perf_counter() + patience_seconds
    while perf_counter() < end:
        load = OthersLoad([])
        sleep(0.3)
        if load.cores() <= limit_cores:
            return


class OthersLoad:
    """Cores used by processes that are not ours; always 0 where the system does not tell."""

    def __init__(self, processes: Sequence[int]) -> None:
        self._processes = [*processes, os.getpid()]
        self._known = Path("/proc/stat").exists()
        self._begin = (perf_counter(), self._busy(), self._own())

    def cores(self) -> float:
        """Mean since it was made."""
        if not self._known:
            return 0.0
        time, busy, own = self._begin
        seconds = max(perf_counter() - time, 1e-9)
        return max(0.0, ((self._busy() - busy) - (self._own() - own)) / seconds)

    def _busy(self) -> float:
        """Seconds that all cores together were busy since the start of the system."""
        if not self._known:
            return 0.0
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        user, nice, system, _idle, _waiting, interrupt, soft, stolen = map(int, fields)
        return (user + nice + system + interrupt + soft + stolen) / os.sysconf("SC_CLK_TCK")

    def _own(self) -> float:
        if not self._known:
            return 0.0
        ticks = 0
        for process in self._processes:
            # The name in parentheses may hold spaces; times follow behind it.
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")
