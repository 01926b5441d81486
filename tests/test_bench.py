"""What `make bench` makes of its figures; the figures themselves are no matter of tests."""

import numpy as np
import pytest

from tests.bench.bounds import Bound, percentile, table
from tests.bench.soak import ends


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [("≥", False, True, True), ("≤", True, True, False), ("<", True, False, False)],
)
def test_a_bound_holds_on_its_side(sign, below, at, above):
    bound = Bound(sign, 20)
    assert str(bound) == f"{sign} 20"
    assert [bound.holds(figure) for figure in (19.9, 20, 20.1)] == [below, at, above]


def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed():
    values = np.arange(1, 201)[::-1]
    assert percentile(values, 50) == 100
    assert percentile(values, 99) == 198
    assert percentile(values, 100) == 200
    assert percentile([7.0], 99) == 7


def test_a_table_says_what_is_asked_and_whether_every_platform_meets_it():
    asked = {"ratio": Bound("≥", 0.8), "frames/s": Bound("≥", 28)}
    found = {
        "offscreen": {"steps": 900, "ratio": 0.82, "frames/s": 30.0},
        "Xvfb": {"steps": 800, "ratio": 0.78, "frames/s": 29.0},
    }
    first, ratio, frames = table("training", asked, found)
    assert first == {
        "window": "training",
        "figure": "steps",
        "asked": "",
        "offscreen": 900,
        "Xvfb": 800,
        "": "",
    }
    assert (ratio["window"], ratio["asked"], ratio[""]) == ("", "≥ 0.8", "MISSED")
    assert (frames["asked"], frames[""]) == ("≥ 28", "met")


def test_a_platform_without_figures_says_why_and_is_not_judged():
    asked = {"ratio": Bound("≥", 0.8)}
    (row,) = table("training", asked, {"offscreen": {"ratio": 0.9}, "Xvfb": "no Xvfb"})
    assert (row["Xvfb"], row[""]) == ("no Xvfb", "met")
    (row,) = table("training", asked, {"offscreen": "failed", "Xvfb": "no Xvfb"})
    assert (row["figure"], row["offscreen"], row[""]) == ("ratio", "failed", "")


def test_memory_is_looked_at_each_minute_and_at_the_end():
    assert ends(0.5) == [0, 0.5]
    assert ends(2) == [0, 1, 2]
    assert ends(2.5) == [0, 1, 2, 2.5]
