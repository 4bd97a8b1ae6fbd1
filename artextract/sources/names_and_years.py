"""Names and years out of the words and file names that sources give."""

import re
import unicodedata

_PARTICLES = frozenset([
    "van",
    "von",
    "der",
    "den",
    "de",
    "du",
    "des",
    "di",
    "da",
    "del",
    "della",
    "dei",
    "le",
    "la",
    "les",
    "el",
    "ter",
    "ten",
    "zu",
    "y",
    "of",
    "the",
])
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_SHORT_END = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})\s*[-–/]\s*(\d{1,2})(?!\d)")


def years_in(text: str) -> tuple[int | None, int | None]:
    """First and last year that a date's wording names: "c. 1885-90" is (1885, 1890).

    Years of four digits from 1000 on; (None, None) where there is none.
    """
    years = [int(year) for year in _YEAR.findall(text)]
    for start, end in _SHORT_END.findall(text):
        years.append(int(start[: -len(end)] + end))
    return (min(years), max(years)) if years else (None, None)


def repair_letters(text: str) -> str:
    """Undo UTF-8 read as Latin-1 (and then lower-cased, as the WikiArt lists did), composed.

    "joaquã\\xadn" is "joaquín". Text that wasn't spoilt so comes back as it was.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    for spoilt in (composed, composed.replace("ã", "Ã")):
        try:
            return unicodedata.normalize("NFC", spoilt.encode("latin-1").decode("utf-8"))
        except UnicodeError:
            continue
    return composed


def person_from_slug(slug: str) -> str:
    """ "vincent-van-gogh" → "Vincent van Gogh"; "m.c.-escher" → "M.C. Escher"."""
    words = [word for word in slug.replace("_", "-").split("-") if word]
    named = [word if i and word in _PARTICLES else _capital_letters(word) for i, word in enumerate(words)]
    return " ".join(named)


def title_from_slug(slug: str) -> str:
    """ "water-lilies-6" → "Water lilies 6"."""
    words = " ".join(slug.replace("_", "-").replace("-", " ").split())
    return words[:1].upper() + words[1:]


def _capital_letters(word: str) -> str:
    """Capital first letters, also after a full stop or an opening bracket."""
    return re.sub(r"(^|[.(])(\w)", lambda found: found[1] + found[2].upper(), word)
