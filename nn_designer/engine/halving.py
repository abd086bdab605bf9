"""Whether batches are halved for two threads (halves.py), and why.

The rules know layers and sizes only, not this computer: the same seed gives the same curve on any
number of cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nn_designer.engine.graph import Node

if TYPE_CHECKING:
    from nn_designer.engine.network import Network

SPLIT_WORTH = 40_000_000
"""Multiply-accumulates of a training step from which on each thread takes half of the batch."""

STEP_WORTH = 3_000_000
"""The same for one step of a recurrent layer, forward: 40 µs for each half's product."""


@dataclass(frozen=True)
class Halving:
    """A decision and its reason, a sentence."""

    halved: bool
    reason: str


def halving(network: Network, batch_size: int) -> Halving:
    """What happens to batches of this size."""
    if batch_size < 2:
        return Halving(False, "A batch of one sample can't be halved for two threads.")
    macs = network.cost().macs
    step_macs = 3 * macs * batch_size  # forward, weight and input gradients
    work = (
        f"a training step takes some 3 · {macs:,} · {batch_size:,} = {step_macs:,} "
        "multiply-accumulates"
    )
    whole = f"Batches of {batch_size:,} stay whole, on one thread"
    if not has_large_steps(network, batch_size):
        return Halving(False, f"{whole}: {work}, and halves pay from {SPLIT_WORTH:,} on.")
    for node in network.nodes:
        if not node.layer.halves_batches:
            why = f"the samples of a batch can't be parted in {node.name!r}"
            return Halving(False, f"{whole}: {why}.")
        if node.shares is not None:  # the halves add up one share of each weight, not several
            why = f"{node.name!r} shares its weights with {node.shares!r}"
            return Halving(False, f"{whole}: {why}.")
        if not _has_long_calls(network, node, batch_size):
            why = f"{node.name!r} works in many steps too short for two threads"
            return Halving(False, f"{whole} but for large products: {why}.")
    halved = f"Batches of {batch_size:,} are halved for two threads"
    return Halving(True, f"{halved}: {work}, and halves pay from {SPLIT_WORTH:,} on.")


def has_large_steps(network: Network, batch_size: int) -> bool:
    """Whether a training step is long enough for a second thread: for halves of the batch, or
    else for the large products in it (``Program.matmul``)."""
    return batch_size > 1 and 3 * network.cost().macs * batch_size >= SPLIT_WORTH


def _has_long_calls(network: Network, node: Node, batch_size: int) -> bool:
    """Whether what a layer does one after the other takes long enough each time: in short calls
    two threads mostly wait for Python's lock."""
    n_calls = node.layer.n_steps_in_turn([network.shapes[name] for name in node.inputs])
    macs = network.cost().layers[node.name].macs
    return n_calls == 1 or macs * batch_size >= n_calls * STEP_WORTH
