"""The benchmark of the templates' accuracy, on a template that trains in a moment."""

from __future__ import annotations

from benchmarks.accuracy import MUSTS, template
from nn_designer.design.templates import BY_KEY


def test_a_template_is_trained_as_it_is_shipped() -> None:
    accuracy, seconds = template("iris", 1)
    assert accuracy > 0.9
    assert seconds > 0.0


def test_every_must_is_a_templates() -> None:
    assert set(MUSTS) <= set(BY_KEY)
