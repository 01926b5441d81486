"""Room for a run that is left: two threads use it."""

from __future__ import annotations

import gc
from weakref import ref

from playground.core.experiment import Experiment
from playground.runtime.snapshot import Photographer
from playground.runtime.stash import Stash
from playground.training.trainer import Trainer


class DroppedMeanwhile(Stash):
    """Given up by the other thread just before a run is put into it."""

    def __setattr__(self, name, value):
        if name == "run" and value is not None and not self.is_dropped:
            self.drop()
        super().__setattr__(name, value)


def test_a_run_stays_unless_the_room_is_given_up():
    run = Photographer(Trainer(Experiment()), 1)
    stash = Stash()
    stash.keep(run)
    assert stash.run is run
    stash.drop()
    assert stash.run is None
    stash.keep(run)
    assert stash.run is None


def test_the_memory_of_a_run_that_is_let_go_does_not_wait_for_the_garbage_collector():
    run = Photographer(Trainer(Experiment()), 1, watched=["distributions"])
    run.trainer.run_epoch()
    run.take(False, 0.0)
    (program, *_), (moment, *_) = run.trainer.programs.values(), run.past.moments
    gathered = run.readings._made["distributions"][0]
    large = [ref(program.feed), ref(moment.trained.parameters), ref(gathered)]
    del program, moment, gathered
    stash = Stash()
    stash.keep(run)
    gc.disable()
    try:
        stash.drop()
        del run
        assert [there() for there in large] == [None] * len(large)
    finally:
        gc.enable()


def test_a_room_that_is_given_up_while_it_is_filled_holds_nothing():
    stash = DroppedMeanwhile()
    stash.keep(Photographer(Trainer(Experiment()), 1))
    assert stash.is_dropped
    assert stash.run is None
