"""Comparisons with other programs. They need the extra "parity"; the app never does."""

from __future__ import annotations

import os

# Keras is asked for one of its engines before it is first imported.
os.environ.setdefault("KERAS_BACKEND", "torch")
