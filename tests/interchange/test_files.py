"""Writing aside, then replacing: whatever goes wrong, the old file stays and nothing is left."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nn_designer.interchange import npz, safetensors
from nn_designer.interchange.files import real_target, writing_aside
from nn_designer.interchange.model import InterchangeError
from tests.helpers.models import small_model

FORMATS = [npz, safetensors]


def refusing(code: int):
    def refuse(*arguments: object, **keywords: object) -> None:
        raise OSError(code, os.strerror(code))

    return refuse


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_loses_nothing(folder, monkeypatch, format):
    target = folder / "weights"
    target.write_bytes(b"the old weights")
    monkeypatch.setattr(os, "fsync", refusing(errno.ENOSPC))
    with pytest.raises(InterchangeError, match="the disk is full"):
        format.write(small_model(), target)
    assert contents(folder) == {"weights": b"the old weights"}


@pytest.mark.parametrize("format", ["npz", "safetensors"])
def test_a_disk_that_fills_up_in_the_middle_loses_nothing(folder, format):
    """A real limit of 2,000 bytes on any file, in a process of its own."""
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from nn_designer.interchange.formats import FORMATS\n"
        "from nn_designer.interchange.model import InterchangeError\n"
        "from tests.helpers.models import small_model\n"
        "model = small_model()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try: FORMATS[sys.argv[1]].write(model, Path(sys.argv[2]))\n"
        "except InterchangeError as error: print('refused:', ascii(str(error)))"
    )
    target = folder / "weights"
    target.write_bytes(b"the old weights")
    command = [sys.executable, "-B", "-c", code, format, str(target)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.startswith("refused:"), done.stderr
    assert "too big" in done.stdout
    assert contents(folder) == {"weights": b"the old weights"}


def test_a_folder_that_cant_be_written_is_refused_with_a_sentence(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(InterchangeError, match="no permission to write there"):
        real_target(folder / "a.npz")


def test_a_read_only_disk_is_refused_with_a_sentence(folder, monkeypatch):
    monkeypatch.setattr(os, "open", refusing(errno.EROFS))
    with pytest.raises(InterchangeError, match="the disk can only be read"):
        npz.write(small_model(), folder / "a.npz")
    assert contents(folder) == {}


def test_impossible_places_are_refused_with_a_sentence(folder):
    (folder / "file").write_text("x")
    places = {
        folder: "a folder has this name",
        folder / "none" / "a.npz": "its folder does not exist",
        folder / "file" / "a.npz": "its folder does not exist",
        folder / ("x" * 300): "name is too long",
        "a\0b.npz": "can't be the name of a file",
    }
    for place, sentence in places.items():
        with pytest.raises(InterchangeError, match=sentence), writing_aside(place):
            raise AssertionError("it was opened")


def test_weights_that_read_back_differently_are_not_kept(folder, monkeypatch):
    right = npz.read

    def failing_disk(path):
        loaded = right(path)
        loaded.weights["dense_1"]["kernel"] = loaded.weights["dense_1"]["kernel"] + 1
        return loaded

    monkeypatch.setattr(npz, "read", failing_disk)
    with pytest.raises(InterchangeError, match="reading it back gave other numbers"):
        npz.write(small_model(), folder / "a.npz")
    assert contents(folder) == {}


def test_the_permissions_of_the_old_file_are_kept(folder):
    target = folder / "a.npz"
    target.touch()
    target.chmod(0o640)
    npz.write(small_model(), target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_is_followed_not_replaced(folder):
    (folder / "link.npz").symlink_to("real.npz")
    npz.write(small_model(), folder / "link.npz")
    assert (folder / "link.npz").is_symlink()
    assert npz.read(folder / "real.npz").class_names


def test_a_device_is_written_directly():
    with writing_aside(os.devnull) as (out, _):
        out.write(b"gone")
    assert not Path(os.devnull).is_file()


def test_a_link_to_a_pipe_is_written_directly(folder):
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to("pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert real_target(folder / "out") == folder / "out"
        with writing_aside(folder / "out") as (out, _):
            out.write(b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert sorted(path.name for path in folder.iterdir()) == ["out", "pipe"]


def test_a_place_is_tried_not_only_looked_at(folder, monkeypatch):
    """What no look tells: a full disk, a quota, /proc."""
    assert real_target(folder / "a.npz") == folder / "a.npz"
    assert contents(folder) == {}
    monkeypatch.setattr(os, "open", refusing(errno.EDQUOT))
    with pytest.raises(InterchangeError, match="your quota on this disk is used up"):
        real_target(folder / "a.npz")


def test_an_interrupt_leaves_nothing_behind(folder):
    with pytest.raises(KeyboardInterrupt), writing_aside(folder / "a.npz") as (out, _):
        out.write(b"half")
        raise KeyboardInterrupt
    assert contents(folder) == {}
