"""LAYERS.md, the index of all layer kinds, by category."""

from __future__ import annotations

from docs.pages.markdown import code, help_text, table
from nn_designer.layers import KINDS, Category, LayerKind

INTRODUCTION = """# Layers

Everything that the palette offers. Each layer has a page with its settings, shapes, weights, formula
and backward formula. The name in `code` is the one that a design file uses.

In formulas, x is what comes in, y what goes on, z the sum before the activation f, and L the loss,
the mean over a batch. ∂L/∂y comes from the layers behind; Σ adds up over all samples and all places
where a number was used. f′ is the derivative of the activation (for softmax the whole matrix of
derivatives, transposed), · a product, ᵀ a matrix with rows and columns swapped. Penalties (L1, L2)
add their own share to the gradients of the weights they concern.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for category in Category:
        kinds = [kind for kind in KINDS.values() if kind.category is category]
        if kinds:
            rows = [(_link(kind), code(kind.key), _first_sentences(kind)) for kind in kinds]
            parts += [f"## {category.value}\n", table(("layer", "key", "what it does"), rows), ""]
    return "\n".join(parts)


def _link(kind: type[LayerKind]) -> str:
    return f"[{kind.title}](layers/{kind.key}.md)"


def _first_sentences(kind: type[LayerKind]) -> str:
    return help_text(kind).split("\n\n")[0]
