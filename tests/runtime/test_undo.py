"""Undo and redo over everything that a user can do: what was there comes back, run and all."""

import errno

import pytest

from playground.core.editing import replace
from playground.exchange.presets import presets, welcome
from playground.runtime.attic import Attic
from playground.runtime.undo import MOST_WHOLE
from playground.training.frozen import Place

UNITS = ("network", "hidden", 0, "units")
NOISE = ("data", "noise")
SOURCE = ("data", "source")
RATE = ("training", "optimizer", "learning_rate")
PLACE = Place(0, 0, 0, 0)


@pytest.fixture
def notices(session):
    said = []
    session.notice.connect(said.append)
    return said


def train(session, epochs=2):
    session.ask(lambda trainer: [trainer.run_epoch() for _ in range(epochs)])
    session.step()


def now(session):
    """What there is, to the last bit; a live change may cut an epoch short, which stays so."""
    trained = session.present().trained
    arrays = (trained.parameters, trained.history.cells, *trained.resume.optimizer.slots.values())
    bits = [array.tobytes() for array in arrays]
    counts = (trained.epoch, trained.step, trained.frozen, trained.resume.shuffle)
    return bits, counts, session.experiment, session.file


def branch(session):
    session.look_back(1)
    session.run_from_here()
    session.pause()


