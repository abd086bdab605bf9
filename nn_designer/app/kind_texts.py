"""Texts about layer kinds, made from their declarations: help in one line, search."""

from __future__ import annotations

from collections.abc import Iterable

from nn_designer.layers.base import LayerKind


def one_line_help(kind: type[LayerKind]) -> str:
    """The first paragraph of a kind's help, as one line."""
    paragraph = (kind.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split())


def match_rank(kind: type[LayerKind], text: str) -> int | None:
    """How well a kind fits a search: 0 by the start of its title, 1 by its title, 2 by its
    category or help; None if it does not fit."""
    words = text.casefold().split()
    title = kind.title.casefold()
    if not words or all(title.startswith(word) for word in words):
        return 0
    if all(word in title for word in words):
        return 1
    everything = f"{title} {kind.key} {kind.category.value} {one_line_help(kind)}".casefold()
    return 2 if all(word in everything for word in words) else None


def found(kinds: Iterable[type[LayerKind]], text: str) -> list[type[LayerKind]]:
    """The kinds that fit a search, best first, else in the order given."""
    ranked = [(rank, kind) for kind in kinds if (rank := match_rank(kind, text)) is not None]
    return [kind for _, kind in sorted(ranked, key=lambda pair: pair[0])]
