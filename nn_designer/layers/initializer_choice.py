"""The setting of a layer that says how weights are drawn before training."""

from __future__ import annotations

from typing import Any

from nn_designer.engine.initializers import INITIALIZERS
from nn_designer.params import ChoiceWithSettings


class InitializerChoice(ChoiceWithSettings):
    """One of the initializers, with its settings: ``"zeros"``, ``"constant(value=0.5)"``."""

    def __init__(self, default: str, **keywords: Any) -> None:
        super().__init__(default, lambda: INITIALIZERS, **keywords)
