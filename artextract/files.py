"""The one door through which files are written: whole or not at all, one writer at a time."""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from artextract.errors import StorageError

TEMPORARY = ".tmp-"
"""Every unfinished file's name begins so; whoever holds the folder's lock may sweep them away."""


def _explain(error: OSError, path: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full: {path.name} could not be written. Nothing was lost; "
            f"free some space on the disk of {path.parent} and run it again."
        )
    reason = error.strerror or str(error)
    return StorageError(
        f"{path} could not be written ({reason}). Check that the folder exists, "
        "is yours to write to, and run it again."
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
