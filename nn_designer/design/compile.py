"""From a document to a network that can be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.data.dataset import DataSummary
from nn_designer.design.document import Document

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


class DesignError(ValueError):
    """The design can't be trained as it is; the text is the first problem's sentence."""


def compile_design(
    document: Document, *, summary: DataSummary | None = None, dtype: Any = np.float32
) -> Network:
    """The network of a design; nodes are named by ``document.export_names``.

    Raises:
        DesignError: the design has errors.
    """
    raise NotImplementedError
