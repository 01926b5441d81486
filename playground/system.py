"""What the machine must have before the window can open: Qt, its system libraries, a display.

Qt aborts the process, with no exception to catch, when its platform plugin cannot be loaded or the
display does not answer, and it does not name the missing library. So all this is looked at
beforehand, with the standard library alone and without importing Qt. `make` uses the command line:

    python -m playground.system                       say what keeps the window from opening
    python -m playground.system --install [PLATFORM]  add missing system libraries (Debian, Ubuntu)
    python -m playground.system --venv                add what Debian splits off from Python's venv
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import platform as machine
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

# Debian's and Ubuntu's package for each shared library that Qt's wheels expect the system to have.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
# The binding as pyproject.toml bounds it; 6.12 crashes on 3.11, which lacks immortal None and True.
LAST_BINDING = (6, 11)
BINDING = "PySide6-Essentials>=6.8.3,<" + ("6.12" if sys.version_info < (3, 12) else "7")

WITHOUT_WINDOW = "To train without a window: python main.py train FILE --out DIR"

Missing = list[tuple[str, str | None]]  # what is missing, and the package that has it, if known


def window_problem() -> str | None:
    """Why the window cannot open on this machine, with the remedy; None if nothing speaks against.

    Takes a few ms if all is well: what Qt will load next is loaded here, where failing is no abort.
    Imports no Qt, so that it may be asked before anything can abort.
    """
    if problem := _binding_problem():
        return problem
    if sys.platform != "linux":
        return None
    candidates = platforms()
    if not candidates:
        return _no_display()
    choices = _plugin_names()
    known = [name for name in candidates if _plugin(name)]
    if choices and not known:
        return f"QT_QPA_PLATFORM asks for {candidates[0]!r}; Qt has here: {', '.join(choices)}."
    if any(_loads(name) for name in known):
        return None
    # Qt takes the first platform that loads, so what matters is the one that lacks least.
    return explain(min((missing_libraries(name) for name in known), key=len, default=[]))


def platforms() -> list[str]:
    """The platform plugins that Qt would try here, best first; none if they find no display."""
    asked = os.environ.get("QT_QPA_PLATFORM") or "wayland;xcb"
    names = [part.partition(":")[0].strip() for part in asked.split(";")]
    return [name for name in names if name and _has_display_for(name)]


def has_display() -> bool:
    """Whether a window can be shown: always so outside Linux, else a display server answers."""
    return sys.platform != "linux" or _wayland_answers() or _x11_answers()


def missing_libraries(platform: str) -> Missing:
    """Shared libraries that Qt's plugin for `platform` (``xcb``, ``wayland``, …) does not find.

    Each comes with its Debian package, or None where that is not known. The plugin's needs include
    those of QtCore, QtGui and their like. Empty where it cannot be told: no Qt, or no ldd.
    """
    plugin = _plugin(platform)
    if plugin is None or shutil.which("ldd") is None:
        return []
    run = subprocess.run(
        ["ldd", str(plugin)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    names = re.findall(r"^\s*(\S+) => not found", run.stdout, flags=re.MULTILINE)
    return [(name, PACKAGES.get(name)) for name in dict.fromkeys(names)]


def missing_for_venv() -> Missing:
    """What this Python lacks to make a virtual environment: Debian packs ensurepip separately."""
    if importlib.util.find_spec("ensurepip"):
        return []
    return [("Python's ensurepip", "python{}.{}-venv".format(*sys.version_info))]


def explain(missing: Missing) -> str | None:
    """Name what is missing and the one command that installs it; None if nothing is."""
    if not missing:
        return None
    text = f"The system lacks {', '.join(name for name, _ in missing)}."
    if not _is_debian():
        return f"{text}\nInstall the packages of your system that contain them."
    if packages := _packages(missing):
        commands = _apt_commands(packages, update=_lists_are_empty())
        manner = "with" if _is_root() or shutil.which("sudo") else "as root, with"
        text += f"\nInstall the missing packages {manner}:\n    "
        text += " && ".join(map(" ".join, commands))
    if strange := [name for name, package in missing if package is None]:
        text += f"\nFind the package for {', '.join(strange)} with apt-file, and install it."
    return text


def install(missing: Missing) -> bool:
    """Install what is missing with apt-get, saying so; elsewhere only say what is missing.

    Returns:
        Whether nothing of it can be missing any more.
    """
    if not missing:
        return True
    packages = _packages(missing)
    if not _is_debian() or not packages:
        print(explain(missing), file=sys.stderr)
        return False
    print("Adding system packages:", *packages, flush=True)
    # Only stale or empty package lists are worth an update, so it comes with the second attempt.
    for update in [True] if _lists_are_empty() else [False, True]:
        if all(_succeeds(command) for command in _apt_commands(packages, update=update)):
            return None not in dict(missing).values()
    print(explain(missing), file=sys.stderr)
    return False


def main(argv: Sequence[str] | None = None) -> int:
    """Check or prepare the machine; 0 if the window can open, or what was asked for is there."""
    parser = argparse.ArgumentParser(
        prog="python -m playground.system",
        description="Say what keeps the window from opening on this machine, or put it right.",
    )
    parser.add_argument("--install", action="store_true", help="add missing system libraries")
    parser.add_argument("--venv", action="store_true", help="add what Python's venv module needs")
    parser.add_argument(
        "platform",
        nargs="*",
        help="Qt's platforms to install for, such as xcb or offscreen (default: the session's)",
    )
    options = parser.parse_args(argv)
    if options.venv:
        return 0 if install(missing_for_venv()) else 1
    if options.install:
        if sys.platform != "linux":
            return 0
        wanted = options.platform or platforms() or ["xcb"]
        missing = dict(pair for name in wanted for pair in missing_libraries(name))
        return 0 if install(list(missing.items())) else 1
    problem = window_problem()
    print(problem or "Nothing keeps the window from opening.")
    return 1 if problem else 0


def _binding_problem() -> str | None:
    folder = _qt_folder()
    version = _binding_version()
    if folder is None:
        fault = "PySide6, which draws the window, is not installed"
    elif sys.version_info < (3, 12) and version > LAST_BINDING:
        fault = "PySide6 {}.{} crashes on Python 3.11, the last that works is 6.11".format(*version)
    else:
        return None
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    remedy = f'Either use `make run`, or install it with:\n    {python} -m pip install "{BINDING}"'
    return f"{fault}.\n{remedy}"


def _binding_version() -> tuple[int, ...]:
    for name in ("PySide6_Essentials", "PySide6"):
        try:
            return tuple(map(int, re.findall(r"\d+", metadata.version(name))[:2]))
        except metadata.PackageNotFoundError:
            continue
    return ()


def _qt_folder() -> Path | None:
    spec = importlib.util.find_spec("PySide6")  # finds a top-level package without importing it
    # A folder left over from an uninstall is found too, but has no file of its own.
    return Path(spec.origin).parent if spec and spec.origin else None


def _plugins() -> Path | None:
    # So it is in the wheels; a distribution's or conda's Qt lies elsewhere, and brings its needs.
    folder = _qt_folder()
    return folder and folder / "Qt" / "plugins" / "platforms"


def _plugin(platform: str) -> Path | None:
    folder = _plugins()
    # Until Qt 6.9 the plugin for "wayland" was libqwayland-generic.so.
    files = [folder / f"libq{platform}{end}.so" for end in ("", "-generic")] if folder else []
    return next(filter(Path.is_file, files), None)


def _loads(platform: str) -> bool:
    """Whether a plugin can be loaded with all that it needs; if so, in a tenth of ldd's time."""
    plugin = _plugin(platform)
    try:
        return plugin is not None and bool(ctypes.CDLL(str(plugin)))
    except OSError:
        return False


