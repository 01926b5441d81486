"""The command `export`: an experiment, trained or not, in a format of other programs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from playground.cli import DONE, FAILED, load
from playground.core.errors import PlaygroundError
from playground.core.words import listed
from playground.exchange import files
from playground.exchange.exporting.registry import Export, Subject, exporters

STANDARD_OUTPUT = Path("-")


def export(options: argparse.Namespace) -> int:
    """Export as the options of the command line say; the exit code.

    Raises:
        PlaygroundError: The input is wrong, or the format cannot hold it.
    """
    exporter = exporters[options.format]
    document = load(options.file)
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
    contents = made.files_at(options.out or _free(exporter.file_name))
    if options.out is None:
        for path in contents:
            _free(path.name)
    for note in made.notes:
        _say(note)
    try:
        for path, content in contents.items():
            files.write(path, content)
    except PlaygroundError as error:
        _say(f"error: {error}")
        return FAILED
    _say(f"Wrote {listed(list(contents))}.")
    return DONE


def _free(name: str) -> Path:
    """A name that nobody has given; so it must not be that of a file which is there already."""
    path = Path(name)
    if path.exists():
        raise PlaygroundError(f"{name} exists already; --out {name} would replace it")
    return path


def _print(made: Export) -> int:
    if not made.is_text:
        raise PlaygroundError(
            "--out -: this format is not a single file of text; give it the name of a file"
        )
    for note in made.notes:
        _say(note)
    try:
        sys.stdout.buffer.write(made.main)
        if not made.main.endswith(b"\n"):  # a link, which has none on the clipboard
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except OSError as error:  # whoever read it has gone, or the disk behind it is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
        _say(f"error: the result could not be printed: {error.strerror}")
        return FAILED
    return DONE


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
