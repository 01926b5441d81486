"""Named choices: a registry for each family, and models that are picked from one by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from playground.core.errors import MOST_SHOWN, Problem, fail, problems_of, shown
from playground.core.fields import control_of


class Model(BaseModel):
    """A frozen model that refuses unknown fields and says which ones there are."""

    # A validator is built when it is first needed: most entries of most families never are.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            problems = unknown_fields(given, cls.model_fields)
            if problems:
                fail(problems)
        return given


def unknown_fields(given: Iterable[object], known: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the first names that are none of the known ones; empty if nothing is."""
    unknown = (key for key in given if key not in known)
    return [Problem((str(key),), _unknown(key, known)) for key in islice(unknown, MOST_SHOWN)]


class Part(Model):
    """A part of an experiment: what is quiet is written only where it is used."""

    @model_serializer(mode="wrap")
    def _without_what_is_quiet(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = dump(self)
        for name, info in type(self).model_fields.items():
            default = info.get_default(call_default_factory=True)
            if control_of(info).quiet and getattr(self, name) == default:
                del written[name]
        return written


class Choice(Model):
    """One entry of a family: its parameters as fields, and what is to be known of it.

    Written in a file as an object with its ``name`` and its parameters.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    formula: ClassVar[str]
    reference: ClassVar[str]
    """Where the formula comes from."""

    @model_serializer(mode="wrap")
    def _with_name(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"name": self.name, **dump(self)}


E = TypeVar("E", bound=Any)


class Registry(Mapping[str, E], Generic[E]):
    """The entries of one family, by name, in the order in which they are offered."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._entries: dict[str, E] = {}

    def add(self, entry: E) -> E:
        """Enter a class or an object that has a ``name``; usable as a decorator."""
        if entry.name in self._entries:
            raise ValueError(f"{self.family} {entry.name!r} is registered twice")
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> E:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def unknown(self, name: object, *also: str) -> str:
        """The sentence for a name that is neither registered nor among ``also``."""
        known = dict.fromkeys((*also, *self._entries))
        return f"unknown {self.family} {shown(name)}; {_choices(name, known)}"


C = TypeVar("C", bound=Choice)


def parse(registry: Registry[type[C]], given: Any) -> C:
    """Make a choice from what stands in a file: an object with a name, or a bare name.

    Raises:
        PydanticCustomError: The name or a parameter is not valid (to be used in a validator).
    """
    if isinstance(given, Choice):
        if type(given) not in registry.values():
            fail([Problem((), f"must be one of the family {registry.family}")])
        return given  # type: ignore[return-value]  # the line above is the proof
    fields = {"name": given} if isinstance(given, str) else given
    if not isinstance(fields, Mapping):
        fail([Problem((), f"must be an object with a name, but is {shown(given)}")])
    name = fields.get("name")
    if not isinstance(name, str):
        fail([Problem(("name",), f"is missing; {_choices(name, registry)}")])
    if name not in registry:
        fail([Problem(("name",), registry.unknown(name))])
    try:
        return registry[name].model_validate({k: v for k, v in fields.items() if k != "name"})
    except ValidationError as error:
        fail(problems_of(error))


LONGEST_GUESS = 100
"""Characters of a name for which a near one is looked for."""


def _near(name: object, known: Mapping[str, Any]) -> str:
    """A question after the name that was probably meant, or nothing."""
    text = str(name)
    near = difflib.get_close_matches(text, known, 1) if len(text) <= LONGEST_GUESS else []
    return f"did you mean {near[0]!r}? " if near else ""


def _choices(name: object, known: Mapping[str, Any]) -> str:
    near = _near(name, known)
    return f"{near}{'The' if near else 'the'} choices are {', '.join(known)}"


def _unknown(key: object, known: Mapping[str, Any]) -> str:
    near = _near(key, known)
    if not known:
        return "unknown field; there are no fields here"
    return f"unknown field; {near}the fields here are {', '.join(known)}"
