"""The gallery's pictures by the IIIF Image API 2.1, kept as they came.

A picture is asked for once. Later it is asked for again only if the tables say that the work or
its picture changed, and then with its validators, so that an unchanged one isn't sent again.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from artextract.files import write_bytes
from artextract.settings import cache_dir
from artextract.sources.http_responses import Answer, FetchError, Stamp
from artextract.sources.polite_client import PoliteClient

LARGEST_SIDE = 4096
"""Pixels; the gallery's server gives no more."""
LARGEST_FILE = 40 * 1024 * 1024
"""Bytes; a JPEG of 4,096 px has a tenth of it."""
ROUNDING = 1
"""Pixels by which servers round a scaled side differently."""


@dataclass(frozen=True)
class Wanted:
    """A picture to be fetched."""

    iiif: str
    """The image's base address."""
    width: int | None
    """Of the whole image, px; None where the tables don't say."""
    height: int | None
    largest_side: int | None
    """Px, the most that is served of it; None is no limit of its own."""
    version: str
    """Changes when the picture may have."""


@dataclass(frozen=True)
class _Kept:
    """What is recorded of a kept picture, beside it."""

    url: str
    version: str
    sha256: str
    stamp: Stamp


class Pictures:
    """Pictures at one size, fetched or kept."""

    def __init__(self, client: PoliteClient, size: int) -> None:
        """Nothing is fetched yet.

        Args:
            client: fetches them.
            size: long side, px; a picture that is smaller comes as it is.
        """
        self._client = client
        self._size = size
        self._folder = cache_dir() / "sources" / "nga" / "pictures"

    def get(self, wanted: Wanted) -> bytes:
        """The picture's JPEG, whole and of the size that was asked for.

        Raises:
            FetchError: it can't be had.
            StorageError: it can't be kept.
        """
        key = hashlib.sha256(f"{wanted.iiif} {self._size}".encode()).hexdigest()[:32]
        file = self._folder / key[:2] / f"{key}.jpg"
        kept, content = _read_kept(file)
        if kept is not None and kept.version == wanted.version:
            return content
        url = self._url(wanted, wanted.width, wanted.height)
        self._client.follow_robots(url)
        stamp = kept.stamp if kept is not None and kept.url == url else None
        answer = self._client.get(url, LARGEST_FILE, stamp, _not_a_jpeg)
        if answer is None and kept is not None:
            record = replace(kept, version=wanted.version)
        else:
            if answer is None or not _fits(answer.content, wanted.width, wanted.height, url):
                url, answer = self._as_the_server_says(wanted)
            content = answer.content
            write_bytes(file, content)
            digest = hashlib.sha256(content).hexdigest()
            record = _Kept(url, wanted.version, digest, answer.stamp)
        write_bytes(_record(file), json.dumps(asdict(record)).encode())
        return content

    def _url(self, wanted: Wanted, width: int | None, height: int | None) -> str:
        """The address of an image of that shape, in a box that is never larger than it is."""
        sides = (wanted.largest_side, max(width, height) if width and height else None)
        box = min(self._size, LARGEST_SIDE, *(side for side in sides if side))
        return f"{wanted.iiif}/full/!{box},{box}/0/default.jpg"

    def _as_the_server_says(self, wanted: Wanted) -> tuple[str, Answer]:
        """Fetch anew what didn't have the tables' shape, held to the shape of its info.json."""
        width, height = self._shape(wanted.iiif)
        url = self._url(wanted, width, height)

        def wrong(content: bytes) -> str | None:
            if (reason := _not_a_jpeg(content)) is None and not _fits(content, width, height, url):
                found = _size_of(content)
                reason = f"{found[0]} × {found[1]} px are not those of an image of {width} × {height}."
            return reason

        answer = self._client.get(url, LARGEST_FILE, check=wrong)
        if answer is None:
            raise FetchError(f"{url}: not sent, though nobody has it yet.")
        return url, answer

    def _shape(self, iiif: str) -> tuple[int, int]:
        """Width and height of the whole image, from its info.json, px."""
        url = f"{iiif}/info.json"

        def wrong(content: bytes) -> str | None:
            try:
                record = json.loads(content)
                whole = int(record["width"]) > 0 and int(record["height"]) > 0
            except (ValueError, KeyError, TypeError):
                whole = False
            return None if whole else "this isn't an image's description."

        answer = self._client.get(url, 1024 * 1024, check=wrong)
        record = json.loads(answer.content if answer else b"{}")
        return int(record["width"]), int(record["height"])


def _fits(content: bytes, width: int | None, height: int | None, url: str) -> bool:
    """Whether a picture has the size that an image of `width` × `height` has in the url's box."""
    found, box = _size_of(content), int(url.rsplit("/", 3)[1].rpartition(",")[2])
    if not width or not height:
        return max(found) <= box
    scale = min(box / max(width, height), 1.0)
    return all(abs(has - side * scale) <= ROUNDING for has, side in zip(found, (width, height), strict=True))


def _size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def _not_a_jpeg(content: bytes) -> str | None:
    """What is wrong with a file that should be a JPEG of a side of 4,096 px at the most."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
            if max(picture.size) > LARGEST_SIDE + ROUNDING:
                return f"a picture of {picture.size[0]} × {picture.size[1]} px was not asked for."
            picture.load()  # to the last line: one cut short is found here
    except UnidentifiedImageError:
        start = content[:40].decode("latin-1").split("\n")[0]
        return f"this is not a JPEG but begins {start!r}."
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"the picture is damaged ({error})."
    return None


def _record(file: Path) -> Path:
    return file.with_suffix(".json")


def _read_kept(file: Path) -> tuple[_Kept | None, bytes]:
    """What is kept in `file`; None if it isn't there or isn't what was recorded."""
    try:
        record = json.loads(_record(file).read_text())
        kept = _Kept(record["url"], record["version"], record["sha256"], Stamp(**record["stamp"]))
        content = file.read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None, b""
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        return None, b""
    return kept, content
