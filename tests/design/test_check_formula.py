"""Formulas in a design: what is wrong with one is found before training."""

import numpy as np
import pytest

from nn_designer.design.check import check
from nn_designer.design.codec import dumps, loads
from nn_designer.design.compile import DesignError, compile_design
from nn_designer.layers import kind_of
from nn_designer.params import ParamError
from tests.helpers.documents import chain


def design(expression: str):
    return chain("input", "formula", "dense", "output", formula_1={"expression": expression})


def test_a_formula_that_cannot_be_read_is_an_error_of_its_layer():
    from_a_file = loads(dumps(design("x * sin(x)")).replace("sin", "sgimoid")).document
    report = check(from_a_file)
    (problem,) = report.errors
    assert problem.layer_id == "formula_1"
    assert problem.sentence == (
        "Formula 1: There is no function 'sgimoid' at position 5; did you mean sigmoid?"
    )
    with pytest.raises(DesignError, match="did you mean sigmoid"):
        compile_design(from_a_file)


def test_a_formula_that_cannot_take_zero_is_warned_about_and_may_be_trained():
    report = check(design("1 / x"))
    assert report.ok
    (problem,) = report.warnings
    assert problem.layer_id == "formula_1"
    assert problem.sentence.startswith("Formula 1 has no value or slope at x = 0; a number")


def test_a_right_formula_is_computed():
    network = compile_design(design("max(0, x) - 0.1 * x^2"))
    x = np.array([[-2.0, 3.0]], np.float32)
    np.testing.assert_allclose(network.trace(x)["formula_1"], [[-0.4, 2.1]], rtol=1e-6)


def test_the_sentence_of_a_setting_is_that_of_the_formula():
    with pytest.raises(ParamError, match=r"^The formula breaks off after '\('"):
        kind_of("formula")(expression="x * (")
    with pytest.raises(ParamError, match="at most 200 characters, an expression in x"):
        kind_of("formula")(expression="x" * 201)
    assert kind_of("formula")(expression="x^3").summary() == "x^3"
