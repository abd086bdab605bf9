"""Fitting a design to other data: what changes, what stays, and what is said about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer import data
from nn_designer.data import DataChoice
from nn_designer.design import edits
from nn_designer.design.check import check
from nn_designer.design.document import Document
from tests.helpers.documents import assert_sound, chain, documents, skip_design

SUMMARIES = {
    key: data.summary(DataChoice(key))
    for key in ("mnist", "digits", "iris", "breast_cancer", "auto_mpg", "circles", "sine")
}
PICTURES = data.summary(DataChoice("mnist", {"shape": "image"}))


def adapted(document: Document, key: str) -> tuple[Document, tuple[str, ...]]:
    return edits.adapt_to_data(document, SUMMARIES[key])


def ending(document: Document) -> tuple[object, ...]:
    layer = document.layer(document.incoming("output_1")[0].source)
    return layer.settings["units"], layer.settings["activation"], document.training.get("loss")


CHAIN = chain("input", "dense", "dense", "output")


def test_what_is_its_own_target_gets_a_sigmoid_for_each_pixel():
    summary = data.summary(DataChoice("digits", {"target": "picture"}))
    document, notes = edits.adapt_to_data(CHAIN, summary)
    assert ending(document) == (64, "sigmoid", "binary_crossentropy")
    assert len(notes) == 4
    document = edits.set_data(document, DataChoice("digits", {"target": "picture"}))
    assert not [found for found in check(document, summary).problems if found.severity == "error"]
    assert edits.adapt_to_data(document, summary) == (document, ())
    squared = edits.set_training(document, "loss", "mean_squared_error")
    assert edits.adapt_to_data(squared, summary) == (squared, ())


def test_every_change_is_told():
    document, notes = adapted(CHAIN, "iris")
    assert ending(document) == (3, "softmax", "sparse_categorical_crossentropy")
    assert notes == (
        "The shape of Input 1 is 4 now (it was 2), that of a sample of Iris flowers.",
        "Dense 2 has 3 units now, one per class (it had 10).",
        "The activation of Dense 2 is softmax now (it was relu).",
        "The loss is sparse categorical cross-entropy now (it was mean squared error).",
    )


def test_numbers_get_one_linear_unit_each_and_a_loss_for_numbers():
    document, _ = adapted(adapted(CHAIN, "iris")[0], "auto_mpg")
    assert document.layer("input_1").settings["shape"] == (9,)
    assert ending(document) == (1, "linear", "mean_squared_error")


def test_a_design_that_fits_is_left_as_it_is():
    document, _ = adapted(CHAIN, "iris")
    assert adapted(document, "iris") == (document, ())


@pytest.mark.parametrize(
    ("key", "units", "activation", "loss"),
    [
        ("circles", 1, "sigmoid", "binary_crossentropy"),
        ("circles", 2, "softmax", "categorical_crossentropy"),
        ("circles", 1, "sigmoid", "binary_focal_crossentropy"),
        ("iris", 3, "softmax", "categorical_focal_crossentropy"),
        ("iris", 3, "softmax", "kl_divergence"),
        ("auto_mpg", 1, "softplus", "poisson"),
        ("auto_mpg", 1, "linear", "quantile"),
        ("circles", 1, "tanh", "hinge"),
        ("iris", 3, "softmax", "categorical_crossentropy"),
        ("iris", 3, "softmax", "mean_squared_error"),
        ("auto_mpg", 1, "linear", "huber"),
    ],
)
def test_an_ending_that_suits_the_data_is_kept(key, units, activation, loss):
    document = chain("input", "dense", "output", dense_1={"units": units, "activation": activation})
    document = edits.set_training(document, "loss", loss)
    assert ending(adapted(document, key)[0]) == (units, activation, loss)


@pytest.mark.parametrize(
    ("key", "units", "activation", "loss", "expected"),
    [
        (
            "iris",
            1,
            "sigmoid",
            "binary_crossentropy",
            (3, "softmax", "sparse_categorical_crossentropy"),
        ),
        (
            "breast_cancer",
            1,
            "linear",
            "mean_squared_error",
            (2, "softmax", "sparse_categorical_crossentropy"),
        ),
        (
            "iris",
            4,
            "softmax",
            "categorical_crossentropy",
            (3, "softmax", "categorical_crossentropy"),
        ),
        ("sine", 2, "softmax", "mean_absolute_error", (1, "linear", "mean_absolute_error")),
        ("sine", 1, "sigmoid", "hinge", (1, "linear", "mean_squared_error")),
    ],
)
def test_an_ending_that_does_not_suit_is_exchanged(key, units, activation, loss, expected):
    document = chain("input", "dense", "output", dense_1={"units": units, "activation": activation})
    document = edits.set_training(document, "loss", loss)
    assert ending(adapted(document, key)[0]) == expected


def test_an_input_with_as_many_numbers_keeps_its_shape():
    document = chain("input", "dense", "output", input_1={"shape": (784,)})
    document, _ = edits.adapt_to_data(document, PICTURES)
    assert document.layer("input_1").settings["shape"] == (784,)
    assert not document.of_kind("flatten")
    assert check(document, PICTURES).ok


def test_pictures_are_flattened_before_every_dense_layer():
    document = edits.connect(chain("input", "dense", "add", "output"), "input_1", "add_1")
    document, id = edits.add_layer(document, "dense")
    document = edits.connect(document, "input_1", id)
    document = edits.connect(document, id, "add_1", 1)
    document, notes = edits.adapt_to_data(document, PICTURES)
    assert document.layer("input_1").settings["shape"] == PICTURES.sample_shape
    assert {wire.target for wire in document.outgoing("flatten_1")} == {"dense_1", "dense_2"}
    assert (
        "A Flatten layer was put behind Input 1, because Dense needs a flat list of numbers."
        in notes
    )
    assert check(document, PICTURES).ok


def test_an_activation_layer_at_the_end_takes_the_activation():
    document = chain("input", "dense", "activation", "output", dense_1={"activation": "linear"})
    document, notes = adapted(document, "iris")
    assert document.layer("activation_1").settings["activation"] == "softmax"
    dense = document.layer("dense_1").settings
    assert (dense["units"], dense["activation"]) == (3, "linear")
    assert "The activation of Activation 1 is softmax now (it was relu)." in notes


def test_behind_a_merge_a_dense_layer_is_put_in():
    document, notes = adapted(skip_design(), "iris")
    assert document.incoming("output_1")[0].source == "dense_3"
    assert ending(document)[0] == 3
    assert notes[1] == "Dense 3 was put before Output 1."
    assert document.layer("dense_2").settings["units"] == 10
    assert check(document, SUMMARIES["iris"]).ok


def test_a_last_layer_that_feeds_another_too_keeps_its_size():
    document, id = edits.add_layer(chain("input", "dense", "output"), "dropout")
    document = edits.connect(document, "dense_1", id)
    document, _ = adapted(document, "iris")
    assert document.layer("dense_1").settings["units"] == 10
    assert document.incoming("output_1")[0].source == "dense_2"
    assert document.layer("dense_2").settings["units"] == 3


@given(documents(), st.sampled_from(sorted(SUMMARIES)))
@settings(max_examples=80, deadline=None)
def test_adapting_any_design_keeps_it_sound_and_twice_is_once(document, key):
    once, notes = adapted(document, key)
    assert_sound(once)
    assert bool(notes) == (once != document)
    assert adapted(once, key) == (once, ())


@given(st.sampled_from(sorted(SUMMARIES)), st.sampled_from(sorted(SUMMARIES)))
@settings(max_examples=40, deadline=None)
def test_a_working_design_works_with_any_other_data(first, second):
    for start in (CHAIN, skip_design()):
        document, _ = adapted(adapted(start, first)[0], second)
        assert check(document, SUMMARIES[second]).problems == ()


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("poisson", (1, "softplus", "poisson")),
        ("log_cosh", (1, "linear", "log_cosh")),
        ("cosine_similarity", (1, "linear", "mean_squared_error")),  # one number: no direction
        ("kl_divergence", (1, "linear", "mean_squared_error")),
    ],
)
def test_a_loss_for_numbers_is_kept_with_its_activation(loss, expected):
    document, _ = adapted(edits.set_training(CHAIN, "loss", loss), "auto_mpg")
    assert ending(document) == expected
    assert check(document, SUMMARIES["auto_mpg"]).ok


def test_class_weights_are_checked_with_the_data():
    iris = adapted(CHAIN, "iris")[0]
    document = edits.set_training(iris, "class_weight", "own")
    (problem,) = check(document, SUMMARIES["iris"]).errors
    assert "There are 2 class weights, but the data has 3 classes." in problem.sentence
    document = edits.set_training(document, "class_weights", [1, 2, 3])
    assert check(document, SUMMARIES["iris"]).ok
