"""Image services of the stand-in world: IIIF Image API 1, 2 and 3 at levels 0, 1 and 2."""

import json
import re
from dataclasses import dataclass

from tests.support.made import jpeg, made_picture

_REQUEST = re.compile(r"(?P<base>.+)/(?P<region>[^/]+)/(?P<size>[^/]+)/(?P<rotation>[^/]+)/(?P<file>\w+\.\w+)")
_SIZE = re.compile(r"(?P<up>\^)?(?:(?P<word>full|max)|(?P<fit>!)?(?P<w>\d*),(?P<h>\d*)|pct:(?P<percent>[\d.]+))")


@dataclass(frozen=True)
class ImageService:
    """One image. A request that its level does not promise is answered with 400, as strict servers do."""

    version: int = 2
    level: int = 2
    width: int = 800
    height: int = 600
    sizes: tuple[tuple[int, int], ...] = ()  # Ready sizes; a level 0 service gives no other but the full one
    largest: int = 0  # `maxWidth`; 0 for none

    def info(self, base: str) -> bytes:
        """The info.json of the image at the address `base`."""
        told: dict[str, object] = {"width": self.width, "height": self.height}
        if self.version == 3:
            context = "http://iiif.io/api/image/3/context.json"
            told |= {"id": base, "type": "ImageService3", "profile": f"level{self.level}"}
            told |= {"maxWidth": self.largest} if self.largest else {}
        else:
            context = "http://iiif.io/api/image/2/context.json"
            profile = f"http://iiif.io/api/image/2/level{self.level}.json"
            if self.version == 1:
                context = "http://library.stanford.edu/iiif/image-api/1.1/context.json"
                profile = f"http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level{self.level}"
            limits = [{"maxWidth": self.largest}] if self.largest else []
            told |= {"@id": base, "profile": [profile, *limits] if self.version == 2 else profile}
        if self.sizes:
            told["sizes"] = [{"width": width, "height": height} for width, height in self.sizes]
        return json.dumps({"@context": context, "protocol": "http://iiif.io/api/image"} | told).encode()

    def picture(self, base: str, region: str, size: str, file: str) -> bytes | None:
        """The JPEG for a request; None if the service does not give it."""
        wanted = self._size(size)
        name = "native.jpg" if self.version == 1 else "default.jpg"
        if region != "full" or wanted is None or file != name:
            return None
        return jpeg(made_picture(sum(base.encode()), *wanted))

    def _size(self, size: str) -> tuple[int, int] | None:
        match = _SIZE.fullmatch(size)
        if match is None or (match["up"] and self.version < 3):
            return None
        whole = (self.width, self.height)
        if match["word"]:
            forbidden = (match["word"] == "full" and self.version == 3) or (
                match["word"] == "max" and self.version == 1
            )
            return None if forbidden else self._limited(whole)
        if match["percent"]:
            scale = float(match["percent"]) / 100
            return (round(whole[0] * scale), round(whole[1] * scale)) if self.level >= 1 else None
        width, height = (int(match[side] or 0) for side in ("w", "h"))
        if self.level == 0:
            return self._ready(width, height, bool(match["fit"]))
        both = width and height
        scaled = match["fit"] or not both
        level_2 = match["fit"] or (both and self.version < 3)
        if not (width or height) or (match["fit"] and not both) or (level_2 and self.level < 2):
            return None
        if scaled:
            scale = min(side / full for side, full in ((width, whole[0]), (height, whole[1])) if side)
            width, height = (max(1, round(full * scale)) for full in whole)
        enlarged = self.version == 3 and not match["up"] and (width > whole[0] or height > whole[1])
        return None if enlarged or (self.largest and width > self.largest) else (width, height)

    def _ready(self, width: int, height: int, fit: bool) -> tuple[int, int] | None:
        """A size of a level 0 service: files on a disk, named by the canonical form of their size."""
        ready = [known for known in (*self.sizes, (self.width, self.height)) if known[0] == width]
        canonical = bool(height) == (self.version == 3) and not fit
        return ready[0] if ready and canonical and height in (0, ready[0][1]) else None

    def _limited(self, size: tuple[int, int]) -> tuple[int, int]:
        scale = min(1.0, self.largest / size[0]) if self.largest else 1.0
        return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def split_request(address: str) -> dict[str, str] | None:
    """The parts of an image request: base, region, size, rotation, file; None if the address is not one."""
    match = _REQUEST.fullmatch(address)
    return match.groupdict() if match and _SIZE.fullmatch(match["size"]) else None
