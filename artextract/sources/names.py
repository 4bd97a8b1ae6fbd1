"""Names from the words and file names of sources."""

import re
import unicodedata

_PARTICLES = frozenset({
    *("van", "von", "der", "den", "de", "du", "des", "di", "da", "del", "della", "dei", "le", "la", "les"),
    *("el", "ter", "ten", "zu", "y", "of", "the"),
})


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
    capital = re.compile(r"(^|[.(])(\w)")  # also after a full stop or an opening bracket
    return " ".join(
        word if i and word in _PARTICLES else capital.sub(lambda match: match[1] + match[2].upper(), word)
        for i, word in enumerate(words)
    )


def title_from_slug(slug: str) -> str:
    """ "water-lilies-6" → "Water lilies 6"."""
    words = " ".join(slug.replace("_", "-").replace("-", " ").split())
    return words[:1].upper() + words[1:]
