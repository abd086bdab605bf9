"""The command line: everything but the window, without Qt."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("train", "check", "predict", "export", "import", "templates", "new")


def is_command_line(arguments: Sequence[str]) -> bool:
    """Whether these words are for :func:`main` rather than for the window.

    A single word that is neither a switch nor a file is taken for a mistyped command.
    """
    if not arguments:
        return False
    first = arguments[0]
    if first in (*COMMANDS, "-h", "--help", "--version"):
        return True
    path = Path(first)
    return (
        not first.startswith("-") and path.name == first and not path.suffix and not path.exists()
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done, 1 the input is at fault, 2 wrong usage."""
    _write_what_can_be_written()
    try:
        from nn_designer.cli.parser import make_parser

        arguments = make_parser().parse_args(argv)
        # The levels below are loaded only now: help and wrong usage answer at once.
        from nn_designer.cli.run import run

        return run(arguments)
    except SystemExit as stop:  # argparse has printed help, version or what is wrong
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        print("Stopped before anything was finished; nothing was written.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing more can be said to it.
        _drop_output()
        return 0
    except OSError as error:  # files are looked after where they are used: this is our output
        _drop_output()
        print(f"error: The output can't be written: {error.strerror or error}.", file=sys.stderr)
        return 1


def _drop_output() -> None:
    """What is still to be written, also when Python ends, goes nowhere."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _write_what_can_be_written() -> None:
    """A terminal that can't show "×" must not end a training: show an escape instead."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
