"""The building's floors: a file imports from its own floor and those below, and what else holds."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playground"
FLOORS = ("core", "data", "engine", "training", "exchange", "runtime", "gui")
LEAVES = ("playground.resources", "playground.startup", "playground.system")
"""Modules beside the floors that import nothing of the package."""
OPEN_TO_ALL = (*LEAVES, "playground.__version__")
QT = {"PySide6", "shiboken6", "pyqtgraph", "PyQt5", "PyQt6", "qtpy"}
THREADS = {"threading", "_thread", "multiprocessing", "concurrent", "asyncio", "queue"}
QT_THREADS = {"QThread", "QThreadPool", "QRunnable", "QtConcurrent"}
UNSAFE = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
BUILTINS = {"eval", "exec", "compile", "__import__"}

FILES = sorted(path for path in PACKAGE.rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of every import, wherever it stands; the name is empty for ``import m``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            for alias in node.names:
                yield node.module or "", alias.name


def floor_of(module: str) -> str | None:
    parts = module.split(".")
    if len(parts) > 1 and parts[0] == "playground" and parts[1] in FLOORS:
        return parts[1]
    return None


def wrong_imports(module: str, source: str) -> list[str]:
    """What this module imports although it stands above, or although it must not."""
    own, found = floor_of(module), []
    for imported, name in imports(ast.parse(source)):
        top = imported.split(".")[0]
        full = f"{imported}.{name}" if imported == "playground" and name else imported
        if module in LEAVES:
            if top == "playground":
                found.append(f"{full}: {module} stands by itself")
            continue
        if own is None:
            continue
        level = FLOORS.index(own)
        floor = floor_of(full)
        if floor is not None and FLOORS.index(floor) > level:
            found.append(f"{full}: above {own}")
        if floor is None and top == "playground" and full not in OPEN_TO_ALL:
            found.append(f"{full}: not on a floor")
        if top in QT and level < FLOORS.index("runtime"):
            found.append(f"{full}: Qt below runtime")
        if top == "numpy" and own == "core":
            found.append(f"{full}: NumPy in core")
        if top in THREADS and own != "runtime":
            found.append(f"{full}: threads outside runtime")
        if name in QT_THREADS and own != "runtime":
            found.append(f"{name}: threads outside runtime")
    return found


def unsafe_parts(module: str, source: str) -> list[str]:
    """Anything that would run what a file holds."""
    tree, found = ast.parse(source), []
    for imported, _ in imports(tree):
        if imported.split(".")[0] in UNSAFE:
            found.append(imported)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
                found.append(f"{node.func.id}()")
            found += [
                "allow_pickle"
                for keyword in node.keywords
                if keyword.arg == "allow_pickle" and getattr(keyword.value, "value", True)
            ]
    return found


def module_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_there_are_files_on_every_floor() -> None:
    assert {floor_of(module_of(path)) for path in FILES} >= set(FLOORS)


@each_file
def test_a_file_imports_only_what_its_floor_may(path: Path) -> None:
    assert wrong_imports(module_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path", [*FILES, ROOT / "main.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_nothing_runs_what_a_file_holds(path: Path) -> None:
    assert unsafe_parts(module_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("check", "module", "source"),
    [
        (wrong_imports, "playground.core.x", "from playground.data import sources"),
        (wrong_imports, "playground.core.x", "import numpy as np"),
        (wrong_imports, "playground.core.x", "def f():\n    import playground.gui.app"),
        (wrong_imports, "playground.data.x", "from playground import engine"),
        (wrong_imports, "playground.engine.x", "import playground.cli"),
        (wrong_imports, "playground.exchange.x", "from PySide6.QtCore import QObject"),
        (wrong_imports, "playground.training.x", "import threading"),
        (wrong_imports, "playground.gui.x", "from threading import Thread"),
        (wrong_imports, "playground.gui.x", "from PySide6.QtCore import QThread"),
        (wrong_imports, "playground.resources", "from playground.core import errors"),
        (unsafe_parts, "playground.gui.x", "exec(text)"),
        (unsafe_parts, "playground.gui.x", "y = eval('1')"),
        (unsafe_parts, "playground.exchange.x", "import pickle"),
        (unsafe_parts, "playground.exchange.x", "np.load(path, allow_pickle=True)"),
    ],
)
def test_the_checks_find_what_they_look_for(
    check: Callable[[str, str], list[str]], module: str, source: str
) -> None:
    assert len(check(module, source)) == 1


@pytest.mark.parametrize(
    ("check", "module", "source"),
    [
        (wrong_imports, "playground.engine.x", "from playground.core.fields import number"),
        (wrong_imports, "playground.engine.x", "from playground import data"),
        (wrong_imports, "playground.runtime.x", "from PySide6.QtCore import QThread"),
        (wrong_imports, "playground.gui.x", "from playground import resources, __version__"),
        (unsafe_parts, "playground.gui.x", "app.exec()"),
        (unsafe_parts, "playground.core.x", "re.compile('a')"),
        (unsafe_parts, "playground.exchange.x", "np.load(path, allow_pickle=False)"),
    ],
)
def test_the_checks_leave_alone_what_is_right(
    check: Callable[[str, str], list[str]], module: str, source: str
) -> None:
    assert check(module, source) == []


def test_the_floors_below_runtime_work_without_qt() -> None:
    names = [module_of(path) for path in FILES if path.name != "__main__.py"]
    above = FLOORS[FLOORS.index("runtime") :]
    modules = [name for name in names if floor_of(name) not in above]  # and the command line
    assert "playground.cli" in modules
    code = "import sys, importlib\n"
    code += f"for name in {sorted(QT)!r}: sys.modules[name] = None\n"
    code += f"for name in {modules!r}: importlib.import_module(name)\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
