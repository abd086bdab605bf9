"""The one exception of this level."""

from __future__ import annotations


class DataError(ValueError):
    """Data can't be used. The text is one sentence or two for people.

    It says what happened, what was expected, what was received and what to do.
    """
