"""How much memory a training would need, and how much there is."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.shapes import Shape

BYTES_PER_NUMBER = 4  # float32
COPIES_OF_WEIGHTS = 6  # tests/design/test_memory.py measures
LOOK_SECONDS = 2.0


def estimated_memory_bytes(
    parameters: int,
    shapes: Iterable[Shape],
    batch_size: int,
    optimizer: str,
    n_rows: int = 0,
    sample_size: int = 0,
) -> int:
    """About how many bytes a training holds at once, from sizes alone; `engine/footprint.py`
    counts them, but has to build the network.

    Weights, those of the beginning and the best ones so far; gradients and their squares; the
    optimizer's running averages and its scratch. Each layer's output and its gradient for one
    batch. The data, as prepared and as the rows that training gathers.
    """
    slots = len(OPTIMIZERS[optimizer].slots) if optimizer in OPTIMIZERS else 2
    values = sum(math.prod(shape) + 1 for shape in shapes)
    numbers = parameters * (COPIES_OF_WEIGHTS + slots)
    numbers += 2 * values * batch_size + 2 * n_rows * (sample_size + 1)
    flags = parameters  # a byte each, while a look is taken whether all are finite
    return BYTES_PER_NUMBER * numbers + flags


_last_look = (-math.inf, 0)


def available_memory_bytes() -> int:
    """Memory that could be used now, looked up at most every two seconds."""
    global _last_look
    now = time.monotonic()
    if now - _last_look[0] > LOOK_SECONDS:
        _last_look = now, _look()
    return _last_look[1]


def _look() -> int:
    if sys.platform == "win32":
        return _look_on_windows()
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):  # the limit of a container
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
        found.append(max(0, limit - used))
    if not found:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(found)


def _look_on_windows() -> int:
    class MemoryStatus(ctypes.Structure):
        # MEMORYSTATUSEX of GlobalMemoryStatusEx, learn.microsoft.com
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "available", "total_page")),
            *((name, ctypes.c_ulonglong) for name in ("page", "total_virtual", "virtual")),
            ("extended", ctypes.c_ulonglong),
        )

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined, unused-ignore]
    return int(status.available)


def bytes_text(n_bytes: float) -> str:
    """A size for people: "37 TB", "1.5 GB"."""
    for unit in ("bytes", "KB", "MB", "GB", "TB", "PB"):
        if n_bytes < 1000 or unit == "PB":
            break
        n_bytes /= 1000
    shown = f"{n_bytes:.1f}".removesuffix(".0") if n_bytes < 10 else f"{n_bytes:,.0f}"
    return f"{shown} {unit}"
