"""What is costly keeps to its share of the time, and to its pace; the clock is the test's own."""

from __future__ import annotations

import pytest

from playground.runtime import ration as module
from playground.runtime.ration import Ration


class Clock:
    def __init__(self) -> None:
        self.now = self.worked = 100.0

    def perf_counter(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.worked

    def work(self, seconds: float) -> None:
        self.now += seconds
        self.worked += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("share", "pause", "cost", "wait"),
    [
        (0.25, 0.0, 1.0, 3.0),  # one second of four
        (0.25, 2.0, 1.0, 3.0),  # the share asks for more than the pause
        (0.25, 5.0, 1.0, 5.0),  # and the other way round
        (0.5, 0.1, 0.0, 0.1),  # what costs nothing has a pace as well
    ],
)
def test_it_is_due_again_after_what_share_and_pause_ask_for(
    clock: Clock, share: float, pause: float, cost: float, wait: float
) -> None:
    ration = Ration(share, pause)
    assert ration.due, "the first time costs nobody anything"
    with ration:
        clock.work(cost)
    assert ration.seconds == cost
    clock.now += wait - 0.01
    assert not ration.due
    clock.now += 0.02
    assert ration.due


def test_time_spent_waiting_does_not_count_as_cost(clock: Clock) -> None:
    ration = Ration(0.5)
    with ration:
        clock.work(1.0)
        clock.now += 50.0  # parked at the gate
    assert ration.seconds == 1.0
    clock.now += 1.01
    assert ration.due
