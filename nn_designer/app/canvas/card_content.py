"""What a card says: plain text made from a layer and the check's report. No painting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nn_designer.app.widgets.stats import power_of_ten
from nn_designer.design.arrange import CARD_WIDTH, card_width
from nn_designer.design.check import Problem, Report
from nn_designer.design.document import Document, Layer
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers import KINDS, Category
from nn_designer.layers.base import LayerKind, shape_text
from nn_designer.params import ParamError


@dataclass(frozen=True, slots=True)
class CardContent:
    """The texts and marks of a card.

    ``summary`` is the main setting alone, where there is no room for the whole ``subtitle``.
    ``category`` is None for a kind that this version does not know; ``activation`` is "" for a
    layer that has none; ``problem`` is "" for a layer that is right. ``input_count`` counts the
    inputs drawn: those that are wired and, where more are allowed, a free one.
    """

    name: str
    kind: str
    category: Category | None
    subtitle: str = ""
    summary: str = ""
    activation: str = ""
    activation_title: str = ""
    output: str = ""
    parameters: str = ""
    problem: str = ""
    severity: str = ""
    problem_count: int = 0
    input_count: int = 1
    has_output: bool = True
    width: float = CARD_WIDTH

    @property
    def at_end(self) -> bool:
        """Whether the network begins or ends here (Input, Output): a smaller card."""
        return self.width < CARD_WIDTH

    @property
    def in_words(self) -> str:
        """Everything the card shows, for screen readers."""
        parts = [
            self.name,
            self.subtitle,
            self.activation_title,
            f"output {self.output}" if self.output else "",
            self.parameters,
            self.problem,
        ]
        return ", ".join(part for part in parts if part)


def problems_by_layer(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Layer id → its problems, errors first."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.layer_id is not None:
            found.setdefault(problem.layer_id, []).append(problem)
    for layer_problems in found.values():
        layer_problems.sort(key=lambda problem: problem.severity != "error")
    return found


def kind_for(layer: Layer) -> type[LayerKind] | None:
    """The layer's kind, or None if this version does not know it."""
    return KINDS.get(layer.kind)


def input_count(document: Document, layer: Layer) -> int:
    """How many input ports the card shows: one more than are wired, where more are allowed."""
    kind = kind_for(layer)
    incoming = document.incoming(layer.id)
    used = incoming[-1].port + 1 if incoming else 0
    if kind is None:
        return max(1, used)
    most = used + 1 if kind.maximum_inputs is None else kind.maximum_inputs
    return max(kind.minimum_inputs, min(used + 1, most), used)


def _count_text(count: int | None) -> str:
    if not count:
        return ""
    if count >= 10**12:
        return f"{power_of_ten(count)} params"
    if count >= 10_000_000:
        return f"{count / 1e9:,.2f} B params" if count >= 1e9 else f"{count / 1e6:,.1f} M params"
    return f"{count:,} param" if count == 1 else f"{count:,} params"


def _summary(layer: Layer, kind: type[LayerKind], activation_title: str) -> str:
    try:
        summary = kind(**layer.settings).summary()
    except ParamError:
        return ""  # the check names the setting that is wrong
    return "" if summary == activation_title else summary  # the card shows that with its curve


def _subtitle(layer: Layer, kind: type[LayerKind], summary: str) -> str:
    named_after_kind = layer.name.casefold().startswith(kind.title.casefold())
    if not summary:
        return "" if named_after_kind else kind.title
    return summary if named_after_kind else f"{kind.title} · {summary}"


def card_content(
    document: Document,
    layer: Layer,
    report: Report,
    problems: Mapping[str, list[Problem]],
) -> CardContent:
    """The content of one card; ``problems`` comes from :func:`problems_by_layer`."""
    kind = kind_for(layer)
    wrong = problems.get(layer.id, [])
    problem, severity = (wrong[0].sentence, wrong[0].severity) if wrong else ("", "")
    if kind is None:
        return CardContent(
            name=layer.name,
            kind=layer.kind,
            category=None,
            subtitle=f"Unknown kind “{layer.kind}”",
            problem=problem,
            severity=severity,
            problem_count=len(wrong),
            input_count=input_count(document, layer),
        )
    activation = ""
    if "activation" in kind.params:
        activation = str(layer.settings.get("activation", kind.params["activation"].default))
    declared = ACTIVATIONS.get(activation)
    shape = report.shapes.get(layer.id)
    summary = _summary(layer, kind, declared.title if declared else "")
    if not kind.has_output and shape is not None:
        summary = shape_text(shape)  # what comes out of the network
    subtitle = _subtitle(layer, kind, summary)
    return CardContent(
        name=layer.name,
        kind=layer.kind,
        category=kind.category,
        subtitle=subtitle,
        summary=summary or subtitle,
        activation=activation,
        activation_title=declared.title if declared else activation,
        output="" if shape is None else shape_text(shape),
        parameters=_count_text(report.parameters.get(layer.id)),
        problem=problem,
        severity=severity,
        problem_count=len(wrong),
        input_count=input_count(document, layer),
        has_output=kind.has_output,
        width=card_width(layer.kind),
    )
