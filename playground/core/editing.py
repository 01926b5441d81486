"""Change one place of a frozen tree, and find the places in which two trees differ."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from playground.core.errors import ExperimentError, Path, Problem, problems_of
from playground.core.fields import Control, control_of

M = TypeVar("M", bound=BaseModel)


def value_at(tree: Any, path: Path) -> Any:
    """What stands at a path."""
    for part in path:
        tree = tree[part] if isinstance(part, int) else getattr(tree, part)
    return tree


def replace(tree: M, path: Path, value: Any) -> M:
    """A new tree in which ``value`` stands at ``path``; the old one stays as it is.

    Raises:
        ExperimentError: The new tree would not be valid; its problems say where and why.
    """
    return _replaced(tree, path, value, ())  # type: ignore[no-any-return]  # the type of tree


def _replaced(tree: Any, path: Path, value: Any, at: Path) -> Any:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return tuple(
            _replaced(item, rest, value, (*at, index)) if index == first else item
            for index, item in enumerate(tree)
        )
    fields = {name: getattr(tree, name) for name in type(tree).model_fields}
    fields[first] = _replaced(fields[first], rest, value, (*at, first))
    try:
        return type(tree)(**fields)
    except ValidationError as error:
        raise ExperimentError(
            Problem((*at, *problem.path), problem.message) for problem in problems_of(error)
        ) from None


def differences(old: Any, new: Any, at: Path = ()) -> list[Path]:
    """The paths of the smallest parts in which two trees differ, in order."""
    if old == new:
        return []
    if isinstance(old, BaseModel) and type(old) is type(new):
        found: list[Path] = []
        for name in type(old).model_fields:
            found += differences(getattr(old, name), getattr(new, name), (*at, name))
        return found
    if not (isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new)):
        return [at]
    if not all(isinstance(item, BaseModel) for item in (*old, *new)):
        return [at]
    found = []
    for index, (one, other) in enumerate(zip(old, new, strict=True)):
        found += differences(one, other, (*at, index))
    return found


def is_live(tree: BaseModel, path: Path) -> bool:
    """Whether a change at this path acts on a running network instead of needing a new one."""
    node: Any = tree
    for part in path:
        if isinstance(part, str):
            control = control_at(node, part)
            if control is not None and control.live:
                return True
        node = node[part] if isinstance(part, int) else getattr(node, part)
    return False


def control_at(model: BaseModel, field: str) -> Control | None:
    """The control of a model's field; None for a field that only groups others."""
    info = type(model).model_fields[field]
    if any(isinstance(entry, Control) for entry in info.metadata):
        return control_of(info)
    return None
