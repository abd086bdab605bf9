"""From measured rates to ratios, medians and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Verdict:
    """How many times faster than a group of peers, and whether that is enough."""

    group: str
    fastest: str
    """The peer that came closest."""
    ratio: float
    lowest: float
    highest: float
    must: float

    @property
    def reached(self) -> bool:
        return self.ratio >= self.must


def ratios(rates: Mapping[str, Sequence[float]], peer: str) -> list[float]:
    """Our rate by the peer's, round by round."""
    return [ours / theirs for ours, theirs in zip(rates["ours"], rates[peer], strict=True)]


def verdict(
    group: str, peers: Sequence[str], rates: Mapping[str, Sequence[float]], must: float
) -> Verdict | None:
    """The median ratio to the fastest peer of a group; None if none of it ran."""
    ran = [peer for peer in peers if rates.get(peer)]
    if not ran:
        return None
    fastest = min(ran, key=lambda peer: median(ratios(rates, peer)))
    found = ratios(rates, fastest)
    return Verdict(group, fastest, median(found), min(found), max(found), must)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text in columns; the first row is the head, all but the first column right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
