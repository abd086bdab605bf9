"""What the check of a design reports, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nn_designer.design.document import Wire
from nn_designer.layers import Shape

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a sentence for people, where it is, and what to do about it.

    An "error" keeps the design from being trained, a "warning" does not. ``layer_id`` and
    ``wire`` are None when the problem belongs to the whole design. ``sentence`` is complete,
    way out included; ``fix`` is the way out alone, short, for a tooltip.
    """

    severity: Severity
    sentence: str
    layer_id: str | None = None
    wire: Wire | None = None
    fix: str = ""


@dataclass(frozen=True)
class Report:
    """What :func:`check` found. ``shapes`` has None for layers whose output can't be known.

    ``parameters`` and ``macs_of`` are per layer, ``macs`` the multiply-accumulates for one
    sample forward. Totals count only layers that lead to the Output.
    """

    problems: tuple[Problem, ...] = ()
    shapes: Mapping[str, Shape | None] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    macs_of: Mapping[str, int] = field(default_factory=dict)
    total_parameters: int = 0
    macs: int = 0
    training_memory_bytes: int = 0
    trainable_parameters: int = 0
    """Those of ``total_parameters`` that training changes."""

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
        return tuple(problem for problem in self.problems if problem.layer_id == id)
