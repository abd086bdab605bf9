"""What README and manual show was run: the same commands print the same words again.

Figures may differ from machine to machine; words, and how many lines there are, may not.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from nn_designer.cli import main
from nn_designer.data import DataChoice, load

ROOT = Path(__file__).parent.parent
PROGRAM = "python -m nn_designer "


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a page that are marked with a language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command that a page shows, and the lines shown below it."""
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, shown


def run(command: str) -> list[str]:
    """What a command prints, both streams together. It must succeed."""
    assert command.startswith(PROGRAM), command
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        status = main(shlex.split(command)[3:])
    assert status == 0, output.getvalue()
    return output.getvalue().splitlines()


def words(line: str) -> str:
    """A line without its figures; an epoch may take seconds or milliseconds."""
    return re.sub(r"# ms\b", "# s", re.sub(r"[\d.,]*\d", "#", line))


def agree(shown: list[str], printed: list[str]) -> bool:
    """Whether lines agree but for figures; ``...`` stands for any number of lines."""
    if "..." not in shown:
        return [words(line) for line in shown] == [words(line) for line in printed]
    gap = shown.index("...")
    rest = len(shown) - gap - 1
    return agree(shown[:gap], printed[:gap]) and agree(shown[gap + 1 :], printed[-rest:])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each page, with the table that its commands use."""
    folder = tmp_path_factory.mktemp("pages")
    for page in ("README.md", "MANUAL.md"):
        (folder / page).mkdir()
        shutil.copy(ROOT / "resources" / "datasets" / "penguins.csv", folder / page)
    return folder


@pytest.mark.parametrize("page", ["README.md", "docs/MANUAL.md"])
def test_commands_print_what_is_shown(
    page: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folders / Path(page).name)
    shown_commands = list(commands(page))
    assert shown_commands
    for command, shown in shown_commands:
        printed = run(command)
        assert agree(shown, printed), f"{page}: {command} printed\n" + "\n".join(printed)


def test_agreement_is_about_words() -> None:
    assert agree(["Epoch 1/2 - loss: 0.5", "..."], ["Epoch 1/3 - loss: 1,200", "a", "b"]) is False
    assert agree(["Epoch 1/2 - loss: 0.5", "...", "b"], ["Epoch 1/3 - loss: 1,200", "a", "b"])
    assert not agree(["Epoch 1/2"], ["Epoch 1/2", "more"])
    assert not agree(["loss: 0.5"], ["val_loss: 0.5"])


def test_the_ten_lines_of_the_manual_name_the_flowers(folders: Path) -> None:
    folder = folders / "MANUAL.md"
    if not (folder / "iris.npz").exists():  # this test alone
        run(f"{PROGRAM}new iris {folder / 'iris.nnd'}")
        run(f"{PROGRAM}train {folder / 'iris.nnd'} --weights {folder / 'iris.npz'}")
    (code,) = blocks("docs/MANUAL.md", "python numpy")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "['setosa', 'virginica']", done.stderr
    assert f"It prints `{done.stdout.strip()}`" in (ROOT / "docs/MANUAL.md").read_text("utf-8")


def test_the_lines_of_the_readme_read_digits(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folders / "README.md")
    if not Path("a.npz").exists():  # this test alone
        run(f"{PROGRAM}new article a.nnd")
        run(f"{PROGRAM}train a.nnd --epochs 2 --weights a.npz")
    (code,) = blocks("README.md", "python numpy")
    names: dict[str, object] = {}
    exec(code, names)
    with np.load("a.npz", allow_pickle=False) as file:
        inputs = json.loads(str(file["__meta__"]))["inputs"]
    assert np.allclose(inputs["mean"], 0.0) and np.allclose(inputs["scale"], 255.0)
    dataset = load(DataChoice("mnist", {}))
    pixels, right = dataset.x[-1000:] * 255.0, dataset.y[-1000:]
    digits = names["digits"]
    assert callable(digits)
    share = np.mean(
        [int(found) == digit for found, digit in zip(digits(pixels), right, strict=True)]
    )
    opened = names["file"]
    assert isinstance(opened, np.lib.npyio.NpzFile)
    opened.close()
    assert share > 0.85
