"""Whether a design and its data fit: what enters where, and which Output learns what."""

from __future__ import annotations

import math

from nn_designer.data.dataset import DataSummary, TargetInfo
from nn_designer.design.findings import Findings
from nn_designer.design.wiring import assigned_features, assigned_targets, sample_shapes
from nn_designer.engine.shapes import shape_text


def check_inputs(findings: Findings, summary: DataSummary) -> None:
    _, misfits = assigned_features(findings.document, summary.columns, summary.title)
    for misfit in misfits:
        findings.add("error", misfit.sentence, misfit.layer)
    for id, shape in sample_shapes(findings.document, summary).items():
        found, layer = findings.facts.get(id), findings.document.layer(id)
        if found is None or math.prod(found.shape) == math.prod(shape):
            continue
        wanted = shape_text(shape)
        whole = shape == summary.sample_shape
        of_what = "a sample" if whole else "the columns that enter there"
        findings.add(
            "error",
            f"The shape of {layer.name} is {shape_text(found.shape)}, but that of {of_what} "
            f"of {summary.title} is {wanted}. Set it to {wanted}, or choose other data.",
            layer,
        )


def check_targets(findings: Findings, summary: DataSummary) -> dict[str, TargetInfo]:
    """What each Output learns; targets that none learns are a warning."""
    found, misfits = assigned_targets(findings.document, summary.targets, summary.title)
    for misfit in misfits:
        findings.add("error", misfit.sentence, misfit.layer)
    for place, info in enumerate(summary.targets):
        if found and place not in found.values():
            findings.add(
                "warning",
                f"No Output learns {info.title!r} of {summary.title}. Add an Output for it, or "
                "choose fewer columns to predict.",
            )
    return {id: summary.targets[place] for id, place in found.items()}
