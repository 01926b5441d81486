"""The commands: the window, and `train`, `export` and `import`, which need no screen and no Qt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from playground.console import say
from playground.core.errors import ExperimentError, PlaygroundError
from playground.core.experiment import Experiment
from playground.exchange import experiment_file
from playground.exchange.document import Document
from playground.startup import lasting

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no error leaves as a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if not arguments:
            return _open_window(None)
        from playground import parsers

        if arguments[0] == "train":
            from playground import commands

            return commands.train(parsers.train_parser().parse_args(arguments[1:]))
        if arguments[0] == "export":
            from playground import exporting

            return exporting.export(parsers.export_parser().parse_args(arguments[1:]))
        if arguments[0] == "import":
            from playground import importing

            return importing.import_source(parsers.import_parser().parse_args(arguments[1:]))
        return _open_window(parsers.window_parser().parse_args(arguments).file)
    except SystemExit as end:  # argparse has said what is wrong, or has helped
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_INPUT


def load(given: Path | str) -> Document:
    """Read an experiment file, or a link; the message of an error begins with the file's name."""
    if isinstance(given, str):
        return Document(read_link(given))
    try:
        return experiment_file.load(given)
    except ExperimentError as error:
        lines = "\n  ".join(str(error).splitlines())
        raise PlaygroundError(f"{given} cannot be opened:\n  {lines}") from None


def read_link(link: str) -> Experiment:
    """The experiment of a link; what is otherwise than in the link goes to standard error."""
    from playground.exchange.tf_link import experiment_of

    experiment, notes = experiment_of(link)
    for note in notes:
        say(note)
    return experiment


def _open_window(file: Path | str | None) -> int:
    from playground import system

    document = load(file) if file is not None else None
    problem = system.window_problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return FAILED
    with lasting():
        from playground.gui.app import run_app

    return run_app(document, file.absolute() if isinstance(file, Path) else None)
