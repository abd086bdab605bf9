"""The command ``predict``."""

from __future__ import annotations

import argparse

import numpy as np

from nn_designer import data
from nn_designer.cli.choosing import choose_data, load_design
from nn_designer.cli.output import check_output, counted, remark, say
from nn_designer.data import DataChoice, Preprocessing
from nn_designer.data.table import Table
from nn_designer.design.compile import training_settings
from nn_designer.design.document import Document
from nn_designer.design.wiring import arranged
from nn_designer.interchange.fitting import fit_weights, trained_design
from nn_designer.interchange.formats import read_weights
from nn_designer.interchange.model import LoadedWeights, TrainedModel
from nn_designer.interchange.predictions import predictions, write_predictions


def predict(arguments: argparse.Namespace) -> int:
    """Predict every row of the data and write a CSV file."""
    check_output(arguments.out, arguments.design, arguments.weights, arguments.data)
    document = load_design(arguments.design)
    loaded = read_weights(arguments.weights)
    choice = choose_data(document.data, arguments.data, None)
    document = design_of_weights(document, loaded)
    model = model_of(document, loaded)
    assert model.preprocessing is not None
    x = inputs_for(choice, model.preprocessing)
    outputs = model.outputs(x)
    found = {name: predictions(model, array, name) for name, array in outputs.items()}
    for one in found.values():
        if one.note:
            remark(f"note: {one.note}")
    only = next(iter(found.values()))
    write_predictions(arguments.out, found if len(found) > 1 else only)
    say(f"{counted(len(x), 'prediction')} are in {arguments.out}.")
    return 0


def inputs_for(choice: DataChoice, preprocessing: Preprocessing) -> np.ndarray:
    """The network's inputs for every row of a table, or of a shipped set's own test part."""
    notes: list[str] = []
    source = data.source_of(choice)
    if isinstance(source, Table):
        x = preprocessing.transform_table(source.path, notes, source.options())
    else:
        x = preprocessing.transform(data.load(choice).test_part(), notes)
    for note in notes:
        remark(f"note: {note}")
    return x


def design_of_weights(document: Document, loaded: LoadedWeights) -> Document:
    """The design to use with the weights; says so if it is not quite the one in the file."""
    found = trained_design(document, loaded)
    if found is not document and found.layers != document.layers:
        remark(
            "note: The weights were trained with the design fitted to other data; so it is used."
        )
    return found


def model_of(document: Document, loaded: LoadedWeights) -> TrainedModel:
    """A design with loaded weights. What a foreign file lacks is made again from the data."""
    weights = fit_weights(document, loaded)
    if loaded.preprocessing is not None:
        found = loaded.preprocessing
        names = loaded.class_names or found.class_names
        targets = loaded.target_names or found.target_names
        task = loaded.task or found.task
        return TrainedModel(document, weights, found, names, targets, task, loaded.history)
    remark(
        "note: The weights come without their preprocessing; it is made again from the data of "
        f"the design ({document.data.source})."
    )
    prepared = prepared_data(document)
    return TrainedModel(
        document,
        weights,
        prepared.preprocessing,
        prepared.class_names,
        prepared.target_names,
        prepared.task,
    )


def prepared_data(document: Document) -> data.Prepared:
    settings = training_settings(document)
    dataset = arranged(document, data.load(document.data))
    return data.prepare(dataset, settings.validation_split, settings.seed)
