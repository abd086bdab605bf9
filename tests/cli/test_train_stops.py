"""How a training ends before its time: Ctrl-C, a reader that goes away, full disks, divergence."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from nn_designer import data
from nn_designer.cli import main
from nn_designer.cli import train as train_command
from nn_designer.design import safe_write
from nn_designer.interchange.formats import read_weights
from nn_designer.interchange.model import InterchangeError
from tests.helpers.models import edit_file

ROOT = Path(__file__).resolve().parents[2]


def started(folder, *words, stdout=subprocess.PIPE):
    code = "import sys; from nn_designer.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_keeps_what_was_trained_so_far(command, folder):
    command("new", "iris", "a.nnd")
    words = ("train", "a.nnd", "--epochs", "100000", "--json")
    with Path("out.txt").open("wb") as out:
        words = (*words, "--weights", "w.npz", "--history", "h.csv")
        process = started(folder, *words, stdout=out)
    while process.poll() is None and len(Path("out.txt").read_bytes().splitlines()) < 3:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert process.returncode == 0, errors
    assert "what was trained so far is kept" in errors
    assert "Traceback" not in errors
    epochs = [json.loads(line) for line in Path("out.txt").read_text().splitlines()]
    assert len(epochs) >= 3
    history = read_weights("w.npz").history
    assert [record["loss"] for record in history] == [epoch["loss"] for epoch in epochs]
    assert len(Path("h.csv").read_text().splitlines()) == len(epochs) + 1


def test_ctrl_c_before_training_writes_nothing(command, monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    command("new", "iris", "a.nnd")
    monkeypatch.setattr(data, "load", lambda choice: signal.raise_signal(signal.SIGINT))
    done = command("train", "a.nnd", "--weights", "w.npz")
    assert (done.status, done.out) == (130, "")
    assert "nothing was written" in done.err
    assert not Path("w.npz").exists()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("presses", "status", "files"), [(1, 0, ["a.nnd", "w.npz"]), (2, 130, ["a.nnd"])]
)
def test_one_ctrl_c_lets_the_weights_be_written_two_leave_nothing_half_written(
    command, monkeypatch, presses, status, files
):
    command("new", "iris", "a.nnd")
    left = [presses]

    def interrupted(number):
        while left[0]:
            left[0] -= 1
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "fsync", interrupted)
    assert command("train", "a.nnd", "--epochs", 1, "--weights", "w.npz").status == status
    assert sorted(path.name for path in Path().iterdir()) == files


def test_a_reader_that_goes_away_ends_the_training_and_keeps_it(command, folder):
    command("new", "iris", "a.nnd")
    words = ("train", "a.nnd", "--epochs", "100000", "--json", "--weights", "w.npz")
    process = started(folder, *words)
    process.stdout.readline()
    process.stdout.close()  # as `| head -1` does
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 0, errors
    assert "Traceback" not in errors
    assert set(read_weights("w.npz").weights) == {"dense_1", "dense_2"}


class FullDisk(io.StringIO):
    """What stdout is when it leads to a file on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_output_that_can_not_be_written_ends_with_a_sentence_and_keeps_the_weights(
    command, capsys, monkeypatch
):
    command("new", "iris", "a.nnd")
    monkeypatch.setattr(sys, "stdout", FullDisk())
    status = main(["train", "a.nnd", "--epochs", "1", "--json", "--weights", "w.npz"])
    sys.stdout.close()  # main has put another in its place
    assert status == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: The output can't be written: No space left on device."
    )
    assert set(read_weights("w.npz").weights) == {"dense_1", "dense_2"}


def test_a_history_that_can_not_be_written_costs_no_weights(command, monkeypatch):
    command("new", "iris", "a.nnd")

    def refuse(path: object, records: object) -> None:
        raise InterchangeError("The disk is full.")

    monkeypatch.setattr(train_command, "write_history", refuse)
    done = command("train", "a.nnd", "--epochs", 1, "--weights", "w.npz", "--history", "h.csv")
    assert (done.status, done.err.splitlines()[-1]) == (1, "error: The disk is full.")
    assert set(read_weights("w.npz").weights) == {"dense_1", "dense_2"}


@pytest.mark.parametrize("elsewhere", [True, False])
def test_weights_that_can_not_be_written_go_elsewhere_if_they_can(
    command, monkeypatch, tmp_path, elsewhere
):
    command("new", "iris", "a.nnd")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    really_write = safe_write.writing_aside

    def write(path: Path | str) -> object:
        rescued = elsewhere and tmp_path in Path(path).parents
        if Path(path).suffix == ".npz" and not rescued:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really_write(path)

    monkeypatch.setattr(safe_write, "writing_aside", write)
    done = command("train", "a.nnd", "--epochs", 1, "--weights", "w.npz", "--history", "h.csv")
    assert done.status == 1
    assert Path("h.csv").exists() and not Path("w.npz").exists()
    if elsewhere:
        (rescued,) = tmp_path.rglob("w.npz")
        assert done.err.splitlines()[-1] == (
            "error: 'w.npz' can't be written, because the disk is full. Make room or save to "
            f"another disk; nothing was lost. The weights are in {rescued}."
        )
        assert set(read_weights(rescued).weights) == {"dense_1", "dense_2"}
    else:
        assert done.err.splitlines()[-1].endswith("another disk; the weights are lost.")


@pytest.mark.parametrize(("rate", "written"), [(10.0, False), (0.45, True)])
def test_a_run_that_diverges_fails_and_keeps_the_weights_of_its_best_epoch_if_any(
    command, rate, written
):
    command("new", "auto-mpg", "a.nnd")
    training = json.loads(Path("a.nnd").read_text(encoding="utf-8"))["training"]
    edit_file(
        "a.nnd",
        training={**training, "optimizer": "sgd", "learning_rate": rate, "epochs": 200},
        optimizer_settings={},
    )
    done = command("train", "a.nnd", "--weights", "w.npz", "--history", "h.csv")
    assert done.status == 1
    assert "the loss is no finite number any more" in done.err
    assert f"The learning rate of {rate:g} is probably too high" in done.err
    assert Path("w.npz").exists() is written
    assert ("No weights were written" in done.err) is not written
    assert len(Path("h.csv").read_text().splitlines()) == 1 + written
    if written:
        for tensors in read_weights("w.npz").weights.values():
            assert all(np.isfinite(array).all() for array in tensors.values())
