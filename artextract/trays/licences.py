"""Whether a picture may be passed on, by the licence that its source states."""

import re

import pandas as pd

from artextract.sources import demo
from artextract.sources.nga.joining import OPEN
from artextract.sources.nga.source import LICENCES

LICENCE_RULE = (
    "A picture is included if its source says that it is CC0 or in the public domain, in exactly these "
    "words or by the address of the Creative Commons deed. If the source says anything else or nothing, "
    "the picture is left out and listed: an unknown licence is never treated as free."
)
_OURS = {LICENCES[OPEN].casefold(), demo.LICENCE.casefold()}  # What this program's own sources write for a free picture
_FREE = re.compile(
    r"(cc[ -]?0|cc[ -]zero|creative commons (cc0|zero))"
    r"( 1\.0)?( universal)?( public domain dedication)?"
    r"|public domain( mark)?( 1\.0)?"
    r"|https?://(www\.)?creativecommons\.org/publicdomain/(zero|mark)/1\.0"
    r"(/|/deed(\.[a-z]{2})?|/legalcode)?"
)


def is_free(licence: object) -> bool:
    """Whether a licence from a work table lets everyone use the picture."""
    if not isinstance(licence, str) or pd.isna(licence):
        return False
    words = " ".join(licence.casefold().split())
    return words in _OURS or _FREE.fullmatch(words) is not None
