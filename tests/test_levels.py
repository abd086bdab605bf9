"""The levels of docs/ARCHITECTURE.md, guarded: who imports whom, what loads when, what never loads."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
PACKAGE = REPO / "nn_designer"

BELOW_APP = ["params", "resources", "engine", "layers", "data", "design", "interchange", "cli"]
HEAVY = ["pandas", "openpyxl", "PIL", "safetensors", "scipy", "matplotlib"]
FRAMEWORKS = ["torch", "keras", "tensorflow", "jax", "sklearn", "onnxruntime"]
NETWORK = [
    *["socket", "ssl", "http", "urllib", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib"],
    *["socketserver", "xmlrpc", "wsgiref", "webbrowser", "requests", "httpx", "aiohttp"],
]
NETWORK_OF_QT = ["QtNetwork", "QtWebSockets", "QtWebEngineCore", "QtWebEngineWidgets"]
UNSAFE = ["pickle", "marshal", "shelve", "dill", "joblib"]


def modules_of(level: str) -> list[str]:
    """Every module of a level by its dotted name."""
    if (PACKAGE / f"{level}.py").exists():
        return [f"nn_designer.{level}"]
    files = sorted((PACKAGE / level).rglob("*.py"))
    names = [".".join(file.relative_to(REPO).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def loaded_by(*modules: str) -> set[str]:
    """Top names in sys.modules after importing ``modules`` in a fresh interpreter."""
    code = (
        "import sys, json, importlib\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    command = [sys.executable, "-W", "error", "-c", code, *modules]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def imports_of(source: str) -> set[str]:
    """Every imported module of a source text, wherever in the file, in full."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("level", BELOW_APP)
def test_a_level_below_the_app_loads_without_qt_and_without_heavy_libraries(level):
    loaded = loaded_by(*modules_of(level))
    tops = {name.partition(".")[0] for name in loaded}
    assert not tops & {"PySide6", "shiboken6", "pyqtgraph", *HEAVY, *FRAMEWORKS}
    assert not [name for name in loaded if name.startswith("nn_designer.app")]


ORDER = ["params", "engine", "layers", "data", "design", "interchange", "cli"]


@pytest.mark.parametrize("level", ORDER[:-1])
def test_a_level_loads_no_level_above_it(level):
    loaded = loaded_by(*modules_of(level))
    above = ORDER[ORDER.index(level) + 1 :]
    assert not [n for n in loaded if n.startswith("nn_designer.") and n.split(".")[1] in above]


def source_files() -> list[Path]:
    return [*sorted(PACKAGE.rglob("*.py")), *REPO.glob("main.py")]


def test_no_source_file_imports_anything_that_could_use_a_network():
    assert len(source_files()) > 30
    for file in source_files():
        names = imports_of(file.read_text(encoding="utf-8"))
        tops = {name.partition(".")[0] for name in names}
        assert not tops & set(NETWORK), file
        assert not [n for n in names if set(n.split(".")) & set(NETWORK_OF_QT)], file


def test_no_source_file_unpickles_or_evaluates_text():
    for file in source_files():
        source = file.read_text(encoding="utf-8")
        assert not {n.partition(".")[0] for n in imports_of(source)} & set(UNSAFE), file
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), f"{file}:{node.lineno}"


def test_the_scan_would_find_a_network_import_inside_a_function():
    assert "urllib.request" in imports_of("def f():\n    from urllib.request import urlopen")
    assert "socket" in imports_of("def f():\n    if x:\n        import socket")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def copy_of_repo(tmp_path: Path) -> Path:
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "nn_designer", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_import_contracts_hold():
    done = lint_imports(REPO)
    assert done.returncode == 0, done.stdout
    assert "4 kept, 0 broken" in done.stdout


BREACHES = [
    ("params/base.py", "import nn_designer.engine", "A level imports only levels below it"),
    ("engine/__init__.py", "import nn_designer.layers", "A level imports only levels below it"),
    ("data/__init__.py", "import nn_designer.design", "A level imports only levels below it"),
    ("design/__init__.py", "import nn_designer.cli", "A level imports only levels below it"),
    ("interchange/__init__.py", "import nn_designer.app", "Qt stays in the app"),
    ("cli/__init__.py", "from PySide6 import QtCore", "Qt stays in the app"),
    ("app/__init__.py", "import torch", "Other frameworks are never in the app"),
    ("data/__init__.py", "from urllib.request import urlopen", "Private: no network code"),
    ("app/__init__.py", "import socket", "Private: no network code"),
]


@pytest.mark.parametrize(("file", "statement", "contract"), BREACHES)
def test_a_breach_of_a_contract_is_found(copy_of_repo, file, statement, contract):
    with (copy_of_repo / "nn_designer" / file).open("a", encoding="utf-8") as out:
        out.write(f"\n\ndef _breach():\n    {statement}\n")
    done = lint_imports(copy_of_repo)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout
