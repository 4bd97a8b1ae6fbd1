"""What the columns of a table mean: headings in any spelling become columns of the work table.

If two columns mean the same, the better one is used. All other columns keep their own names.
An artist's name stays as the museum writes it ("Blake, William"): reversing names would spoil those of workshops,
families and titles ("Beerbohm, Sir Max"). Where a table has both forms, the one for display is used.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from artextract.errors import SourceError
from artextract.sources.tables.cells import Table, unique_name
from artextract.work_table import INTEGER_COLUMNS, TERM_SEPARATOR, TEXT_COLUMNS

_HEADINGS = {
    column: tuple(names.split())
    for column, names in tomllib.loads((files(__package__) / "headings.toml").read_text("utf-8")).items()
}
PICTURE_HEADINGS = frozenset(_HEADINGS.pop("pictures"))
KEYWORD_HEADINGS = frozenset(_HEADINGS.pop("keywords_by_comma"))  # Columns whose terms may be separated by commas
_KNOWN = PICTURE_HEADINGS.union(*_HEADINGS.values())
_NAMESPACE = re.compile(r"^\s*(dublin core|dcterms|dc|schema|edm|vra|bibo|o|foaf|skos|rdfs|crm)\s*[:.]", re.IGNORECASE)
_LANGUAGE = re.compile(r"(@[a-z]{2}|\s*[([](?:en|english|de|deutsch|fr|nl|da)[)\]])$", re.IGNORECASE)
_TAKEN = frozenset({*TEXT_COLUMNS, *INTEGER_COLUMNS, "file", "year", "more_pictures"})
"""Names that a further column of a table cannot have."""
_LONGEST_NAME = 40
_SLUG = re.compile(r"[\w.()']+(-[\w.()']+)+")
SETTABLE = tuple(sorted(_HEADINGS))  # Columns that a person may choose, as `style=keywords`


@dataclass(frozen=True)
class ColumnPlan:
    """How each column of a table is used."""

    works: dict[str, str]  # Column of the work table, or `id` or `year` → column of the table
    further: dict[str, str]  # Column of the table → its name in the collection

    def used_as(self, name: str) -> str | None:
        """The column of the collection for a column of the table; None if it is not used."""
        found = [*(ours for ours, theirs in self.works.items() if theirs == name), self.further.get(name)]
        return ", ".join(filter(None, found)) or None


@lru_cache(maxsize=4096)
def fold(heading: str) -> str:
    """A heading without case, accents, signs, namespaces and places in lists: "Dublin Core:Title" is "title"."""
    plain = _LANGUAGE.sub("", _NAMESPACE.sub("", re.sub(r"\[\d*\]", "", heading).strip()))
    letters = unicodedata.normalize("NFKD", plain.casefold().replace("ø", "o").replace("æ", "ae").replace("å", "aa"))
    return "".join(c for c in letters if c.isalnum())


def is_address(text: str) -> bool:
    """Whether a text is a web address."""
    return text.startswith(("http://", "https://"))


def is_heading(text: str) -> bool:
    """Whether a text is a spelling of a known column."""
    return fold(text) in _KNOWN


@lru_cache
def is_number_heading(text: str) -> bool:
    """Whether a text is a spelling of an object's number."""
    return fold(text) in _HEADINGS["id"]


def find_column(table: Table, wanted: str) -> str:
    """The column of a table that a person named, in any spelling.

    Raises SourceError if the table has no such column.
    """
    by_fold = {fold(name): name for name in reversed(table.columns)}
    if found := wanted if wanted in table.columns else by_fold.get(fold(wanted)):
        return found
    raise SourceError(f"The table has no column {wanted!r}. It has: {', '.join(table.columns[:40])}.")


def column_pairs(column: Sequence[str]) -> dict[str, str]:
    """The user's pairs `ours=theirs` as column of works → column of the table.

    Raises SourceError if a text is not such a pair.
    """
    if wrong := next((pair for pair in column if "=" not in pair), None):
        raise SourceError(f"{wrong!r} is not a pair of columns. Write it as style=keywords.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in (pair.partition("=") for pair in column)}


def plan_columns(table: Table, chosen: Mapping[str, str], not_further: Iterable[str] = ()) -> ColumnPlan:
    """Decide how each column is used.

    Args:
        table: the table.
        chosen: column of the work table → column of the table, by the user or a preset; "" is none.
        not_further: columns that are not kept under their own names, such as the picture column.

    Raises SourceError if a chosen column does not exist, or works have no such column.
    """
    works: dict[str, str] = {}
    for ours, theirs in chosen.items():
        if ours not in SETTABLE:
            raise SourceError(f"Works have no column {ours!r}. Choose one of {', '.join(SETTABLE)}.")
        if theirs:
            works[ours] = find_column(table, theirs)
    folded: defaultdict[str, list[str]] = defaultdict(list)
    for name in table.columns:
        folded[fold(name)].append(name)
    used = {*works.values(), *not_further}
    sample = table.rows[:2000]
    for ours, spellings in _HEADINGS.items():
        if ours in chosen:
            continue
        found = [name for spelling in spellings for name in folded[spelling] if name not in used]
        fits = [(name, values) for name in found if _fits(ours, values := [row[name] for row in sample if name in row])]
        if fits:
            most = max(len(values) for _, values in fits)
            works[ours] = next(name for name, values in fits if len(values) * 10 >= most)
            used |= {works[ours]} if ours != "id" else set()
    return ColumnPlan(works, _further(table, works, set(not_further)))


def _fits(ours: str, values: Sequence[str]) -> bool:
    addresses = sum(all(map(is_address, value.split(TERM_SEPARATOR))) for value in values)
    rules = {
        "id": len(set(values)) * 2 > len(values),
        "source_url": addresses == len(values),
        # a slug such as "acolman-1-1955" tells nothing to people who cannot see the picture
        "description": sum(_SLUG.fullmatch(value) is not None for value in values) * 2 < len(values),
        **dict.fromkeys(("year", "year_begin", "year_end"), any(c.isdigit() for value in values for c in value)),
        **dict.fromkeys(("title", "artist", "medium"), addresses < len(values)),
    }
    return bool(values) and rules.get(ours, True)


def _further(table: Table, works: Mapping[str, str], not_further: set[str]) -> dict[str, str]:
    taken = {theirs for ours, theirs in works.items() if ours != "id" or fold(theirs) == "id"} | not_further
    filled = {heading for row in table.rows for heading in row}
    names: dict[str, str] = {}
    for heading in table.columns:
        if heading in taken or heading not in filled:
            continue
        name = _safe(heading)
        if name in _TAKEN or name.startswith(("read_", "custom_label_")):
            name = f"{name}_in_table"
        names[heading] = unique_name(name, names.values(), "{}_{}")
    return names


def _safe(heading: str) -> str:
    """A heading as the name of a column: "Dimensions (cm)" is `dimensions_cm`; a long one keeps its last words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFC", heading))
    name = re.sub(r"\W+", "_", words).strip("_").lower() or "column"
    while len(name) > _LONGEST_NAME:
        name = name.partition("_")[2] or name[:_LONGEST_NAME]
    return f"column_{name}" if name[0].isdigit() else name
