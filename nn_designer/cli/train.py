"""The command ``train``."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from typing import Any

from nn_designer import data
from nn_designer.cli.choosing import choose_data, load_design
from nn_designer.cli.errors import CommandError, UsageError
from nn_designer.cli.interrupts import Interrupts, watched_interrupts
from nn_designer.cli.output import check_output, counted, remark, say
from nn_designer.cli.rescue import write_or_rescue
from nn_designer.design import edits
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.check import check
from nn_designer.design.compile import compile_design, optimizer_settings, training_settings
from nn_designer.design.document import Document
from nn_designer.design.wiring import arranged, training_data
from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress, Finished
from nn_designer.engine.training import Control
from nn_designer.engine.training import train as train_network
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.interchange.formats import format_of_path
from nn_designer.interchange.history import (
    epoch_record,
    full_record,
    output_values,
    write_history,
)
from nn_designer.interchange.model import TrainedModel
from nn_designer.params import ParamError

SHOWN = ("loss", "accuracy", "mae", "r2", "val_loss", "val_accuracy", "val_mae", "val_r2")
"""What is told of each epoch, where there is one output."""


@dataclass
class Run:
    """One training: what it was made from, and what has come of it so far."""

    document: Document
    network: Network
    prepared: data.Prepared
    settings: TrainingSettings
    history: list[dict[str, Any]] = field(default_factory=list)
    steps: int = 0
    finished: Finished | None = None


def train(arguments: argparse.Namespace) -> int:
    """Train a design, print its course, and write weights and history at the end."""
    with watched_interrupts() as interrupts:
        _check_outputs(arguments)
        document = _chosen_document(arguments)
        run = _prepared_run(document)
        interrupts.postponed = True  # from here on there is something to keep
        try:
            if not arguments.json:
                _say_start(run)
            _train(run, interrupts, as_json=arguments.json)
        except OSError:
            # Nobody reads the output, or its disk is full; what was trained so far is kept.
            _write_results(run, arguments, quiet=True)
            raise
        return _end(run, arguments)


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Refuse places that can't be written before hours of training, not after."""
    if arguments.weights is not None:
        format_of_path(arguments.weights)
    inputs = (arguments.design, arguments.data)
    check_output(arguments.weights, *inputs, arguments.history)
    check_output(arguments.history, *inputs)


def _chosen_document(arguments: argparse.Namespace) -> Document:
    """The design with everything the command line changes; says what it changed to fit data."""
    document = load_design(arguments.design)
    choice = choose_data(document.data, arguments.data, arguments.target)
    if arguments.data is not None or arguments.target is not None:
        document, notes = adapt_to_data(edits.set_data(document, choice), data.summary(choice))
        for note in notes:
            remark(f"changed: {note}")
    for name in ("epochs", "seed"):
        value = getattr(arguments, name)
        if value is not None:
            try:
                TrainingSettings.params[name].check(value)
            except ParamError as error:
                raise UsageError(f"--{name}: {error}") from error
            document = edits.set_training(document, name, value)
    return document


def _prepared_run(document: Document) -> Run:
    summary = data.summary(document.data)
    report = check(document, summary)
    if not report.ok:
        problem = report.errors[0]
        more = len(report.errors) - 1
        rest = f" ({counted(more, 'more error')}: see 'check'.)" if more else ""
        raise CommandError(f"{problem.sentence}{rest}")
    settings = training_settings(document)
    dataset = arranged(document, data.load(document.data))
    prepared = data.prepare(dataset, settings.validation_split, settings.seed)
    for sentence in prepared.report:
        remark(f"note: {sentence}")
    return Run(document, compile_design(document, report=report), prepared, settings)


def _say_start(run: Run) -> None:
    title = data.summary(run.document.data).title
    n_validation = len(run.prepared.x_validation)
    parameters = counted(run.network.parameter_count, "parameter")
    say(
        f"Training {run.document.name or 'the design'} on {title}: "
        f"{counted(len(run.prepared.x_train), 'sample')}, {n_validation:,} to validate, {parameters}."
    )


def _train(run: Run, interrupts: Interrupts, *, as_json: bool) -> None:
    """Train to the end or to Ctrl-C. The network then holds what was trained."""
    control = Control(learning_rate=run.settings.learning_rate, granularity="chunk")
    progress = train_network(
        run.network,
        training_data(run.document, run.prepared),
        run.settings,
        optimizer_settings=optimizer_settings(run.document),
        control=control,
    )
    try:
        for event in progress:
            if isinstance(event, EpochProgress):
                run.history.append(full_record(event, run.prepared.task))
                _show(event, run, as_json=as_json)
            elif isinstance(event, Finished):
                run.finished = event
            run.steps = getattr(event, "step", run.steps)
            if interrupts.asked:
                break
    finally:
        progress.close()


def _show(event: EpochProgress, run: Run, *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(epoch_record(event, run.prepared.task)))
        return
    total = str(run.settings.epochs)
    parts = [f"Epoch {event.epoch:>{len(total)}}/{total}", _duration(event.seconds)]
    values = (
        {"loss": event.loss, "val_loss": event.val_loss, **output_values(event)}
        if event.by_output
        else {name: getattr(event, name) for name in SHOWN}
    )
    parts += [f"{name}: {value:.4f}" for name, value in values.items() if value is not None]
    parts.append(f"{event.samples_per_second:,.0f} samples/s")
    say(" - ".join(parts))


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def _end(run: Run, arguments: argparse.Namespace) -> int:
    finished = run.finished
    if finished is None:
        epochs = counted(len(run.history), "epoch")
        kept = "what was trained so far is kept" if arguments.weights else "no weights are kept"
        remark(f"Stopped after {epochs} and {run.steps:,} batches; {kept}.")
    elif finished.reason == "diverged":
        if finished.best_epoch:
            _write_results(run, arguments, quiet=arguments.json)
            raise CommandError(finished.message)
        _write_history(run, arguments, quiet=arguments.json)
        raise CommandError(f"{finished.message} No weights were written.")
    elif finished.message:
        (remark if arguments.json else say)(finished.message)
    _write_results(run, arguments, quiet=arguments.json)
    return 0


def _write_history(run: Run, arguments: argparse.Namespace, *, quiet: bool) -> None:
    if arguments.history is not None:
        write_history(arguments.history, run.history)
        if not quiet:
            say(f"The course of training is in {arguments.history}.")


def _write_results(run: Run, arguments: argparse.Namespace, *, quiet: bool) -> None:
    try:
        if arguments.weights is not None:
            write_or_rescue(trained_model(run), arguments.weights)
            if not quiet:
                say(f"The weights are in {arguments.weights}.")
    finally:
        _write_history(run, arguments, quiet=quiet)


def trained_model(run: Run) -> TrainedModel:
    prepared = run.prepared
    return TrainedModel(
        document=run.document,
        weights=run.network.get_weights(),
        preprocessing=prepared.preprocessing,
        class_names=prepared.class_names,
        target_names=prepared.target_names,
        task=prepared.task,
        history=tuple(run.history),
    )
