"""Where a command's words go: results to stdout, remarks to stderr."""

from __future__ import annotations

import os
import sys

from nn_designer.cli.errors import CommandError
from nn_designer.interchange.files import real_target


def say(text: str = "") -> None:
    """A line of the result; it appears at once, also through a pipe."""
    print(text, flush=True)


def remark(text: str) -> None:
    """A line beside the result, for people."""
    print(text, file=sys.stderr, flush=True)


def counted(count: int, thing: str) -> str:
    """``counted(2, "error") == "2 errors"``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def check_output(out: str | None, *others: str | None) -> None:
    """Refuse a file that can't be written, or that is one of the command's own other files.

    Raises:
        InterchangeError, CommandError: the reason.
    """
    if out is None:
        return
    target = real_target(out)
    if any(other and os.path.realpath(other) == str(target) for other in others):
        raise CommandError(
            f"{out} would be overwritten, but this command uses it for something else too. "
            "Choose another name."
        )
