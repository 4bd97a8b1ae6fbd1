"""The words of a query."""

import re

from artextract.errors import ArtExtractError

_STOP_WORDS = (
    "a about above across after against along among an and are around as at be before behind below beneath beside "
    "between beyond by down during for from has have her his i in inside into is it its like near next of off on onto "
    "or out outside over past some that the their there this through to toward towards under up upon was were what "
    "where which who with"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())  # Words of a query that are ignored, unless the query has no other
LONGEST_QUERY = 1000  # Characters
_WORD = re.compile(r"\d\w*(?:[./-]\w+)+|\w+")  # An object number such as 1942.9.15 is one word


def query_words(query: str) -> list[str]:
    """The words of a query without stop words, each once.

    Raises:
        ArtExtractError: the query has no word, or is too long.
    """
    if len(query) > LONGEST_QUERY:
        raise ArtExtractError(f"A query can have at most {LONGEST_QUERY:,} characters. Shorten it.")
    words = list(dict.fromkeys(_WORD.findall(query.casefold())))
    if not words:
        raise ArtExtractError("Enter at least one word to search for.")
    return [word for word in words if word not in STOP_WORDS] or words
