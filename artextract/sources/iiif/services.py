"""Image services: what a manifest or an info.json says about an image on a IIIF server.

https://iiif.io/api/image/3.0/#5-image-information, also versions 2 and 1. The same level is spelt in six
ways ("level1", "http://iiif.io/api/image/2/level1.json", "…/compliance.html#level1", lists with objects).
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

Size = tuple[int, int]  # Width and height, px

_LEVEL = re.compile(r"level(\d)")
_VERSION = re.compile(r"(?:ImageService|api/image/)([123])|library\.stanford\.edu")
_REQUEST = re.compile(
    r"(?P<base>https?://[^?#]+)/(?P<region>full|square|(?:pct:)?[\d.]+(?:,[\d.]+){3})"
    r"/(?:full|max|\^?!?(?:pct:)?[\d.]*,?[\d.]*)/!?[\d.]+/(?P<quality>\w+)\.(?:jpe?g|png|webp|tif|gif|jp2)"
)
_INFO = "/info.json"


@dataclass(frozen=True)
class ImageService:
    """An image on a IIIF server."""

    base: str  # Its base address, without a slash at the end
    version: int = 0  # Version of the Image API: 1, 2 or 3; 0 if unknown
    level: int | None = None  # 0, 1 or 2; None if unknown
    size: Size | None = None  # Size of the whole image, if the service says it
    sizes: tuple[Size, ...] = ()  # Sizes that the server has ready
    largest: int | None = None  # The longest side that the server gives, px; None is no limit
    quality: str = "default"  # The quality in addresses; "native" in version 1

    @property
    def whole(self) -> str:
        """The word for the size of the whole image in addresses."""
        return "max" if self.version == 3 else "full"

    @property
    def profile(self) -> str | None:
        """Version and level as the column `iiif_profile` has them: "ImageService3 level1"."""
        level = "" if self.level is None else f" level{self.level}"
        return f"ImageService{self.version}{level}" if self.version else None


def objects(value: Any) -> list[dict[str, Any]]:
    """A value that is one object, one address or a list of them, as objects."""
    if isinstance(value, list):
        return [item for part in value for item in objects(part)]
    if isinstance(value, str):
        return [{"id": value}] if value.strip() else []
    return [value] if isinstance(value, dict) else []


def address_of(value: dict[str, Any], base: str) -> str:
    """The address of an object, complete and percent-encoded; "" without one."""
    named = value.get("id") or value.get("@id")
    return whole_address(named, base) if isinstance(named, str) else ""


def whole_address(address: str, base: str) -> str:
    """An address joined to the address of its document; blanks and other letters are percent-encoded."""
    try:
        return quote(urljoin(base, address.strip()), safe="%/:=&?~#+!$,;'@()*[]")
    except ValueError:  # for example "http://[x"
        return ""


def kind_of(value: dict[str, Any]) -> str:
    """The type of an object without its prefix: "Manifest" for "sc:Manifest"; "" without one."""
    named = value.get("type") or value.get("@type")
    named = named[0] if isinstance(named, list) and named else named
    return named.rpartition(":")[2] if isinstance(named, str) else ""


def whole_number(value: Any) -> int | None:
    """A size in px that is a number or its text; None if it is not positive."""
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number > 0 else None


def size_of(value: dict[str, Any]) -> Size | None:
    """The width and height of an object, px; None unless it has both."""
    width, height = whole_number(value.get("width")), whole_number(value.get("height"))
    return (width, height) if width and height else None


def image_services(value: Any, base: str = "", picture: str = "") -> tuple[ImageService, ...]:
    """The image services in the content of `service`; others (search, login) are left out.

    `base` is the address of the document; `picture` is that of the picture, whose quality ("native") the server has.
    """
    found = (_service(item, base, picture) for item in objects(value))
    return tuple(service for service in found if service is not None)


def read_info(info: dict[str, Any], base: str = "", picture: str = "") -> ImageService | None:
    """The image that an info.json describes; None if it describes none. Other arguments as in `image_services`."""
    service = _service(info, base, picture)
    return service if service is not None and service.size else None


def image_at(address: str) -> ImageService | None:
    """The image of the address of an info.json, or of a picture of any size: version and level unknown. Or None."""
    address = whole_address(address, "")
    if (path := address.partition("?")[0]).endswith(_INFO) and path.startswith(("https://", "http://")):
        return ImageService(path.removesuffix(_INFO))
    if (found := _REQUEST.fullmatch(address.partition("?")[0])) is None or found["region"] != "full":
        return None
    return ImageService(found["base"], quality="native" if found["quality"] == "native" else "default")


def _service(value: dict[str, Any], base: str, picture: str) -> ImageService | None:
    address = address_of(value, base).rstrip("/").removesuffix(_INFO)
    named = value.get("profile")
    profiles = [text for text in (named if isinstance(named, list) else [named]) if isinstance(text, str)]
    kind = kind_of(value)
    words = " ".join([kind, *profiles, str(value.get("@context", ""))])  # the most reliable first
    is_image = re.search("^ImageService|api/image|image-api", f"{words} {value.get('protocol', '')}")
    found = _LEVEL.search(" ".join(profiles))
    if not address.startswith(("http://", "https://")) or not (is_image or found or not words.strip()):
        return None  # words are missing for an address alone
    said = _VERSION.search(words)
    version = int(said[1] or 1) if said else 3 if kind and "id" in value and "level" in " ".join(profiles) else 0
    limits = [item for item in [value, *objects(named)] if "maxWidth" in item or "maxHeight" in item]
    sides = [side for item in limits for name in ("maxWidth", "maxHeight") if (side := whole_number(item.get(name)))]
    shown = _REQUEST.fullmatch(picture) if version < 2 else None  # from version 2 on, "default" is always right
    native = shown["quality"] == "native" if shown else version == 1
    return ImageService(
        base=address,
        version=version,
        level=int(found[1]) if found and int(found[1]) <= 2 else None,
        size=size_of(value),
        sizes=tuple(size for item in objects(value.get("sizes")) if (size := size_of(item))),
        largest=min(sides, default=None),
        quality="native" if native else "default",
    )
