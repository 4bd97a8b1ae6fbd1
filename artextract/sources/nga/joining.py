"""Joins the gallery's tables: one row for each work that has a picture.

An image depicts the object whose id it names; of the primary images of an object the one with the
lowest sequence counts. The artist is the first constituent in the role of artist, in display order,
and `attribution` qualifies the name ("follower of …").
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artextract.errors import SourceError
from artextract.sources.nga.tables import read_table
from artextract.sources.plain_text import plain_text
from artextract.work_table import TERM_SEPARATOR

TERM_TYPES = ("Style", "School", "Theme")
OPEN, CLOSED, UNKNOWN = "open access", "not open access", "rights unknown"
_PLAIN_COLUMNS = {
    "title": "title",
    "attribution": "artist",
    "displaydate": "date_text",
    "medium": "medium",
    "creditline": "credit",
}
_SAME_COLUMNS = (
    *("style", "school", "theme", "nationality", "iiif", "rights", "image_width", "image_height", "largest_side"),
    "description",
)


@dataclass(frozen=True)
class JoinedTables:
    """The works of one classification."""

    works: pd.DataFrame
    """One row for each work with a primary picture, by object id. Text: `id`, `title`, `artist`,
    `date_text`, `medium`, `credit`, `classification`, `style`, `school`, `theme`, `nationality`,
    `part_of`, `description`, `iiif` (the base address of the image), `version` (changes when the
    work or its picture does), `rights` (`OPEN`, `CLOSED` or `UNKNOWN`). Int64: `year_begin`, `year_end`,
    `image_width`, `image_height`, `largest_side` (px)."""
    objects: int  # Objects in the tables
    left_out: dict[str, int]  # Why objects of the classification have no row → how many
    broken: int  # Lines that could not be read


def join_tables(folder: Path, classification: str) -> JoinedTables:
    """Read and join the tables in a folder.

    Args:
        folder: from `fetch_tables` or `tables_folder`.
        classification: as the gallery has it ("Painting", "Print" …), in any case.

    Raises:
        SourceError: a table is not usable, or has nothing of this classification.
    """
    objects, broken_objects = read_table(folder, "objects")
    images, broken_images = read_table(folder, "published_images")
    table = _of_classification(objects, classification).drop_duplicates("objectid")
    virtual = table["isvirtual"].isin(["1", "true", "True"])
    table = table[~virtual]
    primary = _primary_views(images)
    has_view = table["objectid"].isin(primary.index)
    has_any = table["objectid"].isin(images["depictstmsobjectid"])
    left_out = {
        "virtual (a group of others)": int(virtual.sum()),
        "without a picture": int((~has_any).sum()),
        "without a primary view": int((has_any & ~has_view).sum()),
    }
    if not has_view.any():
        name = objects.loc[table.index[0], "classification"] if len(table) else classification
        raise SourceError(f"No object of the classification {name} has a primary picture.")
    table = table[has_view].set_index("objectid", drop=False).join(primary)
    artists, broken_artists = _artists(folder, table["objectid"])
    terms, broken_terms = _terms(folder, table["objectid"])
    broken = broken_objects + broken_images + broken_artists + broken_terms
    works = _works(table.join(artists).join(terms))
    return JoinedTables(works, len(objects), {why: count for why, count in left_out.items() if count}, broken)


def _of_classification(objects: pd.DataFrame, classification: str) -> pd.DataFrame:
    chosen = objects[_is(objects["classification"], classification)]
    if chosen.empty:
        names = ", ".join(objects["classification"].fillna("none").value_counts().index[:12])
        raise SourceError(f"The tables have nothing of the classification {classification!r}. They have {names}.")
    if chosen["objectid"].isna().any():
        raise SourceError("objects.csv is incomplete: an object has no id.")
    return chosen


def _primary_views(images: pd.DataFrame) -> pd.DataFrame:
    usable = images[_is(images["viewtype"], "primary") & images["iiifurl"].notna()]
    first = _in_order(usable, "sequence", "uuid")
    first = first.drop_duplicates("depictstmsobjectid").set_index("depictstmsobjectid")
    return pd.DataFrame({
        "iiif": first["iiifurl"].str.rstrip("/"),
        "rights": first["openaccess"].str.strip().map({"1": OPEN, "0": CLOSED}).fillna(UNKNOWN),
        "image_width": _positive(first["width"]),
        "image_height": _positive(first["height"]),
        "largest_side": _positive(first["maxpixels"]),
        "modified": first["modified"],
        "description": first["assistivetext"].map(plain_text, na_action="ignore"),
    })


def _artists(folder: Path, objects: pd.Series) -> tuple[pd.DataFrame, int]:
    """The artist of each object, by object id: `artist_name` with prefix and suffix, and `nationality`; and the
    number of broken lines."""
    links, broken_links = read_table(folder, "objects_constituents")
    people, broken_people = read_table(folder, "constituents")
    links = links[links["objectid"].isin(objects) & _is(links["roletype"], "artist")]
    named = people.drop_duplicates("constituentid").set_index("constituentid")
    first = _in_order(links, "displayorder", "constituentid").drop_duplicates("objectid")
    first = first.join(named, on="constituentid").set_index("objectid")
    prefix, name, suffix = (first[column].fillna("") for column in ("prefix", "forwarddisplayname", "suffix"))
    whole_name = (prefix + " " + name + " " + suffix).str.split().str.join(" ")
    nationality = first["visualbrowsernationality"]
    artists = {
        "artist_name": whole_name.where(first["forwarddisplayname"].notna()),
        "nationality": nationality.mask(nationality == "Other"),
    }
    return pd.DataFrame(artists, index=first.index), broken_links + broken_people


def _terms(folder: Path, objects: pd.Series) -> tuple[pd.DataFrame, int]:
    """The `style`, `school` and `theme` of each object, by object id; and the number of broken lines."""
    rows, broken = read_table(folder, "objects_terms")
    rows = rows[rows["objectid"].isin(objects) & rows["termtype"].isin(TERM_TYPES)].dropna(subset=["term"])
    rows = _in_order(rows.assign(term=rows["term"].str.strip()), "termid", "term")
    rows = rows.drop_duplicates(["objectid", "termtype", "term"])
    columns = {
        kind.lower(): rows[rows["termtype"] == kind].groupby("objectid")["term"].agg(TERM_SEPARATOR.join)
        for kind in TERM_TYPES
    }
    return pd.DataFrame(columns), broken


def _works(table: pd.DataFrame) -> pd.DataFrame:
    begin, end = (numbers(table[name]).replace(0, pd.NA) for name in ("beginyear", "endyear"))
    turned = (begin > end).fillna(False).astype(bool)
    columns = {
        "id": table["objectid"],
        "year_begin": begin.mask(turned, end),
        "year_end": end.mask(turned, begin),
        "classification": table["classification"],
        "part_of": table["parentid"],
        "version": table["modified"].fillna("") + "|" + table["lastdetectedmodification"].fillna(""),
    }
    columns |= {ours: table[theirs].map(plain_text, na_action="ignore") for theirs, ours in _PLAIN_COLUMNS.items()}
    columns["artist"] = columns["artist"].where(columns["artist"].notna(), table["artist_name"])
    works = pd.DataFrame(columns | {name: table[name] for name in _SAME_COLUMNS})
    return _in_order(works, "id", "id").reset_index(drop=True)


def _is(column: pd.Series, text: str) -> pd.Series:
    """Which values are `text`, in any case."""
    return column.str.strip().str.lower() == text.lower()


def _in_order(table: pd.DataFrame, number: str, text: str) -> pd.DataFrame:
    """The rows by a column of numbers, then by a text; missing numbers last."""
    order = table.assign(order=numbers(table[number])).sort_values(["order", text], kind="stable")
    return order.drop(columns="order")


def numbers(column: pd.Series) -> pd.Series:
    """Text as whole numbers (Int64); other text is missing."""
    values = pd.to_numeric(column, errors="coerce")
    return values.where(values.abs() < 2**53).round().astype("Int64")


def _positive(column: pd.Series) -> pd.Series:
    sizes = numbers(column)
    return sizes.where(sizes > 0)
