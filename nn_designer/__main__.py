"""``python -m nn_designer``: the window, or with a command's name the command line."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence

from nn_designer.cli import is_command_line


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if is_command_line(words):
        from nn_designer.cli import main as run_command

        return run_command(words)
    from nn_designer.app.main import main as show_window

    return show_window(words)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
