"""Parts of a file as models, and refusals with their place in the whole file."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, Field, ValidationError

from playground.core.errors import ExperimentError, Path, Problem, problems_of

LARGEST_COUNT = 10**15
"""Of epochs and steps: whole numbers that float64 holds exactly."""

Count = Annotated[int, Field(strict=True, ge=0, le=LARGEST_COUNT)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], given: Any, path: Path) -> M:
    """A part of a file as a model.

    Args:
        path: Where the part stands.

    Raises:
        ExperimentError: It is not valid.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = problems_of(error)
    raise ExperimentError(Problem(path + problem.path, problem.message) for problem in problems)


def refuse(path: Path, message: str) -> NoReturn:
    """Raise one problem."""
    raise ExperimentError([Problem(path, message)])
