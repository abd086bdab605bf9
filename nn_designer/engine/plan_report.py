"""What the engine does with a network to be fast, and why: sentences for people.

They come from the rules themselves. Nothing is compiled or allocated to find out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn_designer.engine.graph import only_user
from nn_designer.engine.halving import halving
from nn_designer.engine.lanes import TWO_WORTH
from nn_designer.engine.shapes import largest_size, samples_at_once

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


def plan_report(network: Network, batch_size: int) -> list[str]:
    """Which plan a training with batches of this size gets, and which predictions get."""
    sentences = [halving(network, batch_size).reason]
    for node in network.nodes:
        shapes = [network.shapes[name] for name in node.inputs]
        shortcut = node.layer.shortcut(shapes, only_user(network.nodes, node))
        if shortcut:
            sentences.append(f"While training, {node.name!r} {shortcut}.")
    shapes = list(network.shapes.values())
    count, largest = samples_at_once(shapes), largest_size(shapes)
    from_count = -(-TWO_WORTH // max(network.macs, 1))
    sentences.append(
        f"Predictions are made for {count:,} samples at a time: of {largest:,} numbers for each "
        f"at most, so many stay in the processor's cache. From {from_count:,} samples on, two "
        "threads share them."
    )
    return sentences
