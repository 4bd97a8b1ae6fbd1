"""Names and years from the words and file names of sources."""

import re
import unicodedata

_PARTICLES = frozenset({
    *("van", "von", "der", "den", "de", "du", "des", "di", "da", "del", "della", "dei", "le", "la", "les"),
    *("el", "ter", "ten", "zu", "y", "of", "the"),
})
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_SHORT_END = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})\s*[-–/]\s*(\d{1,2})(?!\d)")


def years_in(text: str) -> tuple[int | None, int | None]:
    """First and last year in a date text: "c. 1885-90" is (1885, 1890).

    Only years of four digits count; (None, None) if the text has none.
    """
    years = [int(year) for year in _YEAR.findall(text)]
    for start, end in _SHORT_END.findall(text):
        years.append(int(start[: -len(end)] + end))
    return (min(years), max(years)) if years else (None, None)


def repair_letters(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1 (and lower-cased, as in the WikiArt lists): "joaquã\\xadn" is "joaquín".

    The result is composed (NFC). Other text does not change.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    for damaged in (composed, composed.replace("ã", "Ã")):
        try:
            return unicodedata.normalize("NFC", damaged.encode("latin-1").decode("utf-8"))
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
    return re.sub(r"(^|[.(])(\w)", lambda match: match[1] + match[2].upper(), word)
