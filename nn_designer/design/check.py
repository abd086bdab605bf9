"""What is wrong with a design, and what to do about it.

Layers are visited in topological order. The first layer that can't work is named, with the way
out; the layers behind it stay calm, because they can't know what they would receive.
"""

from __future__ import annotations

from collections.abc import Mapping

from nn_designer.data.dataset import DataSummary, TargetInfo
from nn_designer.design.check_data import check_inputs, check_targets
from nn_designer.design.check_layers import check_layers
from nn_designer.design.check_memory import check_memory
from nn_designer.design.check_training import (
    check_frozen,
    check_loss,
    check_optimizer,
    check_settings,
)
from nn_designer.design.document import Document
from nn_designer.design.findings import Findings
from nn_designer.design.report import Problem, Report

__all__ = ["Problem", "Report", "check"]


def check(
    document: Document, summary: DataSummary | None = None, *, counts_memory: bool = True
) -> Report:
    """Everything that is wrong with a design, and its shapes and sizes. Allocates nothing.

    Problems are listed in the order in which the parts run, errors first. Without
    ``counts_memory`` the memory is estimated from sizes only: that saves some 20 ms.
    """
    findings = Findings(document, summary)
    check_layers(findings)
    training = check_settings(findings)
    targets: Mapping[str, TargetInfo] = {}
    if summary is not None:
        check_inputs(findings, summary)
        targets = check_targets(findings, summary)
    for end in findings.ends:
        check_loss(findings, end, training, targets.get(end.id))
    known = findings.known
    used = [found for id, found in known.items() if id in findings.used]
    parameters = sum(found.parameters for found in used)
    check_frozen(findings, known)
    check_optimizer(findings, training, parameters)
    need = check_memory(findings, training, known, parameters, counts=counts_memory)
    return Report(
        tuple(sorted(findings.problems, key=lambda problem: problem.severity != "error")),
        {id: known[id].shape if id in known else None for id in document.by_id},
        {id: found.parameters for id, found in known.items()},
        {id: found.macs for id, found in known.items()},
        parameters,
        sum(found.macs for found in used),
        need,
        sum(found.trainable for found in used),
    )
