"""Loading weights back into a design: what fits, and what the refusal says."""

from dataclasses import replace

import numpy as np
import pytest

from nn_designer.data.preprocessing import ColumnInput, Preprocessing
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.document import Document, Layer
from nn_designer.interchange.fitting import _summary, fit_weights, trained_design
from nn_designer.interchange.layout import expected_shapes
from nn_designer.interchange.model import InterchangeError, LoadedWeights
from tests.helpers.models import chain, random_weights, skip_design, small_design


def changed(document: Document, id: str, **values) -> Document:
    layers = tuple(
        replace(layer, **values) if layer.id == id else layer for layer in document.layers
    )
    return replace(document, layers=layers)


def with_settings(document: Document, id: str, **settings) -> Document:
    return changed(document, id, settings={**document.layer(id).settings, **settings})


def test_shapes_are_known_without_building_the_network():
    wide = chain(("input", {"shape": [784]}), ("dense", {"units": 10**9}), ("output", {}))
    assert expected_shapes(wide) == {"dense_1": {"kernel": (784, 10**9), "bias": (10**9,)}}


def test_layers_that_lead_nowhere_have_no_weights_in_files():
    lone = Layer("dense_9", "dense", "Lone")
    design = replace(small_design(), layers=(*small_design().layers, lone))
    assert set(expected_shapes(design)) == {"dense_1", "dense_2"}


def test_a_renamed_layer_still_gets_its_weights():
    weights = random_weights(small_design())
    renamed = changed(small_design(), "dense_1", name="Hidden")
    fitted = fit_weights(renamed, LoadedWeights(weights))
    np.testing.assert_array_equal(fitted["hidden"]["kernel"], weights["dense_1"]["kernel"])


def test_layers_of_other_names_are_matched_by_their_order_only_if_all_fit():
    weights = random_weights(small_design())
    foreign = {str(place): tensors for place, tensors in enumerate(weights.values())}
    fitted = fit_weights(small_design(), LoadedWeights(foreign))
    np.testing.assert_array_equal(fitted["dense_2"]["bias"], weights["dense_2"]["bias"])
    turned = dict(reversed(foreign.items()))
    with pytest.raises(InterchangeError, match=r"no weights that fit layer 'dense_1'.* for 1, 0,"):
        fit_weights(small_design(), LoadedWeights(turned))


MISFITS = {
    "another shape": (
        with_settings(small_design(), "dense_1", units=6),
        "The kernel of layer 'dense_1' is 4 × 6 in the design, but 4 × 5 in the file.",
    ),
    "no bias wanted": (
        with_settings(small_design(), "dense_2", use_bias=False),
        "The file holds 'bias' for layer 'dense_2', but the design has none there.",
    ),
    "a layer more": (
        skip_design(),
        "The file has no weights that fit layer 'dense_3'; it holds weights for dense_1, dense_2, "
        "and the design has dense_1, dense_2, dense_3.",
    ),
    "a layer less": (
        chain(("input", {"shape": [4]}), ("dense", {"units": 5}), ("output", {})),
        "The file has weights for layer 'dense_2', and the design has no such layer;",
    ),
    "no layers with weights": (
        chain(("input", {"shape": [4]}), ("output", {})),
        "it has no layer. Use the design",
    ),
    "no output": (chain(("input", {"shape": [4]})), "The design has no Output with a wire"),
    "wrong shapes inside": (
        chain(("input", {"shape": [4, 4]}), ("dense", {}), ("output", {})),
        "Layer 'Dense 1' is not right: Dense expects a flat list",
    ),
    "unknown kind": (
        chain(("input", {"shape": [4]}), ("quantum", {}), ("output", {})),
        "Layer 'Quantum 1' is not right: There is no layer kind 'quantum'",
    ),
}


@pytest.mark.parametrize("case", MISFITS)
def test_weights_that_do_not_fit_are_refused_with_the_first_reason(case):
    design, sentence = MISFITS[case]
    with pytest.raises(InterchangeError) as caught:
        fit_weights(design, LoadedWeights(random_weights(small_design())))
    assert sentence in str(caught.value)


def test_a_missing_bias_is_named():
    weights = random_weights(small_design())
    del weights["dense_1"]["bias"]
    with pytest.raises(InterchangeError, match="'dense_1' of the design has a bias, but the file"):
        fit_weights(small_design(), LoadedWeights(weights))


def trained_with_cars(design: Document) -> LoadedWeights:
    """Weights of the design fitted to a table of 7 columns and a number to predict."""
    columns = tuple(ColumnInput(f"c{i}", "number") for i in range(7))
    cars = Preprocessing("number", (7,), ("mpg",), (), columns, 1.0, (20.0,), (5.0,), "table")
    trained, notes = adapt_to_data(design, _summary(cars))
    assert len(notes) == 4
    return LoadedWeights(random_weights(trained), cars, document=trained)


def test_a_design_fitted_to_other_data_is_remembered_by_its_weights():
    loaded = trained_with_cars(small_design())
    assert trained_design(small_design(), loaded) is loaded.document
    moved = changed(small_design(), "dense_1", x=500.0)
    assert trained_design(moved, loaded) is loaded.document
    fit_weights(loaded.document, loaded)


@pytest.mark.parametrize(
    "other",
    [
        skip_design(),
        with_settings(small_design(), "dense_1", units=7),
        with_settings(small_design(), "dense_1", activation="tanh"),
        changed(small_design(), "dropout_1", kind="flatten", settings={}),
    ],
)
def test_a_design_that_differs_in_more_is_not_taken_for_the_same(other):
    loaded = trained_with_cars(other)
    assert trained_design(small_design(), loaded) == small_design()
    with pytest.raises(InterchangeError, match="design"):
        fit_weights(small_design(), loaded)
