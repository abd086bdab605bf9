"""Running commands as a shell would, but in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from nn_designer.cli import main


class Done(NamedTuple):
    """What a command left: exit status, stdout, stderr."""

    status: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch) -> Command:
    """``command("train", "a.nnd", "--epochs", 2)``, run in a folder of its own."""
    monkeypatch.chdir(folder)

    def run(*words: object) -> Done:
        capsys.readouterr()
        status = main([str(word) for word in words])
        return Done(status, *capsys.readouterr())

    return run
