"""How much memory the window takes up over the minutes, while it trains and is used.

A process of its own: ``python -m tests.bench.soak MINUTES``.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys

from tests.bench.bounds import Bound, table
from tests.bench.scenarios import usual
from tests.bench.window_rows import OFFSCREEN, environment_on

MINUTES, FEW_MINUTES = 20.0, 2.0
MOST_MEGABYTES = 50.0
"""In MINUTES; in a shorter run the share of it."""
WARM_UP = 60.0
"""Seconds until every view has been seen and histories are full."""
PARTS = 12
"""Of a minute; in each another tab comes to the front."""


def measure(minutes: float) -> list[float]:
    """Resident MB after the warm-up and then after each minute, or the last part of one.

    Each minute the tabs are turned over, the learning rate is dragged for a while, and the run
    starts anew from another seed.
    """
    from tests.bench.drag import Drag
    from tests.bench.growth import resident_megabytes
    from tests.bench.watch import wait
    from tests.bench.window import opened

    window = opened(usual())
    session, tabs = window.session, [title for group in window._groups for title, _ in group]
    window.speed.setCurrentIndex(window.speed.findData(None))

    def use(seconds: float) -> None:
        session.new_seed()
        session.run()
        for part in range(PARTS):
            window.docks[tabs[part % len(tabs)]].raise_()
            if part % PARTS:
                wait(seconds / PARTS)
                continue
            drag = Drag(window)
            drag.start()
            wait(seconds / PARTS)
            drag.stop()

    use(WARM_UP)
    found = [resident_megabytes()]
    for ended in ends(minutes)[1:]:
        use(60 * (ended - (len(found) - 1)))
        found.append(resident_megabytes())
        print(f"  minute {ended:g}: {found[-1] - found[0]:+.1f} MB", file=sys.stderr)
    window.close()
    return found


def ends(minutes: float) -> list[float]:
    """When the memory is looked at: at the start, after each minute and at the end."""
    return [*map(float, range(math.ceil(minutes))), minutes]


def rows(minutes: float) -> list[dict[str, object]]:
    """The growth as a table."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.soak", str(minutes)],
        stdout=subprocess.PIPE, text=True, check=True,
        env=environment_on(OFFSCREEN),
    )  # fmt: skip
    megabytes = json.loads(done.stdout.splitlines()[-1])
    figures = {
        f"resident MB, minute {end:g}": round(size, 1)
        for end, size in zip(ends(minutes), megabytes, strict=True)
    }
    growth = f"growth in {minutes:g} minutes, MB"
    figures[growth] = round(megabytes[-1] - megabytes[0], 1)
    figures["growth a minute, MB"] = round((megabytes[-1] - megabytes[0]) / minutes, 2)
    asked = {growth: Bound("<", MOST_MEGABYTES * minutes / MINUTES)} if minutes >= 1 else {}
    return table("memory after the warm-up", asked, {OFFSCREEN: figures})


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]))))
