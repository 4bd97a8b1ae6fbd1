"""How to ask a IIIF server for a picture of a size.

Servers of level 1 need not scale into a box ("!640,640"), servers of level 0 have a few ready sizes or one
picture, and manifests are often wrong. So there are several ways to ask; the first that gives a picture of the
right shape and size is taken, and a picture that came with another shape or size is not trusted at once.
https://iiif.io/api/image/3.0/#42-size and https://iiif.io/api/image/2.1/compliance/.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from PIL import Image

from artextract.errors import SourceError
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, host_of
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.iiif.canvases import CanvasImage
from artextract.sources.iiif.services import ImageService, Size, image_at, read_info, whole_address

SMALLEST_SIDE, LARGEST_SIDE = 64, 4096  # Pixels that a person may ask for
ROUNDING = 1  # Pixels by which servers round a scaled side differently
_LARGER = 2  # A ready picture may be this many times larger than wanted, where the server can scale
_UNSUPPORTED = frozenset({400, 404, 405, 410, 413, 414, 416, 422, 501})
"""Answers to a size that the server does not have; another way may work."""


@dataclass(frozen=True)
class _Way:
    url: str
    shape: Size | None  # Shape of the picture, in any scale; None accepts every shape
    least: int = 0  # Long side of the picture, px


class IiifPictures:
    """Pictures of one size from any IIIF server, fetched or kept. Safe to share between threads."""

    def __init__(self, kept: KeptPictures, size: int) -> None:
        """Nothing is fetched yet. `size` is the long side in px; a picture that the server has ready may be larger.

        Raises SourceError if the size is not 64 to 4,096 px.
        """
        if not SMALLEST_SIDE <= size <= LARGEST_SIDE:
            raise SourceError(f"The picture size must be {SMALLEST_SIDE} to {LARGEST_SIDE} px, not {size}.")
        self._kept = kept
        self._size = size

    def get(self, image: CanvasImage, version: str = "") -> bytes:
        """The picture file; `version` as in `KeptPictures.get`.

        Raises:
            FetchError: the picture is not available; `cause`, `host` and `status` say why.
            StorageError: the picture cannot be kept.
        """
        key = f"{image.service.base if image.service else image.address}#{image.region}/{self._size}"
        url = self._kept.kept(key)  # the way that worked in an earlier run, so that no other is tried
        if url and (content := self._kept.kept(url.decode(), version)):
            return content
        why_not: FetchError | None = None
        best, best_side = b"", 0
        for number, way in enumerate(self._ways(image)):
            try:
                content = self._kept.get(way.url, version)
            except FetchError as error:
                _refuse_unless_unsupported(error)
                why_not = why_not or error
                continue
            side = _side_that_fits(content, way)
            if side >= max(way.least, 1):
                if number or (image.service is not None and image.service.level is None):  # after an info.json
                    self._kept.keep(key, way.url.encode())
                return content
            if not side and way.shape and why_not is None:
                has, shape = " × ".join(map(str, size_of(content))), " × ".join(map(str, way.shape))
                sentence = f"{way.url}: the picture has {has} px, but the image has the shape {shape}."
                why_not = FetchError(sentence, Cause.NOT_A_PICTURE, host_of(way.url))
            best, best_side = max((best, best_side), (content, side), key=lambda pair: pair[1])
        if best_side:
            return best
        raise why_not or FetchError("The manifest has no address for this picture.", Cause.NOT_NAMED)

    def _ways(self, image: CanvasImage) -> Iterator[_Way]:
        """The ways to ask for the picture, the cheapest first; the info.json is read only if it is reached."""
        service, address = image.service, image.address
        if service is None:
            yield from [_Way(address, None)] if address else []
            return
        yield from self._by_ready_size(image, service)
        yield from self._by_level(image, service)
        if service.level == 0 and address:
            yield _Way(address, image.shape)
        if (info := self._info(service, address)) is not None:
            service = info
            image = replace(image, shape=info.size if image.region == "full" else image.shape)
            yield from self._by_ready_size(image, info)
            yield from self._by_level(image, info)
        is_whole = service.level == 0 or not address
        yield _Way(_url(service, image.region, service.whole) if is_whole else address, image.shape)

    def _by_ready_size(self, image: CanvasImage, service: ImageService) -> Iterator[_Way]:
        """The smallest ready picture that is large enough, in both forms of its address."""
        ready = [
            (max(size), size, its)
            for its in ((service, *image.ready) if image.region == "full" else ())
            for size in its.sizes
            if image.shape is None or _same_shape(size, image.shape)
        ]
        ready.sort(key=lambda entry: entry[0])
        most = _LARGER * self._size if service.level in {1, 2} else inf
        enough = [entry for entry in ready if self._size <= entry[0] <= most]
        if service.level == 0:
            enough = enough or ready[-1:]  # the largest that there is
        for _, size, its in enough[:1]:
            forms = [f"{size[0]},{size[1]}", f"{size[0]},"]
            forms = (forms if its.version == 3 else forms[::-1]) + ([its.whole] if size == its.size else [])
            least = max(*size, min(self._size, max(image.shown or size)))
            yield from (_Way(_url(its, "full", form), image.shape, least - ROUNDING) for form in forms)

    def _by_level(self, image: CanvasImage, service: ImageService) -> Iterator[_Way]:
        """The picture scaled by the server, where the level allows it and the size of the image is clear."""
        shape, whole = image.shape, service.size if image.region == "full" else image.shape
        side = min([self._size, *([max(whole)] if whole else []), *([service.largest] if service.largest else [])])
        if service.level == 2 and (whole or service.version != 3 or (shape and max(shape) >= side)):
            least = min(side, max(image.shown)) - ROUNDING if image.shown else 0
            yield _Way(_url(service, image.region, f"!{side},{side}"), shape, least)
        elif service.level in {1, None} and shape and (whole or max(shape) >= side):
            width = max(round(side * shape[0] / max(shape)), 1)
            least = int(width * max(shape) / shape[0]) - ROUNDING
            yield _Way(_url(service, image.region, f"{width},"), shape, least)

    def _info(self, service: ImageService, picture: str) -> ImageService | None:
        """The image's own description; None if the server does not give it."""
        url = f"{service.base}/info.json"

        def check(content: bytes) -> None:
            if described(content) is None:
                sentence = f"{url}: this is not the description of an image."
                raise FetchError(sentence, Cause.NOT_A_PICTURE, host_of(url), 200)

        try:
            info = described(self._kept.get_document(url, check=check), picture)
        except FetchError as error:
            _refuse_unless_unsupported(error)
            return None
        return info and replace(info, base=service.base, version=info.version or service.version)


