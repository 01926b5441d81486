"""The look at the machine before the window opens; no test depends on the machine it runs on."""

from __future__ import annotations

import re
import runpy
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground import system

ROOT = Path(__file__).parents[1]
LDD = """\
\tlinux-vdso.so.1 (0x00007ffd0c5f2000)
\tlibQt6XcbQpa.so.6 => /qt/lib/libQt6XcbQpa.so.6 (0x00007f1c0a000000)
\tlibxcb-icccm.so.4 => not found
\tlibxcb-keysyms.so.1 => not found
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f1c09c00000)
\tlibxcb-icccm.so.4 => not found
"""
PLUGINS = ("qxcb", "qwayland", "qoffscreen")


class Machine:
    """A make-believe Linux machine: PySide6's folder, what ldd prints, and what apt-get is told."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = monkeypatch
        self.ldd: dict[str, str] = {}  # by platform; nothing is missing where it says nothing
        self.commands: list[list[str]] = []
        self.failures: list[list[str]] = []  # what a command starts with that is to fail, once each
        for name in PLUGINS:
            self.add_plugin(name)
        self.patch.setattr(sys, "platform", "linux")
        self.patch.setattr(system, "_qt_folder", lambda: folder)
        self.patch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
        self.patch.setattr(system.subprocess, "run", self.run)
        self.patch.setattr(system, "_is_root", lambda: False)
        self.patch.setattr(system, "_lists_are_empty", lambda: False)
        self.is_on({"ID": "debian"})
        self.has_binding("6.11.3", python=(3, 11))
        self.answers_at()
        for name in ("WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM"):
            self.patch.delenv(name, raising=False)
        self.patch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
        self.patch.delenv("DISPLAY", raising=False)

    def add_plugin(self, name: str) -> None:
        plugin = self.folder / "Qt" / "plugins" / "platforms" / f"lib{name}.so"
        plugin.parent.mkdir(parents=True, exist_ok=True)
        plugin.touch()

    def is_on(self, release: dict[str, str]) -> None:
        self.patch.setattr(system.machine, "freedesktop_os_release", lambda: release)

    def has_binding(self, version: str, *, python: tuple[int, int]) -> None:
        self.patch.setattr(system.metadata, "version", lambda _: version)
        self.patch.setattr(sys, "version_info", (*python, 0))

    def answers_at(self, *addresses: object) -> None:
        self.patch.setattr(system, "_connects", lambda _, address: address in addresses)

    def run(self, command: list[str], **_: object) -> SimpleNamespace:
        if command[0] == "ldd":
            platform = Path(command[1]).stem.removeprefix("libq")
            return SimpleNamespace(stdout=self.ldd.get(platform, ""), returncode=0)
        self.commands.append(command)
        for start in self.failures:
            if command[: len(start)] == start:
                self.failures.remove(start)
                return SimpleNamespace(returncode=100)
        return SimpleNamespace(returncode=0)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def desktop(machine: Machine) -> Machine:
    machine.patch.setenv("DISPLAY", ":0")
    machine.answers_at("/tmp/.X11-unix/X0")
    return machine


def test_nothing_speaks_against_a_window_on_a_complete_machine(desktop: Machine) -> None:
    assert system.window_problem() is None


def test_each_missing_library_comes_once_with_its_package(machine: Machine) -> None:
    machine.ldd["xcb"] = LDD + "\tlibodd.so.3 => not found\n"
    assert system.missing_libraries("xcb") == [
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
        ("libodd.so.3", None),
    ]
    assert system.missing_libraries("offscreen") == []


def test_packages_for_a_bare_debian_image_are_known() -> None:
    needed = (
        "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 "
        "libxkbcommon-x11-0 libegl1 libgl1 libdbus-1-3 libfontconfig1"
    )
    assert set(needed.split()) <= set(system.PACKAGES.values())


def test_older_qt_names_the_wayland_plugin_differently(machine: Machine) -> None:
    (machine.folder / "Qt/plugins/platforms/libqwayland.so").unlink()
    machine.add_plugin("qwayland-generic")
    machine.ldd["wayland-generic"] = LDD
    assert len(system.missing_libraries("wayland")) == 2


def test_missing_libraries_are_explained_with_one_command(desktop: Machine) -> None:
    desktop.ldd["xcb"] = LDD
    problem = system.window_problem()
    assert problem is not None
    assert "libxcb-icccm.so.4, libxcb-keysyms.so.1" in problem
    command = "sudo apt-get install --yes --no-install-recommends libxcb-icccm4 libxcb-keysyms1"
    assert problem.splitlines()[-1].strip() == command


def test_root_on_a_fresh_image_is_told_to_update_and_needs_no_sudo(desktop: Machine) -> None:
    desktop.ldd["xcb"] = LDD
    desktop.patch.setattr(system, "_is_root", lambda: True)
    desktop.patch.setattr(system, "_lists_are_empty", lambda: True)
    problem = system.window_problem()
    assert problem is not None
    assert "    apt-get update && apt-get install " in problem


def test_without_sudo_the_command_is_for_root(desktop: Machine) -> None:
    desktop.ldd["xcb"] = LDD
    desktop.patch.setattr(
        system.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}"
    )
    problem = system.window_problem()
    assert problem is not None
    assert "as root" in problem
    assert "sudo" not in problem


def test_a_library_without_a_known_package_is_named(desktop: Machine) -> None:
    desktop.ldd["xcb"] = "\tlibodd.so.3 => not found\n"
    problem = system.window_problem()
    assert problem is not None
    assert "libodd.so.3" in problem
    assert "apt-get" not in problem


@pytest.mark.parametrize(
    ("release", "is_debian"),
    [
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, True),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu"}, True),
        ({"ID": "fedora"}, False),
        ({"ID": "opensuse", "ID_LIKE": "suse opensuse"}, False),
    ],
)
def test_apt_get_is_named_only_where_it_belongs(
    desktop: Machine, release: dict[str, str], is_debian: bool
) -> None:
    desktop.is_on(release)
    desktop.ldd["xcb"] = LDD
    problem = system.window_problem()
    assert problem is not None
    assert "libxcb-icccm.so.4" in problem
    assert ("apt-get" in problem) == is_debian


def test_no_display_points_to_training_without_a_window(machine: Machine) -> None:
    problem = system.window_problem()
    assert problem is not None
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in problem
    assert "python main.py train FILE --out DIR" in problem
    assert not system.has_display()


@pytest.mark.parametrize("platform", ["offscreen", "offscreen:size=800x600"])
def test_a_platform_without_a_screen_needs_no_display(machine: Machine, platform: str) -> None:
    machine.patch.setenv("QT_QPA_PLATFORM", platform)
    assert system.window_problem() is None
    machine.ldd["offscreen"] = LDD
    assert system.window_problem() is not None


def test_an_unknown_platform_is_refused_with_the_choices(machine: Machine) -> None:
    machine.patch.setenv("QT_QPA_PLATFORM", "offscren")
    problem = system.window_problem()
    assert problem is not None
    assert "'offscren'" in problem
    assert "offscreen, wayland, xcb" in problem


def test_one_known_platform_among_those_asked_for_is_enough(machine: Machine) -> None:
    machine.patch.setenv("QT_QPA_PLATFORM", "eglfs;offscreen")
    assert system.window_problem() is None
    machine.ldd["offscreen"] = LDD
    assert system.window_problem() is not None


def test_a_qt_that_is_no_wheel_is_taken_as_it_is(desktop: Machine) -> None:
    for name in PLUGINS:
        (desktop.folder / f"Qt/plugins/platforms/lib{name}.so").unlink()
    assert system.window_problem() is None


def test_a_display_that_does_not_answer_is_named(desktop: Machine) -> None:
    desktop.patch.setenv("DISPLAY", ":7")
    problem = system.window_problem()
    assert problem is not None
    assert "DISPLAY=:7" in problem


def test_a_platform_that_is_asked_for_and_has_no_display_is_named(desktop: Machine) -> None:
    desktop.patch.setenv("QT_QPA_PLATFORM", "wayland")
    problem = system.window_problem()
    assert problem is not None
    assert "QT_QPA_PLATFORM=wayland" in problem


@pytest.mark.parametrize(
    ("display", "address", "answers"),
    [
        (":1", "\0/tmp/.X11-unix/X1", True),
        (":1.0", "/tmp/.X11-unix/X1", True),
        ("unix:1", "/tmp/.X11-unix/X1", True),
        ("unix:1", ("127.0.0.1", 6001), False),
        (":1", ("127.0.0.1", 6001), True),
        ("localhost:10.0", ("127.0.0.1", 6010), True),
        ("localhost:10.0", None, False),
        ("elsewhere:0", None, True),
        ("nonsense", None, False),
    ],
)
def test_where_an_x_server_is_looked_for(
    machine: Machine, display: str, address: object, answers: bool
) -> None:
    machine.patch.setenv("DISPLAY", display)
    machine.answers_at(address)
    assert system.has_display() == answers


@pytest.mark.parametrize(
    ("environ", "address", "answers"),
    [
        ({"WAYLAND_DISPLAY": "wayland-1"}, "/run/user/1000/wayland-1", True),
        ({"WAYLAND_DISPLAY": "wayland-1"}, "/run/user/1000/wayland-0", False),
        ({"WAYLAND_DISPLAY": "/somewhere/socket"}, "/somewhere/socket", True),
        ({"XDG_SESSION_TYPE": "wayland"}, "/run/user/1000/wayland-0", True),
        ({"WAYLAND_SOCKET": "5"}, None, True),
        ({}, "/run/user/1000/wayland-0", False),
    ],
)
def test_where_a_wayland_compositor_is_looked_for(
    machine: Machine, environ: dict[str, str], address: object, answers: bool
) -> None:
    for name, value in environ.items():
        machine.patch.setenv(name, value)
    machine.answers_at(address)
    assert system.has_display() == answers


def test_wayland_comes_first_and_x11_is_enough(desktop: Machine) -> None:
    desktop.patch.setenv("WAYLAND_DISPLAY", "wayland-0")
    desktop.answers_at("/run/user/1000/wayland-0", "/tmp/.X11-unix/X0")
    assert system.platforms() == ["wayland", "xcb"]
    desktop.ldd["wayland"] = "\tlibwayland-cursor.so.0 => not found\n"
    assert system.window_problem() is None
    desktop.ldd["xcb"] = LDD
    problem = system.window_problem()
    assert problem is not None
    assert "libwayland-cursor0" in problem
    assert "xcb" not in problem


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no such sockets")
def test_a_socket_answers_only_while_someone_listens(tmp_path: Path) -> None:
    address = str(tmp_path / "s")
    assert not system._connects(socket.AF_UNIX, address)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        assert system._connects(socket.AF_UNIX, address)
    assert not system._connects(socket.AF_UNIX, address)


def test_other_systems_are_not_asked_for_a_display(machine: Machine) -> None:
    machine.patch.setattr(sys, "platform", "win32")
    assert system.window_problem() is None
    assert system.has_display()


def test_a_missing_binding_is_said_with_the_pip_line(desktop: Machine) -> None:
    desktop.patch.setattr(system, "_qt_folder", lambda: None)
    problem = system.window_problem()
    assert problem is not None
    assert "PySide6" in problem
    assert f'-m pip install "{system.BINDING}"' in problem


@pytest.mark.parametrize(
    ("version", "python", "works"),
    [
        ("6.11.3", (3, 11), True),
        ("6.12.0", (3, 11), False),
        ("6.13.1", (3, 11), False),
        ("6.12.0", (3, 12), True),
        ("6.8.3", (3, 13), True),
    ],
)
def test_the_binding_that_crashes_on_python_3_11_is_refused(
    desktop: Machine, version: str, python: tuple[int, int], works: bool
) -> None:
    desktop.has_binding(version, python=python)
    problem = system.window_problem()
    assert (problem is None) == works
    assert works or "crashes on Python 3.11" in str(problem)


def test_the_binding_is_bounded_as_in_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    old, new = (line for line in project["dependencies"] if line.startswith("PySide6"))
    ours = old if sys.version_info < (3, 12) else new
    assert ours.partition(";")[0] == system.BINDING


def test_the_folder_of_an_installed_package_is_found_without_importing_it() -> None:
    code = "import sys; from playground import system; system._qt_folder(); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not re.search(r"PySide6|shiboken", run.stdout)


def test_an_uninstalled_package_that_left_a_folder_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "PySide6").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "PySide6", raising=False)
    assert system._qt_folder() is None


def test_the_version_of_an_absent_binding_is_older_than_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(system.metadata, "version", absent)
    assert system._binding_version() == ()


INSTALL = ["sudo", "apt-get", "install", "--yes", "--no-install-recommends"]
UPDATE = ["sudo", "apt-get", "update"]
PAIR = ["libxcb-icccm4", "libxcb-keysyms1"]


def test_installing_runs_apt_get_once(desktop: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    desktop.ldd["xcb"] = LDD
    assert system.main(["--install"]) == 0
    assert desktop.commands == [[*INSTALL, *PAIR]]
    assert "libxcb-icccm4 libxcb-keysyms1" in capsys.readouterr().out


def test_without_a_display_the_libraries_for_x11_are_installed(machine: Machine) -> None:
    machine.ldd["xcb"] = LDD
    assert system.main(["--install"]) == 0
    assert machine.commands == [[*INSTALL, *PAIR]]


def test_nothing_is_run_or_said_when_nothing_is_missing(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert system.main(["--install", "offscreen", "xcb"]) == 0
    assert machine.commands == []
    assert capsys.readouterr() == ("", "")


def test_stale_package_lists_are_updated_once(machine: Machine) -> None:
    machine.ldd["xcb"] = LDD
    machine.failures = [INSTALL]
    assert system.main(["--install", "xcb"]) == 0
    assert machine.commands == [[*INSTALL, *PAIR], UPDATE, [*INSTALL, *PAIR]]


def test_empty_package_lists_are_updated_first(machine: Machine) -> None:
    machine.ldd["xcb"] = LDD
    machine.patch.setattr(system, "_lists_are_empty", lambda: True)
    assert system.main(["--install", "xcb"]) == 0
    assert machine.commands == [UPDATE, [*INSTALL, *PAIR]]


def test_a_failed_installation_says_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.ldd["xcb"] = LDD
    machine.failures = [INSTALL, UPDATE]
    assert system.main(["--install", "xcb"]) == 1
    assert "libxcb-icccm4" in capsys.readouterr().err


def test_other_distributions_get_the_names_only(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.is_on({"ID": "fedora"})
    machine.ldd["xcb"] = LDD
    assert system.main(["--install", "xcb"]) == 1
    assert machine.commands == []
    assert "libxcb-icccm.so.4" in capsys.readouterr().err


def test_debian_gets_the_package_of_this_pythons_venv(machine: Machine) -> None:
    assert system.main(["--venv"]) == 0
    assert machine.commands == []
    machine.patch.setattr(system.importlib.util, "find_spec", lambda _: None)
    assert system.main(["--venv"]) == 0
    assert machine.commands == [[*INSTALL, "python3.11-venv"]]


def test_the_command_line_says_what_is_wrong(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert system.main([]) == 1
    assert "no display" in capsys.readouterr().out
    machine.patch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert system.main([]) == 0
    assert "Nothing keeps the window" in capsys.readouterr().out


@pytest.mark.checkout
def test_an_old_python_gets_a_sentence_from_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11.* this is Python 3\.8"):
        runpy.run_path(str(ROOT / "main.py"))
