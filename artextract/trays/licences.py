"""Whether a picture may be given away, by what its source says of its licence."""

import re

import pandas as pd

from artextract.sources import demo
from artextract.sources.nga.joining import OPEN
from artextract.sources.nga.source import LICENCES

HOW_JUDGED = (
    "A picture is given where its source says that it is CC0 or in the public domain, in these "
    "words alone or by the address of the Creative Commons deed. Where it says anything else, "
    "anything more, or nothing, the picture is left out and named: unknown is never allowed."
)
_OURS = {LICENCES[OPEN].casefold(), demo.LICENCE.casefold()}
"""What this program's own sources write of a free picture."""
_FREE = re.compile(
    r"(cc[ -]?0|cc[ -]zero|creative commons (cc0|zero))"
    r"( 1\.0)?( universal)?( public domain dedication)?"
    r"|public domain( mark)?( 1\.0)?"
    r"|https?://(www\.)?creativecommons\.org/publicdomain/(zero|mark)/1\.0"
    r"(/|/deed(\.[a-z]{2})?|/legalcode)?"
)


def is_free(licence: object) -> bool:
    """Whether a licence, as a work table has it, lets everyone have the picture."""
    if not isinstance(licence, str) or pd.isna(licence):
        return False
    said = " ".join(licence.casefold().split())
    return said in _OURS or _FREE.fullmatch(said) is not None
