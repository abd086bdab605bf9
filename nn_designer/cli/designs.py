"""The commands about designs: templates, new, check."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from pathlib import Path

from nn_designer.cli.choosing import load_design
from nn_designer.cli.errors import CommandError
from nn_designer.cli.output import counted, remark, say
from nn_designer.data import DataError, summary
from nn_designer.design import check as check_design
from nn_designer.design import codec
from nn_designer.design.document import Document
from nn_designer.design.templates import TEMPLATES
from nn_designer.design.templates import new as new_design
from nn_designer.engine.shapes import shape_text
from nn_designer.interchange.files import real_target


def templates(arguments: argparse.Namespace) -> int:
    """List the templates: key, title and sentence."""
    width = max(len(template.key) for template in TEMPLATES)
    for template in TEMPLATES:
        say(f"{template.key:<{width}}  {template.title}: {template.sentence}")
    return 0


def new(arguments: argparse.Namespace) -> int:
    """Write a template's design to a file; another design there is not lost."""
    keys = [template.key for template in TEMPLATES]
    if arguments.template not in keys:
        near = get_close_matches(arguments.template, keys, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise CommandError(
            f"There is no template {arguments.template[:60]!r}; choose one of "
            f"{', '.join(keys)}.{hint}"
        )
    write_design(new_design(arguments.template), arguments.out, force=arguments.force)
    say(f"{arguments.out} is ready: python -m nn_designer train {arguments.out}")
    return 0


def write_design(document: Document, out: str, *, force: bool = False) -> None:
    """Save a design, unless the file is there already and holds something else."""
    target = real_target(out)
    if target.is_file() and target.stat().st_size and not force:
        if target.read_bytes() == codec.file_content(document, target):
            return
        raise CommandError(
            f"{out} is there already and holds something else, so it was left as it is. Choose "
            "another name, or say --force to replace it."
        )
    codec.save(document, target)


def check(arguments: argparse.Namespace) -> int:
    """Print every problem of a design, or its layers and sizes. 1 if it can't be trained."""
    document = load_design(arguments.design)
    name = Path(arguments.design).name
    try:
        known = summary(document.data)
    except DataError as error:
        known = None
        say(f"error: Data: {error}")
    report = check_design.check(document, known)
    for problem in report.problems:
        layer = document.get(problem.layer_id) if problem.layer_id else None
        where = f"{layer.name}: " if layer and layer.name not in problem.sentence else ""
        say(f"{problem.severity}: {where}{problem.sentence}")
    count = len(report.errors) + (known is None)
    if count:
        remark(f"error: {name} can't be trained as it is: {counted(count, 'error')}, listed above.")
        return 1
    for id in document.order:
        layer = document.layer(id)
        shape = report.shapes.get(id)
        sizes = shape_text(shape) if shape else "?"
        parameters = counted(report.parameters.get(id, 0), "parameter")
        say(f"{layer.name:<24} {layer.kind:<12} {sizes:<14} {parameters}")
    assert known is not None
    total = counted(report.total_parameters, "parameter")
    if report.trainable_parameters < report.total_parameters:
        total += f" ({report.trainable_parameters:,} trainable)"
    say(
        f"{name} is ready to train on {known.title}: {total}, "
        f"{report.macs:,} multiplications per sample, about "
        f"{max(report.training_memory_bytes / 2**20, 0.1):,.1f} MB for training."
    )
    return 0
