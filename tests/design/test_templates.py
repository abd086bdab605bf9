"""The shipped designs: each opens, fits its data, looks tidy, and trains to a good result."""

import numpy as np
import pytest

from nn_designer import data
from nn_designer.design import edits, templates
from nn_designer.design.arrange import arrange
from nn_designer.design.check import check
from nn_designer.design.codec import dumps, load
from nn_designer.design.compile import compile_design, own_settings, training_settings
from nn_designer.design.document import Document
from nn_designer.design.wiring import arranged, training_data
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import TrainingData, train
from nn_designer.resources import resource_path

KEYS = [template.key for template in templates.TEMPLATES]


def score(document: Document, samples: int | None = None) -> float:
    """Share of validation samples told right, or R² for numbers, after training as designed; on
    the first ``samples`` only, if they are given."""
    settings = training_settings(document)
    dataset = arranged(document, data.load(document.data))
    prepared = data.prepare(dataset, settings.validation_split, settings.seed)
    network = compile_design(document, summary=data.summary(document.data))
    arrays, more = training_data(document, prepared), own_settings(document)
    if samples is not None:
        x, y = prepared.x_train[:samples], prepared.y_train[:samples]
        arrays = TrainingData(x, y, task=prepared.task, n_classes=len(prepared.class_names))
    for _ in train(network, arrays, settings, **more):
        pass
    outputs = network.predict_each(prepared.x_validation)[network.output_name]
    targets = prepared.y_validation
    if prepared.task == "number":
        return float(1 - ((outputs - targets) ** 2).sum() / ((targets - targets.mean()) ** 2).sum())
    told = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return float(np.mean(told == targets))


@pytest.mark.parametrize("key", KEYS)
def test_a_template_is_whole_and_fits_its_data(key):
    loaded = load(templates.BY_KEY[key].path)
    document = loaded.document
    assert loaded.problems == ()
    summary = data.summary(document.data)
    assert check(document, summary).problems == ()
    assert edits.adapt_to_data(document, summary) == (document, ())
    assert document.name and document.notes


@pytest.mark.parametrize("key", KEYS)
def test_a_template_is_kept_as_the_app_would_save_it_and_arrange_it(key):
    document = templates.new(key)
    text = templates.BY_KEY[key].path.read_text(encoding="utf-8")
    assert dumps(document) == text
    assert edits.move(document, arrange(document)) == document


def test_every_template_file_is_listed():
    files = {path.stem for path in resource_path("templates").glob("*.nnd")}
    assert files == set(KEYS)
    assert len({template.title for template in templates.TEMPLATES}) == len(KEYS)
    assert all(template.sentence.endswith(".") for template in templates.TEMPLATES)


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("xor", 0.97),
        ("spiral", 0.98),
        ("circles", 0.98),
        ("penguins", 0.97),
        ("multi-output", 0.97),
        ("iris", 0.9),
        ("auto-mpg", 0.8),
        ("forecast", 0.9),
        ("skip", 0.97),
    ],
)
def test_a_template_trains_to_a_good_result(key, good):
    assert score(templates.new(key)) >= good


def test_the_articles_model_is_as_the_article_has_it():
    document = templates.new("article")
    layers = [document.layer(id) for id in document.order]
    assert [layer.kind for layer in layers] == ["input", "dense", "dense", "dense", "output"]
    dense = [(layer.settings["units"], layer.settings["activation"]) for layer in layers[1:4]]
    assert dense == [(10, "relu"), (10, "relu"), (10, "softmax")]
    settings = training_settings(document)
    assert (settings.optimizer, settings.learning_rate) == ("adam", 0.001)
    assert (settings.loss, settings.batch_size, settings.epochs) == (
        "sparse_categorical_crossentropy",
        32,
        10,
    )
    assert data.summary(document.data).has_test_part
    assert check(document).total_parameters == 8070


def test_the_second_output_learns_too():
    document = templates.new("multi-output")
    dataset = arranged(document, data.load(document.data))
    prepared = data.prepare(dataset, 0.2, 1)
    network = compile_design(document)
    reports = train(network, training_data(document, prepared), training_settings(document))
    *_, last = (report for report in reports if isinstance(report, EpochProgress))
    assert last.val_by_output["body_mass"].r2 > 0.8
    assert last.val_by_output["body_mass"].mae < 330  # grams


def test_the_articles_model_learns_to_read_digits():
    document = edits.set_training(templates.new("article"), "epochs", 2)
    assert score(document) > 0.9


def test_lenet_is_a_convolutional_network_and_learns_at_once():
    """Its full training takes minutes: benchmarks/accuracy.py has the result."""
    document = templates.new("lenet")
    kinds = [document.layer(id).kind for id in document.order]
    pair = ["conv2d", "max_pooling2d"]
    assert kinds == ["input", *pair, *pair, "flatten", "dense", "dropout", "dense", "output"]
    assert data.summary(document.data).sample_shape == (28, 28, 1)
    assert score(edits.set_training(document, "epochs", 1), samples=12_000) > 0.95


def test_the_autoencoder_learns_to_draw_what_it_was_given():
    """After one of its epochs, on a fifth of the data, already most of the ups and downs."""
    document = edits.set_training(templates.new("autoencoder"), "epochs", 1)
    summary = data.summary(document.data)
    assert summary.target_is_input and summary.n_targets == 784
    assert min(layer.settings["units"] for layer in document.of_kind("dense")) == 32
    assert score(document, samples=12_000) > 0.45


def test_lstm_rows_reads_series_and_learns_at_once():
    """Its full training takes a minute: benchmarks/accuracy.py has the result."""
    document = templates.new("lstm-rows")
    kinds = [document.layer(id).kind for id in document.order]
    assert kinds == ["input", "lstm", "dense", "output"]
    assert data.summary(document.data).sample_shape == (28, 28)
    document = edits.set_training(edits.set_setting(document, "lstm_1", "units", 32), "epochs", 2)
    assert score(document, samples=24_000) > 0.85


def test_attention_mini_is_a_block_of_a_transformer_and_learns_at_once():
    document = templates.new("attention-mini")
    attention, first = document.of_kind("multi_head_attention")[0], document.of_kind("add")[0]
    (before,) = (wire.source for wire in document.incoming(attention.id))
    assert {wire.source for wire in document.incoming(first.id)} == {before, attention.id}
    assert data.summary(document.data).sample_shape == (28, 28)
    assert score(edits.set_training(document, "epochs", 2), samples=12_000) > 0.8


def test_resnet_mini_is_a_residual_network_and_learns_at_once():
    """Its convolutions need no bias: BatchNormalization behind them has one."""
    document = templates.new("resnet-mini")
    assert not any(layer.settings["use_bias"] for layer in document.of_kind("conv2d"))
    behind = [document.layer(w.target) for c in document.of_kind("conv2d")
              for w in document.outgoing(c.id)]  # fmt: skip
    assert {layer.kind for layer in behind} == {"batch_normalization"}
    for add in document.of_kind("add"):
        sources = [wire.source for wire in document.incoming(add.id)]
        shared = document.ancestors(sources[0]) & document.ancestors(sources[1])
        assert len(sources) == 2 and shared
    two_epochs = edits.set_training(document, "epochs", 2)
    assert score(two_epochs, samples=8_000) > 0.93


def test_the_skip_template_has_a_branch_and_a_sum():
    document = templates.new("skip")
    (add,) = document.of_kind("add")
    sources = [wire.source for wire in document.incoming(add.id)]
    assert len(sources) == 2
    assert sources[0] in document.ancestors(sources[1])


def test_a_template_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        templates.new("no such")
