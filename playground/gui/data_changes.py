"""Other data for an experiment, with what must change along with them."""

from __future__ import annotations

from pydantic import ValidationError

from playground.core.errors import ExperimentError, problems_of
from playground.core.experiment import Data, Experiment
from playground.core.families import losses
from playground.core.points import NO_POINTS


def with_data(experiment: Experiment, **changes: object) -> Experiment:
    """An experiment whose data differ in these fields.

    One's own points go where the data set is another one, for they belong to no other; a loss that
    does not fit the new task becomes the automatic one.

    Raises:
        ExperimentError: It would not be valid; its problems say where and why.
    """
    given = {**dict(experiment.data), **changes}
    if given["source"] != "points":
        given["points"] = NO_POINTS
    training = experiment.training
    try:
        data = Data(**given)
        known = data.source != "points" or bool(data.points)  # otherwise there is no task
        if training.loss != "auto" and known and not losses[training.loss].fits(data.task):
            training = type(training)(**{**dict(training), "loss": "auto"})
        return Experiment(**{**dict(experiment), "data": data, "training": training})
    except ValidationError as error:
        raise ExperimentError(problems_of(error)) from None
