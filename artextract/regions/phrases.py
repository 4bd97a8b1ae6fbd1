"""What sets a region apart, in words."""

from artextract.regions.names import Figures, Said
from artextract.regions.traits import WORDS, YEARS, Trait

ORDER = (
    "artist",
    "style",
    "school",
    "genre",
    "theme",
    "classification",
    "medium",
    WORDS,
    YEARS,
)
"""In which kinds stand in a name."""
COUNTED = ("genre", "classification")
"""Kinds whose values name a work, and so stand in the plural."""
_PLURALS = {
    "still life": "still lifes",
    "sketch and study": "sketches and studies",
    "nude painting": "nudes",
}


def name_text(said: Said) -> str:
    """Such as "Dutch portraits, 1630–60"."""
    text = ""
    before: Trait | None = None
    for trait in sorted(said.traits, key=lambda one: ORDER.index(one.kind)):
        close = before is not None and before.kind == "school" and trait.kind in COUNTED
        text += (" " if close else ", ") * bool(text) + trait_text(trait)
        before = trait
    return text[:1].upper() + text[1:]


def trait_text(trait: Trait) -> str:
    """A trait as it stands in a name."""
    text = " and ".join(_value_text(trait.kind, value) for value in trait.values)
    return f"{text} (as read)" if trait.as_read else text


def _value_text(kind: str, value: str) -> str:
    if kind in COUNTED:
        return _plural(value.lower())
    if kind == WORDS:
        return f"“{value}”"
    if kind == YEARS:
        begin, _, end = value.rpartition("–")
        return f"{begin}–{end[-2:] if begin[:-2] == end[:-2] else end}"
    return value


def figures_text(figures: Figures) -> str:
    """Such as "84 of 96, 11 times as common as elsewhere"."""
    counts = f"{figures.inside:,} of {figures.size:,}"
    if not figures.outside:
        return f"{counts}, none elsewhere"
    times = f"{figures.lift:,.0f}" if figures.lift >= 10 else f"{figures.lift:.1f}"
    return f"{counts}, {times} times as common as elsewhere"


def said_text(said: Said) -> str:
    """A name with its figures."""
    return f"{name_text(said)}: {figures_text(said.figures)}"


def _plural(value: str) -> str:
    return _PLURALS.get(value, value if value.endswith("s") else f"{value}s")
