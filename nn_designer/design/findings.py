"""What a check of a design has found so far; its parts read and add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nn_designer.data.dataset import DataSummary
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import kind_or_none
from nn_designer.design.inference import Facts
from nn_designer.design.report import Problem, Severity
from nn_designer.design.wiring import used_layers


class Findings:
    """Problems and facts of one check under way.

    ``used`` are the layers that take part in the training, ``ends`` the Outputs among them;
    ``facts`` are known of layers whose settings and wires are all right.
    """

    def __init__(self, document: Document, summary: DataSummary | None) -> None:
        self.document = document
        self.summary = summary
        self.problems: list[Problem] = []
        self.facts: dict[str, Facts] = {}
        self.own_settings: dict[str, Mapping[str, Any]] = {}
        """Of the chosen loss, optimizer and schedule."""
        self.kinds = {layer.id: kind_or_none(layer.kind) for layer in document.layers}
        ends = [layer for layer in document.layers if self._is_end(layer)]
        self.ends = [layer for layer in ends if document.incoming(layer.id)] or ends[:1]
        self.used = used_layers(document) if self.ends else frozenset(document.by_id)
        self.used |= {layer.id for layer in self.ends}

    @property
    def known(self) -> dict[str, Facts]:
        """The facts of layers without an error."""
        return {id: found for id, found in self.facts.items() if not found.error}

    @property
    def n_rows(self) -> int:
        """How many samples the data has; 0 if it is not known yet."""
        return self.summary.n_rows if self.summary is not None else 0

    def add(
        self,
        severity: Severity,
        sentence: str,
        layer: Layer | None = None,
        wire: Wire | None = None,
    ) -> None:
        # Each sentence ends with the way out; that part alone is the fix.
        fix = sentence.rsplit(". ", 1)[-1] if ". " in sentence else ""
        self.problems.append(
            Problem(severity, sentence, layer.id if layer is not None else None, wire, fix)
        )

    def severity(self, layer: Layer) -> Severity:
        """What is wrong with a layer that takes no part keeps nothing from being trained."""
        return "error" if layer.id in self.used else "warning"

    def is_source(self, layer: Layer) -> bool:
        kind = self.kinds[layer.id]
        return kind is not None and kind.maximum_inputs == 0

    def _is_end(self, layer: Layer) -> bool:
        kind = self.kinds[layer.id]
        return kind is not None and not kind.has_output
