"""Checks: every fault has its sentence and its place, and what follows a fault stays calm."""

import gc
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings

from nn_designer import data
from nn_designer.data import DataChoice
from nn_designer.design import check_memory, edits
from nn_designer.design.arrange import arrange
from nn_designer.design.check import Problem, check
from nn_designer.design.codec import dumps, loads
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.records import wire_record
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.documents import chain, chances, documents, random_edit, skip_design

IRIS = data.summary(DataChoice("iris"))
CIRCLES = data.summary(DataChoice("circles"))
MNIST = data.summary(DataChoice("mnist"))
AUTO_MPG = data.summary(DataChoice("auto_mpg"))


def iris_design() -> Document:
    document = chain("input", "dense", "dense", "output", dense_1={"units": 8})
    return edits.adapt_to_data(document, IRIS)[0]


def sentences(document: Document, summary=None, severity: str = "error") -> list[str]:
    found = check(document, summary).problems
    return [problem.sentence for problem in found if problem.severity == severity]


def test_a_good_design_has_no_problems_and_its_sizes_are_known():
    report = check(iris_design(), IRIS)
    assert report.ok and report.problems == ()
    assert report.shapes == {
        "input_1": (4,),
        "dense_1": (8,),
        "dense_2": (3,),
        "output_1": (3,),
    }
    assert report.parameters["dense_1"] == 4 * 8 + 8
    assert report.total_parameters == 4 * 8 + 8 + 8 * 3 + 3
    assert report.macs == report.macs_of["dense_1"] + report.macs_of["dense_2"] == 4 * 8 + 8 * 3
    assert report.training_memory_bytes > 4 * report.total_parameters


def test_an_empty_canvas_says_how_to_begin():
    assert sentences(Document()) == [
        "The design is empty. Put an Input, a Dense and an Output on the canvas, or begin with a "
        "template."
    ]


def test_a_missing_input_and_a_missing_output_are_named():
    assert sentences(chain("dense", "output"))[0].startswith("There is no Input, so no data can")
    assert sentences(chain("input", "dense"))[0].startswith("There is no Output, so nothing can")


def test_a_layer_without_input_is_named_and_the_rest_stays_calm():
    document = edits.disconnect(iris_design(), Wire("input_1", "dense_1"))
    report = check(document, IRIS)
    assert [(problem.sentence, problem.layer_id) for problem in report.errors] == [
        ("Dense 1 has no input. Draw a wire to it from the layer before.", "dense_1")
    ]
    assert [problem.layer_id for problem in report.warnings] == ["input_1"]
    assert report.shapes["dense_2"] is None


def test_the_first_mismatch_is_named_with_the_way_out_and_what_follows_stays_calm():
    document = chain("input", "dense", "dense", "output", input_1={"shape": (28, 28)})
    report = check(document)
    (problem,) = report.problems
    assert problem == Problem(
        "error",
        "Dense 1 expects a flat list of numbers, but it receives 28 × 28. Insert a Flatten layer "
        "before it.",
        "dense_1",
        Wire("input_1", "dense_1", 0),
        "Insert a Flatten layer before it.",
    )
    assert report.shapes == {
        "input_1": (28, 28),
        "dense_1": None,
        "dense_2": None,
        "output_1": None,
    }
    assert report.of_layer("dense_1") == (problem,)


def test_a_fault_is_told_with_the_name_the_layer_was_given():
    document = edits.rename(skip_design(), "add_1", "Sum")
    document = edits.set_setting(document, "dense_2", "units", 3)
    assert sentences(document)[0].startswith("Sum expects inputs of the same shape, but it")


def test_a_merge_behind_a_fault_stays_calm_although_its_other_input_is_well():
    document = edits.connect(chain("input", "dense", "add", "output"), "input_1", "add_1")
    document, id = edits.add_layer(document, "add")
    document = edits.connect(document, "input_1", id)
    document = edits.connect(document, id, "add_1", 0)
    report = check(document)
    assert [problem.layer_id for problem in report.errors] == [id]
    assert report.shapes["add_1"] is None


