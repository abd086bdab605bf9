"""The commands ``export`` and ``import``."""

from __future__ import annotations

import argparse
from pathlib import Path

from nn_designer.cli.choosing import load_design
from nn_designer.cli.designs import write_design
from nn_designer.cli.errors import CommandError
from nn_designer.cli.output import check_output, remark, say
from nn_designer.cli.predict import design_of_weights, model_of, prepared_data
from nn_designer.design.compile import compile_design, training_settings
from nn_designer.design.document import Document
from nn_designer.interchange.formats import format_called, format_of_path, read_weights
from nn_designer.interchange.model import TrainedModel


def export(arguments: argparse.Namespace) -> int:
    """Write a design's weights in the format asked for."""
    chosen = format_called(arguments.to)
    check_output(arguments.out, arguments.design)
    document = load_design(arguments.design)
    if arguments.weights is None:
        model = _untrained(document)
    else:
        loaded = read_weights(arguments.weights)
        model = model_of(design_of_weights(document, loaded), loaded)
    chosen.write(model, Path(arguments.out))
    say(f"{arguments.out} is written ({chosen.title}).")
    return 0


def _untrained(document: Document) -> TrainedModel:
    """The design with the weights a training would begin with."""
    network = compile_design(document)
    prepared = prepared_data(document)
    remark(
        "note: No --weights were given, so the weights are the initial ones of seed "
        f"{training_settings(document).seed}, not trained."
    )
    return TrainedModel(
        document,
        network.get_weights(),
        prepared.preprocessing,
        prepared.class_names,
        prepared.target_names,
        prepared.task,
    )


def import_(arguments: argparse.Namespace) -> int:
    """Take the design, and if asked the weights, out of a file that NN Designer exported."""
    check_output(arguments.out, arguments.file, arguments.weights)
    loaded = read_weights(arguments.file)
    if loaded.document is None:
        raise CommandError(
            f"{arguments.file} holds weights but no design: NN Designer did not write it. Draw "
            "the design, then use the file as its --weights."
        )
    if arguments.weights is not None:
        chosen = format_of_path(arguments.weights)
        check_output(arguments.weights)
        chosen.write(model_of(loaded.document, loaded), Path(arguments.weights))
    write_design(loaded.document, arguments.out)
    say(f"{arguments.out} holds the design of {arguments.file}.")
    return 0
