"""The words of the command line."""

from __future__ import annotations

import argparse

from nn_designer import __version__

TRAIN_EPILOG = """examples:
  python -m nn_designer new article a.nnd
  python -m nn_designer train a.nnd --epochs 3 --weights a.safetensors
  python -m nn_designer train a.nnd --data houses.csv --target price --history course.csv
"""


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``command`` in its result names the chosen one."""
    parser = argparse.ArgumentParser(
        prog="python -m nn_designer",
        description="Design and train neural networks. With no words, or with a design file, "
        "the window opens; these commands do the same work without it.",
        epilog="Exit status: 0 done, 1 the input is at fault, 2 wrong usage.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"NN Designer {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_train(commands)
    _add_check(commands)
    _add_predict(commands)
    _add_export(commands)
    _add_import(commands)
    _add_templates(commands)
    _add_new(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for it


def _add(
    commands: Commands[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_train(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "train", "train a design")
    one.epilog = TRAIN_EPILOG
    one.add_argument("design", metavar="DESIGN", help="a design file (.nnd)")
    one.add_argument(
        "--data",
        metavar="NAME|FILE",
        help="other data than the design's: a shipped set by name (mnist, iris, spiral ...) or "
        "a table file; input, last layer and loss are made to fit",
    )
    one.add_argument("--target", metavar="COLUMN", help="the column of the table to predict")
    one.add_argument("--epochs", metavar="N", type=int, help="how often to go through the data")
    one.add_argument("--seed", metavar="N", type=int, help="the same seed gives the same curve")
    one.add_argument(
        "--weights", metavar="OUT", help="write the trained weights: OUT.npz or OUT.safetensors"
    )
    one.add_argument("--history", metavar="OUT.csv", help="write the course of training as CSV")
    one.add_argument(
        "--metrics",
        metavar="NAMES",
        help="more about the validation part, such as precision,recall,f1,auc",
    )
    one.add_argument("--json", action="store_true", help="print one JSON object per epoch")


def _add_check(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "check", "say what is wrong with a design, and its sizes")
    one.add_argument("design", metavar="DESIGN", help="a design file (.nnd)")


def _add_predict(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "predict", "predict with trained weights, into a CSV file")
    one.add_argument("design", metavar="DESIGN", help="a design file (.nnd)")
    one.add_argument("--weights", metavar="FILE", required=True, help="trained weights")
    one.add_argument(
        "--data",
        metavar="NAME|FILE",
        required=True,
        help="a table with the columns of the training, or a shipped set by name (of one with a "
        "test part of its own, that part)",
    )
    one.add_argument("--out", metavar="FILE", required=True, help="the CSV file to write")


def _add_export(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "export", "write weights in another program's format")
    one.add_argument("design", metavar="DESIGN", help="a design file (.nnd)")
    one.add_argument(
        "--weights", metavar="FILE", help="trained weights; without them, the initial ones"
    )
    one.add_argument(
        "--to",
        metavar="FORMAT",
        required=True,
        help="the format by name, such as npz or safetensors",
    )
    one.add_argument("out", metavar="OUT", help="the file to write")


def _add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "import", "take the design out of a file of weights")
    one.add_argument("file", metavar="FILE", help="weights that NN Designer exported")
    one.add_argument("--out", metavar="DESIGN", required=True, help="the design file to write")
    one.add_argument("--weights", metavar="OUT", help="write the weights too")


def _add_templates(commands: Commands[argparse.ArgumentParser]) -> None:
    _add(commands, "templates", "list the shipped designs")


def _add_new(commands: Commands[argparse.ArgumentParser]) -> None:
    one = _add(commands, "new", "start a design from a template")
    one.add_argument("template", metavar="TEMPLATE", help="one that 'templates' lists")
    one.add_argument("out", metavar="OUT", help="the design file to write")
    one.add_argument(
        "--force", action="store_true", help="replace a file that holds another design"
    )
