"""A session that goes on until it is told to stop."""

import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.runtime.session import Session


@pytest.fixture
def session(qapp):
    session = Session(replace(Experiment(), ("training", "stop"), ()))
    yield session
    session.shut_down()
