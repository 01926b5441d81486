"""The command `import`: an experiment made of a table, a link, or another of our files."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence

from playground.cli import DONE, FAILED, failed, opened, read_link, tell_age
from playground.console import put_out, say
from playground.core.errors import PlaygroundError, shown
from playground.core.experiment import Data, Experiment
from playground.core.words import listed
from playground.data import sources as _sources  # noqa: F401  # it enters the registries
from playground.exchange import experiment_file, table
from playground.exchange.document import Document
from playground.exchange.own_files import document_in
from playground.exchange.table_guess import guess
from playground.exchange.table_points import Choice, Taken, take


def import_source(options: argparse.Namespace) -> int:
    """Import as the options of the command line say; the exit code.

    Raises:
        PlaygroundError: The input is wrong.
    """
    if isinstance(options.source, str):
        _refuse_options(options, "a link")
        return _save(Document(read_link(options.source)), options)
    ours = opened(options.source, document_in)
    if ours is not None:
        document, notes = ours
        _refuse_options(options, "such a file")
        tell_age(document, options.source)
        for note in notes:
            say(note)
        return _save(document, options)
    found = table.read(options.source)
    say(f"{options.source.name}: {found.sentence()}")
    likely = _likely(found, options)
    choice = dataclasses.replace(
        likely, problem=options.problem or likely.problem, scaling=options.scale
    )
    taken = take(found, choice)
    leave_out = options.leave_out_bad_rows
    if taken.bad and not leave_out:
        remedy = "correct them, or leave them out with --leave-out-bad-rows"
        raise PlaygroundError(f"{taken.about_bad()}; {remedy}")
    data = taken.data(Data(), leave_out_bad=leave_out)
    experiment = Experiment(name=options.source.stem[:200] or "Points", data=data)
    for sentence in _sentences(found, taken):
        say(sentence)
    if choice.scaling == "none" != likely.scaling:
        say("x1 and x2 are far from [-6, 6], on which the data sets lie; --scale fit helps.")
    return _save(Document(experiment), options, len(taken.bad), list(taken.classes))


def _refuse_options(options: argparse.Namespace, source: str) -> None:
    """Refuse what is said of a table where there is none."""
    usual = {"columns": None, "problem": None, "scale": "none", "leave_out_bad_rows": False}
    for option, value in usual.items():
        if getattr(options, option) != value:
            name = option.replace("_", "-")
            raise PlaygroundError(f"--{name}: is for tables; {source} says all that there is")


def _save(
    document: Document,
    options: argparse.Namespace,
    left_out: int = 0,
    classes: Sequence[str] = (),
) -> int:
    """Write the experiment and say so; the exit code."""
    try:
        experiment_file.save(document, options.out)
    except PlaygroundError as error:
        return failed(error)
    say(f"Wrote {options.out}.")
    data = document.experiment.data
    summary = {
        "points": data.count,
        "left_out": left_out,
        "problem": data.task.kind,
        "classes": classes,
    }
    return DONE if put_out(json.dumps(summary, ensure_ascii=False) + "\n") else FAILED


def _likely(found: table.Table, options: argparse.Namespace) -> Choice:
    """What is to be taken: the columns that were asked for, and the rest guessed."""
    if options.columns is None:
        return guess(found)
    names = [part.strip() for part in options.columns.split(",")]
    if len(names) != 3:
        raise PlaygroundError(
            f"--columns: must be three columns, as in x1,x2,target, but is {shown(options.columns)}"
        )
    x1, x2, target = (_column(found, name) for name in names)
    return guess(found, Choice(x1, x2, target))


def _column(found: table.Table, name: str) -> int:
    if name in found.names:
        return found.names.index(name)
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(found.names):
        return int(name) - 1
    raise PlaygroundError(
        f"--columns: there is no column {shown(name)}; the columns are "
        + ", ".join(found.names[:20])
    )


def _sentences(found: table.Table, taken: Taken) -> list[str]:
    """How the table became points, in words."""
    choice = taken.choice
    columns = (choice.x1, choice.x2, choice.target)
    x1, x2, target = (shown(found.names[column]) for column in columns)
    kind = "classes" if choice.problem == "classification" else "numbers"
    said = [f"x1 is {x1}, x2 is {x2}, the target is {target} ({kind})."]
    if taken.classes:
        classes = [f"{name} is class {index}" for index, name in enumerate(taken.classes)]
        said.append(f"{listed(classes)}.")
    if taken.bad:
        said.append(f"Left out: {taken.about_bad()}.")
    return [*said, *taken.notes]
