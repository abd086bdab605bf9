"""What is wrong with a design, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nn_designer.data.dataset import DataSummary
from nn_designer.design.document import Document, Wire
from nn_designer.layers.base import Shape

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a sentence for people, where it is, and a hint what to do.

    An "error" keeps the design from being trained, a "warning" does not. ``layer_id`` and
    ``wire`` are None when the problem belongs to the whole design. ``sentence`` is complete in
    itself; ``fix`` repeats only the way out, short, for a button or a tooltip.
    """

    severity: Severity
    sentence: str
    layer_id: str | None = None
    wire: Wire | None = None
    fix: str = ""


@dataclass(frozen=True)
class Report:
    """What :func:`check` found. ``shapes`` has None for layers whose shape can't be known."""

    problems: tuple[Problem, ...] = ()
    shapes: Mapping[str, Shape | None] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    macs_of: Mapping[str, int] = field(default_factory=dict)
    total_parameters: int = 0
    macs: int = 0
    training_memory_bytes: int = 0

    @property
    def ok(self) -> bool:
        """Whether the design can be trained: there are no errors."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def of_layer(self, id: str) -> tuple[Problem, ...]:
        """Problems of one layer, errors first."""
        found = [problem for problem in self.problems if problem.layer_id == id]
        return tuple(sorted(found, key=lambda problem: problem.severity != "error"))


def check(document: Document, summary: DataSummary | None = None) -> Report:
    """Everything that is wrong with a design, and its shapes and sizes. Allocates nothing."""
    raise NotImplementedError
