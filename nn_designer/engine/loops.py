"""Which loop trains batches of a size: whole, halved for two threads, or all samples at once."""

from __future__ import annotations

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.full_batch_loop import FullBatchLoop
from nn_designer.engine.halved_loop import HalvedLoop
from nn_designer.engine.network import Network
from nn_designer.engine.training_data import Part
from nn_designer.engine.update import Update


def loop_over(
    network: Network, update: Update, part: Part, batch_size: int, n_batches: int, *, halved: bool
) -> BatchLoop:
    """The loop over at most ``n_batches`` at once. Raises TrainingError if memory is too small."""
    kind = HalvedLoop if halved and batch_size > 1 else BatchLoop
    if update.optimizer.sees_all_samples:
        kind = FullBatchLoop
    return kind(network, update, part, batch_size, n_batches)
