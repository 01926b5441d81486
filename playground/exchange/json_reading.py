"""JSON read strictly: one meaning for each text, and every fault with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from playground.core.errors import MOST_FOUND, ExperimentError, Path, Problem
from playground.core.limits import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_ENTRIES,
    MAX_FIELDS,
    MAX_LISTS,
    MAX_SAMPLES,
    MAX_TEXTS,
    MAX_VALUES,
)
from playground.exchange.foreign import LOOKED_AT, encoding_of, kind_of

if TYPE_CHECKING:
    from playground.exchange.sifted import Sifted

BOUNDS = (
    (",", MAX_VALUES, "values"),
    ("[", MAX_LISTS, "lists"),
    ("{", MAX_FIELDS, "objects"),
    (":", MAX_FIELDS, "fields"),
    ('"', MAX_TEXTS, "quotation marks"),
)
"""What is counted before a text is parsed, how often it may stand there, and what it stands for."""
_LONG = ("points", "frozen")
"""What a list is called that may be longer than others."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in the tree where a value cannot; found and said with its place afterwards."""

    message: str
    field: str | None = None


def check_start(content: bytes, name: str) -> None:
    """Look at the beginning of a file for what it is, if it is no text in UTF-8.

    Raises:
        ExperimentError: It is none; the message names what it is, where that is known.
    """
    start = content[:LOOKED_AT]
    if start.lstrip().startswith(b"{") and b"\0" not in start:
        return  # as it should; the patterns, once compiled, would take ms of the program's start
    kind, encoding = kind_of(start), encoding_of(start)
    if kind is not None:
        _refuse(
            f"{name} is not an experiment file but {kind}; open the experiment (.json) that it "
            "belongs to"
        )
    if encoding is not None:
        _refuse(f"{name} is encoded as {encoding}; save it as UTF-8")
    if b"\0" in start:
        _refuse(
            f"{name} is no text in UTF-8: it holds bytes of 0. If it is a text in another "
            "encoding, such as UTF-16, save it as UTF-8"
        )


def decode(content: bytes, name: str) -> str:
    """The text of a file, which must be UTF-8, with or without a byte order mark.

    Raises:
        ExperimentError: It is in another encoding, or no text.
    """
    check_start(content, name)
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        _refuse(not_utf8(name, error.start))


def not_utf8(name: str, place: int) -> str:
    """The sentence for a byte, counted from 0, that no text in UTF-8 has there."""
    return (
        f"{name} is no text in UTF-8: byte {place + 1:,} does not belong there. "
        "If it is a text in another encoding, save it as UTF-8"
    )


def not_json(name: str, place: tuple[int, int], what: str, *, cut: bool) -> str:
    """The sentence for a text that is no JSON from this line and column on."""
    line, column = place
    end = "; the file is cut off" if cut else ""
    return f"{name} is not JSON: line {line:,}, column {column:,}: {what}{end}"


def parse(text: str, name: str, sifted: Sifted | None = None) -> Any:
    """Dicts, lists, texts, numbers, booleans and None, nested at most ``MAX_DEPTH`` deep.

    Args:
        sifted: Where the text is from, if parts of it stand elsewhere; those come to their places.

    Raises:
        ExperimentError: It is not JSON, or JSON that others may read differently: keys that stand
            twice, NaN, halves of characters, numbers of more than ``MAX_DIGITS`` digits. Or a list
            is longer than any that an experiment needs.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        _refuse(f"{name} is empty")
    for sign, most, what in BOUNDS:
        if text.count(sign) > most:
            _refuse(f"{name} holds more than the {most:,} {what} that the largest experiment has")
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_object if sifted is None else partial(_object_or_part, sifted),
            parse_constant=_constant,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        open_text = error.msg.startswith("Unterminated string")  # placed where it begins
        cut = open_text or error.pos >= len(text.rstrip())
        what = error.msg.removesuffix(" at").removesuffix(" starting")
        place = (error.lineno, error.colno) if sifted is None else sifted.place(error.pos)
        _refuse(not_json(name, place, f"{what[:1].lower()}{what[1:]}", cut=cut))
    except RecursionError:
        _refuse(f"{name} is nested more than the {MAX_DEPTH} levels deep that are allowed")
    problems = list(islice(_problems(tree, ()), MOST_FOUND))
    if problems:
        raise ExperimentError(problems)
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Fault:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        return _Fault("stands here twice; keep one of them", twice)
    return found


def _object_or_part(sifted: Sifted, pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) == 1 and pairs[0][0] == sifted.key:
        return sifted.parts[pairs[0][1]]
    return _object(pairs)


def _constant(literal: str) -> _Fault:
    return _Fault(f"must be a finite number, but is {literal}")


def _integer(digits: str) -> int | _Fault:
    if len(digits) > MAX_DIGITS:
        return _Fault(f"is a number of {len(digits):,} digits; at most {MAX_DIGITS} are allowed")
    return int(digits)


def _problems(value: Any, path: Path) -> Iterator[Problem]:
    """What is wrong in a part of the tree, in the order of the text."""
    if isinstance(value, _Fault):
        own = path if value.field is None else (*path, _readable(value.field))
        yield Problem(own, value.message)
    elif isinstance(value, str):
        if _readable(value) != value:
            yield Problem(path, f"holds half of a character: {_readable(value)[:40]}")
    elif isinstance(value, (dict, list)):
        if len(path) >= MAX_DEPTH:
            yield Problem(path[:3], f"is nested more than {MAX_DEPTH} levels deep")
            return
        most = MAX_SAMPLES if path and path[-1] in _LONG else MAX_ENTRIES
        if len(value) > most:
            yield Problem(path, f"has {len(value):,} entries; at most {most:,} are allowed")
            return
        if isinstance(value, list) and set(map(type, value)) <= {int, float}:
            return  # what most lists of a file are
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            if isinstance(key, str) and _readable(key) != key:
                yield Problem(path, f"has a field with half of a character: {_readable(key)[:40]}")
            elif isinstance(child, (dict, list, str, _Fault)):
                yield from _problems(child, (*path, key))


def _readable(text: str) -> str:
    """The text with halves of surrogate pairs, which no file can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _refuse(message: str) -> NoReturn:
    raise ExperimentError([Problem((), message)])
