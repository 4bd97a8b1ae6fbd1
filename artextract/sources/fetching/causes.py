"""Why pictures are not available, in the words of the report."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Cause(StrEnum):
    """Why a picture is not available. The value is what reports show, as `SourceError.cause`."""

    NOT_NAMED = "no picture named"
    HOST_NOT_ALLOWED = "host not allowed"
    NO_CONTACT = "needs a contact"
    ROBOTS = "robots.txt"
    LOGIN = "needs a login"
    REFUSED = "refused"
    BROWSER_CHECK = "browser check"
    GONE = "gone"
    TOO_MANY = "too many requests"
    SIZE = "size not allowed"
    SERVER_ERROR = "server error"
    NO_ANSWER = "no answer"
    NOT_A_PICTURE = "not a picture"
    TOO_LARGE = "too large"
    DAMAGED = "damaged"
    NO_FILE = "file not found"
    FILM = "film, sound or PDF"


_REMEDIES: dict[str, str] = {
    Cause.NOT_NAMED: "the table or manifest has no address of a picture for these works.",
    Cause.HOST_NOT_ALLOWED: "this program does not fetch from this address. If you trust it, name the host in "
    "ARTEXTRACT_HOSTS.",
    Cause.NO_CONTACT: "set ARTEXTRACT_CONTACT to your e-mail address; this server refuses programs without a contact.",
    Cause.ROBOTS: "the server asks programs not to fetch these addresses. Ask the museum for a copy.",
    Cause.LOGIN: "the server gives these pictures only to people who are signed in.",
    Cause.REFUSED: "the server refuses programs. Ask the museum for a copy, or collect from a folder.",
    Cause.BROWSER_CHECK: "the server answers programs with a check for browsers, so no program can fetch these "
    "pictures. Ask the museum for a copy.",
    Cause.GONE: "the server no longer has these addresses. They are requested again after 30 days.",
    Cause.TOO_MANY: "the server limits the number of requests. Collect again later; finished pictures are kept.",
    Cause.SIZE: "the server does not give pictures of this size. Choose another size.",
    Cause.SERVER_ERROR: "the server has a fault. Collect again later; finished pictures are kept.",
    Cause.NO_ANSWER: "check the address and the network, and collect again.",
    Cause.NOT_A_PICTURE: "the server sends a page or text in place of the picture. Check the addresses in a browser.",
    Cause.TOO_LARGE: "the files are larger than 40 MB. Choose a column with smaller pictures.",
    Cause.DAMAGED: "these files are damaged. Get them again; if they stay damaged, tell whoever publishes them.",
    Cause.NO_FILE: "put the pictures into the table's folder.",
    Cause.FILM: "these addresses are not pictures.",
}


def summary(failures: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each host and cause, with the count and what can be done; the most frequent first.

    Args:
        failures: `SourceError.host` (empty without one) and `SourceError.cause` of each picture.
    """
    lines = []
    for (host, cause), count in Counter(failures).most_common():
        what = f"{cause}: {_REMEDIES[cause]}" if cause in _REMEDIES else f"{cause or 'other cause'}."
        lines.append(f"{host or 'no host'}: {count:,} {'picture' if count == 1 else 'pictures'}, {what}")
    return lines
