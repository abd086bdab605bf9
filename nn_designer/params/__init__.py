"""Declared settings: one declaration gives default, range, unit, help, check, form and JSON schema.

A class that has settings derives from :class:`HasParams` and declares them as class attributes::

    class Dense(HasParams):
        units = Int(10, minimum=1, maximum=1_000_000, help="How many neurons the layer has.")

``Dense(units=32).units`` is 32; ``Dense(units=0)`` raises :class:`ParamError` with a sentence
that says what was expected, what was received and what to do.
"""

from nn_designer.params.base import Param, ParamError
from nn_designer.params.choice_with_settings import ChoiceWithSettings
from nn_designer.params.dimensions import Dimensions, Pair
from nn_designer.params.has_params import HasParams
from nn_designer.params.numbers import Float, Int, Numbers
from nn_designer.params.words import Bool, Choice, Text

__all__ = [
    "Bool",
    "Choice",
    "ChoiceWithSettings",
    "Dimensions",
    "Float",
    "HasParams",
    "Int",
    "Numbers",
    "Pair",
    "Param",
    "ParamError",
    "Text",
]
