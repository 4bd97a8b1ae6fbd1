"""The pictures of a tray that may be passed on, in a ZIP archive, as their sources published them."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from artextract.files import read_regular
from artextract.metadata.rights import LICENCE_RULE, is_free
from artextract.trays.resolve import ResolvedItem
from artextract.trays.tray import Tray

LIST = "READ ME.txt"
_MAX_NAME = 80  # Characters of a file's name, without number and suffix
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # Characters that a file system may not allow in a name


def write_pictures(path: Path, tray: Tray, works: Sequence[ResolvedItem]) -> int:
    """Write the archive to `path` and return the number of pictures in it.

    The archive also contains `LIST`: licence, credit and source of each picture, which pictures were
    left out and why, and how licences are judged.
    """
    included: list[str] = []
    excluded: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, work in enumerate(works, start=1):
            reason, content = _content(work)
            if reason:
                excluded.append(f"{number}. {work.label}\n   {reason}")
                continue
            name = _file_name(number, work)
            archive.writestr(name, content)
            facts = (work.value("licence"), work.value("credit"), work.page)
            included.append("\n   ".join([f"{name}: {work.label}", *filter(None, facts)]))
        parts = [tray.name, LICENCE_RULE, f"Pictures in this folder: {len(included)}", *included]
        parts += [f"Left out: {len(excluded)}", *excluded]
        archive.writestr(LIST, ("\n\n".join(parts) + "\n").encode("utf-8-sig"))
    return len(included)


def _content(work: ResolvedItem) -> tuple[str, bytes]:
    """Why a picture is left out ("" if it is not), and its bytes."""
    if work.gone or work.picture is None:
        return work.gone, b""
    if not is_free(work.value("licence")):
        return f"Licence: {work.value('licence') or 'not recorded'}", b""
    try:
        return "", read_regular(work.picture)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}.", b""


def _file_name(number: int, work: ResolvedItem) -> str:
    """A name that begins with the number: no two are equal, and none is hidden or the name of a device."""
    words = " ".join(_UNSAFE.sub(" ", work.label).split())[:_MAX_NAME].rstrip(" .")
    return f"{number:03} {words}{Path(work.value('image')).suffix}"