def test_two_independent_faults_are_both_named():
    document = chain("input", "add", "output")
    for units in (3, 4):
        document, id = edits.add_layer(document, "add")
        document = edits.connect(document, "input_1", id)
        document = edits.connect(document, id, "add_1")
        document = edits.rename(document, id, f"Sum {units}")
    assert sentences(document) == [
        "Sum 3 needs at least 2 inputs, but it has 1. Draw another wire to it, or delete it.",
        "Sum 4 needs at least 2 inputs, but it has 1. Draw another wire to it, or delete it.",
    ]


def test_loose_layers_are_only_warned_about():
    document, loose = edits.add_layer(iris_design(), "dropout")
    document, end = edits.append_after(document, "flatten", "dense_1")
    report = check(document, IRIS)
    assert report.ok
    assert [(problem.layer_id, problem.sentence) for problem in report.warnings] == [
        (loose, "Dropout 1 is not connected. Draw a wire to it, or delete it.")
    ] + [
        (
            problem.layer_id,
            f"{document.layer(end).name} leads nowhere, so it takes no part in the training. Draw "
            "a wire from it to the next layer, or delete it.",
        )
        for problem in report.warnings[1:]
    ]


def test_a_branch_that_leads_nowhere_is_told_once_at_its_end_and_not_counted():
    document, id = edits.add_layer(iris_design(), "dense")
    document = edits.connect(document, "dense_1", id)
    document, end = edits.add_layer(document, "dense")
    document = edits.connect(document, id, end)
    report = check(document, IRIS)
    assert report.ok
    assert [problem.layer_id for problem in report.warnings] == [end]
    assert report.total_parameters == check(iris_design()).total_parameters
    assert report.shapes[end] == (10,)


def test_a_fault_in_a_loose_layer_keeps_nothing_from_being_trained():
    layer = Layer("x", "no_such", "X", {})
    document = iris_design()
    document = Document(
        layers=(*document.layers, layer), wires=document.wires, training=document.training
    )
    assert check(document, IRIS).ok
    assert {problem.layer_id for problem in check(document).warnings} == {"x"}


def test_a_loop_is_named_with_its_layers():
    layers = [Layer(id, kind, id.upper()) for id, kind in (("i", "input"), ("o", "output"))]
    layers += [Layer("a", "add", "A"), Layer("b", "dense", "B"), Layer("c", "dense", "C")]
    wires = [Wire("i", "a"), Wire("a", "b"), Wire("b", "c"), Wire("c", "a", 1), Wire("c", "o")]
    (problem,) = check(Document(layers=layers, wires=wires)).problems
    assert problem.sentence == (
        "These layers feed each other in a loop: A → B → C → A. Delete one of the wires."
    )
    assert problem.wire in wires


def test_unknown_kinds_are_named_with_what_was_meant():
    layers = [Layer("i", "input", "In"), Layer("d", "dens", "D"), Layer("o", "output", "Out")]
    document = Document(layers=layers, wires=[Wire("i", "d"), Wire("d", "o")])
    (sentence,) = sentences(document)
    assert sentence.startswith("D can't be trained. There is no layer kind 'dens' in this version;")
    assert "Did you mean 'dense'?" in sentence


def test_wrong_settings_of_a_file_are_named_by_layer_and_unknown_ones_only_warned_about():
    layers = [Layer("i", "input", "In"), Layer("d", "dense", "D", {"units": -1, "unit": 3})]
    layers += [Layer("o", "output", "Out")]
    document = Document(layers=layers, wires=[Wire("i", "d"), Wire("d", "o")])
    assert sentences(document) == [
        "D: Units must be a whole number from 1 to 1,000,000,000, but it is -1."
    ]
    assert sentences(document, severity="warning") == [
        "D has the setting 'unit', which this version does not know; it has no effect. Did you "
        "mean 'units'?"
    ]


