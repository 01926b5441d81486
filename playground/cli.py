"""The commands: the window, and `train` and `import`, which need no screen and import no Qt."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from playground import __version__
from playground.core.errors import ExperimentError, PlaygroundError
from playground.exchange import experiment_file
from playground.exchange.document import Document
from playground.startup import lasting

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
FORMATS = ("json", "csv", "points")

ABOUT = """\
Assemble a small neural network, train it live, and see why it learns or does not.
"""
EXAMPLES = """\
examples:
  {prog}                                    open the window
  {prog} result/experiment.json             open a file in it, trained or not
  {prog} train experiment.json --out result
                                            train without a window
  {prog} import points.csv --out experiment.json
                                            make an experiment of a table of points

`{prog} train --help` says more, and so does `import --help`.
A file that is called "train" or "import" is opened as ./train or ./import.
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
IMPORT_ABOUT = """\
Make an experiment of a table of points, such as CSV or TSV; all else is as in a new experiment.

Encoding, separator, decimal sign, header and columns are found out, and standard error says how the
table was understood. Standard output gets one JSON object: points, left_out, problem, classes (what
class 0, 1, … is called in the table).
"""
IMPORT_EXAMPLES = """\
examples:
  {prog} points.csv --out experiment.json
  {prog} flowers.tsv --out flowers.json --columns length,width,kind
                                            columns by their names
  {prog} houses.csv --out houses.json --columns 2,3,7 --scale fit
                                            columns by their numbers; x1 and x2 into [-6, 6]

exit codes: 0 done, 1 the file could not be saved, 2 the input is wrong
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no error leaves as a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["train"]:
            from playground import commands

            return commands.train(_train_parser().parse_args(arguments[1:]))
        if arguments[:1] == ["import"]:
            from playground import importing

            return importing.import_table(_import_parser().parse_args(arguments[1:]))
        return _open_window(_parser().parse_args(arguments).file)
    except SystemExit as end:  # argparse has said what is wrong, or has helped
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_INPUT


def load(path: Path) -> Document:
    """Read an experiment file; the message of an error begins with its name."""
    try:
        return experiment_file.load(path)
    except ExperimentError as error:
        lines = "\n  ".join(str(error).splitlines())
        raise PlaygroundError(f"{path} cannot be opened:\n  {lines}") from None


def _open_window(file: Path | None) -> int:
    from playground import system

    document = load(file) if file is not None else None
    problem = system.window_problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return FAILED
    with lasting():
        from playground.gui.app import run_app

    return run_app(document)


def _program() -> str:
    """How this was started, for the help."""
    started = Path(sys.argv[0]).name
    names = {"main.py": "python main.py", "__main__.py": "python -m playground"}
    return names.get(started, "gradient-playground")


def _parser() -> argparse.ArgumentParser:
    prog = _program()
    parser = argparse.ArgumentParser(
        prog=prog,
        usage=f"{prog} [FILE]\n       {prog} train FILE --out DIR [options]\n"
        f"       {prog} import TABLE --out FILE [options]",
        description=ABOUT,
        epilog=EXAMPLES.format(prog=prog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="an experiment file to open in the window",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _train_parser() -> argparse.ArgumentParser:
    prog = f"{_program()} train"
    parser = argparse.ArgumentParser(
        prog=prog,
        description=TRAIN_ABOUT,
        epilog=TRAIN_EXAMPLES.format(prog=prog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="an experiment file")
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
        help="what to write: json (always written), csv (history.csv: one row an epoch; with "
        "--resume first the rows that FILE has, which may be every second or fourth epoch), points "
        "(points.csv: x1, x2 and target of each training and test point)",
    )
    return parser


def _import_parser() -> argparse.ArgumentParser:
    prog = f"{_program()} import"
    parser = argparse.ArgumentParser(
        prog=prog,
        description=IMPORT_ABOUT,
        epilog=IMPORT_EXAMPLES.format(prog=prog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("table", metavar="TABLE", type=Path, help="a file with a table of points")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="the experiment file to write"
    )
    parser.add_argument(
        "--columns",
        metavar="X1,X2,TARGET",
        help="names or numbers (from 1) of three columns; found out if not given",
    )
    parser.add_argument(
        "--problem",
        choices=("classification", "regression"),
        help="whether targets are classes or numbers; found out if not given",
    )
    parser.add_argument(
        "--scale",
        choices=("none", "standardise", "fit"),
        default="none",
        help="x1 and x2: as they are (none), to zero mean and unit variance (standardise), or into "
        "[-6, 6] (fit); with the last two, numbers as targets get zero mean and unit variance",
    )
    parser.add_argument(
        "--leave-out-bad-rows",
        action="store_true",
        help="go on without rows that have missing or faulty cells",
    )
    return parser


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(
                f"unknown format {name!r}; this version writes {', '.join(FORMATS)}"
            )
    return names
