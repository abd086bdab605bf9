"""The command line: everything but the window, without Qt."""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS = ("train", "check", "predict", "export", "import", "templates", "new")


def is_command_line(arguments: Sequence[str]) -> bool:
    """Whether these words are for :func:`main` rather than for the window."""
    return bool(arguments) and arguments[0] in (*COMMANDS, "-h", "--help", "--version")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done, 1 the input is at fault, 2 wrong usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    print(f"Not yet: {arguments}", file=sys.stderr)
    return 2
