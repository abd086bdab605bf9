"""Predictions of many samples: block by block, large ones on two threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from nn_designer.engine.parallel import one_blas_thread

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.plan import Plan

TWO_WORTH = 100_000_000
"""Multiply-accumulates of all samples from which on a second thread pays: 2 ms alone."""

LANE_BLOCK = 200
"""Samples at a time on each of two threads, at most. Not a power of two: rows that lie so far
apart get in each other's way in the processor's cache (784-512-256-10: 160,000 samples a second
with 200, 90,000 with 256)."""

Use = Callable[["Plan", slice], None]


def run_blocks(network: Network, count: int, block: int, load: Use, unload: Use) -> None:
    """Run a network forward for ``count`` samples, at most ``block`` at a time.

    ``load`` writes the samples of a slice into a plan's inputs, ``unload`` takes its outputs; both
    may be called on either thread. How samples are parted depends on sizes only.
    """
    if count < 2 or network.macs * count < TWO_WORTH:
        for start in range(0, count, block):
            part = slice(start, min(start + block, count))
            _run(network.forward_plan(part.stop - start), part, load, unload)
        return
    block = min(block, LANE_BLOCK, -(-count // 2))
    n_whole = count // block
    waiting = deque(slice(i * block, (i + 1) * block) for i in range(n_whole))
    plans = [network.forward_plan(block, lane) for lane in range(2)]

    def lane(plan: Plan) -> None:
        while waiting:
            try:
                part = waiting.popleft()
            except IndexError:  # the other thread took it
                return
            _run(plan, part, load, unload)

    with one_blas_thread(), network.helper.at_work():
        network.helper.both(lane, (plans[0],), lane, (plans[1],))
        if n_whole * block < count:
            part = slice(n_whole * block, count)
            _run(network.forward_plan(part.stop - part.start), part, load, unload)


def _run(plan: Plan, part: slice, load: Use, unload: Use) -> None:
    load(plan, part)
    plan.run()
    unload(plan, part)
