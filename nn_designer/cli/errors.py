"""What a command raises instead of printing: caught in one place, in ``cli.main``."""

from __future__ import annotations


class CommandError(Exception):
    """The input is at fault: the text is printed to stderr, the exit status is 1."""


class UsageError(Exception):
    """The command was called wrongly: printed with a hint at --help, the exit status is 2."""
