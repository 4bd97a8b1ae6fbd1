"""The doors through which files are read and written.

What is read is a regular file and nothing else: a pipe would be waited for without end, a device
may have no end. What is written is written whole or not at all, by one writer at a time.
"""

import contextlib
import errno
import io
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from artextract.errors import StorageError

TEMPORARY = ".tmp-"
"""Every unfinished file's name begins so; whoever holds the folder's lock may sweep them away."""
LARGEST = 256 * 1024 * 1024
"""Bytes that are read of a file at the most, unless its reader says otherwise."""
_PIECE = 64 * 1024
_UMASK = os.umask(0)
os.umask(_UMASK)  # there is no way to ask for it alone
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path) -> io.BufferedReader:
    """Open a regular file for reading, without waiting for whoever might write to it.

    Raises:
        OSError: it can't be opened, or is something else; `strerror` says what.
    """
    # Looked at before, since to open a device or a pipe can do something to it; and after, since
    # the name may stand for something else by then.
    _refuse_other_kinds(path.stat(), path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _refuse_other_kinds(os.fstat(descriptor), path)
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def _refuse_other_kinds(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def check_regular(path: Path) -> None:
    """Check what a library will open by its name.

    Raises:
        OSError: as `open_regular`.
    """
    open_regular(path).close()


def read_regular(path: Path, limit: int = LARGEST) -> bytes:
    """The bytes of a regular file.

    Raises:
        OSError: as `open_regular`, or it has more than `limit` bytes (`errno.EFBIG`).
    """
    too_large = OSError(errno.EFBIG, f"it has more than {limit // 2**20} MB", str(path))
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise too_large
        # The size is no promise: a file may grow, and what the kernel makes up says 0.
        pieces = [file.read(size + 1)]
        left = limit + 1 - len(pieces[0])
        while piece := file.read(min(_PIECE, left)):
            pieces.append(piece)
            left -= len(piece)
    if left == 0:
        raise too_large
    return b"".join(pieces)


def read_regular_text(path: Path, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The text of a regular file, as `Path.read_text` gives it.

    Raises:
        OSError: as `read_regular`.
        UnicodeDecodeError: it isn't in that encoding.
    """
    content = io.BytesIO(read_regular(path))
    return io.TextIOWrapper(content, encoding=encoding, errors=errors).read()


def _explain(error: OSError, path: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full: {path.name} could not be written. Nothing was lost; "
            f"free some space on the disk of {path.parent} and run it again."
        )
    reason = error.strerror or str(error)
    return StorageError(
        f"{path} could not be written ({reason}). Check that the folder exists, is yours to write to, and run it again."
    )


@contextmanager
def write_atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path` in one step.

    A reader sees the old file or the new one, never a part. After an exception, or a kill, `path`
    is as it was.

    Raises:
        StorageError: the disk is full or the folder can't be written.
    """
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_UMASK)  # some libraries write for their user alone
        temporary.replace(path)
    except OSError as error:
        _remove(temporary)
        raise _explain(error, path) from error
    except BaseException:
        _remove(temporary)
        raise


def _remove(temporary: Path) -> None:
    with contextlib.suppress(OSError):  # the failure that led here is the one to tell of
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with write_atomic(path) as temporary:
        temporary.write_bytes(content)


def sweep_temporary(folder: Path) -> None:
    """Remove what killed writers left in `folder`. Call it only while holding the folder's lock."""
    for left in folder.glob(f"{TEMPORARY}*"):
        left.unlink(missing_ok=True)


@contextmanager
def only_writer(folder: Path, waiting_for: str, timeout: float = -1) -> Iterator[None]:
    """Hold `folder`'s lock: one process (and one thread) writes at a time, a killed one frees it.

    Args:
        folder: the folder to be written.
        waiting_for: what holds the lock, for the message ("embedding of demo").
        timeout: seconds to wait; negative waits for ever.

    Raises:
        StorageError: somebody else still holds the lock after `timeout` seconds, or the folder
            can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=timeout)
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"Another process is at work on the {waiting_for}; wait for it to end or stop it."
        ) from error
    except OSError as error:
        raise _explain(error, folder / ".lock") from error
    try:
        yield
    finally:
        lock.release()
