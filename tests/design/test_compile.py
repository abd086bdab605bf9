"""From a document to a network: names, wiring, what is left out, what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer import data
from nn_designer.data import DataChoice
from nn_designer.design import check_memory, edits
from nn_designer.design import compile as compile_module
from nn_designer.design.check import check
from nn_designer.design.compile import (
    DesignError,
    compile_design,
    own_settings,
    training_settings,
)
from nn_designer.design.document import Document
from nn_designer.design.wiring import training_data
from nn_designer.engine.training import train
from tests.helpers.documents import chain, chances, documents, skip_design, working_document

CIRCLES = data.summary(DataChoice("circles"))


def skip_for_circles() -> Document:
    document = edits.rename(skip_design(), "dense_2", "Größer als 1")
    return edits.adapt_to_data(document, CIRCLES)[0]


def test_nodes_carry_the_names_that_files_use():
    network = compile_design(skip_for_circles(), summary=CIRCLES)
    assert set(network.weights) >= {"dense_1", "grösser_als_1", "dense_2"}
    assert network.shapes["add_1"] == (10,)
    assert network.weights["dense_1"]["kernel"].shape == (2, 10)


def test_the_network_computes_what_the_wires_say():
    network = compile_design(skip_for_circles(), dtype=np.float64)
    outputs = network.trace(np.array([[0.5, -1.0]]))
    added = outputs["grösser_als_1"] + outputs["dense_1"]
    np.testing.assert_allclose(outputs["add_1"], added)


def test_the_order_of_the_inputs_of_a_merge_is_that_of_its_ports():
    document = chain("input", "dense", "concatenate", "dense", "output")
    document = edits.connect(document, "input_1", "concatenate_1")
    network = compile_design(document, dtype=np.float64)
    sample = np.array([[0.5, -1.0]])
    outputs = network.trace(sample)
    np.testing.assert_array_equal(outputs["concatenate_1"][:, :10], outputs["dense_1"])
    np.testing.assert_array_equal(outputs["concatenate_1"][:, 10:], sample)


def test_the_seed_decides_the_weights():
    document = skip_for_circles()
    same = compile_design(document).parameters
    np.testing.assert_array_equal(same, compile_design(document).parameters)
    other = compile_design(edits.set_training(document, "seed", 2)).parameters
    assert not np.array_equal(same, other)


def test_layers_that_lead_nowhere_are_left_out():
    document, id = edits.add_layer(skip_for_circles(), "dense", settings={"units": 99})
    document = edits.connect(document, "dense_1", id)
    before = compile_design(skip_for_circles()).parameter_count
    assert compile_design(document).parameter_count == before


def test_a_design_with_errors_is_refused_with_the_first_sentence():
    document = chain("input", "dense", "output", input_1={"shape": (8, 8)})
    with pytest.raises(DesignError) as caught:
        compile_design(document)
    assert str(caught.value).startswith("Dense 1 expects a flat list of numbers, but it receives 8")


def test_a_design_too_large_for_the_memory_is_refused_before_anything_is_allocated(monkeypatch):
    monkeypatch.setattr(check_memory, "available_memory_bytes", lambda: 8_000_000_000)
    document = edits.set_setting(skip_for_circles(), "dense_1", "units", 10**9)
    document = edits.set_setting(document, "dense_2", "units", 10**9)
    with pytest.raises(DesignError, match=r"would need about .* PB of memory, and 8 GB are free"):
        compile_design(document)


def test_settings_left_out_are_at_their_default_and_unknown_ones_do_no_harm():
    document = Document(training={"epochs": 3, "warp": 9}, optimizer_settings={"beta_1": 0.5})
    assert training_settings(document).epochs == 3
    assert training_settings(document).batch_size == 32
    assert own_settings(document)["optimizer_settings"] == {"beta_1": 0.5}
    with pytest.raises(DesignError, match="Training: Epochs must be a whole number"):
        training_settings(Document(training={"epochs": 0}))
    with pytest.raises(DesignError, match="Adam: "):
        compile_module.own_settings(Document(optimizer_settings={"beta_1": 5}))


SETS = {key: data.load(DataChoice(key)) for key in ("iris", "auto_mpg", "circles")}


@given(documents())
@settings(max_examples=60, deadline=None)
def test_a_design_is_refused_exactly_when_the_check_finds_an_error(document):
    report = check(document)
    if report.ok:
        assert compile_design(document).parameter_count == report.total_parameters
        return
    with pytest.raises(DesignError) as caught:
        compile_design(document)
    assert str(caught.value) == report.errors[0].sentence


@given(chances(), st.sampled_from(sorted(SETS)))
@settings(max_examples=60, deadline=None)
def test_what_the_check_passes_can_be_trained_and_is_as_large_as_it_says(chance, key):
    document = working_document(chance, 20, DataChoice(key))
    document = edits.set_training(document, "epochs", 1)
    report = check(document, data.summary(document.data))
    network = compile_design(document, report=report)
    assert network.parameter_count == report.total_parameters
    assert network.cost().macs == report.macs
    for id, name in document.export_names.items():
        assert name not in network.shapes or network.shapes[name] == report.shapes[id]
    prepared = data.prepare(SETS[key], **compile_module.preparation(document))
    arrays, more = training_data(document, prepared), own_settings(document)
    *_, last = train(network, arrays, training_settings(document), **more)
    assert last.reason in ("completed", "diverged")
    assert np.isfinite(network.parameters).all()
