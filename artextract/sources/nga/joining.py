"""From the gallery's tables to works: one row a work that has a picture.

The join is the gallery's own: an image depicts the object whose id it names; of an object's images
the primary one with the lowest sequence counts; its artist is the constituent in the role of
artist who stands first in the display order, and `attribution` words it ("follower of …").
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from artextract.errors import SourceError
from artextract.sources.nga.tables import Rows, is_one_of, numbers, read_table, same_text
from artextract.work_table import TERM_SEPARATOR

TERM_TYPES = ("Style", "School", "Theme")
OPEN, CLOSED, UNKNOWN = "open access", "not open access", "rights unknown"
_AS_THEY_ARE = (
    "style",
    "school",
    "theme",
    "nationality",
    "iiif",
    "image_uuid",
    "rights",
    "image_width",
    "image_height",
    "largest_side",
    "description",
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ITALICS = re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)")


@dataclass(frozen=True)
class Joined:
    """The works of one classification."""

    works: pd.DataFrame
    """One row a work with a primary picture, by object id. Columns: `id`, `title`, `artist`,
    `date_text`, `medium`, `credit`, `classification`, `style`, `school`, `theme`, `nationality`,
    `part_of`, `description` (text, the last for those who can't see the picture); `year_begin`,
    `year_end` (Int64); `iiif` (the image's base address),
    `image_uuid`, `version` (changes when the work or its picture does), `rights` (`OPEN`, `CLOSED`
    or `UNKNOWN`); `image_width`, `image_height`, `largest_side` (Int64, px)."""
    objects: int
    """Objects in the tables."""
    left_out: dict[str, int]
    """Why objects of the classification have no row → how many."""
    broken: int
    """Lines that couldn't be read."""


def join_tables(folder: Path, classification: str) -> Joined:
    """Read and join the tables.

    Args:
        folder: where they are, from `fetch_tables` or `tables_folder`.
        classification: as the gallery has it ("Painting", "Print" …), in any case.

    Raises:
        SourceError: a table isn't what it should be, or has nothing of this classification.
    """
    objects, seen = _objects(folder, classification)
    table = objects.frame.drop_duplicates("objectid")
    left_out = {}
    virtual = table["isvirtual"].isin(["1", "true", "True"])
    left_out["virtual (a group of others)"] = int(virtual.sum())
    table = table[~virtual]

    images = read_table(
        folder,
        "published_images",
        lambda batch: is_one_of(batch["depictstmsobjectid"], table["objectid"]),
    )
    primary = _primary_views(images.frame)
    has_view = table["objectid"].isin(primary.index)
    has_any = table["objectid"].isin(images.frame["depictstmsobjectid"])
    left_out["without a picture"] = int((~has_any).sum())
    left_out["with other views than the primary one alone"] = int((has_any & ~has_view).sum())
    table = table[has_view].set_index("objectid", drop=False)
    table = table.join(primary, how="left")

    artists, broken_artists = _artists(folder, table["objectid"])
    terms, broken_terms = _terms(folder, table["objectid"])
    works = _works(table.join(artists, how="left").join(terms, how="left"))
    if works.empty:
        raise SourceError(f"No object of the classification {seen} has a primary picture.")
    broken = objects.broken + images.broken + broken_artists + broken_terms
    return Joined(works, objects.total, {k: n for k, n in left_out.items() if n}, broken)


def _objects(folder: Path, classification: str) -> tuple[Rows, str]:
    """The objects of a classification, and how the gallery spells it."""
    spelt: dict[str, int] = {}

    def keep(batch: pa.RecordBatch) -> pa.Array:
        for count in pc.value_counts(batch["classification"]).to_pylist():
            name = count["values"] or "none"
            spelt[name] = spelt.get(name, 0) + count["counts"]
        return same_text(batch["classification"], classification)

    found = read_table(folder, "objects", keep)
    if found.frame.empty:
        names = ", ".join(sorted(spelt, key=lambda name: -spelt[name])[:12])
        raise SourceError(f"The tables have nothing of the classification {classification!r}; there are {names}.")
    if found.frame["objectid"].isna().any():
        raise SourceError("objects.csv has an object without an id: it isn't whole.")
    return found, str(found.frame["classification"].iloc[0])


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
    """Who made each object, by object id: `name` with prefix and suffix, and `nationality`."""
    links = read_table(
        folder,
        "objects_constituents",
        lambda batch: pc.and_(is_one_of(batch["objectid"], objects), same_text(batch["roletype"], "artist")),
    )
    ordered = links.frame.assign(order=numbers(links.frame["displayorder"]))
    ordered = ordered.sort_values(["order", "constituentid"], na_position="last", kind="stable")
    first = ordered.drop_duplicates("objectid")
    people = read_table(
        folder,
        "constituents",
        lambda batch: is_one_of(batch["constituentid"], first["constituentid"].dropna()),
    )
    named = people.frame.drop_duplicates("constituentid").set_index("constituentid")
    first = first.join(named, on="constituentid", how="left").set_index("objectid")
    parts = first[["prefix", "forwarddisplayname", "suffix"]].fillna("")
    name = parts.agg(" ".join, axis=1).str.split().str.join(" ") if len(parts) else None
    known = first["forwarddisplayname"].notna()
    found = pd.DataFrame(
        {
            "artist_name": name.where(known) if name is not None else None,
            "nationality": first["visualbrowsernationality"].mask(first["visualbrowsernationality"] == "Other"),
        },
        index=first.index,
    )
    return found, links.broken + people.broken


def _terms(folder: Path, objects: pd.Series) -> tuple[pd.DataFrame, int]:
    """The terms of each object, by object id: `style`, `school`, `theme`, several set apart."""
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
    plain = {
        name: table[name].map(plain_text, na_action="ignore")
        for name in ("title", "attribution", "displaydate", "medium", "creditline")
    }
    artist = plain["attribution"].where(plain["attribution"].notna(), table["artist_name"])
    works = pd.DataFrame(
        {
            "id": table["objectid"],
            "title": plain["title"],
            "artist": artist,
            "date_text": plain["displaydate"],
            "year_begin": begin,
            "year_end": end,
            "medium": plain["medium"],
            "classification": table["classification"],
            "credit": plain["creditline"],
            "part_of": table["parentid"],
            "version": table["modified"].fillna("") + "|" + table["lastdetectedmodification"].fillna(""),
        }
        | {name: table[name] for name in _AS_THEY_ARE}
    )
    order = numbers(works["id"])
    return works.assign(order=order).sort_values(["order", "id"]).drop(columns="order").reset_index(drop=True)


def plain_text(text: str) -> str:
    """A text of the gallery's without its markup: HTML, and `_italics_`; on one line."""
    return " ".join(_ITALICS.sub(r"\1", html.unescape(_TAG.sub("", text))).split())


def _positive(column: pd.Series) -> pd.Series:
    found = numbers(column)
    return found.where(found > 0)
