"""The commands: the window, and `train`, `export` and `import`, which need no screen and no Qt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from playground.console import say
from playground.core.errors import ExperimentError, PlaygroundError, shown
from playground.core.experiment import Experiment
from playground.exchange import experiment_file
from playground.exchange.document import Document
from playground.startup import lasting

COMMANDS = ("train", "export", "import")
DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

T = TypeVar("T")


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
        _check_command(arguments)
        return _open_window(parsers.window_parser().parse_args(arguments).file)
    except SystemExit as end:  # argparse has said what is wrong, or has helped
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_INPUT


def failed(error: PlaygroundError) -> int:
    """Say what went wrong although the input is right; the exit code."""
    say(f"error: {error}")
    return FAILED


def load(given: Path | str) -> Document:
    """Read an experiment file, or a link; the message of an error begins with the file's name."""
    if isinstance(given, str):
        return Document(read_link(given))
    return opened(given, experiment_file.load)


def tell_age(document: Document, given: Path | str) -> None:
    """Say on standard error that an older program has trained it, as the window does."""
    if document.trained is not None:
        from playground.exchange.trained import since

        words = since(document)
        if words:
            say(f"{given}: {words}")


def opened(path: Path, read: Callable[[Path], T]) -> T:
    """What is read from a file; the message of an error begins with the file's name."""
    try:
        return read(path)
    except ExperimentError as error:
        lines = "\n  ".join(str(error).splitlines())
        raise PlaygroundError(f"{path} cannot be opened:\n  {lines}") from None


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


def _check_command(arguments: list[str]) -> None:
    """Refuse what looks like a command that there is not, rather than the words after it."""
    name, *more = arguments
    if more and not name.startswith("-"):
        import difflib

        near = difflib.get_close_matches(name, COMMANDS, 1)
        if near and not Path(name).exists():
            raise PlaygroundError(f"there is no command {shown(name)}; did you mean {near[0]!r}?")
