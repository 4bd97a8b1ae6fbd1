"""Ids of works: from the table's own column of ids, and the same in every run."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from artextract.sources.tables.cells import unique_name
from artextract.sources.tables.picture_column import Kind, PictureName


def work_ids(
    rows: Sequence[Mapping[str, str]], column: str | None, pictures: Sequence[PictureName]
) -> tuple[list[str], list[str]]:
    """A unique id for each row, and the ids that were changed to make them unique.

    The id is the row's own (the last part of an address, if that is unique), else the name of its picture file, else
    a digest of the row's texts. A signed address never becomes an id. The second of two equal ids gets " (2)".
    """
    own = [row.get(column, "") if column else "" for row in rows]
    meant: dict[str, set[str]] = {}
    for value in own:
        meant.setdefault(_tail(value), set()).add(value)
    names = Counter(map(_picture_name, pictures))
    ids: dict[str, None] = {}
    doubled = []
    for row, value, picture in zip(rows, own, pictures, strict=True):
        name = _picture_name(picture)
        base = value and (_tail(value) if len(meant[_tail(value)]) == 1 else value)
        base = base or (name if name and names[name] == 1 else _digest(row))
        unique = unique_name(base, ids, "{} ({})")
        ids[unique] = None
        if unique != base:
            doubled.append(unique)
    return list(ids), doubled


def _tail(value: str) -> str:
    """The last part of an address; any other id unchanged."""
    if not value.startswith(("http://", "https://")):
        return value
    return unquote(value.rstrip("/").rpartition("/")[2]) or value


def _picture_name(picture: PictureName) -> str:
    """The name of a picture file without its suffix; "" for an address with a query, which may be signed."""
    if picture.kind not in {Kind.FILE, Kind.BESIDE, Kind.PICTURE} or "?" in picture.name:
        return ""
    return unquote(PurePosixPath(urlsplit(picture.name).path.replace("\\", "/")).stem)


def _digest(row: Mapping[str, str]) -> str:
    """A short digest of the texts of a row, without addresses."""
    texts = [f"{name}={value}" for name, value in row.items() if "://" not in value]
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
