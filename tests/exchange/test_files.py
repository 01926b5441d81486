"""Writing: all or nothing, and in words when it is nothing."""

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import PlaygroundError
from playground.exchange import files
from playground.exchange.document import Document
from playground.exchange.experiment_file import load, save
from tests.exchange.samples import experiment


def complaint(path: Path) -> str:
    with pytest.raises(PlaygroundError) as caught:
        files.write(path, b"new")
    return str(caught.value)


def test_a_new_file_and_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for content in (b"one", b"two"):
        files.write(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("stage", "error", "words"),
    [
        ("replace", OSError(errno.ENOSPC, ""), "cannot be written: no space is left on the disk"),
        ("fsync", OSError(errno.EROFS, ""), "cannot be written: the disk is read-only"),
        ("fsync", OSError(errno.EIO, "Input/output error"), "cannot be written: Input/output err"),
        ("replace", PermissionError(), "cannot be written: the permission is missing"),
    ],
)
def test_after_a_failure_the_old_file_is_as_it_was(
    stage: str, error: OSError, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(Path if stage == "replace" else os, stage, fail)
    assert complaint(path).startswith(f"{path} {words}")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "a.json", b"new")
    assert list(tmp_path.iterdir()) == []


# --- files that belong together ----------------------------------------------------------------

OLD = {"model.py": b"old source", "model.safetensors": b"old weights"}
NEW = {"model.safetensors": b"new weights", "model.py": b"new source", "notes.md": b"new notes"}


def together(folder: Path, contents: dict[str, bytes]) -> None:
    files.write_together((folder / name, content) for name, content in contents.items())


def found(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def failing_at(call: int, function: Any, error: BaseException) -> Any:
    """The function, but for one call."""
    calls = iter(range(1, 1000))

    def fail(*arguments: Any, **options: Any) -> Any:
        if next(calls) == call:
            raise error
        return function(*arguments, **options)

    return fail


def test_files_that_belong_together(tmp_path: Path) -> None:
    for contents in (OLD, NEW):
        together(tmp_path, contents)
        assert found(tmp_path) == {**OLD, **contents}


@pytest.mark.parametrize("old", [OLD, {}], ids=["replaced", "new"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, ""), KeyboardInterrupt()], ids=["full", "interrupted"]
)
@pytest.mark.parametrize(
    ("where", "call"), [("fsync", 1), ("fsync", 2), *(("replace", call) for call in (1, 2, 3))]
)
@pytest.mark.parametrize("links", [True, False], ids=["links", "copies"])
def test_either_all_files_are_written_or_none(
    links: bool,
    where: str,
    call: int,
    error: BaseException,
    old: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together(tmp_path, old)
    if not links:  # as on a memory stick
        monkeypatch.setattr(os, "link", failing_at(1, os.link, OSError(errno.EPERM, "")))
    owner: Any = Path if where == "replace" else os
    monkeypatch.setattr(owner, where, failing_at(call, getattr(owner, where), error))
    if isinstance(error, OSError):
        name = list(NEW)[call - 1]
        words = f"{tmp_path / name} cannot be written: no space is left on the disk"
        with pytest.raises(PlaygroundError, match=re.escape(words)):
            together(tmp_path, NEW)
    else:
        with pytest.raises(KeyboardInterrupt):
            together(tmp_path, NEW)
    assert found(tmp_path) == old


def test_an_interruption_right_after_a_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together(tmp_path, OLD)
    rename, calls = Path.replace, []

    def interrupted(*arguments: Any) -> None:
        rename(*arguments)
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        together(tmp_path, NEW)
    assert found(tmp_path) == OLD


def test_no_room_to_keep_the_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together(tmp_path, OLD)

    def fail(source: Path, copy: Path) -> None:
        copy.write_bytes(source.read_bytes()[:3])
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(os, "link", failing_at(1, os.link, OSError(errno.EPERM, "")))
    monkeypatch.setattr(shutil, "copy2", fail)
    with pytest.raises(PlaygroundError, match="no space is left on the disk"):
        together(tmp_path, NEW)
    assert found(tmp_path) == OLD


def test_what_cannot_be_put_back_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together(tmp_path, OLD)
    rename, calls = Path.replace, []

    def fail(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        rename(*arguments)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PlaygroundError, match=r"model\.py cannot be written: Input/output error"):
        together(tmp_path, NEW)
    assert sorted(found(tmp_path).values()) == [b"new weights", b"old source", b"old weights"]


def test_contents_are_made_one_after_the_other_and_may_fail(tmp_path: Path) -> None:
    together(tmp_path, OLD)

    def contents() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "model.py", b"new"
        raise PlaygroundError("too large")

    with pytest.raises(PlaygroundError, match="too large"):
        files.write_together(contents())
    assert found(tmp_path) == OLD


def test_a_folder_among_them_stops_all(tmp_path: Path) -> None:
    (tmp_path / "model.py").mkdir()
    with pytest.raises(PlaygroundError, match=r"model\.py is a folder, not a file"):
        together(tmp_path, NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["model.py"]


def test_a_missing_folder_a_folder_and_a_name_that_is_none(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "a.json"
    assert complaint(missing) == (
        f"{missing} cannot be written: the folder {tmp_path / 'no'} does not exist"
    )
    assert complaint(tmp_path) == f"{tmp_path} is a folder, not a file"
    assert complaint(Path("a\0b")) == "'a\\x00b' cannot be the name of a file"
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "a.json"
    assert complaint(below).startswith(f"{below} cannot be written: ")


def test_a_device_is_not_replaced_by_a_file() -> None:
    if not Path(os.devnull).exists():
        pytest.skip("this system has no devices among its files")
    assert complaint(Path(os.devnull)) == f"{os.devnull} is a device, not a file"


def test_a_protected_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the test may run as root
    assert complaint(path) == f"{path} cannot be written: the permission is missing"
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "a.json", tmp_path / "link.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    files.write(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_could_not_be_opened_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    save(Document(experiment()), path)
    old = path.read_bytes()
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(PlaygroundError, match="would be larger than"):
        save(Document(experiment()), path)
    assert path.read_bytes() == old
    monkeypatch.undo()
    assert load(path).experiment == experiment()


def test_folders_are_made(tmp_path: Path) -> None:
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    for path, words in (
        (tmp_path / "file", "is a file, not a folder"),
        (tmp_path / "file" / "a", "a part of its path is a file"),
        (Path("a\0b"), "cannot be the name of a folder"),
    ):
        with pytest.raises(PlaygroundError, match=words):
            files.make_folder(path)
