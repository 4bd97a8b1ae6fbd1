"""Joins the gallery's tables: one row for each work that has a picture.

An image depicts the object whose id it names; of the primary images of an object the one with the
lowest sequence counts. The artist is the first constituent in the role of artist, in display order,
and `attribution` qualifies the name ("follower of …").
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from artextract.errors import SourceError
from artextract.sources.nga.tables import Rows, is_one_of, numbers, read_table, same_text
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
_IMAGE_COLUMNS = (
    *("style", "school", "theme", "nationality", "iiif", "image_uuid", "rights", "image_width"),
    *("image_height", "largest_side", "description"),
)


@dataclass(frozen=True)
class JoinedTables:
    """The works of one classification."""

    works: pd.DataFrame
    """One row for each work with a primary picture, by object id. Text: `id`, `title`, `artist`,
    `date_text`, `medium`, `credit`, `classification`, `style`, `school`, `theme`, `nationality`,
    `part_of`, `description`, `iiif` (the base address of the image), `image_uuid`, `version` (changes when the
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
    objects, name = _objects(folder, classification)
    table = objects.frame.drop_duplicates("objectid")
    virtual = table["isvirtual"].isin(["1", "true", "True"])
    table = table[~virtual]
    images = read_table(
        folder, "published_images", lambda batch: is_one_of(batch["depictstmsobjectid"], table["objectid"])
    )
    primary = _primary_views(images.frame)
    has_view = table["objectid"].isin(primary.index)
    has_any = table["objectid"].isin(images.frame["depictstmsobjectid"])
    left_out = {
        "virtual (a group of others)": int(virtual.sum()),
        "without a picture": int((~has_any).sum()),
        "without a primary view": int((has_any & ~has_view).sum()),
    }
    table = table[has_view].set_index("objectid", drop=False).join(primary, how="left")
    artists, broken_artists = _artists(folder, table["objectid"])
    terms, broken_terms = _terms(folder, table["objectid"])
    works = _works(table.join(artists, how="left").join(terms, how="left"))
    if works.empty:
        raise SourceError(f"No object of the classification {name} has a primary picture.")
    broken = objects.broken + images.broken + broken_artists + broken_terms
    return JoinedTables(works, objects.total, {why: count for why, count in left_out.items() if count}, broken)


def _objects(folder: Path, classification: str) -> tuple[Rows, str]:
    """The objects of a classification, and its name as the gallery spells it."""
    counts: dict[str, int] = {}

    def keep(batch: pa.RecordBatch) -> pa.Array:
        for count in pc.value_counts(batch["classification"]).to_pylist():
            name = count["values"] or "none"
            counts[name] = counts.get(name, 0) + count["counts"]
        return same_text(batch["classification"], classification)

    rows = read_table(folder, "objects", keep)
    if rows.frame.empty:
        names = ", ".join(sorted(counts, key=lambda name: -counts[name])[:12])
        raise SourceError(f"The tables have nothing of the classification {classification!r}. They have {names}.")
    if rows.frame["objectid"].isna().any():
        raise SourceError("objects.csv is incomplete: an object has no id.")
    return rows, str(rows.frame["classification"].iloc[0])


def _primary_views(images: pd.DataFrame) -> pd.DataFrame:
    """The primary view of the lowest sequence, by object id."""
    usable = images[(images["viewtype"].str.lower() == "primary") & images["iiifurl"].notna()]
    usable = usable.assign(order=numbers(usable["sequence"]))
    first = usable.sort_values(["order", "uuid"], na_position="last", kind="stable")
    first = first.drop_duplicates("depictstmsobjectid").set_index("depictstmsobjectid")
    rights = first["openaccess"].str.strip().map({"1": OPEN, "0": CLOSED}).fillna(UNKNOWN)
    return pd.DataFrame({
        "iiif": first["iiifurl"].str.rstrip("/"),
        "image_uuid": first["uuid"],
        "rights": rights,
        "image_width": _positive(first["width"]),
        "image_height": _positive(first["height"]),
        "largest_side": _positive(first["maxpixels"]),
        "modified": first["modified"],
        "description": first["assistivetext"].map(plain_text, na_action="ignore"),
    })


def _artists(folder: Path, objects: pd.Series) -> tuple[pd.DataFrame, int]:
    """The artist of each object, by object id: `artist_name` with prefix and suffix, and `nationality`; and the
    number of broken lines."""
    links = read_table(
        folder,
        "objects_constituents",
        lambda batch: pc.and_(is_one_of(batch["objectid"], objects), same_text(batch["roletype"], "artist")),
    )
    ordered = links.frame.assign(order=numbers(links.frame["displayorder"]))
    ordered = ordered.sort_values(["order", "constituentid"], na_position="last", kind="stable")
    first = ordered.drop_duplicates("objectid")
    ids = first["constituentid"].dropna()
    people = read_table(folder, "constituents", lambda batch: is_one_of(batch["constituentid"], ids))
    named = people.frame.drop_duplicates("constituentid").set_index("constituentid")
    first = first.join(named, on="constituentid", how="left").set_index("objectid")
    prefix, name, suffix = (first[column].fillna("") for column in ("prefix", "forwarddisplayname", "suffix"))
    whole_name = (prefix + " " + name + " " + suffix).str.split().str.join(" ")
    nationality = first["visualbrowsernationality"]
    artists = {
        "artist_name": whole_name.where(first["forwarddisplayname"].notna()),
        "nationality": nationality.mask(nationality == "Other"),
    }
    return pd.DataFrame(artists, index=first.index), links.broken + people.broken


def _terms(folder: Path, objects: pd.Series) -> tuple[pd.DataFrame, int]:
    """The `style`, `school` and `theme` of each object, by object id; and the number of broken lines."""
    read = read_table(
        folder,
        "objects_terms",
        lambda batch: pc.and_(is_one_of(batch["objectid"], objects), is_one_of(batch["termtype"], list(TERM_TYPES))),
    )
    rows = read.frame.dropna(subset=["term"])
    rows = rows.assign(order=numbers(rows["termid"]), term=rows["term"].str.strip())
    rows = rows.sort_values(["order", "term"], na_position="last", kind="stable")
    rows = rows.drop_duplicates(["objectid", "termtype", "term"])
    columns = {
        kind.lower(): rows[rows["termtype"] == kind].groupby("objectid")["term"].agg(TERM_SEPARATOR.join)
        for kind in TERM_TYPES
    }
    return pd.DataFrame(columns), read.broken


def _works(table: pd.DataFrame) -> pd.DataFrame:
    begin, end = (numbers(table[name]).replace(0, pd.NA) for name in ("beginyear", "endyear"))
    turned = (begin > end).fillna(False).astype(bool)
    begin, end = begin.mask(turned, end), end.mask(turned, begin)
    columns = {
        "id": table["objectid"],
        "year_begin": begin,
        "year_end": end,
        "classification": table["classification"],
        "part_of": table["parentid"],
        "version": table["modified"].fillna("") + "|" + table["lastdetectedmodification"].fillna(""),
    }
    columns |= {ours: table[theirs].map(plain_text, na_action="ignore") for theirs, ours in _PLAIN_COLUMNS.items()}
    columns["artist"] = columns["artist"].where(columns["artist"].notna(), table["artist_name"])
    works = pd.DataFrame(columns | {name: table[name] for name in _IMAGE_COLUMNS})
    order = numbers(works["id"])
    return works.assign(order=order).sort_values(["order", "id"]).drop(columns="order").reset_index(drop=True)


def _positive(column: pd.Series) -> pd.Series:
    sizes = numbers(column)
    return sizes.where(sizes > 0)
