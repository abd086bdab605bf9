"""Starting as people do: words on the command line, smoke switches, a double click."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nn_designer.cli import is_command_line

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without a screen, at home in ``folder``."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "share"),
        "PYTHONWARNINGS": "error",
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        timeout=240,
        check=False,
    )


def test_the_smoke_switch_draws_and_quits(folder: Path) -> None:
    done = start(folder, "--smoke")
    assert done.returncode == 0, done.stderr
    assert "The window works here" in done.stdout


def test_the_window_trains_and_exports(folder: Path) -> None:
    out = folder / "gewichte.npz"
    done = start(folder, "--smoke-train", str(out))
    assert done.returncode == 0, done.stderr
    with np.load(out, allow_pickle=False) as weights:
        assert any(name.endswith(".kernel") for name in weights.files)


def test_a_smoke_test_that_fails_says_so(folder: Path) -> None:
    done = start(folder, "--smoke-train", str(folder / "no such folder" / "w.npz"))
    assert done.returncode == 1
    assert "no such folder" in done.stderr


def test_without_a_screen_the_reason_is_said(folder: Path) -> None:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    }
    if not sys.platform.startswith("linux"):
        return
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")],
        capture_output=True, text=True, env=environment, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no screen" in done.stderr


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ([], True),
        (["a.nnd"], True),
        (["folder/a.json"], True),
        (["--smoke"], True),
        (["--template", "xor"], True),
        (["train", "a.nnd"], False),
        (["--help"], False),
        (["trian"], False),
    ],
)
def test_which_words_open_the_window(words: list[str], window: bool) -> None:
    assert is_command_line(words) != window
