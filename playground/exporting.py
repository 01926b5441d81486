"""The command `export`: an experiment, trained or not, in a format of other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from playground.cli import DONE, FAILED, failed, load, tell_age
from playground.console import put_out, say
from playground.core.errors import PlaygroundError
from playground.core.words import listed
from playground.exchange.exporting.registry import Export, Subject, exporters

STANDARD_OUTPUT = Path("-")


def export(options: argparse.Namespace) -> int:
    """Export as the options of the command line say; the exit code.

    Raises:
        PlaygroundError: The input is wrong, or the format cannot hold it.
    """
    exporter = exporters[options.format]
    document = load(options.file)
    tell_age(document, options.file)
    replicas = document.experiment.training.replicas
    replica = 1 if options.replica is None else options.replica
    if not 1 <= replica <= replicas:
        raise PlaygroundError(
            f"--replica: must be from 1 to {replicas}, as the experiment has so many, but is "
            f"{replica}"
        )
    if options.replica is not None and not exporter.of_one:
        raise PlaygroundError(
            f"--replica: makes no difference to {exporter.name}, which is not of one network"
        )
    made = exporter.make(Subject(document, replica - 1))
    if options.out == STANDARD_OUTPUT:
        return _print(made)
    path = options.out or Path(exporter.file_name)
    for each in made.files_at(path):
        if options.out is None and each.exists():  # nobody has given that name
            raise PlaygroundError(f"{each} exists already; --out {path} would replace it")
    for note in made.notes:
        say(note)
    try:
        written = made.write(path)
    except PlaygroundError as error:
        return failed(error)
    say(f"Wrote {listed(written)}.")
    return DONE


def _print(made: Export) -> int:
    if not made.is_text:
        raise PlaygroundError(
            "--out -: this format is not a single file of text; give it the name of a file"
        )
    for note in made.notes:
        say(note)
    content = made.main if made.main.endswith(b"\n") else made.main + b"\n"  # a link has none
    return DONE if put_out(content) else FAILED
