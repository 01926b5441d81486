"""Slots: who has which, what becomes of one that nobody has, and the list of recent files."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.runtime.recent import MOST_FILES, Recent
from playground.runtime.slots import MOST_UNHELD, VARIABLE, Slots, state_folder

HOLD = """
import sys, time
from pathlib import Path
from playground.runtime.slots import Slots
slot = Slots(Path(sys.argv[1])).take()
print("none" if slot is None else slot.folder.name, flush=True)
time.sleep(60)
"""


@pytest.fixture
def slots(tmp_path, qapp):
    return Slots(tmp_path)


def written(slots, when=None, content=b"a session"):
    """A slot with a session, let go again."""
    slot = slots.new()
    slot.path.write_bytes(content)
    if when is not None:
        os.utime(slot.path, (when, when))
    slot.release()
    return slot.folder


@pytest.fixture
def holding(tmp_path):
    """Starts a process that takes a slot over; gives it and the slot's name."""
    processes = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_the_newest_one_that_no_one_holds_is_taken(slots):
    assert slots.take() is None
    old, new = written(slots, 1000), written(slots, 2000)
    first, second = slots.take(), slots.take()
    assert (first.folder, second.folder) == (new, old)
    assert slots.take() is None
    first.release()
    assert slots.take().folder == new


def test_a_process_that_is_killed_holds_nothing_any_more(slots, holding):
    old, new = written(slots, 1000), written(slots, 2000)
    process, name = holding()
    assert name == new.name
    other = slots.take()
    assert other.folder == old
    assert slots.take() is None
    process.kill()
    process.wait()
    assert slots.take().folder == new


def test_two_that_start_at_once_have_different_ones(slots, holding):
    folders = {written(slots).name for _ in range(3)}
    names = [None] * 3

    def start(index):
        names[index] = holding()[1]

    threads = [threading.Thread(target=start, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(names) == folders


def test_only_the_newest_are_kept_and_none_that_is_held(slots):
    held = slots.new()
    held.path.write_bytes(b"old, but in use")
    os.utime(held.path, (1, 1))
    folders = [written(slots, 1000 + index) for index in range(MOST_UNHELD + 3)]
    empty = slots.new()
    empty.release()
    slots.prune()
    assert not empty.folder.exists()
    assert [folder for folder in folders if folder.exists()] == folders[3:]
    assert held.path.exists()
    assert [path.parent for path in slots.unheld()] == folders[:2:-1]
    assert slots.newest().parent == folders[-1]


def test_one_that_brings_the_program_down_is_noticed(slots):
    half = written(slots) / ".0123.tmp"
    half.write_bytes(b"half a sess")
    for _ in range(2):
        slot = slots.take()
        assert not slot.brings_down
        slot.note_start()
        slot.release()
    assert not half.exists()
    slot = slots.take()
    assert slot.brings_down
    aside = slot.set_aside()
    assert aside.read_bytes() == b"a session"
    assert not slot.path.exists()
    assert not slot.brings_down
    slot.note_start()
    slot.note_well()
    slot.note_start()
    assert not slot.brings_down


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="for root nothing is read-only")
def test_a_folder_that_cannot_be_written_in_is_read_all_the_same(slots, tmp_path):
    folder = written(slots)
    folder.chmod(0o500)
    (tmp_path / "sessions").chmod(0o500)
    try:
        slot = slots.take()
        assert slot.path.read_bytes() == b"a session"
        slot.note_start()
        slot.release()
        with pytest.raises(PlaygroundError, match="denied"):
            slots.new()
        slots.prune()
    finally:
        (tmp_path / "sessions").chmod(0o700)
        folder.chmod(0o700)


def test_no_folder_can_be_made_where_there_is_a_file(tmp_path, qapp):
    (tmp_path / "sessions").write_text("")
    slots = Slots(tmp_path)
    assert slots.take() is None
    slots.prune()
    with pytest.raises(PlaygroundError, match="sessions"):
        slots.new()


def test_the_folder_is_the_platform_s_or_the_one_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert state_folder() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert state_folder() == tmp_path
    monkeypatch.delenv(VARIABLE)
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        assert state_folder() == tmp_path / "state" / "gradient-playground"


# --- recent files ------------------------------------------------------------------------------


def test_recent_files_are_one_list_for_all(tmp_path):
    one, other = Recent(tmp_path / "new"), Recent(tmp_path / "new")
    assert one.paths == []
    for name in ("a", "b", "a"):
        one.add(tmp_path / name)
    other.add(Path("c"))
    assert one.paths == [Path("c").absolute(), tmp_path / "a", tmp_path / "b"]
    one.add(tmp_path / "no text \udcff")
    assert one.paths[0] == tmp_path / "no text \udcff"
    one.remove(tmp_path / "no text \udcff")
    other.remove(tmp_path / "a")
    assert one.paths == [Path("c").absolute(), tmp_path / "b"]
    one.clear()
    assert other.paths == []


def test_windows_that_add_at_once_lose_nothing(tmp_path):
    def add(index):
        Recent(tmp_path).add(tmp_path / str(index))

    threads = [threading.Thread(target=add, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Recent(tmp_path).paths) == 3


def test_the_list_does_not_grow_for_ever(tmp_path):
    recent = Recent(tmp_path)
    for index in range(MOST_FILES + 2):
        recent.add(tmp_path / str(index))
    assert recent.paths == [tmp_path / str(index) for index in range(MOST_FILES + 1, 1, -1)]


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b"[1, null]", b"[" * 100_000, b"\xff"])
def test_a_list_that_is_damaged_is_an_empty_one(tmp_path, content):
    (tmp_path / "recent.json").write_bytes(content)
    recent = Recent(tmp_path)
    assert recent.paths == []
    recent.add(tmp_path / "a")
    assert recent.paths == [tmp_path / "a"]


def test_where_no_list_can_be_written_nothing_happens(tmp_path):
    (tmp_path / "file").write_text("")
    recent = Recent(tmp_path / "file")
    begun = time.monotonic()
    recent.add(tmp_path / "a")
    assert time.monotonic() - begun < 10
    assert recent.paths == []