ACTIONS = {
    "a structural setting": lambda session: session.edit(UNITS, 3),
    "a live setting": lambda session: session.edit(RATE, 0.7),
    "other points": lambda session: session.edit(NOISE, 0.4),
    "another problem": lambda session: session.edit(SOURCE, "plane"),
    "a layer more": lambda session: session.edit(
        ("network", "hidden"), (*session.experiment.network.hidden,) * 2
    ),
    "another seed": lambda session: session.new_seed(),
    "a weight": lambda session: session.set_weight(PLACE, 3.0, held=True),
    "reset": lambda session: session.reset(),
    "try": lambda session: session.try_out(replace(session.experiment, RATE, 0.2)),
    "run from here": branch,
    "new": lambda session: session.open(welcome()),
    "a preset": lambda session: session.open(presets()[0].document()),
    "a file": lambda session: session.open(session.present(), session.folder / "other.json"),
    "points of one's own": lambda session: session.change(
        replace(
            session.experiment, ("data",),
            {"source": "points", "points": [[0, 0, 0], [1, 1, 1], [2, 1, 0], [3, 3, 1]]},
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_undo_brings_back_what_was_and_redo_what_came_of_it(session, tmp_path, action):
    session.folder, session.file = tmp_path, tmp_path / "mine.json"
    train(session)
    before = now(session)
    action(session)
    session.pause()
    assert session.can_undo
    after = now(session)
    assert after != before
    for _ in range(2):
        session.undo()
        assert now(session) == before
        session.redo()
        assert now(session) == after
    session.undo()
    train(session)
    assert not session.can_undo


def test_all_of_them_one_after_the_other(session, tmp_path):
    session.folder = tmp_path
    live = ("a live setting", "other points", "a weight")  # what was trained since then stays
    states = []
    for action in [action for name, action in ACTIONS.items() if name not in live][:MOST_WHOLE]:
        train(session)
        states.append(now(session))
        action(session)
        session.pause()
    last = now(session)
    for state in reversed(states):
        session.undo()
        assert now(session) == state
    assert not session.can_undo
    for state in [*states[1:], last]:
        session.redo()
        assert session.experiment == state[2]
    assert now(session) == last


def test_reset_of_what_has_not_been_touched_is_no_step(session):
    session.reset()
    assert not session.can_undo
    session.edit(UNITS, 3)
    session.reset()
    session.undo()
    assert not session.can_undo
    session.open(presets()[0].document())
    session.reset()
    session.undo()
    assert not session.can_undo
    session.edit(UNITS, 3)
    session.undo()
    session.redo()
    session.set_weight(PLACE, 3.0)
    session.reset()
    session.undo()
    value = session.ask(lambda trainer: trainer.network.views[0].table[0, 0, 0])
    assert value == 3.0


def test_a_weight_that_was_set_before_a_reset_comes_back_in_its_own_network(session):
    train(session)
    trained = now(session)
    session.set_weight(PLACE, 3.0)
    session.reset()
    fresh = now(session)
    session.undo()
    session.undo()
    assert now(session) == trained
    session.redo()
    session.redo()
    assert now(session) == fresh


def test_a_weight_is_undone_in_its_run_however_far_away_that_is(session, notices):
    train(session)
    before = now(session)
    session.set_weight(PLACE, 3.0)
    for _ in range(2 * MOST_WHOLE):
        train(session)
        session.reset()
    for _ in range(2 * MOST_WHOLE + 1):
        session.undo()
    assert not notices
    assert not session.can_undo
    assert session.ask(lambda trainer: trainer.network.views[0].table[0, 0, 0]) != 3.0
    assert now(session)[2:] == before[2:]


def test_a_weight_of_a_run_that_is_gone_is_put_into_no_other(session, notices, no_room):
    train(session)
    session.set_weight(PLACE, 3.0)
    for _ in range(MOST_WHOLE + 1):
        train(session)
        session.reset()
    session.ask(lambda trainer: None)  # it has been found that there is no room
    for _ in range(MOST_WHOLE + 1):
        session.undo()
    assert "anew from seed 0" in notices[-1]
    fresh = now(session)
    session.undo()
    assert "no longer kept" in notices[-1]
    assert now(session) == fresh
    assert not session.can_undo


@pytest.fixture
def no_room(monkeypatch):
    def put(self, trainer):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Attic, "put", put)


@pytest.mark.parametrize("name", ["reset", "run from here", "try", "new"])
def test_any_number_of_runs_come_back_to_the_last_bit_both_ways(session, notices, name, tmp_path):
    session.folder, states = tmp_path, []
    for index in range(3 * MOST_WHOLE):
        train(session, 2 + index % 2)
        states.append(now(session))
        ACTIONS[name](session)
        session.pause()
    last = now(session)
    for _ in range(2):
        for state in reversed(states):
            session.undo()
            assert now(session) == state
        assert not session.can_undo
        for _ in states:
            session.redo()
        assert now(session) == last
    assert not [words for words in notices if "anew" in words and "Built" not in words]
    session.undo()
    train(session)
    session.undo()
    assert now(session) == states[-2], "a run that was put away goes on to be undone"


@pytest.mark.parametrize("name", ["reset", "run from here", "try", "new"])
def test_a_run_for_which_there_is_no_room_starts_anew_and_it_is_said(
    session, notices, no_room, name
):
    train(session)
    ACTIONS[name](session)
    session.pause()
    for _ in range(MOST_WHOLE):
        train(session)
        session.reset()
    for _ in range(MOST_WHOLE):
        session.undo()
    kept = now(session)
    assert not [words for words in notices if "no room" in words]
    session.undo()
    assert "There was no room for this run" in notices[-1]
    assert session.present().trained.step == 0
    assert now(session) != kept


def test_what_was_put_away_goes_on_as_if_it_had_never_been_away(session):
    train(session, 3)
    session.change(replace(session.experiment, UNITS, 3))
    session.undo()
    session.edit(RATE, 0.02)
    train(session, 3)
    there = now(session)
    session.undo()
    session.redo()
    for _ in range(MOST_WHOLE + 2):
        session.new_seed()
    for _ in range(MOST_WHOLE + 2):
        session.undo()
    assert now(session) == there


def test_a_run_that_diverged_comes_back_from_far_away_too(session, notices):
    train(session)
    session.ask(lambda trainer: trainer.network.theta.fill(float("nan")))
    session.ask(lambda trainer: trainer.run_epoch())
    before = session.present()
    assert before.trained.stop is not None
    for _ in range(MOST_WHOLE + 2):
        session.new_seed()
    for _ in range(MOST_WHOLE + 2):
        session.undo()
    after = session.present()
    assert after.trained.stop == before.trained.stop
    assert after.trained.parameters.tobytes() == before.trained.parameters.tobytes()


def test_a_run_is_kept_however_many_live_changes_follow(session):
    train(session)
    before = now(session)
    session.reset()
    for index in range(3 * MOST_WHOLE):
        session.edit((RATE, NOISE)[index % 2], 0.01 * (index + 1))
    for _ in range(3 * MOST_WHOLE + 1):
        session.undo()
    assert now(session) == before


def test_a_live_edit_and_then_a_structural_one_in_one_drag_keep_the_run(session):
    train(session)
    before = now(session)
    for source in ("gauss", "xor", "plane", "moons"):
        session.edit(SOURCE, source)
    session.undo()
    assert now(session) == before
    assert not session.can_undo


def test_each_new_seed_is_a_step_however_soon(session):
    seeds = []
    for _ in range(3):
        seeds.append(session.experiment.training.seed)
        session.new_seed()
    for seed in reversed(seeds):
        session.undo()
        assert session.experiment.training.seed == seed


def test_the_file_goes_with_the_experiment(session, tmp_path):
    session.edit(UNITS, 3)
    session.save_to(tmp_path / "mine.json")
    session.open(welcome())
    assert session.file is None
    session.edit(UNITS, 5)
    session.undo()
    assert session.file is None
    session.undo()
    assert session.file == tmp_path / "mine.json"
    session.undo()
    assert session.file == tmp_path / "mine.json", "it was saved there"
    session.redo()
    session.redo()
    assert session.file is None


def test_a_drag_that_goes_on_after_it_was_saved_is_unsaved_work(session, tmp_path):
    session.edit(RATE, 0.02)
    session.save_to(tmp_path / "mine.json")
    assert not session.unsaved
    session.edit(RATE, 0.03)
    assert session.unsaved
