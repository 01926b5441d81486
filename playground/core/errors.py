"""What is wrong with an input, said as a place and a sentence."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

Path = tuple[str | int, ...]

LONGEST_NAME = 40
MOST_FOUND = 100
"""Problems after which no more are looked for where there may be many."""
MOST_SHOWN = 10
"""Problems that the text of an error lists: one mistake in a list of points may give hundreds."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth a warning.

    Attributes:
        path: Where in the experiment, such as ``("network", "hidden", 1, "units")``.
        message: A sentence without the place, saying what is wrong and what would be right.
    """

    path: Path
    message: str

    @property
    def place(self) -> str:
        """The path as a person writes it: ``network.hidden[1].units``."""
        return place(self.path)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.path else self.message


class PlaygroundError(Exception):
    """An error whose text is meant for the user as it stands."""


class ExperimentError(PlaygroundError):
    """An experiment, or a file that should hold one, is not valid.

    Attributes:
        problems: All that was found, in the order of the file; never empty.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"… and {len(self.problems) - MOST_SHOWN} more")
        super().__init__("\n".join(lines))


def place(path: Path) -> str:
    """Write a path as ``network.hidden[1].units``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if len(part) <= LONGEST_NAME else part[:LONGEST_NAME] + "…"
            name = printable(name)
            text += f".{name}" if text else name
    return text


def printable(text: str) -> str:
    """A text of a file without what a terminal would obey, such as colours and line breaks."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def fail(problems: Sequence[Problem]) -> NoReturn:
    """Raise problems from inside a pydantic validator, with paths relative to its model."""
    raise PydanticCustomError("problems", "{text}", {"text": str(problems[0]), "all": problems})


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Translate what pydantic found into places and plain sentences."""
    found: list[Problem] = []
    for entry in error.errors(include_url=False):
        path = tuple(entry["loc"])
        nested = (entry.get("ctx") or {}).get("all")
        if nested:
            found += [Problem(path + problem.path, problem.message) for problem in nested]
        else:
            found.append(Problem(path, _sentence(entry)))
    return tuple(found)


class _Short(reprlib.Repr):
    def repr_ndarray(self, array: Any, level: int) -> str:
        """As the list that a file has there."""
        return self.repr1(array[: self.maxlist + 1].tolist(), level)


_short = _Short()


def shown(value: Any) -> str:
    """A value as it may stand in a message: short, whatever it is."""
    text = _short.repr(value)  # a value may be a list of millions
    return text if len(text) <= 40 else text[:37] + "…"


def _sentence(entry: Any) -> str:
    kind, given, context = entry["type"], shown(entry["input"]), entry.get("ctx") or {}
    bounds = {
        "greater_than": ("gt", "more than"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "less than"),
        "less_than_equal": ("le", "at most"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return f"must be {words} {context[key]}, but is {given}"
    if kind in ("int_type", "int_parsing", "int_from_float"):
        return f"must be a whole number, but is {given}"
    if kind in ("float_type", "float_parsing"):
        return f"must be a number, but is {given}"
    if kind == "finite_number":
        return f"must be a finite number, but is {given}"
    if kind in ("bool_type", "bool_parsing"):
        return f"must be true or false, but is {given}"
    if kind == "string_type":
        return f"must be a text, but is {given}"
    if kind in ("tuple_type", "list_type"):
        return f"must be a list, but is {given}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"must be an object with named fields, but is {given}"
    if kind == "literal_error":
        return f"must be one of {context['expected']}, but is {given}"
    if kind == "too_long":
        count, most = context["actual_length"], context["max_length"]
        return f"has {count} entries; at most {most} are allowed"
    if kind == "too_short":
        return f"must have at least {context['min_length']} entry, but is {given}"
    if kind == "missing":
        return f"is missing in {given}"
    if kind == "string_too_long":
        return f"is too long; at most {context['max_length']} characters are allowed"
    return f"{entry['msg'][:1].lower()}{entry['msg'][1:]} (it is {given})"
