"""Disks that cannot be written."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artextract.files import TEMPORARY

ROOM = 400
"""Bytes that a file may have on the full disk: no result is so small."""


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows above `ROOM` bytes in this process, whichever library writes it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def make_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock is given and no file begun, as on a disk that is mounted read-only."""

    def refused(*_: object, **_options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("artextract.files.FileLock.acquire", refused)
    monkeypatch.setattr(Path, "touch", refused)


def unfinished(folder: Path) -> list[Path]:
    """What writers left in a folder."""
    return list(folder.rglob(f"{TEMPORARY}*"))


def flip(file: Path, place: float) -> None:
    """Change a byte of a file, at a place between 0 (its begin) and 1 (its end)."""
    content = bytearray(file.read_bytes())
    content[int(place * (len(content) - 1))] ^= 0x11
    file.write_bytes(content)
