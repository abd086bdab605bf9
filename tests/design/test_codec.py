"""Files: what they look like, that nothing is lost, and what is said about broken ones."""

import errno
import json
import os
import random
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer import data
from nn_designer.design import codec, edits
from nn_designer.design.arrange import arrange
from nn_designer.design.check import check
from nn_designer.design.codec import CodecError, Loaded, dumps, load, loads, save
from nn_designer.design.document import Document
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.documents import chances, documents, skip_design

BROKEN = Path(__file__).parent.parent / "helpers" / "broken_designs"
SENTENCES = json.loads((BROKEN / "sentences.json").read_text(encoding="utf-8"))


def small_design() -> Document:
    document, id = edits.add_layer(Document(name="Small", notes="Ü"), "input", 40, 60.5)
    document, dense = edits.add_layer(document, "activation", 320, 60.5)
    return edits.connect(document, id, dense)


def test_the_text_of_a_file_is_stable_and_reads_well():
    assert (
        dumps(small_design())
        == """\
{
  "format": "nn-designer",
  "version": 1,
  "name": "Small",
  "notes": "Ü",
  "data": {
    "source": "circles",
    "settings": {}
  },
  "training": {},
  "optimizer_settings": {},
  "layers": [
    {
      "id": "input_1",
      "kind": "input",
      "name": "Input 1",
      "settings": {
        "shape": [2],
        "features": ""
      },
      "x": 40,
      "y": 60.5
    },
    {
      "id": "activation_1",
      "kind": "activation",
      "name": "Activation 1",
      "settings": {
        "activation": "relu"
      },
      "x": 320,
      "y": 60.5
    }
  ],
  "wires": [
    {"from": "input_1", "to": "activation_1", "port": 0}
  ]
}
"""
    )


@given(documents())
@settings(max_examples=60, deadline=None)
def test_what_is_saved_is_opened_the_same(document):
    text = dumps(document)
    loaded = loads(text)
    assert loaded == Loaded(document)
    assert dumps(loaded.document) == text
    assert json.loads(text)["version"] == codec.VERSION


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), JSON_VALUES, max_size=3))
@settings(max_examples=60, deadline=None)
def test_keys_of_a_later_version_are_kept_wherever_they_are(extra):
    record = json.loads(dumps(small_design()))
    known = {"format", "version", "layers", "wires", "id", "kind", "name", "from", "to", "port"}
    known |= {"source", "settings", "x", "y", "notes", "data", "training", "optimizer_settings"}
    extra = {key: value for key, value in extra.items() if key not in known}
    places = (record, record["data"], record["layers"][1], record["wires"][0])
    for place in (*places, record["training"], record["layers"][0]["settings"]):
        place.update(extra)
    loaded = loads(json.dumps(record))
    assert loaded.problems == ()
    assert json.loads(dumps(loaded.document)) == record


def test_an_edit_keeps_what_it_does_not_know():
    record = json.loads(dumps(small_design()))
    record["layers"][1]["colour"] = "red"
    document = loads(json.dumps(record)).document
    document = edits.set_setting(document, "activation_1", "activation", "tanh")
    assert json.loads(dumps(document))["layers"][1]["colour"] == "red"


def test_a_hand_written_design_needs_only_the_kinds_and_wires():
    loaded = loads(
        '{"format": "nn-designer", "version": 1, "data": "iris",'
        ' "layers": [{"kind": "input", "id": "a"}, {"kind": "dense", "id": "b"}],'
        ' "wires": [{"from": "a", "to": "b"}]}'
    )
    assert loaded.problems == ()
    assert [layer.name for layer in loaded.document.layers] == ["Input 1", "Dense 1"]
    first, second = loaded.document.layers
    assert (second.x, second.y) == arrange(loaded.document)["b"] != (first.x, first.y)
    assert loaded.document.data.source == "iris"


def test_an_id_made_for_a_layer_is_never_one_that_comes_later_in_the_file():
    loaded = loads(
        '{"format": "nn-designer", "version": 1, "layers": ['
        '{"kind": "dense", "name": "A"}, {"kind": "dense", "id": "dense_1", "name": "B"},'
        '{"kind": "output", "id": "o"}], "wires": [{"from": "dense_1", "to": "o"}]}'
    )
    assert loaded.problems == ()
    assert [layer.id for layer in loaded.document.layers] == ["dense_2", "dense_1", "o"]
    (wire,) = loaded.document.wires
    assert loaded.document.layer(wire.source).name == "B"


