"""Files: read within a limit, and written so that no half-written one is ever seen.

Those that belong together are written together: all of them, or none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_BYTES


class WritingError(PlaygroundError):
    """The system does not let something be written that may be asked for elsewhere."""


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
    fill(path, partial(_put_in, path, pieces))


def write_together(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Write files that belong together: after a failure, all old ones are as they were.

    Args:
        contents: Paths with their contents. Each content is written before the next is asked for,
            and all files get their names at the end, in this order.

    Raises:
        PlaygroundError: One of them cannot be written; or as ``contents`` does.
    """
    _fill_together((path, partial(_put_in, path, [content])) for path, content in contents)


def fill(path: Path, write_into: Callable[[BinaryIO], object]) -> None:
    """Write a file as a whole, whose content is written by whoever knows how.

    Raises:
        PlaygroundError: It cannot be written.
    """
    _fill_together([(path, write_into)])


def make_folder(path: Path) -> None:
    """Make a folder in which files can be written, unless it is there.

    Raises:
        WritingError: The disk or its permissions do not allow it.
        PlaygroundError: It cannot be a folder: its name or a part of it is that of a file.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        _check_protection(path)
    except FileExistsError:
        raise PlaygroundError(f"{path} is a file, not a folder") from None
    except NotADirectoryError as error:
        raise PlaygroundError(f"{path} {_in_words(error, path, 'written')}") from None
    except OSError as error:
        raise WritingError(f"{path} {_in_words(error, path, 'written')}") from None
    except ValueError:
        raise PlaygroundError(f"{str(path)!r} cannot be the name of a folder") from None


def _check_protection(path: Path) -> None:
    """Raise what writing to a file or in a folder would, if it is not allowed."""
    if not os.access(path, os.W_OK):
        ask = getattr(os, "statvfs", None)  # not on Windows
        read_only = ask is not None and ask(path).f_flag & os.ST_RDONLY
        raise OSError(errno.EROFS if read_only else errno.EACCES, "")


def _put_in(path: Path, pieces: Iterable[bytes], file: BinaryIO) -> None:
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


def _fill_together(contents: Iterable[tuple[Path, Callable[[BinaryIO], object]]]) -> None:
    """Write all files under other names, and only then, when all are on the disk, rename them."""
    replacements: list[_Replacement] = []
    try:
        for path, write_into in contents:
            with _in_words_of(path):
                replacement = _Replacement(path)
                replacements.append(replacement)
                replacement.fill(write_into)
        if len(replacements) > 1:  # a single one is renamed or is not
            for replacement in replacements:
                with _in_words_of(replacement.path):
                    replacement.keep_old()
        for replacement in replacements:
            with _in_words_of(replacement.path):
                replacement.rename()
    except BaseException:  # Ctrl+C as well
        for replacement in reversed(replacements):
            replacement.take_back()
        raise
    for replacement in replacements:
        replacement.drop_old()
    for folder in {replacement.target.parent for replacement in replacements}:
        _sync_folder(folder)


class _Replacement:
    """A file on its way to its name, from which it can be taken back.

    Attributes:
        path: The name as it was given.
        target: The file of that name: a link stays a link.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.target = path, Path(os.path.realpath(path))
        self._is_new = not self.target.exists()
        if not self._is_new:
            if not self.target.is_file():
                raise PlaygroundError(f"{path} is {_kind(self.target.stat().st_mode)}, not a file")
            _check_protection(self.target)  # replacing it would need its folder's leave only
        self._new, self._old = self._beside(), self._beside()
        self._is_due = False

    def _beside(self) -> Path:
        return self.target.with_name(f".{secrets.token_hex(8)}.tmp")

    def fill(self, write_into: Callable[[BinaryIO], object]) -> None:
        """Write the new content, to the disk itself, under another name."""
        with self._new.open("xb") as file:
            write_into(file)
            file.flush()
            os.fsync(file.fileno())
        if not self._is_new:
            shutil.copymode(self.target, self._new)

    def keep_old(self) -> None:
        """Give the old file a second name, which takes no room; its own is never without a file."""
        if self._is_new:
            return
        try:
            os.link(self.target, self._old)
        except OSError:  # a memory stick's file system has no such names
            shutil.copy2(self.target, self._old)

    def rename(self) -> None:
        self._is_due = True
        self._new.replace(self.target)

    def take_back(self) -> None:
        """Have all as it was, as far as the system lets us.

        An old file that cannot be put back is left under its second name rather than lost.
        """
        with contextlib.suppress(OSError):
            if self._is_due and not self._new.exists():  # asked of the disk: Ctrl+C comes any time
                if self._is_new:
                    self.target.unlink()
                elif self._old.exists():
                    self._old.replace(self.target)
                return
            self._new.unlink(missing_ok=True)
            self._old.unlink(missing_ok=True)

    def drop_old(self) -> None:
        with contextlib.suppress(OSError):
            self._old.unlink(missing_ok=True)


@contextlib.contextmanager
def _in_words_of(path: Path) -> Iterator[None]:
    """Have the failures of writing a file said in words."""
    try:
        yield
    except OSError as error:
        raise PlaygroundError(f"{path} {_in_words(error, path, 'written')}") from None
    except ValueError:
        raise PlaygroundError(f"{str(path)!r} cannot be the name of a file") from None


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