def size_of(content: bytes) -> Size:
    """Width and height of a picture file, px."""
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def described(content: bytes, picture: str = "") -> ImageService | None:
    """The image that an info.json describes, with its size; None if it is something else."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return read_info(document, "", picture) if isinstance(document, dict) else None


def picture_at(address: str, is_base: bool = False) -> CanvasImage | None:
    """The image of the address of an info.json, or of a picture of any size; None if it has another form.

    `is_base`: the address can also be the base of the image ("…/iiif/abc").
    """
    if (service := image_at(address)) is None:
        base = whole_address(address, "").rstrip("/")
        is_web = is_base and base.startswith(("https://", "http://"))
        return CanvasImage("", None, service=ImageService(base)) if is_web else None
    is_info = address.partition("?")[0].endswith("/info.json")
    return CanvasImage("" if is_info else address, None, service=service)


def _url(service: ImageService, region: str, size: str) -> str:
    return f"{service.base}/{region}/{size}/0/{service.quality}.jpg"


def _side_that_fits(content: bytes, way: _Way) -> int:
    """The long side of a picture, px; 0 if the picture has another shape than it should."""
    try:
        size = size_of(content)
    except Image.DecompressionBombError:  # a whole scan instead of a scaled picture; its size is checked later
        return LARGEST_SIDE
    return max(size) if way.shape is None or _same_shape(size, way.shape) else 0


def _same_shape(size: Size, shape: Size) -> bool:
    scale = max(size) / max(shape)
    return all(abs(has - side * scale) <= ROUNDING + scale for has, side in zip(size, shape, strict=True))


def _refuse_unless_unsupported(error: FetchError) -> None:
    """Raise an error after which no other way is tried: the server refuses more than a size."""
    if error.status not in _UNSUPPORTED and error.cause != Cause.NOT_A_PICTURE:
        raise error
