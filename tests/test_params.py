"""Declared settings: what they accept, what they refuse, and the sentences they refuse with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_designer.params import (
    Bool,
    Choice,
    ChoiceWithSettings,
    Dimensions,
    Float,
    HasParams,
    Int,
    Numbers,
    Pair,
    Param,
    ParamError,
    Text,
)


class Plain(HasParams):
    title = "Plain"


class Spread(HasParams):
    title = "Spread out"
    size = Float(0.5, minimum=0.0)
    way = Choice("up", ("up", "down"))


class Example(HasParams):
    units = Int(10, minimum=1, maximum=100, help="How many neurons.")
    rate = Float(0.5, minimum=0.0, maximum=1.0, exclusive_maximum=True)
    learning_rate = Float(0.01, minimum=0.0, exclusive_minimum=True)
    use_bias = Bool(True)
    activation = Choice("relu", {"relu": "ReLU", "tanh": "tanh"})
    label = Text("", maximum_length=5)
    shape = Dimensions((28, 28))
    kernel_size = Pair((3, 3), minimum=1, maximum=9)
    axes = Dimensions((), minimum_rank=0, maximum=3)
    variance = Numbers((1.0,), minimum=0.0)
    start = ChoiceWithSettings("plain", lambda: {"plain": Plain, "spread": Spread})


def test_defaults_and_changes() -> None:
    example = Example(units=32)
    assert (example.units, example.activation, example.shape) == (32, "relu", (28, 28))
    assert example.replace(shape=[784]).shape == (784,)
    assert example == Example(units=32)
    assert example.replace(axes=[]).axes == () and example.replace(variance=[2]).variance == (2.0,)
    assert example != Example()


def test_instances_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Example().units = 3  # type: ignore[misc,assignment]


@pytest.mark.parametrize("name", Example.params)
def test_every_declaration_refuses_its_invalid_values(name: str) -> None:
    param = Example.params[name]
    for value in param.invalid_values():
        with pytest.raises(ParamError) as refusal:
            Example(**{name: value})
        assert param.title in str(refusal.value)
        assert param.expected() in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"units": 0}, "Units must be a whole number from 1 to 100, but it is 0."),
        ({"units": 10**30}, f"Units must be a whole number from 1 to 100, but it is {10**30}."),
        ({"rate": 1.0}, "Rate must be a number from 0.0 to below 1.0, but it is 1.0."),
        ({"learning_rate": 0}, "Learning rate must be a number above 0.0, but it is 0."),
        (
            {"axes": [4]},
            "Axes must be a list of 0 to 4 whole numbers from 1 to 3, but it is [4].",
        ),
        (
            {"variance": [1, -1]},
            "Variance must be a list of 1 to 10,000 numbers, each at least 0.0, but it is [1, -1].",
        ),
        (
            {"activation": "relv"},
            "Activation must be one of relu, tanh, but it is 'relv'. Did you mean 'relu'?",
        ),
    ],
)
def test_refusals_are_sentences(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParamError) as refusal:
        Example(**settings)
    assert str(refusal.value) == sentence


def test_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(ParamError, match="Did you mean 'units'"):
        Example(unit=3)


def test_long_values_are_shortened() -> None:
    with pytest.raises(ParamError) as refusal:
        Example(activation="x" * 10_000)
    assert len(str(refusal.value)) < 200


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(list(Example.params.values())), anything)
def test_any_value_is_taken_in_normal_form_or_refused(param: Param[Any], value: Any) -> None:
    try:
        normal = param.check(value)
    except ParamError as refusal:
        assert param.expected() in str(refusal)
    else:
        assert param.check(normal) == normal


def test_subclasses_add_settings_after_those_of_their_base() -> None:
    class More(Example):
        depth = Int(1)

    assert list(More.params) == [*Example.params, "depth"]
    assert "depth" not in Example.params


def test_json_schema_lists_every_setting() -> None:
    schema = Example.json_schema()
    assert set(schema["properties"]) == set(Example.params)
    assert schema["properties"]["units"]["maximum"] == 100


def test_a_choice_with_settings_is_text_in_a_normal_form() -> None:
    start = Example.start
    assert start.choices == {"plain": "Plain", "spread": "Spread out"}
    assert start.check("spread") == start.check("spread()") == "spread"
    assert start.check("spread(way=down,size=2)") == "spread(size=2.0, way=down)"
    assert start.check("spread(size=0.5)") == "spread"  # the default is not told
    assert start.make("spread(way=down)") == Spread(way="down")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("spred", "Did you mean 'spread'?"),
        ("spread(size=-1)", "Size must be a number of at least 0.0, but it is -1.0."),
        ("spread(size=wide)", "Size must be a number of at least 0.0, but it is 'wide'."),
        ("spread(sise=1)", "Did you mean 'size'?"),
        ("spread(size=1, size=2)", "Start must be one of plain, spread"),
        ("spread(1)", "Start must be one of plain, spread"),
        ("plain(size=1)", "its settings are none"),
    ],
)
def test_a_choice_with_wrong_settings_says_which(value: str, words: str) -> None:
    with pytest.raises(ParamError) as refusal:
        Example(start=value)
    assert words in str(refusal.value)
