"""A tray's pictures in a ZIP archive: those that may be given away, as they came."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from artextract.files import read_regular
from artextract.trays.licences import HOW_JUDGED, is_free
from artextract.trays.tray import Tray
from artextract.trays.works import Held

LIST = "READ ME.txt"
_LONGEST = 80
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
"""What one file system or another takes no file's name with."""


def write_pictures(path: Path, tray: Tray, works: Sequence[Held]) -> int:
    """Write the archive; how many pictures are in it.

    Beside the pictures lies `LIST`: what is there with licence, credit and source, what was left
    out and why, and how licences are judged.

    Args:
        path: the file to be written.
        tray: the tray.
        works: what lies in it.
    """
    there: list[str] = []
    left: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, one in enumerate(works, start=1):
            if why := _why_not(one):
                left.append(f"{number}. {one.label}\n   {why}")
                continue
            try:
                content = read_regular(Path(str(one.picture)))
            except OSError as error:
                left.append(f"{number}. {one.label}\n   Its file can't be read: {error.strerror}.")
                continue
            name = _file_name(number, one)
            archive.writestr(name, content)
            facts = (one.told("licence"), one.told("credit"), one.page)
            there.append("\n   ".join([f"{name}: {one.label}", *filter(None, facts)]))
        archive.writestr(LIST, _list(tray, there, left).encode("utf-8-sig"))
    return len(there)


def _why_not(one: Held) -> str:
    if one.gone:
        return one.gone
    if is_free(one.told("licence")):
        return ""
    return f"Licence: {one.told('licence') or 'not recorded'}"


def _file_name(number: int, one: Held) -> str:
    """Begins with the number, so that each is another and none is a device's or a hidden one's."""
    words = " ".join(_UNSAFE.sub(" ", one.label).split())[:_LONGEST].rstrip(" .")
    return f"{number:03} {words}{Path(one.told('image')).suffix}"


def _list(tray: Tray, there: Sequence[str], left: Sequence[str]) -> str:
    parts = [tray.name, HOW_JUDGED]
    for heading, lines in (("Pictures in this folder", there), ("Left out", left)):
        parts.append(f"{heading}: {len(lines)}")
        parts.extend(lines)
    return "\n\n".join(parts) + "\n"
