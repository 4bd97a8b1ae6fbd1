"""A collection: works of one origin in one folder, with their images and all computed from them.

    cache/collections/<name>/
        collection.json   what it is and where it came from
        works.parquet     the work table, one row a work
        works.arrow       the same, to be mapped into memory (artextract.table_copy)
        images/ab/…       the files as they came, named by the SHA-256 of their bytes
        thumbs/ab/…       JPEG thumbnails, 320 px on the long side, named alike
        features/…        embeddings (artextract.vision.feature_store)
        index/…           search graphs above 100,000 works; which works are near which
        words/…           what was written of the works, ready to be searched (artextract.words)
        scores/…          SSIM, RMSE and LPIPS of neighbours (artextract.similarity.pair_scores)
        looks/…           palettes, textures, small pictures (artextract.similarity.descriptors.visual_descriptors)
        copies/…          pairs that show the same, or don't (artextract.similarity.duplicates.find)
        evaluations/…     how far neighbours can be trusted (artextract.similarity.evaluation)
        readings/…        what a model read in the works
        found/…           faces and poses (artextract.detection.detection_store)
        custom_labels/…   linear heads fitted to the works' own labels
        maps/…            2-D maps (artextract.maps.layouts)
        regions/…         their regions (artextract.regions)
        reports/…         what the last collecting run skipped, and why

Images are written before the table that names them, and the table is replaced in one step, so a
reader (or a run after a kill) always finds a whole collection.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import CollectionError
from artextract.files import only_writer, sweep_temporary, write_bytes
from artextract.settings import collections_dir
from artextract.table_copy import read_copy, write_with_copy

TEXT_COLUMNS = (
    "id",
    "title",
    "artist",
    "date_text",
    "medium",
    "classification",
    "image",
    "image_sha256",
    "source_url",
    "licence",
    "credit",
    "style",
    "genre",
    "school",
    "theme",
    "split",
    "description",
)
INTEGER_COLUMNS = ("year_begin", "year_end", "width", "height")
TERM_COLUMNS = ("style", "school", "theme")
"""Columns in which a work may have several terms."""
TERMS_APART = "; "
"""Between several terms of one work."""
REQUIRED_COLUMNS = ("id", "image", "image_sha256", "width", "height")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def check_name(name: str) -> str:
    """Return `name` if a collection may be called so.

    Raises:
        CollectionError: it isn't 1 to 64 letters, digits, hyphens or underscores, so it could
            lead out of the cache folder or not be a folder's name everywhere.
    """
    if not _NAME.fullmatch(name):
        raise CollectionError(
            f"{name!r} can't be a collection's name: use 1 to 64 letters, digits, hyphens and "
            "underscores, beginning with a letter or a digit."
        )
    return name


@dataclass(frozen=True)
class About:
    """What a collection is: kept in `collection.json`."""

    source: str
    """The kind of source: demo, folder, wikiart."""
    title: str
    """What a person calls it."""
    note: str = ""
    """What a person should know of it, such as that its pictures are generated."""


class Collection:
    """One collection's folder. Opening reads only `collection.json`; tables are read when asked."""

    def __init__(self, root: Path, about: About) -> None:
        self.root = root
        self.about = about

    @property
    def name(self) -> str:
        """The collection's name: that of its folder."""
        return self.root.name

    @classmethod
    def open(cls, name: str) -> "Collection":
        """Open the collection called `name`.

        Raises:
            CollectionError: there is none of that name, or its `collection.json` is damaged.
        """
        root = collections_dir() / check_name(name)
        try:
            stored = json.loads((root / "collection.json").read_text(encoding="utf-8"))
            about = About(**stored)
        except FileNotFoundError as error:
            if root.is_dir():
                raise CollectionError(
                    f"The collection {name} is damaged: its collection.json is missing. "
                    "Collect it again, or delete its folder."
                ) from error
            raise CollectionError(
                f"There is no collection called {name}; `artextract collections` lists those "
                "there are, `artextract collect` makes one."
            ) from error
        except (ValueError, TypeError, OSError) as error:
            raise CollectionError(
                f"The collection {name} is damaged: its collection.json can't be read. "
                "Collect it again, or delete its folder."
            ) from error
        return cls(root, about)

    @classmethod
    def create_or_open(cls, name: str, about: About) -> "Collection":
        """Open the collection `name`, made (or its damaged `collection.json` mended) if need be.

        Raises:
            CollectionError: the name is taken by a collection from another kind of source.
        """
        root = collections_dir() / check_name(name)
        collection = cls(root, about)
        try:
            collection = cls.open(name)
        except CollectionError:
            content = json.dumps(asdict(about), ensure_ascii=False, indent=1)
            write_bytes(root / "collection.json", content.encode())
        if collection.about.source != about.source:
            raise CollectionError(
                f"The collection {name} holds works from the source {collection.about.source!r}; "
                f"works from {about.source!r} need a collection of another name."
            )
        return collection

    def works(self) -> pd.DataFrame:
        """The work table, in its stored order.

        Returns:
            One row a work, columns `TEXT_COLUMNS` (str), `INTEGER_COLUMNS` (Int32) and whatever
            text columns the source adds. Missing is missing: NA, never an empty string or 0.

        Raises:
            CollectionError: the table is missing or damaged.
        """
        try:
            copied = read_copy(*self._table_files)
            stored = pq.read_table(self._table_files[0]).to_pandas() if copied is None else copied
        except FileNotFoundError as error:
            raise CollectionError(f"The collection {self.name} has no works yet: collect it first.") from error
        except (pa.ArrowException, OSError, ValueError) as error:
            raise CollectionError(
                f"The work table of {self.name} is damaged (works.parquet can't be read): "
                "collect it again; its images and embeddings are kept."
            ) from error
        absent = [column for column in REQUIRED_COLUMNS if column not in stored]
        if absent:
            raise CollectionError(
                f"The work table of {self.name} is damaged (no column {absent[0]!r}): "
                "collect it again; its images and embeddings are kept."
            )
        return _typed(stored) if copied is None else stored

    def rows(self, ids: Sequence[str]) -> pd.DataFrame:
        """The rows of some works, without reading the whole table; those it hasn't are left out.

        Returns:
            As `works`, in the table's order.

        Raises:
            CollectionError: the table is missing or damaged.
        """
        try:
            found = pq.read_table(self.root / "works.parquet", filters=[("id", "in", list(ids))])
        except (pa.ArrowException, OSError, ValueError):
            works = self.works()  # which says what is wrong with it
            return works[works["id"].isin(ids)]
        return _typed(found.to_pandas())

    def write_works(self, frame: pd.DataFrame) -> None:
        """Replace the work table, in one step.

        Raises:
            ValueError: an id is missing or stands twice.
            StorageError: it could not be written; the old table is as it was.
        """
        frame = _typed(frame)
        if frame["id"].isna().any() or frame["id"].duplicated().any():
            raise ValueError("every work needs an id of its own")
        write_with_copy(frame, *self._table_files)

    @property
    def _table_files(self) -> tuple[Path, Path]:
        return self.root / "works.parquet", self.root / "works.arrow"

    def version(self) -> str:
        """Changes whenever the work table does: the key of what screens cache."""
        try:
            stat = (self.root / "works.parquet").stat()
        except OSError:
            return "none"
        return f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"

    def count(self) -> int:
        """How many works the table holds, without reading it; 0 if it can't be read."""
        try:
            return int(pq.read_metadata(self.root / "works.parquet").num_rows)
        except (OSError, pa.ArrowException):
            return 0

    def image_path(self, image: str) -> Path:
        """Where the picture that the table's `image` column names lies.

        Raises:
            CollectionError: the table names a path outside of the collection.
        """
        path = (self.root / image).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise CollectionError(
                f"The work table of {self.name} is damaged: it names the image {image!r}, which "
                "lies outside of the collection. Collect it again."
            )
        return path

    def thumbnail_path(self, sha256: str) -> Path:
        """Where the thumbnail of the picture with that SHA-256 lies (or will)."""
        return self.root / "thumbs" / sha256[:2] / f"{sha256}.jpg"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the collection for changing its works: one writer at a time, others wait."""
        with only_writer(self.root, f"collection {self.name}"):
            sweep_temporary(self.root)
            yield


@dataclass(frozen=True)
class Survey:
    """What the cache holds."""

    collections: list[Collection]
    damaged: dict[str, str]
    """Name of a folder that can't be opened → the sentence that says why."""


