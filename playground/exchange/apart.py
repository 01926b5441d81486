"""A large experiment file, read in a process of its own.

Text becomes numbers under the interpreter's lock, some milliseconds at a time, and that beside a
run makes a window wait for a fifth of a second and more. Another process has a lock and a memory of
its own: a window stays live beside it. What it has read and checked comes back in the form in which
sessions are kept, whose numbers are taken over as they are, in a file that has no name and so is
never left behind.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, session_file
from playground.exchange.document import Document

REFUSED = 2
"""The code with which the process ends that has found a fault, which it has said."""
ANSWER = "from playground.exchange.apart import answer; answer()"

log = logging.getLogger(__name__)


def load(path: Path) -> Document:
    """The document in a file, as :func:`playground.exchange.experiment_file.load` gives it.

    Raises:
        PlaygroundError: The file holds none, or it cannot be read; the sentences say why.
    """
    command = [sys.executable, "-P", "-c", ANSWER, str(path.absolute())]
    folders = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    settings = os.environ | {"PYTHONPATH": folders, "PYTHONIOENCODING": "utf-8"}
    try:
        with tempfile.TemporaryFile() as file:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.PIPE,
                env=settings,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                check=False,
            )
            said = done.stderr.decode(errors="replace").strip()
            if done.returncode == REFUSED and said:
                raise PlaygroundError(said)
            if done.returncode:
                log.error("reading %s ended with %d: %s", path, done.returncode, said)
                raise PlaygroundError(
                    f"{path.name} was not read to its end; there may be too little memory for it"
                )
            file.seek(0)
            return session_file.read(file, path.name).document
    except OSError as error:
        why = error.strerror or error
        raise PlaygroundError(f"{path.name} cannot be read beside the window: {why}") from None


def answer() -> None:
    """What that process does: read the file that its command line names, and write it out."""
    path = Path(sys.argv[1])
    try:
        document = experiment_file.load(path)
        session_file.write(session_file.Kept(document), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except (PlaygroundError, OSError) as error:
        words = str(error)
        if isinstance(error, OSError):
            words = f"{path.name} needs more room in {tempfile.gettempdir()}: {error.strerror}"
        with contextlib.suppress(OSError):
            sys.stderr.write(words)
        sys.exit(REFUSED)
