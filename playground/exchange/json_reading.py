"""JSON read strictly: one meaning for each text, and every fault with its place."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from playground.core.errors import ExperimentError, Path, Problem
from playground.core.limits import MAX_DEPTH, MAX_DIGITS, MAX_SAMPLES, MAX_VALUES


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in the tree where a value cannot; found and said with its place afterwards."""

    message: str
    field: str | None = None


def decode(content: bytes, name: str) -> str:
    """The text of a file, which must be UTF-8, with or without a byte order mark.

    Raises:
        ExperimentError: It is in another encoding, or no text.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _refuse(f"{name} is encoded as UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(
            f"{name} is no text in UTF-8: byte {error.start + 1:,} does not belong there. "
            "If it is a text in another encoding, save it as UTF-8"
        )


def parse(text: str, name: str) -> Any:
    """Dicts, lists, texts, numbers, booleans and None, nested at most ``MAX_DEPTH`` deep.

    Raises:
        ExperimentError: It is not JSON, or JSON that others may read differently: keys that stand
            twice, NaN, halves of characters, numbers of more than ``MAX_DIGITS`` digits. Or a list
            is longer than any that an experiment needs.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        _refuse(f"{name} is empty")
    if text.count(",") > MAX_VALUES:
        _refuse(f"{name} holds more than the {MAX_VALUES:,} values that the largest experiment has")
    try:
        tree = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        _refuse(
            f"{name} is not JSON: line {error.lineno:,}, column {error.colno:,}: "
            f"{error.msg[:1].lower()}{error.msg[1:]}" + ("; the file is cut off" if cut else "")
        )
    except RecursionError:
        _refuse(f"{name} is nested more than the {MAX_DEPTH} levels deep that are allowed")
    problems = list(_problems(tree, ()))
    if problems:
        raise ExperimentError(problems)
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Fault:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        return _Fault("stands here twice; keep one of them", twice)
    return found


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
        if len(value) > MAX_SAMPLES:  # nothing is longer than one's own points
            yield Problem(path, f"has {len(value):,} entries; at most {MAX_SAMPLES:,} are allowed")
            return
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