def test_a_byte_order_mark_is_no_fault():
    assert loads(b"\xef\xbb\xbf" + dumps(small_design()).encode()) == Loaded(small_design())


def test_older_versions_are_brought_up_step_by_step(monkeypatch):
    monkeypatch.setattr(codec, "VERSION", 3)
    monkeypatch.setitem(codec.MIGRATIONS, 1, lambda record: {**record, "title": record["name"]})
    monkeypatch.setitem(codec.MIGRATIONS, 2, lambda record: {**record, "name": record["title"] * 2})
    assert loads(dumps(small_design()).replace("3", "1", 1)).document.name == "SmallSmall"


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_broken_file_gets_exactly_its_sentences(name):
    expected = SENTENCES[name]
    content = (BROKEN / name).read_bytes()
    if "refused" in expected:
        with pytest.raises(CodecError) as caught:
            loads(content)
        assert str(caught.value) == expected["refused"]
    else:
        assert list(loads(content).problems) == expected["problems"]


def test_no_broken_file_is_without_its_sentences():
    assert {path.name for path in BROKEN.glob("*.nnd")} == set(SENTENCES)


def test_unknown_kinds_are_opened_with_their_settings_and_wires():
    document = loads((BROKEN / "unknown-kind.nnd").read_bytes()).document
    assert [layer.kind for layer in document.layers] == ["input", "conv9d", "dens"]
    assert document.layer("conv2d_1").settings == {"filters": 8}
    assert len(document.wires) == 2


def damage(content: bytes, chance: random.Random) -> bytes:
    """The file after one accident: cut, bytes changed, a piece doubled, lost or foreign."""
    at = chance.randrange(len(content))
    length = chance.randrange(1, 40)
    piece = content[at : at + length]
    return chance.choice(
        [
            content[:at],
            content[:at] + bytes(chance.randrange(256) for _ in piece) + content[at + length :],
            content[:at] + piece * 3 + content[at:],
            content[:at] + content[at + length :],
            content[:at]
            + chance.choice([b"[" * 99, b"1e999", b"null", b'"', b"\0", b"-1"])
            + content[at + 1 :],
        ]
    )


@given(chances())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_opens_as_far_as_it_can_or_is_refused_with_a_sentence(chance):
    content = dumps(skip_design()).encode()
    for _ in range(chance.randrange(1, 4)):
        content = damage(content, chance) or b" "
    try:
        loaded = loads(content)
    except CodecError as error:
        assert str(error).endswith(".")
        return
    assert all(problem.endswith(".") for problem in loaded.problems)
    assert loads(dumps(loaded.document)).document == loaded.document


@given(
    st.dictionaries(st.sampled_from(["layers", "wires", "data", "training", "name"]), JSON_VALUES)
)
@settings(max_examples=150, deadline=None)
def test_any_json_in_place_of_the_parts_opens_as_far_as_it_can(parts):
    record = {**json.loads(dumps(small_design())), **parts}
    loaded = loads(json.dumps(record))
    assert loads(dumps(loaded.document)).document == loaded.document


def test_far_too_many_layers_are_refused_at_once():
    layers = ",".join(['{"kind":"dense"}'] * 5001)
    with pytest.raises(CodecError, match="5,001 layers; at most 5,000 can be opened"):
        loads(f'{{"format": "nn-designer", "version": 1, "layers": [{layers}]}}')


def test_a_huge_text_is_refused_before_it_is_read():
    with pytest.raises(CodecError, match="more than 16 MB"):
        loads(b" " * (codec.MAXIMUM_BYTES + 1))


def test_a_design_survives_the_disk(folder: Path):
    path = folder / "Spirale größer.nnd"
    save(small_design(), path)
    assert load(path) == Loaded(small_design())
    save(skip_design(), path)
    assert load(str(path)) == Loaded(skip_design())
    assert [each.name for each in folder.iterdir()] == [path.name]


def test_a_reader_never_sees_half_a_file(tmp_path: Path):
    save(small_design(), tmp_path / "a.nnd")
    with (tmp_path / "a.nnd").open(encoding="utf-8") as reader:
        save(skip_design(), tmp_path / "a.nnd")
        assert reader.read() == dumps(small_design())


def test_saving_follows_a_link_and_keeps_permissions(tmp_path: Path):
    real, link = tmp_path / "real.nnd", tmp_path / "link.nnd"
    save(small_design(), real)
    link.symlink_to(real)
    for mode in (0o640, 0o666):  # the second has what new files do not get
        real.chmod(mode)
        save(skip_design(), link)
        assert link.is_symlink()
        assert load(real).document == skip_design()
        assert stat.S_IMODE(real.stat().st_mode) == mode


