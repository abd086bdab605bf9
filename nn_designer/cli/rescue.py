"""Weights that can't go where they should, after the work is done, are put somewhere else."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nn_designer.cli.errors import CommandError
from nn_designer.interchange.formats import format_of_path
from nn_designer.interchange.model import InterchangeError, TrainedModel


def write_or_rescue(model: TrainedModel, path: str) -> None:
    """Write weights; where that fails, into the folder for temporary files.

    Raises:
        CommandError: they are not in ``path``; the text says why, and where they are.
    """
    form = format_of_path(path)
    try:
        form.write(model, Path(path))
    except InterchangeError as error:
        try:
            folder = Path(tempfile.mkdtemp(prefix="nn-designer-"))
            form.write(model, folder / Path(path).name)
        except (InterchangeError, OSError):
            lost = str(error).replace("nothing was lost", "the weights are lost")
            raise CommandError(lost) from error
        raise CommandError(f"{error} The weights are in {folder / Path(path).name}.") from error
