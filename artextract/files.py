"""Safe reading and writing of files.

Only regular files are read: a pipe would block, a device may have no end. Files are written whole or not
at all, by one writer at a time.
"""

import contextlib
import errno
import io
import logging
import os
import stat
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from filelock import FileLock, Timeout

from artextract.errors import StorageError

TEMPORARY = ".tmp-"  # How names of unfinished files begin; the holder of the folder's lock may remove them
LARGEST = 256 * 1024 * 1024  # Size of the largest file that is read by default, bytes
SEAL = 8  # Bytes that `seal` appends to a file
_PIECE = 64 * 1024
_ABANDONED = 3600.0  # Seconds after which nobody still writes an unfinished file
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)

_log = logging.getLogger(__name__)
Call = TypeVar("Call", bound=Callable[..., Any])


def open_regular(path: Path) -> io.BufferedReader:
    """Open a regular file for reading, without blocking.

    Raises OSError if it cannot be opened or is not a regular file; `strerror` says why.
    """
    # Checked before, because opening a device or a pipe can have effects, and after, because the name
    # may have been given to another file in between.
    _refuse_other_kinds(path.stat(), path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _refuse_other_kinds(os.fstat(descriptor), path)
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def _refuse_other_kinds(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def check_regular(path: Path) -> None:
    """Check a file that a library will open by its name. Raises OSError like `open_regular`."""
    open_regular(path).close()


def read_regular(path: Path, limit: int = LARGEST) -> bytes:
    """The bytes of a regular file.

    Raises OSError like `open_regular`, or if the file has more than `limit` bytes (`errno.EFBIG`).
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = b"" if size > limit else file.read(size + 1)
        # The file may have more bytes than its size: it may grow, and files of the kernel have size 0.
        while size < len(content) <= limit and (piece := file.read(min(_PIECE, limit + 1 - len(content)))):
            content += piece
    if max(size, len(content)) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit // 2**20} MB", str(path))
    return content


def read_regular_text(path: Path, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The text of a regular file, as `Path.read_text` gives it.

    Raises OSError like `read_regular`, UnicodeDecodeError if the file has another encoding.
    """
    content = io.BytesIO(read_regular(path))
    return io.TextIOWrapper(content, encoding=encoding, errors=errors).read()


def _explain(error: OSError, path: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full: {path.name} could not be written. Nothing was lost; "
            f"free some space on the disk of {path.parent} and run it again."
        )
    if error.errno == errno.EISDIR:
        return StorageError(f"{path} is a folder, but should be a file. Remove the folder and run it again.")
    return StorageError(
        f"{path} could not be written ({error.strerror or error}). Check that the folder exists, is yours to write to, "
        "and run it again."
    )


@contextmanager
def write_atomic(path: Path) -> Iterator[Path]:
    """Yield an empty temporary file beside `path`; on success it replaces `path` in one step.

    Readers see the old file or the new one, never a part. After an exception or a kill, `path` is
    unchanged. Raises StorageError if the disk is full or the folder is not writable, also where a library that
    writes the file has its own error for that.
    """
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(exist_ok=False)
        mode = temporary.stat().st_mode  # as the umask allows
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(mode)  # some libraries replace the file by one that only its user can read
        temporary.replace(path)
    except BaseException as error:
        remove(temporary)
        if (cause := _disk_error(error)) is None:
            raise
        raise _explain(cause, path) from error


def _disk_error(error: BaseException) -> OSError | None:
    """The error of the disk behind an error of a library, such as SafetensorError, which has only its text."""
    if isinstance(error, OSError):
        return error
    code = next((code for code in _DISK_ERRORS if os.strerror(code) in str(error)), None)
    return None if code is None else OSError(code, os.strerror(code))


def remove(file: Path) -> None:
    """Remove a file if that is possible. What replaces it, or reads it, says what is wrong."""
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with write_atomic(path) as temporary:
        temporary.write_bytes(content)


def sweep_temporary(folder: Path, *, abandoned: bool = False) -> None:
    """Remove the files that killed writers left in a folder.

    Call this only if no other process writes to it, or for the `abandoned` ones alone: they are an hour old.
    """
    for file in folder.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):  # its writer has just finished it
            if not abandoned or time.time() - file.stat().st_mtime > _ABANDONED:
                remove(file)


def stamp(path: Path) -> str:
    """Changes whenever a file is replaced or written to; "" without a file."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns:x}-{status.st_ino:x}-{status.st_size:x}"


def once_per_version(call: Call) -> Call:
    """Remember what a function of a file (its first argument) returns, until the file is replaced or written to."""
    remembered = lru_cache(maxsize=1024)(lambda path, _version, *more: call(path, *more))
    return cast("Call", wraps(call)(lambda path, *more: remembered(path, stamp(path), *more)))


@once_per_version
def file_checksum(path: Path) -> str:
    """The CRC-32 of a file, hexadecimal. It reveals accidents, not attacks. Each version of a file is read once.

    Raises OSError if the file cannot be read.
    """
    return _checksum(path, path.stat().st_size)


def seal(path: Path) -> None:
    """Append the checksum of a file to it: `SEAL` bytes that readers of mapped files pass over."""
    content = _checksum(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(content.encode())


@once_per_version
def is_sealed(path: Path) -> bool:
    """Whether a file is as `seal` left it. Each version of a file is read once; False if it cannot be read."""
    try:
        size = path.stat().st_size - SEAL
        with open_regular(path) as file:
            file.seek(max(size, 0))
            return size >= 0 and file.read() == _checksum(path, size).encode()
    except OSError:
        return False


def _checksum(path: Path, size: int) -> str:
    """The CRC-32 of the first `size` bytes of a file."""
    found = 0
    with open_regular(path) as file:
        while piece := file.read(min(16 * _PIECE, size)):
            found, size = zlib.crc32(piece, found), size - len(piece)
    return f"{found:0{SEAL}x}"


@once_per_version
def say_damaged(path: Path, now: str) -> None:
    """Log that a file of the cache is damaged, and what happens `now`: once for each version of the file."""
    _log.warning("%s is damaged and not used. %s", path, now)


def user_path(text: str | Path) -> Path:
    """A path in which "~" is the home folder; as it is if there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def nearest_existing(path: Path) -> Path:
    """The path, or the nearest of its parents that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


@contextmanager
def only_writer(folder: Path, waiting_for: str, timeout: float = -1) -> Iterator[None]:
    """Hold a folder's lock: one process and one thread writes at a time. A killed process frees it.

    Files that killed writers left in the folder are removed. `waiting_for` is what the folder holds, for the message
    ("embedding of demo"). Raises StorageError if another writer still holds the lock after `timeout` seconds (negative
    waits without end), or the folder is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=timeout)
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"Another process is working on the {waiting_for}: wait until it ends, or stop it."
        ) from error
    except OSError as error:
        raise _explain(error, folder / ".lock") from error
    try:
        sweep_temporary(folder)
        yield
    finally:
        lock.release()
