"""Whether there is memory enough to train a design."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nn_designer.design.document import Layer
from nn_designer.design.findings import Findings
from nn_designer.design.frozen import as_frozen
from nn_designer.design.inference import Facts
from nn_designer.design.memory import available_memory_bytes, bytes_text, estimated_memory_bytes
from nn_designer.design.nodes import footprint_of, nodes_of
from nn_designer.engine.training_settings import TrainingSettings

FAR_BEYOND = 4
"""An estimate of so many times the memory there is need not be looked at more closely."""


def check_memory(
    findings: Findings,
    training: TrainingSettings,
    known: Mapping[str, Facts],
    parameters: int,
    *,
    counts: bool,
) -> int:
    """The memory a training needs; more than there is, is a problem of the largest layer.

    Estimated from sizes first; the network is only built, to count exactly, if it ``counts``, and
    if nothing else is wrong.
    """
    used = {id: found for id, found in known.items() if id in findings.used}
    need = estimated_memory_bytes(
        parameters,
        (found.shape for found in used.values()),
        training.batch_size,
        training.optimizer,
        findings.n_rows,
        math.prod(findings.summary.sample_shape) if findings.summary is not None else 0,
    )
    available = available_memory_bytes()
    largest = max(
        used, key=lambda id: used[id].parameters + math.prod(used[id].shape), default=None
    )
    sound = not any(problem.severity == "error" for problem in findings.problems)
    if counts and sound and need < FAR_BEYOND * available:
        nodes = nodes_of(findings.document, {id: id for id in findings.document.by_id})
        n_validation = round(findings.n_rows * training.validation_split)
        n_train = findings.n_rows - n_validation or training.batch_size
        footprint = footprint_of(
            nodes,
            training,
            as_frozen(findings.own_settings["loss"]),
            as_frozen(findings.own_settings["optimizer"]),
            n_train,
            n_validation,
        )
        if footprint is not None:
            need, largest = footprint.total, footprint.largest_layer
    if need > available and largest is not None:
        _too_large(findings, largest, used, need, available)
    return need


def _too_large(
    findings: Findings, largest: str, used: Mapping[str, Facts], need: int, available: int
) -> None:
    layer = findings.document.layer(largest)
    for wire in findings.document.incoming(largest):  # its weights are many because of what comes
        source = findings.document.layer(wire.source)
        if "units" in source.settings and _numbers(used, source) > _numbers(used, layer):
            layer = source
    units = f" with {layer.settings['units']:,} units" if "units" in layer.settings else ""
    findings.add(
        "error",
        f"{layer.name}{units} is too large: training this design would need about "
        f"{bytes_text(need)} of memory, and {bytes_text(available)} are free. Make the "
        "layer smaller, or the one before it.",
        layer,
    )


def _numbers(known: Mapping[str, Facts], layer: Layer) -> int:
    """How many numbers a layer hands on."""
    return math.prod(known[layer.id].shape) if layer.id in known else 0
