"""The packages are built, installed into an environment of their own, and tested from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("hypothesis", "pytest", "pytest-qt", "pytest-timeout", "build", "onnxruntime")
"""For the tests, among what the extra `dev` lists."""
SETTINGS = {"QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": "1"}

pytestmark = [pytest.mark.slow, pytest.mark.checkout, pytest.mark.timeout(1800)]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program away from the checkout, which no variable may lead back to."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        list(map(str, command)), cwd=folder, env=kept | SETTINGS, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source package, and the wheel that is made of it."""
    folder = tmp_path_factory.mktemp("dist")
    made = run(sys.executable, "-m", "build", "--outdir", folder, ROOT, folder=folder)
    said = made.stdout + made.stderr
    assert made.returncode == 0, said
    assert "warn" not in said.lower()
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what tests need; its folder."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = (python_of(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    done = run(*pip, built[1], *NEEDED, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def programs(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


def python_of(environment: Path) -> Path:
    return programs(environment) / "python"


def test_the_source_package_holds_all_that_is_needed_to_work_on_it(
    built: tuple[Path, Path],
) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    top = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile", "main.py")
    for folder in ("playground", "resources", "tests"):
        there = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {
            path.relative_to(ROOT).as_posix() for path in there if "__pycache__" not in path.parts
        }
        assert wanted <= names
    assert {*top} <= names


def test_the_wheel_holds_the_package_its_resources_and_nothing_else(
    built: tuple[Path, Path],
) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].partition(".")[0] for name in names} == {
        "playground",
        "gradient_playground-0",
    }
    inside = [name for name in names if name.startswith("playground/_resources/")]
    for folder in ("icons", "presets"):
        for path in (ROOT / "resources" / folder).iterdir():
            assert f"playground/_resources/{folder}/{path.name}" in inside
    assert not [name for name in inside if "screenshots" in name or "linux" in name]


def test_the_command_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    command = programs(installed) / "gradient-playground"
    root = Path(tmp_path.anchor)
    assert "train" in run(command, "--help", folder=root).stdout
    (tmp_path / "a.json").write_text(
        '{"format": "gradient-playground/experiment", "version": 1, "training": {"max_epochs": 1}}'
    )
    done = run(command, "train", tmp_path / "a.json", "--out", tmp_path / "out", folder=root)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "experiment.json").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux desktops look for")
def test_a_desktop_finds_the_program_and_its_icon(installed: Path) -> None:
    entry = ConfigParser(interpolation=None)
    entry.read(installed / "share" / "applications" / "gradient-playground.desktop")
    said = entry["Desktop Entry"]
    assert (programs(installed) / said["Exec"].split()[0]).is_file()
    icons = installed / "share" / "icons" / "hicolor" / "scalable" / "apps"
    assert (icons / f"{said['Icon']}.svg").is_file()
    validator = shutil.which("desktop-file-validate")
    if validator is not None:
        path = installed / "share" / "applications" / "gradient-playground.desktop"
        assert run(validator, path, folder=installed).stdout == ""


def test_the_tests_pass_against_what_is_installed(
    built: tuple[Path, Path], installed: Path, tmp_path: Path
) -> None:
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    away = tmp_path / "away"
    away.mkdir()
    shutil.move(source / "tests", away)
    shutil.move(source / "pyproject.toml", away)
    shutil.rmtree(source)
    python = python_of(installed)
    where = run(python, "-c", "import playground; print(playground.__file__)", folder=away).stdout
    assert Path(where.strip()).is_relative_to(installed)
    for path in installed.rglob("site-packages"):  # an administrator's, who runs nothing
        path.chmod(0o555)
    wanted = ("-m", "not slow and not checkout", "-q", "-p", "no:cacheprovider")
    done = run(python, "-m", "pytest", *wanted, folder=away)
    assert done.returncode == 0, done.stdout[-5000:]
