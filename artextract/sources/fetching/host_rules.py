"""Rules that some servers set for programs, from their documentation (2026)."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True)
class HostRule:
    """The rules of a server for programs."""

    pause: float = 0.0  # Seconds between two requests
    contact: bool = False  # Whether it refuses programs that name no contact
    agent_header: str = ""  # Further header for the program's name and contact


_RULES = {
    # https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy
    "wikimedia.org": HostRule(pause=0.5, contact=True),
    "wikipedia.org": HostRule(pause=0.5, contact=True),
    "wikidata.org": HostRule(pause=0.5, contact=True),
    # https://api.artic.edu/docs/#authentication: at most 60 requests a minute
    "artic.edu": HostRule(pause=1.0, contact=True, agent_header="AIC-User-Agent"),
    # https://www.loc.gov/apis/json-and-yaml/working-within-limits/: at most 20 requests a minute
    "loc.gov": HostRule(pause=3.0),
}
WIKIMEDIA_WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
"""Pixels. Wikimedia answers 400 or 429 to other widths: https://www.mediawiki.org/wiki/Manual:$wgThumbnailSteps"""
_FILE_PAGE = re.compile(r"/(?:wiki/|w/index\.php/)?(?:Special:(?:FilePath|Redirect/file)|File)[:/](?P<name>[^/?#]+)")
_UPLOAD = re.compile(r"/wikipedia/(?P<wiki>[a-z-]+)/(?:thumb/)?[0-9a-f]/[0-9a-f]{2}/(?P<name>[^/?#]+)")
_THUMBNAIL_FORMATS = {".tif": ".jpg", ".tiff": ".jpg", ".svg": ".png", ".xcf": ".png", ".webp": ".png"}


def rule_of(host: str) -> HostRule:
    """The rule of a host, or of the domain that it belongs to."""
    name = host.partition(":")[0]
    while name:
        if name in _RULES:
            return _RULES[name]
        name = name.partition(".")[2]
    return HostRule()


def wikimedia_pictures(url: str, size: int) -> list[str]:
    """Where Wikimedia has a picture: the smallest thumbnail of at least `size` px wide, then the file itself.

    A thumbnail is never larger than its file: where the file is small, the server refuses the first
    address, and the second gives the picture.

    `url` is the address of a file, of its page, or of `Special:FilePath`, which robots.txt closes to programs; `size` a
    width in px. Returns addresses to try in this order; none if `url` is not an address of a file of Wikimedia.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host in ("upload.wikimedia.org", "thumb.wikimedia.org"):
        match = _UPLOAD.match(parts.path)
    elif host in ("commons.wikimedia.org", "www.wikimedia.org") or host.endswith(".wikipedia.org"):
        match = _FILE_PAGE.match(parts.path)
    else:
        return []
    if match is None:
        return []
    name = unquote(match["name"]).strip().replace(" ", "_")
    name = name[:1].upper() + name[1:]
    wiki = match.groupdict().get("wiki") or "commons"
    # Where MediaWiki stores a file: https://www.mediawiki.org/wiki/Manual:$wgHashedUploadDirectory
    folder = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    place = f"{folder[0]}/{folder[:2]}/{quote(name)}"
    width = next((step for step in WIKIMEDIA_WIDTHS if step >= size), WIKIMEDIA_WIDTHS[-1])
    suffix = f".{name.rpartition('.')[2].lower()}"
    page = "lossy-page1-" if suffix in (".tif", ".tiff") else ""
    thumbnail = f"{page}{width}px-{quote(name)}{_THUMBNAIL_FORMATS.get(suffix, '')}"
    base = f"https://upload.wikimedia.org/wikipedia/{wiki}"
    return [f"{base}/thumb/{place}/{thumbnail}", f"{base}/{place}"]