def survey() -> Survey:
    """All collections of the cache, by name, and those that are damaged."""
    collections, damaged = [], {}
    folder = collections_dir()
    for root in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not root.is_dir() or not _NAME.fullmatch(root.name):
            continue
        try:
            collections.append(Collection.open(root.name))
        except CollectionError as error:
            damaged[root.name] = str(error)
    return Survey(collections, damaged)


def first_term(column: pd.Series) -> pd.Series:
    """The first term of each work."""
    return column.str.replace(f"(?s){TERMS_APART}.*", "", regex=True)


def has_any_term(column: pd.Series, terms: Sequence[str]) -> pd.Series:
    """Which works have one of the terms, bool."""
    chosen = set(terms)
    codes, values = pd.factorize(column)  # what is recorded of many is looked at once
    has = [not chosen.isdisjoint(str(value).split(TERMS_APART)) for value in values]
    return pd.Series(np.array([*has, False])[codes], index=column.index)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with every contract column, in order and in its type; extras after them, as str."""
    extras = [c for c in frame if c not in TEXT_COLUMNS and c not in INTEGER_COLUMNS]
    columns: dict[str, pd.Series] = {}
    for name in (*TEXT_COLUMNS, *extras):
        column = frame[name] if name in frame else pd.Series(None, index=frame.index)
        text = column.astype("str")
        columns[str(name)] = text.mask(column.isna() | (text.str.strip() == ""))
    for name in INTEGER_COLUMNS:
        column = frame[name] if name in frame else pd.Series(None, index=frame.index)
        columns[name] = pd.to_numeric(column).astype("Int32")
    return pd.DataFrame(columns).reset_index(drop=True)


def date_words(work: Mapping[Any, Any] | pd.Series) -> str | None:
    """When a work was made, in words: its source's own, or else the years; None without either.

    Args:
        work: a row of the work table.
    """
    if not pd.isna(text := work.get("date_text")):
        return str(text)
    ends = (work.get("year_begin"), work.get("year_end"))
    years = [_year(int(year)) for year in ends if not pd.isna(year)]
    return "–".join(dict.fromkeys(years)) or None  # a year that begins and ends it stands once


def _year(year: int) -> str:
    return f"{-year} BC" if year < 0 else str(year)
