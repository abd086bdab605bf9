"""From a parsed command to its function, and from its errors to an exit status."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from nn_designer.cli.designs import check, new, templates
from nn_designer.cli.errors import CommandError, UsageError
from nn_designer.cli.exchange import export, import_
from nn_designer.cli.output import remark
from nn_designer.cli.predict import predict
from nn_designer.cli.train import train
from nn_designer.data import DataError
from nn_designer.design.codec import CodecError
from nn_designer.design.compile import DesignError
from nn_designer.design.edits import EditError
from nn_designer.engine.network import WeightError
from nn_designer.engine.training import TrainingError
from nn_designer.interchange.model import InterchangeError
from nn_designer.params import ParamError

FUNCTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "train": train,
    "check": check,
    "predict": predict,
    "export": export,
    "import": import_,
    "templates": templates,
    "new": new,
}

AT_FAULT = (
    *(CommandError, CodecError, DataError, DesignError),
    *(EditError, InterchangeError, ParamError, TrainingError, WeightError),
)
"""Every level's own exception: its text is a sentence for people."""


def run(arguments: argparse.Namespace) -> int:
    """Run the command; print the sentence of whatever goes wrong."""
    try:
        return FUNCTIONS[arguments.command](arguments)
    except AT_FAULT as error:
        remark(f"error: {error}")
        return 1
    except UsageError as error:
        remark(f"error: {error} (python -m nn_designer {arguments.command} --help)")
        return 2
    except MemoryError:
        remark(
            "error: There is not enough memory for this. Use fewer units, smaller data, or a "
            "smaller batch size."
        )
        return 1
