"""Layers that look whole numbers up: which data reach them, and whether those fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nn_designer.engine.graph import Node


def looked_up(nodes: Sequence[Node], node: Node) -> Node | None:
    """The Input whose numbers reach a layer just as they are, laid out anew at most; else None."""
    by_name = {each.name: each for each in nodes}
    while node.inputs:
        node = by_name[node.inputs[0]]
        if node.inputs and not node.layer.hands_on_numbers:
            return None
    return node


def problem_with_indexes(nodes: Sequence[Node], samples: Mapping[str, np.ndarray]) -> str:
    """What is wrong with numbers that are to be looked up, as a sentence; empty: nothing.

    ``samples``: Input → its samples.
    """
    for node in nodes:
        count = node.layer.index_count()
        source = None if count is None else looked_up(nodes, node)
        if count is None or source is None:
            continue
        x = samples[source.name]
        numbers = f"The layer {node.name!r} looks up whole numbers from 0 to {count - 1:,}"
        odd = x[(x < 0) | (x != np.floor(x))]
        if odd.size:
            return (
                f"{numbers}, but the data have {odd.flat[0]:.6g}. Give it numbers that are not "
                "scaled: of your own table, columns of the type index."
            )
        if x.size and x.max() >= count:
            largest = int(x.max())
            return (
                f"{numbers}, but the data have {largest:,}. Raise its input dim to at least "
                f"{largest + 1:,}."
            )
    return ""
