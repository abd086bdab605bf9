"""The commands templates, new and check; usage and exit statuses."""

import json
from pathlib import Path

import pytest

from nn_designer.cli import COMMANDS, is_command_line
from nn_designer.design import codec
from nn_designer.design.templates import TEMPLATES


def test_templates_lists_every_template_with_its_sentence(command):
    done = command("templates")
    assert done.status == 0
    for template in TEMPLATES:
        assert any(
            line.startswith(template.key) and template.sentence in line
            for line in done.out.splitlines()
        )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_every_template_can_be_started_and_passes_the_check(command, template):
    assert command("new", template.key, "a.nnd").status == 0
    done = command("check", "a.nnd")
    assert done.status == 0, done.out
    assert "a.nnd is ready to train on" in done.out
    assert done.err == ""


def test_new_does_not_replace_another_design_unless_told(command):
    command("new", "xor", "a.nnd")
    before = Path("a.nnd").read_bytes()
    assert command("new", "xor", "a.nnd").status == 0  # the same again: nothing would be lost
    done = command("new", "spiral", "a.nnd")
    assert done.status == 1
    assert "left as it is" in done.err
    assert Path("a.nnd").read_bytes() == before
    assert command("new", "spiral", "a.nnd", "--force").status == 0
    assert Path("a.nnd").read_bytes() != before


def test_an_unknown_template_is_refused_with_the_nearest_name(command):
    done = command("new", "spirals", "a.nnd")
    assert (done.status, done.out) == (1, "")
    assert "Did you mean 'spiral'?" in done.err
    assert not Path("a.nnd").exists()


@pytest.mark.parametrize("place", [".", "none/a.nnd"])
def test_a_place_that_cant_be_written_is_refused_with_a_sentence(command, place):
    done = command("new", "xor", place)
    assert done.status == 1
    assert "can't be written" in done.err


def test_check_prints_every_problem_and_one_sentence(command):
    command("new", "xor", "a.nnd")
    document = json.loads(Path("a.nnd").read_text())
    for layer in document["layers"]:
        if layer["kind"] == "dense":
            layer["settings"]["units"] = 0
    Path("a.nnd").write_text(json.dumps(document))
    done = command("check", "a.nnd")
    assert done.status == 1
    assert done.out.count("error: ") >= 2
    assert done.err.startswith("error: a.nnd can't be trained as it is: ")
    assert len(done.err.splitlines()) == 1


def test_a_billion_units_are_refused_with_the_memory_they_would_need(command):
    command("new", "xor", "a.nnd")
    document = json.loads(Path("a.nnd").read_text())
    document["layers"][1]["settings"]["units"] = 10**9
    Path("a.nnd").write_text(json.dumps(document))
    done = command("train", "a.nnd")
    assert (done.status, done.out) == (1, "")
    assert "GB" in done.err
    assert len(done.err.splitlines()) == 1


def test_check_says_when_the_data_is_missing(command):
    command("new", "iris", "a.nnd")
    document = json.loads(Path("a.nnd").read_text())
    document["data"] = {"source": "table", "settings": {"path": "gone.csv"}}
    Path("a.nnd").write_text(json.dumps(document))
    done = command("check", "a.nnd")
    assert done.status == 1
    assert "gone.csv" in done.out


BROKEN = {
    "empty": b"",
    "no JSON": b"hello",
    "cut off": b'{"format": "nn-designer", "version": 1, "layers": [',
    "another format": b'{"format": "other", "version": 1}',
    "a newer version": b'{"format": "nn-designer", "version": 999}',
    "nested": b'{"a":' * 100_000,
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("name", ["check", "train", "export"])
def test_a_broken_design_is_refused_with_one_sentence(command, case, name):
    Path("a.nnd").write_bytes(BROKEN[case])
    rest = ["--to", "npz", "out.npz"] if name == "export" else []
    done = command(name, "a.nnd", *rest)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) == 1
    assert sorted(path.name for path in Path().iterdir()) == ["a.nnd"]


def test_a_missing_design_is_refused_with_one_sentence(command):
    done = command("train", "none.nnd")
    assert (done.status, done.out) == (1, "")
    assert "does not exist" in done.err
    assert len(done.err.splitlines()) == 1


def test_unknown_kinds_are_opened_and_named(command):
    command("new", "xor", "a.nnd")
    document = json.loads(Path("a.nnd").read_text())
    document["layers"][1]["kind"] = "quantum"
    Path("a.nnd").write_text(json.dumps(document))
    done = command("check", "a.nnd")
    assert done.status == 1
    assert "quantum" in done.out + done.err


WRONG_USAGE = [
    [],
    ["trane", "a.nnd"],
    ["train"],
    ["train", "a.nnd", "--epochs", "many"],
    ["train", "a.nnd", "--epochs"],
    ["train", "a.nnd", "--fast"],
    ["predict", "a.nnd"],
    ["export", "a.nnd", "out.npz"],
    ["new", "xor"],
]


@pytest.mark.parametrize("words", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(command, words):
    done = command(*words)
    assert (done.status, done.out) == (2, "")
    assert "usage: " in done.err


@pytest.mark.parametrize("words", [["--help"], ["--version"], *[[c, "--help"] for c in COMMANDS]])
def test_help_and_version_end_with_0(command, words):
    done = command(*words)
    assert (done.status, done.err) == (0, "")
    assert done.out


def test_what_is_for_the_command_line_and_what_for_the_window(command):
    Path("nameless").write_text("a design without an extension")
    for words in (["train", "a.nnd"], ["--help"], ["trane", "a.nnd"], ["tempaltes"]):
        assert is_command_line(words)
    for words in ([], ["a.nnd"], ["gone/a.nnd"], ["nameless"], ["--smoke"]):
        assert not is_command_line(words)


def test_the_codec_writes_what_new_promised(command):
    command("new", "article", "a.nnd")
    document = codec.load("a.nnd").document
    units = [layer.settings["units"] for layer in document.of_kind("dense")]
    assert units == [10, 10, 10]
    assert document.data.source == "mnist"
    assert document.training["loss"] == "sparse_categorical_crossentropy"