def test_wrong_training_settings_of_a_file_are_named():
    document = Document(
        layers=iris_design().layers,
        wires=iris_design().wires,
        training={**iris_design().training, "optimizer": "adamm", "speed": 3},
        optimizer_settings={"beta_1": 2},
    )
    errors = sentences(document, IRIS)
    assert errors[0].startswith("Training: Optimizer must be one of ")
    assert errors[0].endswith("but it is 'adamm'. Did you mean 'adam'?")
    assert len(errors) == 1  # nothing is said about the settings of an unknown optimizer
    assert "speed" in sentences(document, IRIS, "warning")[0]
    document = edits.set_training(document, "optimizer", "sgd")
    document = edits.set_training(document, "optimizer", "adam")
    document = replace(document, optimizer_settings={"beta_1": 2})
    assert sentences(document, IRIS) == [
        "Adam: β₁ (momentum) must be a number from 0.0 to below 1.0, but it is 2."
    ]


def test_a_second_input_and_a_second_output_are_right():
    document = edits.adapt_to_data(skip_design(), CIRCLES)[0]
    document, id = edits.append_after(document, "input")
    document = edits.connect(document, id, "add_1", 1)
    assert check(document).shapes[id] == (2,)
    assert not any(
        "Input 2" in sentence and "Input 1" in sentence for sentence in sentences(document)
    )
    document, output = edits.append_after(iris_design(), "output", "dense_1")
    assert sentences(document) == [
        "Output 2: Sparse categorical cross-entropy needs probabilities that add up to 1, but the "
        "last layer's activation is ReLU. Set it to softmax."
    ]
    document = edits.set_setting(document, output, "loss", "mean_squared_error")
    assert sentences(document) == []
    assert sentences(document, IRIS) == [
        "Nothing is left for Output 2 to learn: Iris flowers has only one target. Choose another "
        "target in the data, name a target in the settings of Output 2, or delete it."
    ]


def test_data_that_do_not_fit_the_input_are_named():
    assert sentences(iris_design(), CIRCLES)[0] == (
        "The shape of Input 1 is 4, but that of a sample of Circles is 2. Set it to 2, or choose "
        "other data."
    )


def test_an_input_of_another_shape_with_as_many_numbers_fits():
    document = chain("input", "flatten", "dense", "output", input_1={"shape": (28, 28, 1)})
    assert check(edits.adapt_to_data(document, MNIST)[0], MNIST).ok


@pytest.mark.parametrize(
    ("settings", "loss", "summary", "sentence"),
    [
        (
            {"units": 3, "activation": "relu"},
            "sparse_categorical_crossentropy",
            None,
            "needs probabilities that add up to 1",
        ),
        (
            {"units": 4, "activation": "softmax"},
            "sparse_categorical_crossentropy",
            IRIS,
            "The data has 3 classes, but the network ends with 4 outputs. Set the units of the "
            "last layer to 3.",
        ),
        ({"units": 1, "activation": "linear"}, "binary_crossentropy", None, "Set it to sigmoid."),
        ({"units": 2, "activation": "linear"}, "mean_squared_error", AUTO_MPG, "1 number to"),
        ({"units": 1, "activation": "softmax"}, "mean_squared_error", AUTO_MPG, "to linear."),
    ],
)
def test_a_loss_that_does_not_suit_the_output_is_told_at_the_last_layer(
    settings, loss, summary, sentence
):
    document = chain("input", "dense", "output", dense_1=settings)
    document = edits.set_training(document, "loss", loss)
    if summary is not None:
        document = edits.set_setting(document, "input_1", "shape", summary.sample_shape)
    (problem,) = check(document, summary).errors
    assert sentence in problem.sentence
    assert problem.layer_id == "dense_1"


def test_a_layer_of_a_billion_units_is_refused_with_the_memory_it_would_need(monkeypatch):
    monkeypatch.setattr(check_memory, "available_memory_bytes", lambda: 16_000_000_000)
    document = edits.set_setting(iris_design(), "dense_1", "units", 10**9)
    report = check(document, IRIS)
    assert [problem.sentence for problem in report.errors] == [
        "Dense 1 with 1,000,000,000 units is too large: training this design would need about "
        "520 GB of memory, and 16 GB are free. Make the layer smaller, or the one before it."
    ]
    assert report.parameters["dense_1"] == 5 * 10**9


