"""How a run ended, in a sentence."""

from __future__ import annotations

from nn_designer.engine.progress import Finished


def finished(reason: str, *, epochs: int, patience: int, best_epoch: int, kept: bool) -> Finished:
    """The last report of a run of so many epochs; ``kept``: the weights are the best epoch's."""
    weights = f" The weights are those of epoch {best_epoch:,}, the best." if kept else ""
    messages = {
        "completed": f"Training is complete: {_epochs(epochs)}.{weights}",
        "early_stopping": f"Training stopped after {_epochs(epochs)}: no improvement for "
        f"{_epochs(patience)}.{weights}",
        "stopped": f"Training was stopped after {_epochs(epochs)}.",
    }
    return Finished(reason, best_epoch, messages[reason])


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count:,} epochs"
