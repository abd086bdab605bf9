"""The PyTorch code of the manual, run as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

from nn_designer.cli import main

MANUAL = Path(__file__).parents[2] / "docs" / "MANUAL.md"


def test_the_torch_code_of_the_manual_names_the_flowers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "iris", "iris.nnd"]) == 0
    assert main(["train", "iris.nnd", "--weights", "iris.npz"]) == 0
    words = ["export", "iris.nnd", "--weights", "iris.npz", "--to", "safetensors"]
    assert main([*words, "iris.safetensors"]) == 0
    text = MANUAL.read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python torch\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "['setosa', 'virginica']", done.stderr