def test_the_layer_with_the_many_units_is_named_not_the_one_behind_it(monkeypatch):
    monkeypatch.setattr(check_memory, "available_memory_bytes", lambda: 16_000_000_000)
    document = chain("input", "dense", "dense", "output", dense_1={"units": 10**9})
    (problem,) = (p for p in check(document).errors if "too large" in p.sentence)
    assert problem.sentence.startswith("Dense 1 with 1,000,000,000 units is too large")
    assert problem.layer_id == "dense_1"


def test_as_much_memory_as_there_is_may_be_used_but_not_a_byte_more(monkeypatch):
    needed = check(iris_design(), IRIS).training_memory_bytes
    for free, ok in ((needed, True), (needed - 1, False)):
        monkeypatch.setattr(check_memory, "available_memory_bytes", lambda free=free: free)
        assert check(iris_design(), IRIS).ok is ok


def test_two_layers_of_a_billion_units_are_still_only_numbers():
    document = edits.set_setting(iris_design(), ["dense_1", "dense_2"], "units", 10**9)
    assert check(document).total_parameters == 5 * 10**9 + (10**9 + 1) * 10**9


@given(documents())
@settings(max_examples=80, deadline=None)
def test_any_design_can_be_checked(document):
    for summary in (None, IRIS):
        report = check(document, summary)
        assert report.shapes.keys() == document.by_id.keys()
        assert all(problem.sentence.endswith((".", "?")) for problem in report.problems)
        assert all(p.layer_id is None or p.layer_id in document for p in report.problems)
        assert report.errors == report.problems[: len(report.errors)]
        if report.ok:
            TrainingSettings(**document.training)


@given(documents(), chances())
@settings(max_examples=60, deadline=None)
def test_a_design_with_loops_from_a_file_can_be_checked_arranged_and_edited(document, chance):
    ids = list(document.by_id)
    wires = [Wire(chance.choice(ids), chance.choice(ids), 9) for _ in ids] if ids else []
    record = json.loads(dumps(document))
    record["wires"] += [wire_record(wire) for wire in wires]
    document = loads(json.dumps(record)).document
    for _ in range(8):
        assert check(document, IRIS).ok <= (not document.has_cycle)
        assert arrange(document).keys() == document.by_id.keys()
        try:
            document = random_edit(document, chance)
        except edits.EditError:
            continue


def test_a_design_of_500_layers_is_checked_in_a_few_milliseconds():
    document = chain("input", *["dense", "dropout"] * 249, "output")
    seconds = []
    gc.collect()
    for n in range(10):  # each time another value, as while a layer is dragged
        moved = edits.move(document, {"dense_1": (0, n)})
        started = time.thread_time()  # what other programs take does not count
        check(moved, CIRCLES)
        seconds.append(time.thread_time() - started)
    assert min(seconds) < 0.020  # about 3 ms on the machine this was written on, alone


def test_what_was_found_wrong_is_not_taken_for_what_equals_it_in_python():
    # Findings are remembered, and 1 == True in Python.
    def ok(name: str, value: object) -> bool:
        record = json.loads(dumps(chain("input", "dense", "output")))
        record["layers"][1]["settings"][name] = value
        return check(loads(json.dumps(record)).document).ok

    assert [ok("use_bias", value) for value in (1, True, 1.0)] == [False, True, False]
    assert [ok("units", value) for value in (1, True, 1.0)] == [True, False, True]


def test_a_design_in_which_nothing_can_learn_is_refused():
    document = iris_design()
    first, last = (layer.id for layer in document.of_kind("dense"))
    assert check(edits.set_setting(document, first, "trainable", False), IRIS).ok
    document = edits.set_setting(document, (first, last), "trainable", False)
    (problem,) = check(document, IRIS).errors
    assert problem.layer_id == last
    assert problem.sentence == (
        "All layers with weights are frozen, so that nothing can learn. Switch on Trainable for "
        "at least one of them."
    )


def test_frozen_layers_count_as_parameters_that_are_not_trainable():
    document = iris_design()
    first = document.of_kind("dense")[0].id
    report = check(edits.set_setting(document, first, "trainable", False), IRIS)
    assert report.total_parameters == check(document, IRIS).trainable_parameters
    assert report.trainable_parameters == report.total_parameters - report.parameters[first]
