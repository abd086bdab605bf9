"""Private: the commands never open a connection, and nothing of Qt is loaded for them."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CODE = """
import json, sys
events = []
sys.addaudithook(lambda event, arguments: events.append(event))
from nn_designer.cli import main
for words in json.loads(sys.argv[1]):
    assert main(words) == 0, words
asked = sorted({e for e in events if e.split(".")[0] in ("socket", "urllib", "http", "ftplib")})
qt = sorted(name for name in sys.modules if name.startswith(("PySide6", "pyqtgraph")))
print(json.dumps([asked, qt, "open" in events]))
"""


def test_the_whole_road_from_new_to_predict_asks_for_no_connection_and_no_window(folder):
    commands = [
        ["new", "penguins", "a.nnd"],
        ["check", "a.nnd"],
        ["train", "a.nnd", "--epochs", "1", "--weights", "w.npz", "--history", "h.csv"],
        ["export", "a.nnd", "--weights", "w.npz", "--to", "safetensors", "w.safetensors"],
        ["predict", "a.nnd", "--weights", "w.npz", "--data", "penguins", "--out", "p.csv"],
        ["import", "w.npz", "--out", "b.nnd"],
        ["train", "a.nnd", "--data", "t.csv", "--epochs", "1"],
    ]
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(20))
    (folder / "t.csv").write_text("size,kind\n" + rows)
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(commands)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/nowhere", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    asked, qt, hook_works = json.loads(done.stdout.splitlines()[-1])
    assert (asked, qt, hook_works) == ([], [], True)
