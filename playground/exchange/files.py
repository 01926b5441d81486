"""Files: read within a limit, and written so that no half-written one is ever seen."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_BYTES


@contextlib.contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[BinaryIO]:
    """A file, open for reading; failures within are said in words too.

    Args:
        most: How many bytes it may have; ``MAX_BYTES`` if not given.

    Raises:
        PlaygroundError: It is not there, too large, not a file, or may not be read.
    """
    most = MAX_BYTES if most is None else most
    try:
        try:
            found = path.stat()  # before it is opened: that would wait for a pipe's other end
        except ValueError:  # a name with a null character
            raise PlaygroundError(f"{str(path)!r} cannot be the name of a file") from None
        if not stat.S_ISREG(found.st_mode):
            raise PlaygroundError(f"{path} is {_kind(found.st_mode)}, not a file")
        if found.st_size > most:
            raise PlaygroundError(f"{path} {_too_large(most)}")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise PlaygroundError(f"{path} {_in_words(error, path, 'read')}") from None


def read(path: Path, most: int | None = None) -> bytes:
    """The content of a file.

    Args:
        most: How many bytes it may have; ``MAX_BYTES`` if not given.

    Raises:
        PlaygroundError: It is not there, too large, not a file, or may not be read.
    """
    most = MAX_BYTES if most is None else most
    with opened(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it has grown
        raise PlaygroundError(f"{path} {_too_large(most)}")
    return content


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none, which reading it says in words."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def write(path: Path, content: bytes) -> None:
    """Write a file as a whole: after a failure, whatever it is, the old file is as it was.

    Raises:
        PlaygroundError: It cannot be written.
    """
    write_pieces(path, [content])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same for a content whose pieces are made one by one.

    Raises:
        PlaygroundError: It cannot be written.
    """

    def write_into(file: BinaryIO) -> None:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > MAX_BYTES:
                raise PlaygroundError(
                    f"{path} is not written: it {_too_large(MAX_BYTES, 'would be')} and so could "
                    "not be opened again; a smaller network, fewer replicas or single precision "
                    "make it smaller"
                )
            file.write(piece)

    fill(path, write_into)


def fill(path: Path, write_into: Callable[[BinaryIO], object]) -> None:
    """The same for a content that is written by whoever knows how.

    Raises:
        PlaygroundError: It cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))  # a link stays a link
        if target.exists() and not target.is_file():
            raise PlaygroundError(f"{path} is {_kind(target.stat().st_mode)}, not a file")
        if target.exists():  # replacing a protected file would need its folder's leave only
            _check_protection(target)
        _replace(target, write_into)
    except OSError as error:
        raise PlaygroundError(f"{path} {_in_words(error, path, 'written')}") from None
    except ValueError:
        raise PlaygroundError(f"{str(path)!r} cannot be the name of a file") from None


def make_folder(path: Path) -> None:
    """Make a folder in which files can be written, unless it is there.

    Raises:
        PlaygroundError: It cannot be made or written in.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        _check_protection(path)
    except FileExistsError:
        raise PlaygroundError(f"{path} is a file, not a folder") from None
    except OSError as error:
        raise PlaygroundError(f"{path} {_in_words(error, path, 'written')}") from None
    except ValueError:
        raise PlaygroundError(f"{str(path)!r} cannot be the name of a folder") from None


def _check_protection(path: Path) -> None:
    """Raise what writing to a file or in a folder would, if it is not allowed."""
    if not os.access(path, os.W_OK):
        ask = getattr(os, "statvfs", None)  # not on Windows
        read_only = ask is not None and ask(path).f_flag & os.ST_RDONLY
        raise OSError(errno.EROFS if read_only else errno.EACCES, "")


def _replace(target: Path, write_into: Callable[[BinaryIO], object]) -> None:
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            write_into(file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:  # Ctrl+C as well
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Have the new name survive a power cut, where the system knows how to."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _kind(mode: int) -> str:
    """What else than a file it is."""
    kinds = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    return f"a {next((kind for asks, kind in kinds if asks(mode)), 'device')}"


def _too_large(most: int, verb: str = "is") -> str:
    return f"{verb} larger than the {most // 1_000_000} MB that are allowed"


def _in_words(error: OSError, path: Path, done: str) -> str:
    """What went wrong, after the name of the file; ``done`` is "read" or "written"."""
    if error.errno == errno.ENAMETOOLONG:
        return f"cannot be {done}: the name is too long"
    if isinstance(error, FileNotFoundError):
        if done == "read":
            return f"{'is a link to a file that ' if path.is_symlink() else ''}does not exist"
        return f"cannot be written: the folder {path.parent} does not exist"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    if isinstance(error, NotADirectoryError):
        return f"cannot be {done}: a part of its path is a file, not a folder"
    if isinstance(error, PermissionError):
        return f"cannot be {done}: the permission is missing"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"cannot be {done}: no space is left on the disk"
    if error.errno == errno.EROFS:
        return f"cannot be {done}: the disk is read-only"
    return f"cannot be {done}: {error.strerror or error}"
