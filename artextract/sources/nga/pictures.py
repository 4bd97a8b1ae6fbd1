"""The pictures of the gallery by the IIIF Image API 2.1, kept as they arrived.

A picture is requested again only if the tables say that the work or its picture changed, and then with
its validators, so that an unchanged picture is not sent again.
"""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.pictures import LARGEST_SIDE, ROUNDING, check_size, described, size_of


@dataclass(frozen=True)
class WantedPicture:
    """A picture to fetch. Sizes are in px and None where the tables do not say."""

    iiif: str  # The base address of the image
    width: int | None  # Size of the whole image
    height: int | None
    largest_side: int | None  # The most that the server gives of this image; None is no limit
    version: str  # Changes when the picture may have changed


class _OtherSizeError(FetchError):
    """The picture has another size than the tables say."""


class NgaPictures:
    """Pictures of one size, fetched or kept."""

    def __init__(self, client: PoliteClient, size: int) -> None:
        """Nothing is fetched yet. `size` is the long side in px; smaller pictures are not enlarged."""
        check_size(size)
        self._kept = KeptPictures(client, again=True)
        self._size = size

    def get(self, wanted: WantedPicture) -> bytes:
        """The JPEG, complete and of the requested size.

        Raises:
            FetchError: the picture is not available.
            StorageError: the picture cannot be kept.
        """
        address = f"{wanted.iiif}/info.json"  # kept only where the tables had the wrong size
        info = self._kept.kept(address, wanted.version)
        if info is None:
            try:
                return self._get(wanted, wanted.width, wanted.height, strict=False)
            except _OtherSizeError:
                info = self._kept.get_document(address, wanted.version, _wrong_info)
        image = described(info)
        width, height = image.size if image is not None and image.size is not None else (None, None)
        return self._get(wanted, width, height, strict=True)

    def _get(self, wanted: WantedPicture, width: int | None, height: int | None, strict: bool) -> bytes:
        """The picture of an image of `width` × `height` px.

        Raises:
            _OtherSizeError: the picture has another size, and not `strict`.
            FetchError: as `get`; `strict` requests a picture of another size again.
        """
        url = self._url(wanted, width, height)

        def wrong(content: bytes) -> str | None:
            if (reason := _wrong_jpeg(content)) is not None or _fits(content, width, height, url):
                return reason
            has = size_of(content)
            reason = f"the picture has {has[0]} × {has[1]} px, which does not fit an image of {width} × {height} px."
            if not strict:
                raise _OtherSizeError(f"{url}: {reason}")
            return reason

        return self._kept.get(url, wanted.version, wrong)

    def _url(self, wanted: WantedPicture, width: int | None, height: int | None) -> str:
        """The address of an image of that size, in a box that is never larger than the image."""
        sides = (wanted.largest_side, max(width, height) if width and height else None)
        box = min(self._size, LARGEST_SIDE, *(side for side in sides if side))
        return f"{wanted.iiif}/full/!{box},{box}/0/default.jpg"


def _wrong_info(content: bytes) -> str | None:
    return None if described(content) else "this is not the description of an image."


def _fits(content: bytes, width: int | None, height: int | None, url: str) -> bool:
    """Whether a picture has the size that an image of `width` × `height` px has in the box of the url."""
    size, box = size_of(content), int(url.rsplit("/", 3)[1].rpartition(",")[2])
    if not width or not height:
        return max(size) <= box
    scale = min(box / max(width, height), 1.0)
    return all(abs(has - side * scale) <= ROUNDING for has, side in zip(size, (width, height), strict=True))


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
