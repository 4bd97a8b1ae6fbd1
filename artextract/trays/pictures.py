"""The pictures of a tray that may be passed on, in a ZIP archive, as their sources published them."""

import io
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from artextract.files import open_regular
from artextract.metadata.rights import LICENCE_RULE, is_free
from artextract.trays.resolve import ResolvedItem
from artextract.trays.store import Tray

LIST = "READ ME.txt"
_PIECE = 2**20  # Bytes
_MAX_NAME = 80  # Characters of a file's name, without number and suffix
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # Characters that a file system may not allow in a name


def pictures_size(works: Sequence[ResolvedItem]) -> int:
    """The bytes of the pictures that the archive of a tray would contain."""
    size = 0
    for work in works:
        if work.picture is not None and not _why_not(work):
            with suppress(OSError):
                size += work.picture.stat().st_size
    return size


def pictures_zip(tray: Tray, works: Sequence[ResolvedItem]) -> Iterator[bytes]:
    """The archive, piece by piece: nothing is stored.

    The archive also contains `LIST`: licence, credit and source of each picture, which pictures were
    left out and why, and how licences are judged.
    """
    included, excluded, pieces = [], [], _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:
        for number, work in enumerate(works, start=1):
            reason, file = _opened(work)
            if file is None:
                excluded.append(f"{number}. {work.label}\n   {reason}")
                continue
            name = _file_name(number, work)
            entry = zipfile.ZipInfo(name, time.localtime()[:6])
            entry.external_attr = 0o644 << 16  # the permissions of the unpacked file
            with file, archive.open(entry, "w") as packed:
                while piece := file.read(_PIECE):
                    packed.write(piece)
                    yield pieces.take()
            facts = (work.value("licence"), work.value("credit"), work.page)
            included.append("\n   ".join([f"{name}: {work.label}", *filter(None, facts)]))
        parts = [tray.name, LICENCE_RULE, f"Pictures in this folder: {len(included)}", *included]
        parts += [f"Left out: {len(excluded)}", *excluded]
        archive.writestr(LIST, ("\n\n".join(parts) + "\n").encode("utf-8-sig"))
    yield pieces.take()


class _Pieces(io.RawIOBase):
    """A file that cannot seek, and whose content is taken piece by piece."""

    content = b""

    def write(self, content: Any) -> int:
        self.content += content
        return len(content)

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self.content = self.content, b""
        return taken


def _opened(work: ResolvedItem) -> tuple[str, BinaryIO | None]:
    """Why a picture is left out ("" if it is not), and its open file."""
    if (reason := _why_not(work)) or work.picture is None:
        return reason, None
    try:
        return "", open_regular(work.picture)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}.", None


def _why_not(work: ResolvedItem) -> str:
    if work.gone or is_free(work.value("licence")):
        return work.gone
    return f"Licence: {work.value('licence') or 'not recorded'}"


def _file_name(number: int, work: ResolvedItem) -> str:
    """A name that begins with the number: no two are equal, and none is hidden or the name of a device."""
    words = " ".join(_UNSAFE.sub(" ", work.label).split())[:_MAX_NAME].rstrip(" .")
    return f"{number:03} {words}{Path(work.value('image')).suffix}"
