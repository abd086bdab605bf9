"""Whether a design can be trained with these settings: the loss, the optimizer, frozen layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nn_designer.data.dataset import TargetInfo
from nn_designer.design.document import Layer
from nn_designer.design.edit_settings import method_key
from nn_designer.design.findings import Findings
from nn_designer.design.frozen import EMPTY
from nn_designer.design.inference import Facts, made, read_settings
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.readiness import NOTHING_LEARNS
from nn_designer.engine.sample_weights import class_weight_problem
from nn_designer.engine.training_methods import METHODS, own_settings_name
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import kind_of
from nn_designer.params import HasParams


def check_settings(findings: Findings) -> TrainingSettings:
    """The training settings, with defaults in place of wrong ones."""
    training = _settings(findings, TrainingSettings, "Training", findings.document.training)
    settings = TrainingSettings(**training)
    for choice, methods in METHODS.items():
        key = getattr(settings, choice)
        own: Mapping[str, Any] = EMPTY
        if method_key(findings.document, choice) == key:  # else they are of one that is not known
            given = getattr(findings.document, own_settings_name(choice))
            own = _settings(findings, methods[key], methods[key].title, given)
        findings.own_settings[choice] = own
    return settings


def _settings(
    findings: Findings, owner: type[HasParams], title: str, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    read = read_settings(owner, values)
    for sentence in read.wrong:
        findings.add("error", f"{title}: {sentence}")
    for sentence in read.unknown:
        findings.add("warning", f"{title} has the {sentence}")
    return read.values


def check_loss(
    findings: Findings, end: Layer, training: TrainingSettings, target: TargetInfo | None
) -> None:
    """Asked of the loss itself; the badge goes to the last layer, where the way out is."""
    found = findings.facts.get(end.id)
    if found is None or found.error:
        return
    kind = kind_of(end.kind)
    own = made(kind, read_settings(kind, end.settings).values).own_loss()
    key = own.key or training.loss
    settings = findings.own_settings["loss"] if key == training.loss else {}
    task = None if target is None else target.task
    n_classes = None if target is None else target.n_classes or None
    problem = LOSSES[key](**settings).problem_with(
        found.shape,
        found.activation,
        task,
        n_classes,
        None if target is None else target.n_targets,
        shares=target is not None and target.is_input,
    )
    if problem:
        if len(findings.ends) > 1:
            problem = f"{end.name}: {problem}"
        wire = findings.document.incoming(end.id)[0]
        findings.add("error", problem, findings.document.layer(wire.source))
    problem = class_weight_problem(training, task, n_classes, len(findings.ends))
    if problem and end is findings.ends[0]:
        findings.add("error", problem)


def check_frozen(findings: Findings, known: Mapping[str, Facts]) -> None:
    """Something must be able to learn; the badge goes to the last layer that could."""
    with_weights = [id for id in findings.document.order if id in findings.used and id in known]
    with_weights = [id for id in with_weights if known[id].weights]
    if with_weights and not any(known[id].trainable for id in with_weights):
        findings.add("error", NOTHING_LEARNS, findings.document.layer(with_weights[-1]))


def check_optimizer(findings: Findings, training: TrainingSettings, parameters: int) -> None:
    """Asked of the optimizer itself."""
    layers = [layer for layer in findings.document.layers if layer.id in findings.used]
    problem = OPTIMIZERS[training.optimizer].problem_with(
        parameters,
        findings.n_rows,
        [layer.name for layer in layers if _is_random(findings, layer)],
    )
    if problem:
        findings.add("error", problem)


def _is_random(findings: Findings, layer: Layer) -> bool:
    kind = findings.kinds[layer.id]
    if kind is None:
        return False
    settings = read_settings(kind, layer.settings)
    return not settings.wrong and made(kind, settings.values).is_random
