"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No test may touch the sessions of who runs it: nothing is kept, unless a test says where.
os.environ["GRADIENT_PLAYGROUND_STATE"] = ""

# The same examples in every run, and no limit of time: the machine may be busy.
settings.register_profile(
    "playground",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
# Others in every run, and many of them: --hypothesis-profile thorough
settings.register_profile(
    "thorough", settings.get_profile("playground"), derandomize=False, max_examples=2000
)
settings.load_profile("playground")
