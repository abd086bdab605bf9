"""Weights and models in other programs' formats: one file per format, in and out."""

from nn_designer.interchange.formats import FORMATS, Format, format_of_path, read_weights
from nn_designer.interchange.model import InterchangeError, LoadedWeights, TrainedModel

__all__ = [
    "FORMATS",
    "Format",
    "InterchangeError",
    "LoadedWeights",
    "TrainedModel",
    "format_of_path",
    "read_weights",
]
