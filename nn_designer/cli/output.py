"""Where a command's words go: results to stdout, remarks to stderr."""

from __future__ import annotations

import sys


def say(text: str = "") -> None:
    """A line of the result; it appears at once, also through a pipe."""
    print(text, flush=True)


def remark(text: str) -> None:
    """A line beside the result, for people."""
    print(text, file=sys.stderr, flush=True)


def counted(count: int, thing: str) -> str:
    """``counted(2, "error") == "2 errors"``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
