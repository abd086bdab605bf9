"""Fitting a design to other data: input shape, last layer, loss."""

from __future__ import annotations

from nn_designer.data.dataset import DataSummary
from nn_designer.design.document import Document


def adapt_to_data(document: Document, summary: DataSummary) -> tuple[Document, tuple[str, ...]]:
    """The design made to fit the data, and a sentence for each thing that was changed."""
    raise NotImplementedError