def _plugin_names() -> list[str]:
    folder = _plugins()
    files = sorted(folder.glob("libq*.so")) if folder else []
    return [file.stem.removeprefix("libq") for file in files]


def _has_display_for(platform: str) -> bool:
    if platform == "xcb":
        return _x11_answers()
    return _wayland_answers() if platform.startswith("wayland") else True


def _no_display() -> str:
    asked = os.environ.get("QT_QPA_PLATFORM")
    names = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if asked:
        reason = f"none answers for QT_QPA_PLATFORM={asked}"
    elif names:
        reason = "nothing answers at " + " or ".join(f"{name}={os.environ[name]}" for name in names)
    else:
        reason = "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return (
        f"There is no display to open the window on: {reason}.\n"
        f"Start it in a graphical session, or over ssh with ssh -X.\n{WITHOUT_WINDOW}"
    )


def _x11_answers() -> bool:
    display = os.environ.get("DISPLAY", "")
    found = re.fullmatch(r"(.*):(\d+)(\.\d+)?", display)
    if found is None:
        return False
    host, number = found[1], int(found[2])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        if any(_connects(socket.AF_UNIX, address) for address in ("\0" + path, path)):
            return True
    if host in ("", "localhost", "127.0.0.1"):
        return _connects(socket.AF_INET, ("127.0.0.1", 6000 + number))
    return host != "unix"  # another machine's: only Qt itself can tell


def _wayland_answers() -> bool:
    if os.environ.get("WAYLAND_SOCKET"):  # a connection that the parent process has opened
        return True
    session = "wayland-0" if os.environ.get("XDG_SESSION_TYPE") == "wayland" else ""
    name = os.environ.get("WAYLAND_DISPLAY") or session
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name
    return bool(name) and _connects(socket.AF_UNIX, str(path))


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def _is_debian() -> bool:
    try:
        release = machine.freedesktop_os_release()
    except OSError:
        return False
    kin = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return not kin.isdisjoint({"debian", "ubuntu"}) and shutil.which("apt-get") is not None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _lists_are_empty() -> bool:
    return not any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def _packages(missing: Missing) -> list[str]:
    return sorted({package for _, package in missing if package})


def _apt_commands(packages: Iterable[str], *, update: bool) -> list[list[str]]:
    apt = ["apt-get"] if _is_root() or not shutil.which("sudo") else ["sudo", "apt-get"]
    commands = [[*apt, "update"]] if update else []
    return [*commands, [*apt, "install", "--yes", "--no-install-recommends", *packages]]


def _succeeds(command: Sequence[str]) -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environ).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
