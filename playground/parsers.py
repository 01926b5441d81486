"""What the commands take, and what their `--help` teaches."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from playground import __version__
from playground.exchange.exporting.registry import exporters

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


def window_parser() -> argparse.ArgumentParser:
    """What opens the window takes: a file or link, or nothing."""
    prog = _program()
    usage = (
        f"{prog} [FILE or LINK]\n       {prog} train FILE --out DIR [options]\n"
        f"       {prog} export FILE --format FORMAT [options]\n"
        f"       {prog} import SOURCE --out FILE [options]"
    )
    parser = _parser("", ABOUT, EXAMPLES, usage)
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=_file_or_link,
        help="an experiment file to open in the window, or a link of TensorFlow Playground",
    )
    parser.add_argument("--version", action="version", version=f"Gradient Playground {__version__}")
    return parser


def train_parser() -> argparse.ArgumentParser:
    """What `train` takes."""
    parser = _parser("train", TRAIN_ABOUT, TRAIN_EXAMPLES)
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


def export_parser() -> argparse.ArgumentParser:
    """What `export` takes; its help has all formats."""
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
    about = EXPORT_ABOUT.format(formats="\n".join(formats))
    parser = _parser("export", about, EXPORT_EXAMPLES)
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


def import_parser() -> argparse.ArgumentParser:
    """What `import` takes."""
    parser = _parser("import", IMPORT_ABOUT, IMPORT_EXAMPLES)
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


def _parser(
    command: str, about: str, examples: str, usage: str | None = None
) -> argparse.ArgumentParser:
    """A parser whose help keeps the lines of its texts."""
    prog = f"{_program()} {command}".rstrip()
    return argparse.ArgumentParser(
        prog=prog,
        usage=usage,
        description=about,
        epilog=examples.format(prog=prog),
        formatter_class=_Help,
        allow_abbrev=False,
    )


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help whose names of formats, such as tf-link, are not broken in two."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


def _program() -> str:
    """How this was started, for the help."""
    started = Path(sys.argv[0]).name
    names = {"main.py": "python main.py", "__main__.py": "python -m playground"}
    return names.get(started, "gradient-playground")


def _file_or_link(text: str) -> Path | str:
    """A path, or a link as the text that it is."""
    from playground.exchange.tf_state import is_link

    return text if is_link(text) or "://" in text else Path(text)


def _formats(text: str) -> tuple[str, ...]:
    return tuple(_format(name.strip()) for name in text.split(","))


def _format(name: str) -> str:
    if name not in exporters:
        raise argparse.ArgumentTypeError(exporters.unknown(name))
    return name