def test_a_new_file_gets_the_permissions_that_are_usual_here(tmp_path: Path):
    save(small_design(), tmp_path / "a.nnd")
    (tmp_path / "b").touch()
    assert (tmp_path / "a.nnd").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "because the disk is full. Make room or save to another disk; nothing"),
        (errno.EIO, "because the disk reports a fault. Save it under another name or in another"),
    ],
)
def test_a_failure_while_writing_loses_nothing(tmp_path: Path, monkeypatch, number, sentence):
    path = tmp_path / "a.nnd"
    save(small_design(), path)

    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CodecError, match=sentence):
        save(skip_design(), path)
    assert load(path).document == small_design()
    assert [each.name for each in tmp_path.iterdir()] == ["a.nnd"]


def test_places_that_can_not_be_written_are_named(tmp_path: Path):
    with pytest.raises(CodecError, match="because its folder does not exist"):
        save(small_design(), tmp_path / "gone" / "a.nnd")
    with pytest.raises(CodecError, match="because a folder has this name"):
        save(small_design(), tmp_path)
    with pytest.raises(CodecError, match="can't be the name of a file"):
        save(small_design(), "a\0b.nnd")


def test_a_file_made_read_only_is_not_replaced(tmp_path: Path, monkeypatch):
    save(small_design(), tmp_path / "a.nnd")
    # What the system would say to anybody but root.
    monkeypatch.setattr(os, "access", lambda path, mode: not Path(path).is_file())
    with pytest.raises(CodecError, match="because you have no permission to write there"):
        save(skip_design(), tmp_path / "a.nnd")
    assert load(tmp_path / "a.nnd").document == small_design()


def test_places_that_can_not_be_read_are_named(tmp_path: Path):
    with pytest.raises(CodecError, match="does not exist; it may have been moved or deleted"):
        load(tmp_path / "gone.nnd")
    with pytest.raises(CodecError, match="is a folder; choose a file in it"):
        load(tmp_path)
    with pytest.raises(CodecError, match="is not a file; choose a file"):
        load(os.devnull)
    (tmp_path / "big.nnd").write_bytes(b" " * (codec.MAXIMUM_BYTES + 1))
    with pytest.raises(CodecError, match="a design has at most 16 MB"):
        load(tmp_path / "big.nnd")
    (tmp_path / "cut.nnd").write_text("{", encoding="utf-8")
    with pytest.raises(CodecError, match=r"cut.nnd' can't be opened. The file ends in the middle"):
        load(tmp_path / "cut.nnd")


def test_a_setting_that_json_can_not_say_is_refused():
    from nn_designer.design.document import Layer

    layer = Layer("a", "dense", "A", {"units": float("nan")})
    with pytest.raises(CodecError, match="can't be written as JSON"):
        dumps(Document(layers=[layer]))


def test_the_example_of_the_documentation_is_a_design_that_can_be_trained():
    text = (Path(__file__).parents[2] / "docs" / "FILE_FORMAT.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    loaded = loads(example)
    assert loaded.problems == ()
    assert dumps(loaded.document) == example
    assert check(loaded.document, data.summary(loaded.document.data)).problems == ()
    for name in TrainingSettings.params:
        assert f"`{name}`" in text


def test_a_folder_with_a_design_and_its_table_can_be_moved(folder):
    (folder / "here").mkdir()
    table = folder / "here" / "houses.csv"
    table.write_text("area,price\n", encoding="utf-8")
    design = edits.set_data(small_design(), data.DataChoice("table", {"path": str(table)}))
    save(design, folder / "here" / "a.nnd")
    assert '"path": "houses.csv"' in (folder / "here" / "a.nnd").read_text(encoding="utf-8")
    assert load(folder / "here" / "a.nnd") == Loaded(design)
    (folder / "here").rename(folder / "there")
    moved = load(folder / "there" / "a.nnd").document
    assert moved.data.settings["path"] == str(folder / "there" / "houses.csv")


@pytest.mark.parametrize(
    ("kind", "name"),
    [(" 1", "1 1"), ("", "Layer 1"), ("\0", "Layer 1"), ("x" * 99, "x" * 40 + " 1")],
)
def test_a_layer_of_an_odd_kind_gets_a_name_that_files_keep(kind, name):
    document = loads(
        json.dumps({"format": "nn-designer", "version": 1, "layers": [{"kind": kind}]})
    )
    assert document.document.layers[0].name == name
    assert loads(dumps(document.document)).document == document.document
