"""Sessions in a file: exact, and harmless whatever the file holds."""

import contextlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, session_file
from playground.exchange.session_file import Kept
from playground.exchange.trained import capture, restore
from playground.training.trainer import Trainer
from tests.exchange.samples import advance, all_rules, experiment

WINDOW = {"dark": True, "of a later version": {"x": [1, None, "é"]}}


def within_an_epoch(precision="float32", replicas=3):
    """A run with all that a file may hold: BatchNorm, stop rules, steps of an epoch under way."""
    asked = {"precision": precision, "replicas": replicas, "stop": all_rules()}
    return advance(Trainer(experiment(batch_norm="before", dropout=0.1, **asked)), 8)


def trained():
    return capture(advance(Trainer(experiment()), 5))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "session.zip"


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_what_comes_back_is_the_same_to_the_last_bit_and_trains_on_so(path, precision, replicas):
    trainer = within_an_epoch(precision, replicas)
    document = capture(trainer)
    session_file.save(Kept(document, Path("/a/b é.json"), WINDOW), path)
    kept = session_file.load(path)
    assert (kept.file, kept.window) == (Path("/a/b é.json"), WINDOW)
    assert experiment_file.dumps(kept.document) == experiment_file.dumps(document)
    again = restore(kept.document)
    for _ in range(2):
        trainer.run_epoch()
        again.run_epoch()
    assert (again.network.theta == trainer.network.theta).all()
    assert experiment_file.dumps(capture(again)) == experiment_file.dumps(capture(trainer))


def test_numbers_are_kept_as_their_bytes(path):
    trainer = within_an_epoch()
    session_file.save(Kept(capture(trainer)), path)
    with zipfile.ZipFile(path) as archive:
        numbers, text = archive.read("arrays"), archive.read("session.json")
    assert trainer.network.theta.tobytes()[:16] in numbers, "the first weights of the first network"
    assert len(text) < 20_000
    written = path.stat().st_mtime
    assert session_file.about(path) == session_file.About("Small", 2, written)


def test_points_of_one_s_own_come_back_with_the_arrays_or_without(path):
    rows = [[0.1, -2.0, 0], [1 / 3, 1e-300, 1], [1e9, 5, 0], [7, 7, 1]] * 50
    own = replace(experiment(), ("data",), {"source": "points", "points": rows})
    session_file.save(Kept(capture(Trainer(own))), path)
    for with_arrays in (False, True):
        assert session_file.load(path, with_arrays).document.experiment == own
    for content in (b"\0" * 23, b"\xff" * 48):
        rewritten(path, members={"points": content}.items())
        with pytest.raises(PlaygroundError):
            session_file.load(path)


def test_the_rest_can_be_had_without_the_arrays(path):
    document = capture(within_an_epoch())
    session_file.save(Kept(document, window=WINDOW), path)
    kept = session_file.load(path, with_arrays=False)
    assert kept.document.experiment == document.experiment
    assert kept.document.trained is None
    assert kept.window == WINDOW


def test_a_file_that_is_cut_or_changed_anywhere_is_refused_in_words(path):
    session_file.save(Kept(trained(), window=WINDOW), path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for cut in rng.integers(0, len(whole), 60):
        path.write_bytes(whole[:cut])
        with pytest.raises(PlaygroundError):
            session_file.load(path)
        session_file.about(path)
    accepted = 0
    for at, bit in zip(rng.integers(0, len(whole), 200), rng.integers(0, 8, 200), strict=True):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << bit
        path.write_bytes(damaged)
        try:
            kept = session_file.load(path)
        except PlaygroundError:
            session_file.about(path)
            continue
        accepted += 1  # what no reader looks at, such as the time in the directory
        assert experiment_file.dumps(kept.document) == experiment_file.dumps(trained())
    assert accepted < 60


def test_a_directory_with_any_byte_changed_is_refused_in_words(path):
    session_file.save(Kept(trained()), path)
    whole = path.read_bytes()
    for at in range(whole.index(b"PK\x01\x02"), len(whole)):
        for other in (0xFF, 0x21):  # among them versions to come, and what is encrypted or patched
            damaged = bytearray(whole)
            damaged[at] ^= other
            path.write_bytes(damaged)
            with contextlib.suppress(PlaygroundError):
                session_file.load(path)
            session_file.about(path)


def rewritten(path, change=None, members=(), compression=zipfile.ZIP_STORED):
    """The session with its tree changed, or with other members."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    tree = json.loads(parts["session.json"])
    if change is not None:
        change(tree)
    parts |= {"session.json": json.dumps(tree).encode()} | dict(members)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def weights(tree):
    return tree["experiment"]["trained"]["layers"][0]["weights"]


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.update(format="other"),
        lambda tree: tree.update(version=2),
        lambda tree: tree.update(experiment=None),
        lambda tree: tree["experiment"].update(unknown=1),
        lambda tree: weights(tree).update({"array at": -1}),
        lambda tree: weights(tree).update({"array at": 10**15}),
        lambda tree: weights(tree).update({"array at": "0"}),
        lambda tree: weights(tree).update(bytes=10**15),
        lambda tree: weights(tree).update(bytes=True),
        lambda tree: weights(tree).update(type="object"),
        lambda tree: weights(tree).update(type=["float32"]),
        lambda tree: weights(tree).update(shape=[10**9, 10**9]),
        lambda tree: weights(tree).update(shape=[]),
        lambda tree: weights(tree).update(shape=weights(tree)["shape"][::-1]),
        lambda tree: weights(tree).pop("type"),
        lambda tree: weights(tree).pop("shape"),
        lambda tree: tree["experiment"]["trained"]["history"].update(rows=weights(tree)),
        lambda tree: tree["experiment"].update(trained=[[[]]]),
    ],
)
def test_a_tree_that_is_not_true_is_refused_in_words(path, change):
    session_file.save(Kept(trained()), path)
    rewritten(path, change)
    with pytest.raises(PlaygroundError):
        session_file.load(path)


def test_numbers_that_are_not_finite_are_refused(path):
    session_file.save(Kept(trained()), path)
    rewritten(path, members={"arrays": b"\xff" * 100_000}.items())
    with pytest.raises(PlaygroundError, match="finite"):
        session_file.load(path)


def test_what_is_compressed_or_lacks_a_part_is_refused_unread(path):
    session_file.save(Kept(trained()), path)
    rewritten(path, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(PlaygroundError, match="not written by this program"):
        session_file.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other", "")
    with pytest.raises(PlaygroundError, match=r"lacks the part session\.json"):
        session_file.load(path)
    assert session_file.about(path) is None


def test_a_window_or_a_file_that_makes_no_sense_is_left_out(path):
    session_file.save(Kept(trained(), Path("x")), path)
    rewritten(path, lambda tree: tree.update(window=[1], file=7, more="of a later version"))
    kept = session_file.load(path)
    assert (kept.file, kept.window) == (None, {})


def test_a_file_whose_name_is_no_text_is_asked_for_again(path):
    session_file.save(Kept(trained(), Path("no text \udcff.json")), path)
    assert session_file.load(path).file is None


def test_a_failed_writing_leaves_the_old_session(path, monkeypatch):
    session_file.save(Kept(trained()), path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PlaygroundError, match="no space is left"):
        session_file.save(Kept(trained()), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
