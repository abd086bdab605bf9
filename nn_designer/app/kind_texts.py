"""Texts about layer kinds, made from their declarations: help in one line, search."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nn_designer.layers.base import Category, LayerKind

_ALSO_CALLED = {
    Category.INPUT_OUTPUT: "start end",
    Category.CORE: "fully connected linear mlp perceptron",
    Category.CONVOLUTION: "cnn convnet filter kernel",
    Category.POOLING: "cnn convnet subsampling downsampling",
    Category.RECURRENT: "rnn sequence series memory",
    Category.ATTENTION: "transformer token sequence",
    Category.ACTIVATION: "nonlinearity",
    Category.NORMALIZATION: "norm standardize scale",
    Category.REGULARIZATION: "overfitting regularize",
    Category.SHAPE: "resize rearrange",
    Category.MERGE: "skip residual combine join",
}
"""What people type who do not know the name of the layer."""


def one_line_help(kind: type[LayerKind]) -> str:
    """The first paragraph of a kind's help, as one line."""
    paragraph = (kind.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split())


def match_rank(kind: type[LayerKind], text: str) -> int | None:
    """How well a kind fits a search; None if it does not fit.

    0 by the start of its title, 1 by its title, 2 by the initials of its title ("gap" for
    GlobalAveragePooling), 3 by its key, its category and what else that is called, 4 by the
    beginnings of words in its help.
    """
    words = text.casefold().split()
    title = kind.title.casefold()
    if not words or all(title.startswith(word) for word in words):
        return 0
    if all(word in title for word in words):
        return 1
    if _initials(kind.title).startswith("".join(words)):
        return 2
    known = f"{title} {kind.key} {kind.category.value} {_ALSO_CALLED[kind.category]}".casefold()
    if all(word in known for word in words):
        return 3
    told = f"{known} {one_line_help(kind)}".casefold()
    return 4 if all(re.search(rf"\b{re.escape(word)}", told) for word in words) else None


def found(kinds: Iterable[type[LayerKind]], text: str) -> list[type[LayerKind]]:
    """The kinds that fit a search, best first, else in the order given. Where none does, those
    whose title holds the letters in this order: "cnv2d", "mxpool"."""
    kinds = list(kinds)
    ranked = [(rank, kind) for kind in kinds if (rank := match_rank(kind, text)) is not None]
    if not ranked:
        return [kind for kind in kinds if _letters_in_order(kind.title, text)]
    return [kind for _, kind in sorted(ranked, key=lambda pair: pair[0])]


def _initials(title: str) -> str:
    """``gap2d`` for GlobalAveragePooling2D."""
    return "".join(re.findall(r"[A-Z0-9]", title)).casefold()


def _letters_in_order(title: str, text: str) -> bool:
    """Whether the title holds the letters of the text in this order, the first as a capital."""
    first, *others = "".join(text.split()).casefold()
    for start in re.finditer(r"[A-Z]", title):
        letters = iter(title[start.end() :].casefold())
        if start[0].casefold() == first and all(letter in letters for letter in others):
            return True
    return False
