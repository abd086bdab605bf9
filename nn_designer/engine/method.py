"""What losses, optimizers and schedules declare alike."""

from __future__ import annotations

from typing import ClassVar

from nn_designer.params import HasParams


class Method(HasParams):
    """One of the ways to do a part of the training, with declared settings of its own.

    The document keeps these beside the training settings: those of the chosen loss in
    ``loss_settings``, and so on (``training_methods.METHODS``).
    """

    key: ClassVar[str]
    """Stable: files use it."""
    title: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str] = ""
