"""The commands: the window, and `train`, `export` and `import`, which need no screen and no Qt."""

from __future__ import annotations

import argparse
import difflib
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from playground import __version__
from playground.core.errors import ExperimentError, PlaygroundError, shown
from playground.core.experiment import Experiment
from playground.exchange import experiment_file
from playground.exchange.document import Document
from playground.exchange.exporting.registry import exporters
from playground.exchange.tf_state import is_link
from playground.startup import lasting

COMMANDS = ("train", "export", "import")
DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

T = TypeVar("T")

ABOUT = """\
Assemble a small neural network, train it live, and see why it learns or does not.
"""
EXAMPLES = """\
examples:
  {prog}                                    open the window where it was left
  {prog} result/experiment.json             open a file in it, trained or not
  {prog} train experiment.json --out result
                                            train without a window
  {prog} export result/experiment.json --format onnx
                                            write the network for other programs
  {prog} import points.csv --out experiment.json
                                            make an experiment of a table of points
  {prog} "https://playground.tensorflow.org/#dataset=xor"
                                            open a link of TensorFlow Playground

`{prog} train --help` says more, and so do `export --help` and `import --help`.
A file that is called "train", "export" or "import" is opened as ./train and so on.

The window keeps what it works on in the platform's folder for a program's state. The variable
GRADIENT_PLAYGROUND_STATE names another folder; where it is empty, nothing is kept.
"""
TRAIN_ABOUT = """\
Train an experiment without a window, and write it with its weights to DIR/experiment.json.

Progress and the reason for stopping go to standard error. Standard output gets one JSON object:
epoch, stop_reason (the rule's name, max_epochs, diverged or interrupted), train_loss, test_loss,
train_accuracy, test_accuracy, steps, seconds. What there is not is null. With several replicas the
losses and accuracies are the medians of those that have not diverged, and stop_reason is diverged
only if all have; a sentence on standard error counts them.
"""
TRAIN_EXAMPLES = """\
examples:
  {prog} experiment.json --out result
  {prog} experiment.json --out result --epochs 200 --format json,csv
                                            at most 200 epochs; the history as a table as well
  {prog} experiment.json --out result --format onnx,torch,numpy
                                            the network for other programs as well
  {prog} experiment.json --out other --seed 3
                                            the same with other random numbers
  {prog} experiment.json --out many --replicas 10
                                            ten networks at once, seeds counting up
  {prog} result/experiment.json --resume --epochs 500 --out result
                                            go on to epoch 500, as if never interrupted

Ctrl+C saves what is there; --resume goes on from it. A run that a rule has stopped goes on as well:
its rules then start anew.

exit codes: 0 done, 1 the run failed (all its networks diverged, or it could not be saved), 2 the
input is wrong, 130 interrupted by Ctrl+C
"""
EXPORT_ABOUT = """\
Write an experiment for other programs: the network with its weights, or what else there is of it.

One that is not trained gives the network at its initial weights. Standard error says what was
written, and what a format cannot hold.

formats:
{formats}
"""
EXPORT_EXAMPLES = """\
examples:
  {prog} result/experiment.json --format onnx
                                            writes model.onnx here
  {prog} result/experiment.json --format torch --out net/spiral.py
                                            and the weights beside it in net/spiral.safetensors
  {prog} many/experiment.json --format numpy --replica 3 --out third.py
                                            the third of several networks
  {prog} result/experiment.json --format csv --out - | head
                                            to standard output, where it is one file of text

exit codes: 0 done, 1 the file could not be saved, 2 the input is wrong
"""
IMPORT_ABOUT = """\
Make an experiment file of something else:

  a table of points, such as CSV or TSV; all else is as in a new experiment
  a link of TensorFlow Playground; it trains as that page does
  a model that was exported here, .onnx or .safetensors: its experiment, without the weights
  a session that the window has kept (session.zip), with all that was trained
  an experiment file, trained or not: the same with every field written out

Of a table, encoding, separator, decimal sign, header and columns are found out, and standard error
says how it was understood. Standard output gets one JSON object: points, left_out, problem, classes
(what class 0, 1, … is called in the table).
"""
IMPORT_EXAMPLES = """\
examples:
  {prog} points.csv --out experiment.json
  {prog} flowers.tsv --out flowers.json --columns length,width,kind
                                            columns by their names
  {prog} houses.csv --out houses.json --columns 2,3,7 --scale fit
                                            columns by their numbers; x1 and x2 into [-6, 6]
  {prog} "https://playground.tensorflow.org/#dataset=xor" --out xor.json
                                            a link, in quotes; what it cannot be taken as is said
  {prog} model.onnx --out experiment.json
                                            the experiment of which a model is the outcome

exit codes: 0 done, 1 the file could not be saved, 2 the input is wrong
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no error leaves as a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["train"]:
            from playground import commands

            return commands.train(_train_parser().parse_args(arguments[1:]))
        if arguments[:1] == ["export"]:
            from playground import exporting

            return exporting.export(_export_parser().parse_args(arguments[1:]))
        if arguments[:1] == ["import"]:
            from playground import importing

            return importing.import_source(_import_parser().parse_args(arguments[1:]))
        _check_command(arguments)
        return _open_window(_parser().parse_args(arguments).file)
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
    return opened(given, experiment_file.load)


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
        print(note, file=sys.stderr)
    return experiment


def _file_or_link(text: str) -> Path | str:
    """A path, or a link as the text that it is."""
    return text if is_link(text) or "://" in text else Path(text)


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
    name, *more = arguments or [""]
    if more and not name.startswith("-"):
        near = difflib.get_close_matches(name, COMMANDS, 1)
        if near and not Path(name).exists():
            raise PlaygroundError(f"there is no command {shown(name)}; did you mean {near[0]!r}?")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help whose names of formats, such as tf-link, are not broken in two."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


def _program() -> str:
    """How this was started, for the help."""
    started = Path(sys.argv[0]).name
    names = {"main.py": "python main.py", "__main__.py": "python -m playground"}
    return names.get(started, "gradient-playground")


def _parser() -> argparse.ArgumentParser:
    prog = _program()
    parser = argparse.ArgumentParser(
        prog=prog,
        usage=f"{prog} [FILE or LINK]\n       {prog} train FILE --out DIR [options]\n"
        f"       {prog} export FILE --format FORMAT [options]\n"
        f"       {prog} import SOURCE --out FILE [options]",
        description=ABOUT,
        epilog=EXAMPLES.format(prog=prog),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=_file_or_link,
        help="an experiment file to open in the window, or a link of TensorFlow Playground",
    )
    parser.add_argument("--version", action="version", version=f"Gradient Playground {__version__}")
    return parser


def _train_parser() -> argparse.ArgumentParser:
    prog = f"{_program()} train"
    parser = argparse.ArgumentParser(
        prog=prog,
        description=TRAIN_ABOUT,
        epilog=TRAIN_EXAMPLES.format(prog=prog),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=_file_or_link,
        help="an experiment file, or a link of TensorFlow Playground, which has no end of its own "
        "(see --epochs)",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="the folder to write to; made if new"
    )
    parser.add_argument(
        "--epochs",
        metavar="N",
        type=int,
        help="train at most so far, in place of the experiment's max_epochs; counted from the "
        "untrained network, also with --resume",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="in place of the experiment's seed")
    parser.add_argument(
        "--replicas", metavar="R", type=int, help="train R networks at once, with seeds counting up"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the trained network in FILE"
    )
    parser.add_argument(
        "--format",
        metavar="LIST",
        type=_formats,
        default=("json",),
        help="what to write beside experiment.json, separated by commas: "
        + ", ".join(f"{entry.name} ({entry.file_name})" for entry in exporters.values())
        + "; `export --help` says what they are. In csv each epoch has a row; with --resume first "
        "come the rows that FILE has, which may be every second or fourth epoch",
    )
    return parser


def _export_parser() -> argparse.ArgumentParser:
    prog = f"{_program()} export"
    width = max(map(len, exporters))
    formats = [
        textwrap.fill(
            f"{entry.name:{width}}  {entry.file_name}: {entry.help}",
            initial_indent="  ",
            subsequent_indent=" " * (width + 4),
            width=100,
        )
        for entry in exporters.values()
    ]
    parser = argparse.ArgumentParser(
        prog=prog,
        description=EXPORT_ABOUT.format(formats="\n".join(formats)),
        epilog=EXPORT_EXAMPLES.format(prog=prog),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument(
        "file", metavar="FILE", type=_file_or_link, help="an experiment file, trained or not"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        type=_format,
        required=True,
        help="one of the formats above",
    )
    parser.add_argument(
        "--out",
        metavar="PATH",
        type=Path,
        help="the file to write, with others of its name beside it where a format needs them; - is "
        "standard output; if not given, the name above, in the present folder",
    )
    parser.add_argument(
        "--replica",
        metavar="N",
        type=int,
        default=None,
        help="which of several networks is written, from 1, where a format holds only one; the "
        "first if not given",
    )
    return parser


def _import_parser() -> argparse.ArgumentParser:
    prog = f"{_program()} import"
    parser = argparse.ArgumentParser(
        prog=prog,
        description=IMPORT_ABOUT,
        epilog=IMPORT_EXAMPLES.format(prog=prog),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=_file_or_link,
        help="a file, or a link of TensorFlow Playground",
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="the experiment file to write"
    )
    parser.add_argument(
        "--columns",
        metavar="X1,X2,TARGET",
        help="of a table: names or numbers (from 1) of three columns; found out if not given",
    )
    parser.add_argument(
        "--problem",
        choices=("classification", "regression"),
        help="of a table: whether targets are classes or numbers; found out if not given",
    )
    parser.add_argument(
        "--scale",
        choices=("none", "standardise", "fit"),
        default="none",
        help="of a table: x1 and x2 as they are (none), to zero mean and unit variance "
        "(standardise), or into [-6, 6] (fit); with the last two, numbers as targets get zero mean "
        "and unit variance",
    )
    parser.add_argument(
        "--leave-out-bad-rows",
        action="store_true",
        help="of a table: go on without rows that have missing or faulty cells",
    )
    return parser


def _formats(text: str) -> tuple[str, ...]:
    return tuple(_format(name.strip()) for name in text.split(","))


def _format(name: str) -> str:
    if name not in exporters:
        raise argparse.ArgumentTypeError(exporters.unknown(name))
    return name
