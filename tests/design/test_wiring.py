"""Which columns enter at which Input, and which target each Output learns."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer import data
from nn_designer.data import DataChoice, DataError
from nn_designer.design import edits, templates
from nn_designer.design.check import check
from nn_designer.design.compile import compile_design, training_settings
from nn_designer.design.document import Document
from nn_designer.design.wiring import arranged, assigned_features, split_samples, training_data
from nn_designer.engine.training import train

PENGUINS = DataChoice("penguins", {"body_mass": True})
SUMMARY = data.summary(PENGUINS)


def two_outputs() -> Document:
    return templates.new("multi-output")


def two_inputs() -> Document:
    """Beak and place enter apart from each other; both Outputs learn from both."""
    document = two_outputs()
    document, id = edits.append_after(document, "input")
    document, merge = edits.insert_on_wire(document, "concatenate", document.outgoing("input_1")[0])
    document = edits.connect(document, id, merge)
    document = edits.set_setting(document, id, "features", "island, sex")
    return edits.adapt_to_data(document, SUMMARY)[0]


def sentences(document: Document, choice: DataChoice = PENGUINS) -> list[str]:
    return [problem.sentence for problem in check(document, data.summary(choice)).problems]


def test_outputs_learn_the_targets_in_the_order_of_the_data():
    dataset = arranged(two_outputs(), data.load(PENGUINS))
    assert dataset is data.load(PENGUINS)
    assert [info.title for info in dataset.summary().targets] == ["species", "body_mass_g"]


def test_an_output_can_name_its_target():
    document = edits.set_setting(two_outputs(), "output_1", "target", "body_mass_g")
    assert any(s.startswith("Species: ") for s in sentences(document))  # softmax, for a number
    document, notes = edits.adapt_to_data(document, SUMMARY)
    assert "The activation of Which species is linear now (it was softmax)." in notes
    assert (
        "The loss of Body mass is sparse categorical cross-entropy now (it was mean squared error)."
        in notes
    )
    assert sentences(document) == []
    dataset = arranged(document, data.load(PENGUINS))
    assert dataset.task == "number" and dataset.target_names == ("body_mass_g",)
    prepared = data.prepare(dataset)
    found = training_data(document, prepared)
    assert found.task == {"species": "number", "body_mass": "classes"}
    assert found.y_train["body_mass"].dtype == np.int64


def test_two_outputs_may_learn_the_same():
    document = edits.set_setting(two_outputs(), ["output_1", "output_2"], "target", "species")
    document = edits.adapt_to_data(document, SUMMARY)[0]
    problems = check(document, SUMMARY).problems
    assert [problem.severity for problem in problems] == ["warning"]
    assert "No Output learns 'body_mass_g' of Palmer penguins." in problems[0].sentence


def test_an_output_without_a_target_is_named():
    assert sentences(two_outputs(), DataChoice("penguins"))[-1] == (
        "Nothing is left for Body mass to learn: Palmer penguins has only one target. Choose "
        "another target in the data, name a target in the settings of Body mass, or delete it."
    )
    wrong = edits.set_setting(two_outputs(), "output_1", "target", "weight")
    assert sentences(wrong)[0] == (
        "Species is to learn 'weight', but what Palmer penguins gives to predict is 'species', "
        "'body_mass_g'. Change the target of Species."
    )
    with pytest.raises(DataError, match="Species is to learn 'weight'"):
        arranged(wrong, data.load(PENGUINS))


def test_losses_that_do_not_suit_name_their_output():
    wrong = edits.set_setting(two_outputs(), "output_2", "loss", "hinge")
    assert sentences(wrong)[0].startswith("Body mass: Hinge is for classes, but")


def test_inputs_take_the_columns_they_name_and_others_the_rest():
    document = two_inputs()
    assert check(document, SUMMARY).problems == ()
    sizes = {
        id: layer.settings["shape"] for id, layer in document.by_id.items() if layer.kind == "input"
    }
    assert sizes == {"input_1": (4,), "input_2": (5,)}
    prepared = data.prepare(data.load(PENGUINS))
    x = training_data(document, prepared).x_train
    columns = prepared.preprocessing.column_widths
    assert columns[0] == ("island", 3) and set(x) == {"input", "input_1"}
    np.testing.assert_array_equal(x["input_1"][:, :3], prepared.x_train[:, :3])
    together = np.concatenate([x["input_1"], x["input"]], axis=1)
    assert sorted(together[0]) == sorted(prepared.x_train[0])


def test_two_inputs_without_names_both_take_all():
    document = edits.set_setting(two_inputs(), "input_2", "features", "")
    document = edits.adapt_to_data(document, SUMMARY)[0]
    assert assigned_features(document, SUMMARY.columns)[0] == {"input_1": None, "input_2": None}
    x = np.ones((3, 9), np.float32)
    assert {
        name: array.shape for name, array in split_samples(document, SUMMARY.columns, x).items()
    } == {
        "input": (3, 9),
        "input_1": (3, 9),
    }


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        ("islands", "Input 1: There is no column 'islands'; choose one of 'island', "),
        (
            "island, bill_length_mm, bill_depth_mm, flipper_length_mm, sex, year",
            "No column is left for Input: other Inputs name all of them.",
        ),
        ("island", "The shape of Input 1 is 5, but that of the columns that enter there of"),
    ],
)
def test_columns_that_cannot_enter_are_named(features: str, sentence: str):
    document = edits.set_setting(two_inputs(), "input_2", "features", features)
    assert sentence in " ".join(sentences(document))


def test_pictures_have_no_columns_to_name():
    document = edits.set_setting(templates.new("article"), "input_1", "features", "island")
    assert "but MNIST digits has none" in sentences(document, DataChoice("mnist"))[0].replace(
        "MNIST handwritten digits", "MNIST digits"
    )


def test_a_design_with_two_inputs_and_two_outputs_trains():
    document = edits.set_training(two_inputs(), "epochs", 15)
    prepared = data.prepare(arranged(document, data.load(PENGUINS)))
    network = compile_design(document, summary=SUMMARY)
    assert network.output_names == ("species", "body_mass")
    reports = list(train(network, training_data(document, prepared), training_settings(document)))
    last = reports[-2]
    assert last.val_by_output["species"].accuracy > 0.9
    assert last.val_by_output["body_mass"].r2 > 0.5
