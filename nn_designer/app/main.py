"""Starts the window."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence

from nn_designer.app.platform_check import what_is_missing


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The words after the program's name."""
    parser = argparse.ArgumentParser(prog="nn-designer", description="Opens the window.")
    parser.add_argument("design", nargs="?", help="a design to open")
    parser.add_argument("--template", metavar="KEY", help="begin with a template, such as xor")
    parser.add_argument(
        "--smoke", action="store_true", help="draw the window with its plots, then quit"
    )
    parser.add_argument(
        "--smoke-train",
        metavar="OUT.npz",
        help="train the xor template in the window, export its weights, then quit",
    )
    return parser.parse_args(list(arguments))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app until its window closes. Returns the exit status."""
    multiprocessing.freeze_support()  # in a bundle, the training process is this program again
    words = parsed(sys.argv[1:] if arguments is None else arguments)
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    from nn_designer.app.session import Session

    session = Session()
    try:
        if words.smoke or words.smoke_train:
            from nn_designer.app.smoke import run_smoke

            return run_smoke(session, words.smoke_train)
        session.begin(design=words.design, template=words.template)
        return session.run()
    finally:
        session.end()


if __name__ == "__main__":
    sys.exit(main())
