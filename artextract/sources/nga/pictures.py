"""The pictures of the gallery by the IIIF Image API 2.1, kept as they arrived.

A picture is requested again only if the tables say that the work or its picture changed, and then with
its validators, so that an unchanged picture is not sent again.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from artextract.files import write_bytes
from artextract.settings import cache_dir
from artextract.sources.fetching.http_responses import FetchedBody, FetchError, Stamp
from artextract.sources.fetching.polite_client import PoliteClient

LARGEST_SIDE = 4096  # Pixels; the gallery's server gives no more
LARGEST_FILE = 40 * 1024 * 1024  # Bytes; ten times a JPEG of 4,096 px
ROUNDING = 1  # Pixels by which servers round a scaled side differently


@dataclass(frozen=True)
class WantedPicture:
    """A picture to fetch. Sizes are in px and None where the tables do not say."""

    iiif: str  # The base address of the image
    width: int | None  # Of the whole image
    height: int | None
    largest_side: int | None  # The most that the server gives of this image; None is no limit
    version: str  # Changes when the picture may have changed


@dataclass(frozen=True)
class _Record:
    """What is recorded with a stored picture."""

    url: str
    version: str
    sha256: str
    stamp: Stamp


class NgaPictures:
    """Pictures of one size, fetched or kept."""

    def __init__(self, client: PoliteClient, size: int) -> None:
        """Nothing is fetched yet. `size` is the long side in px; smaller pictures stay as they are."""
        self._client = client
        self._size = size
        self._folder = cache_dir() / "sources" / "nga" / "pictures"

    def get(self, wanted: WantedPicture) -> bytes:
        """The JPEG, complete and of the requested size.

        Raises:
            FetchError: the picture is not available.
            StorageError: the picture cannot be kept.
        """
        key = hashlib.sha256(f"{wanted.iiif} {self._size}".encode()).hexdigest()[:32]
        file = self._folder / key[:2] / f"{key}.jpg"
        record, content = _read_kept(file)
        if record is not None and record.version == wanted.version:
            return content
        url = self._url(wanted, wanted.width, wanted.height)
        self._client.follow_robots(url)
        stamp = record.stamp if record is not None and record.url == url else None
        body = self._client.get(url, LARGEST_FILE, stamp, _wrong_jpeg)
        if body is None and record is not None:
            record = replace(record, version=wanted.version)
        else:
            if body is None or not _fits(body.content, wanted.width, wanted.height, url):
                url, body = self._get_by_server_size(wanted)
            content = body.content
            write_bytes(file, content)
            record = _Record(url, wanted.version, hashlib.sha256(content).hexdigest(), body.stamp)
        write_bytes(file.with_suffix(".json"), json.dumps(asdict(record)).encode())
        return content

    def _url(self, wanted: WantedPicture, width: int | None, height: int | None) -> str:
        """The address of an image of that size, in a box that is never larger than the image."""
        sides = (wanted.largest_side, max(width, height) if width and height else None)
        box = min(self._size, LARGEST_SIDE, *(side for side in sides if side))
        return f"{wanted.iiif}/full/!{box},{box}/0/default.jpg"

    def _get_by_server_size(self, wanted: WantedPicture) -> tuple[str, FetchedBody]:
        """Fetch a picture whose size disagrees with the tables, by the size in its info.json."""
        info = self._client.get(f"{wanted.iiif}/info.json", 1024 * 1024, check=_wrong_info)
        width, height = _size_in(info.content if info else b"")
        url = self._url(wanted, width, height)

        def wrong(content: bytes) -> str | None:
            if (reason := _wrong_jpeg(content)) is None and not _fits(content, width, height, url):
                has = _size_of(content)
                return f"the picture has {has[0]} × {has[1]} px, which does not fit an image of {width} × {height} px."
            return reason

        body = self._client.get(url, LARGEST_FILE, check=wrong)
        if body is None:
            raise FetchError(f"{url}: the server did not send the picture.")
        return url, body


def _size_in(info: bytes) -> tuple[int, int]:
    """Width and height of the whole image in an info.json, px."""
    record = json.loads(info)
    return int(record["width"]), int(record["height"])


def _wrong_info(content: bytes) -> str | None:
    try:
        return None if min(_size_in(content)) > 0 else "the image has no size."
    except (ValueError, KeyError, TypeError):
        return "this is not the description of an image."


def _fits(content: bytes, width: int | None, height: int | None, url: str) -> bool:
    """Whether a picture has the size that an image of `width` × `height` px has in the box of the url."""
    size, box = _size_of(content), int(url.rsplit("/", 3)[1].rpartition(",")[2])
    if not width or not height:
        return max(size) <= box
    scale = min(box / max(width, height), 1.0)
    return all(abs(has - side * scale) <= ROUNDING for has, side in zip(size, (width, height), strict=True))


def _size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def _wrong_jpeg(content: bytes) -> str | None:
    """What is wrong with a file that should be a JPEG of at most 4,096 px; None if nothing."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
            if max(picture.size) > LARGEST_SIDE + ROUNDING:
                return f"the picture is larger than requested ({picture.size[0]} × {picture.size[1]} px)."
            picture.load()  # to the last line, to notice a file that was cut short
    except UnidentifiedImageError:
        start = content[:40].decode("latin-1").split("\n")[0]
        return f"this is not a JPEG; it begins with {start!r}."
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"the picture is damaged ({error})."
    return None


def _read_kept(file: Path) -> tuple[_Record | None, bytes]:
    """A kept picture and its record; None if the file is missing or differs from its record."""
    try:
        values = json.loads(file.with_suffix(".json").read_text())
        record = _Record(values["url"], values["version"], values["sha256"], Stamp(**values["stamp"]))
        content = file.read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None, b""
    return (record, content) if hashlib.sha256(content).hexdigest() == record.sha256 else (None, b"")
