"""The labelled pictures of a column, as examples for a classifier."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.errors import SourceError
from artextract.vectors import unit
from artextract.vision.embedding import Embeddings
from artextract.work_table import INTEGER_COLUMNS, TERM_COLUMNS, TERM_SEPARATOR

MIN_PICTURES = 12  # Per term. With fewer, too few can be held out for a measurement.
MIN_ARTISTS = 5  # For cross-validation by artist: at least one per fold
MAX_TERMS = 200  # A column with more terms does not group the works
NOT_LABELS = (
    *["id", "title", "date_text", "image", "image_sha256", "source_url", "licence", "credit", "split", "description"],
    *INTEGER_COLUMNS,
)
"""Columns that say nothing about how a picture looks."""


@dataclass(frozen=True)
class Examples:
    """Labelled pictures."""

    vectors: np.ndarray  # float32 [n, dimension], unit length
    targets: np.ndarray  # float32 [n, terms]: the share of each term in the label; rows sum to 1
    terms: tuple[str, ...]
    groups: np.ndarray  # str [n]: the pictures of a group are held out together
    by_artist: bool  # Whether the groups are artists, not single pictures
    left_out: dict[str, int]  # Terms with too few pictures → how many


def labelled_columns(works: pd.DataFrame) -> list[str]:
    """The columns that labels can be fitted to: two terms or more with enough pictures each."""

    def usable(column: str) -> int:
        return int((_labelled(works, column)["term"].value_counts() >= MIN_PICTURES).sum())

    return [str(column) for column in works if column not in NOT_LABELS and 2 <= usable(str(column)) <= MAX_TERMS]


def examples_of(works: pd.DataFrame, embeddings: Embeddings, column: str) -> Examples:
    """Training examples: the pictures with a label in a text column of a work table, and their embeddings.

    In the columns of `TERM_COLUMNS` a work may have several terms. Raises SourceError if there is no such
    column, or too few pictures have a term of it.
    """
    if column not in works or column in NOT_LABELS:
        usable = ", ".join(labelled_columns(works))
        raise SourceError(f"No labels can be fitted to {column!r}. Usable columns: {usable or 'none'}.")
    vector_of = dict(zip(embeddings.hashes, embeddings.vectors, strict=True))
    labelled = _labelled(works, column)
    labelled = labelled[labelled["image_sha256"].isin(list(vector_of))]
    counts = labelled["term"].value_counts()
    terms = tuple(sorted(counts.index[counts >= MIN_PICTURES]))
    if not 2 <= len(terms) <= MAX_TERMS:
        most_common = f" The most common, {counts.index[0]}, has {counts.iloc[0]}." if len(counts) else ""
        usable = ", ".join(labelled_columns(works))
        raise SourceError(
            f"Usable terms in the column {column}: {len(terms):,}. Labels need 2 to {MAX_TERMS}, each with "
            f"{MIN_PICTURES} embedded pictures.{most_common}{f' Usable columns: {usable}.' if usable else ''}"
        )
    labelled = labelled[labelled["term"].isin(list(terms))]
    rows, hashes = pd.factorize(labelled["image_sha256"])
    targets = np.zeros((len(hashes), len(terms)), dtype=np.float32)
    targets[rows, pd.Index(terms).get_indexer(labelled["term"])] = 1
    artists = works.drop_duplicates("image_sha256").set_index("image_sha256")["artist"].loc[hashes]
    by_artist = column != "artist" and artists.nunique() >= MIN_ARTISTS
    return Examples(
        unit(np.stack([vector_of[sha256] for sha256 in hashes])),
        targets / targets.sum(axis=1, keepdims=True),
        terms,
        np.where(artists.notna() & by_artist, artists, hashes).astype(str),
        by_artist,
        {str(term): int(n) for term, n in counts.items() if n < MIN_PICTURES},
    )


def _labelled(works: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row for each picture and term: `image_sha256`, `term`."""
    terms = works[column].dropna()
    if column in TERM_COLUMNS:
        terms = terms.str.split(TERM_SEPARATOR, regex=False).explode()
    return works[["image_sha256"]].join(terms.str.strip().rename("term"), how="inner").drop_duplicates()
