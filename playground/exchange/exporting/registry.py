"""The formats that an experiment can be exported in, each one entry of the registry.

What makes a format is loaded when it is first used: the list costs nothing, and a library such as
``onnx`` is imported only by whoever exports to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from playground.core.choice import Registry
from playground.core.errors import PlaygroundError
from playground.exchange import files
from playground.exchange.document import Document
from playground.exchange.utf8 import characters_in

PIECE = 1_000_000
"""Bytes that are looked at together: a window beside it gets its turn after each of them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported.

    Attributes:
        document: An experiment; one that is not trained exports its initial weights.
        replica: Of several, the one whose network is exported where a format holds only one.
    """

    document: Document
    replica: int = 0


@dataclass(frozen=True, slots=True)
class Export:
    """What an exporter has made.

    Attributes:
        files: Contents by file name. The first is the main one; the others belong beside it, under
            names that begin as its own does, up to the suffix.
        description: What a preview and the clipboard have in place of the main file; None if that
            is text itself.
        notes: Sentences for the user: what the format cannot carry, or a warning.
        links: Whether the main file, a text, has links to the others: ``](name)``.
    """

    files: dict[str, bytes]
    description: str | None = None
    notes: tuple[str, ...] = ()
    links: bool = False

    @property
    def main(self) -> bytes:
        """The content of the main file."""
        return next(iter(self.files.values()))

    @property
    def text(self) -> str:
        """For the clipboard: the main file if it is text, else its description."""
        return self.main.decode() if self.description is None else self.description

    @property
    def is_text(self) -> bool:
        """Whether it is one file of text, and all of it stands in :attr:`text`."""
        return len(self.files) == 1 and self.description is None

    @property
    def characters(self) -> int:
        """How long the text is, which need not be made for that."""
        if self.description is not None:
            return len(self.description)
        main, steps = self.main, range(0, len(self.main), PIECE)
        return sum(characters_in(main[at : at + PIECE]) for at in steps)

    def beginning(self, characters: int) -> str:
        """So many characters of the text, which need not be made for that."""
        if self.description is not None:
            return self.description[:characters]
        return self.main[: 4 * characters].decode(errors="ignore")[:characters]

    def files_at(self, path: Path) -> dict[Path, bytes]:
        """Contents by path, where the main file is to be ``path``.

        Raises:
            PlaygroundError: The main file would have the name of one that belongs beside it.
        """
        main, *others = self.files
        ends = [name.removeprefix(Path(main).stem) for name in others]
        paths = [path, *(path.with_name(path.stem + end) for end in ends)]
        if len(set(paths)) < len(paths):
            raise PlaygroundError(
                f"{path.name} is the name of a file that belongs beside the exported one; give "
                "that another suffix"
            )
        found = dict(zip(paths, self.files.values(), strict=True))
        if self.links:
            text = self.main.decode()
            for name, other in zip(others, paths[1:], strict=True):
                text = text.replace(f"]({name})", f"]({quote(other.name)})")
            found[path] = text.encode()
        return found

    def write(self, path: Path) -> list[Path]:
        """Write the files, where the main one is to be ``path``; gives their paths, it first.

        Raises:
            PlaygroundError: As :meth:`files_at`, or one of them cannot be written; then none is.
        """
        contents = self.files_at(path)
        # The main file never stands there without what it needs.
        files.write_together((each, contents[each]) for each in reversed(contents))
        return list(contents)


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format.

    Attributes:
        name: As it is asked for.
        label: What people call it.
        help: One sentence: what is in it, and what opens it.
        suffix: Of the main file, with its dot.
        stem: The main file's name without the suffix, where nobody gives another.
        make: ``(subject) -> export``. Raises PlaygroundError where the format cannot hold it.
        of_one: Whether it is of one network, ``Subject.replica``, where there are several.
    """

    name: str
    label: str
    help: str
    suffix: str
    stem: str
    make: Callable[[Subject], Export]
    of_one: bool

    @property
    def file_name(self) -> str:
        """Of the main file, where nobody gives another."""
        return self.stem + self.suffix


exporters: Registry[Exporter] = Registry("format")


def one_text(name: str, text: str, notes: tuple[str, ...] = ()) -> Export:
    """An export that is a single file of text."""
    return Export({name: text.encode()}, notes=notes)


def _made_by(module: str, subject: Subject) -> Export:
    """Let a module of this package make it, which is loaded now."""
    try:
        export: Export = import_module(f"{__package__}.{module}").export(subject)
    except ModuleNotFoundError as error:
        raise PlaygroundError(
            f"this format needs the package {error.name}, which is not installed"
        ) from None
    return export


def _enter(
    name: str, label: str, file_name: str, module: str, help: str, *, of_one: bool = True
) -> None:
    path, make = Path(file_name), partial(_made_by, module)
    exporters.add(Exporter(name, label, help, path.suffix, path.stem, make, of_one))


_enter(
    "json", "Experiment file", "experiment.json", "experiment",
    "the experiment with its weights, to open here again: all replicas, the history, and what "
    "training needs to go on",
    of_one=False,
)  # fmt: skip
_enter(
    "onnx", "ONNX model", "model.onnx", "onnx_model",
    "a graph from points to outputs, features included, which most runtimes and viewers take",
)  # fmt: skip
_enter(
    "torch", "PyTorch module", "model.py", "torch_module",
    "source with build(), which returns the network as a torch.nn.Module; the weights lie beside "
    "it in safetensors",
)  # fmt: skip
_enter(
    "safetensors", "Weights (safetensors)", "model.safetensors", "tensors",
    "the weights alone, under PyTorch’s names and in its shapes, with the experiment as metadata",
)  # fmt: skip
_enter(
    "numpy", "NumPy module", "numpy_model.py", "numpy_module",
    "source with predict(X) and the weights in it, which needs NumPy alone",
)  # fmt: skip
_enter(
    "keras", "Keras script", "keras_model.py", "keras_script",
    "source with build(), the trained network in Keras 3, and train(), which trains it anew; the "
    "numbers lie beside it",
)  # fmt: skip
_enter(
    "csv", "History (CSV)", "history.csv", "history",
    "losses and accuracies as a table: one row an epoch, or every second, fourth, … of a long run",
    of_one=False,
)  # fmt: skip
_enter(
    "points", "Points (CSV)", "points.csv", "points",
    "the training and test points as the network sees them: x1, x2, target and set",
    of_one=False,
)  # fmt: skip
_enter(
    "html", "Report (HTML)", "report.html", "report.html",
    "a page to read or print in any browser: settings, charts, what the doctor says, figures",
)  # fmt: skip
_enter(
    "markdown", "Report (Markdown)", "report.md", "report.markdown",
    "the same as text with tables, for notes and repositories, and its charts as SVG beside it",
)  # fmt: skip
_enter(
    "tf-link", "TensorFlow Playground link", "link.txt", "tf_link",
    "an address that opens the experiment in TensorFlow Playground, as far as that has the same "
    "settings; without the weights",
    of_one=False,
)  # fmt: skip
