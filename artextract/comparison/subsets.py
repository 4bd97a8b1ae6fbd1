"""Two subsets of works to compare: two filters of one collection, or two collections.

The works of both are in one table: the collection's table, or the tables of both collections, the larger
first. All row numbers in this package are rows of that table.

A picture that is in both subsets says nothing about their difference and is left out of both. If one
subset contains the other, it is compared with the rest of the larger subset.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity.filters import Filters
from artextract.vision.embedding import Embeddings, embedded_by

MIN_WORKS = 5  # With fewer works, a comparison means nothing
SIDES = ("first", "second")


@dataclass(frozen=True)
class Subset:
    """The works of a collection that pass filters."""

    collection: Collection
    works: pd.DataFrame  # All works of the collection with an embedding, and their predictions as columns
    embeddings: Embeddings  # The embeddings of these works, row by row
    filters: Filters

    @property
    def name(self) -> str:
        """The subset in words: "wikiart: Baroque, 1600–1700"."""
        chosen = self.filters.summary()
        return f"{self.collection.name}: {chosen}" if chosen else self.collection.name


@dataclass(frozen=True)
class SubsetPair:
    """Two subsets in one table."""

    subsets: tuple[Subset, Subset]
    sources: tuple[Subset, ...]  # A subset of each collection in the table, in the order of the table
    works: pd.DataFrame  # The table; rows from 0
    rows: tuple[np.ndarray, np.ndarray]  # int64, rising: the rows of each subset; no row is in both
    shared: int  # Pictures in both subsets
    contained: int | None  # The subset (0 or 1) that the other contains; None if neither

    @property
    def names(self) -> tuple[str, str]:
        """The subsets' names; in one collection by their filters alone."""
        if len(self.sources) > 1:
            return self.subsets[0].name, self.subsets[1].name
        collection = self.sources[0].collection.name
        left, right = (
            subset.filters.summary() or (f"all others of {collection}" if self.contained == 1 - side else collection)
            for side, subset in enumerate(self.subsets)
        )
        return left, right

    @property
    def vectors(self) -> np.ndarray:
        """The embeddings of the table's works, float32 [works, dimension], read only."""
        if len(self.sources) == 1:
            return self.sources[0].embeddings.vectors
        return np.concatenate([source.embeddings.vectors for source in self.sources])

    @property
    def remark(self) -> str:
        """What happened to works in both subsets; empty if there are none."""
        if not self.shared:
            return ""
        if self.contained is not None:
            inner, outer = SIDES[self.contained], SIDES[1 - self.contained]
            return f"The {outer} side contains the {inner} side, which is compared with the rest of the {outer} side."
        return f"{self.shared:,} {'picture is' if self.shared == 1 else 'pictures are'} on both sides and left out."

    def work(self, row: int) -> tuple[str, str]:
        """Collection name and id of the work in a row."""
        source = self.sources[0 if row < len(self.sources[0].works) else -1]
        return source.collection.name, str(self.works["id"].iloc[row])


def pair_subsets(left: Subset, right: Subset) -> SubsetPair:
    """Two subsets in one table.

    ArtExtractError if one has fewer than `MIN_WORKS` works, both are the same, or their embeddings cannot be compared.
    """
    subsets, sources = (left, right), sources_of(left, right)
    tables = [source.works for source in sources]
    works = tables[0].reset_index(drop=True) if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    masks = [_mask(subset, sources) for subset in subsets]
    for subset, mask, side in zip(subsets, masks, SIDES, strict=True):
        if not mask.any():
            raise ArtExtractError(f"No work of {subset.collection.name} passes the filters of the {side} side.")
        _check_size(int(mask.sum()), f"The {side} side, {subset.name},")
    pictures = works["image_sha256"]
    common = set(pictures[masks[0]]) & set(pictures[masks[1]])
    shared = pictures.isin(common).to_numpy(dtype=bool)
    within = [bool((shared >= mask).all()) for mask in masks]
    if all(within):
        raise ArtExtractError("Both sides have the same works. Choose another filter or collection for one of them.")
    contained = within.index(True) if any(within) else None
    rows = [np.flatnonzero(mask if side == contained else mask & ~shared) for side, mask in enumerate(masks)]
    for subset, own, side in zip(subsets, rows, SIDES, strict=True):
        _check_size(len(own), f"Without the {len(common):,} pictures on both sides, the {side} side, {subset.name},")
    return SubsetPair(subsets, sources, works, (rows[0], rows[1]), len(common), contained)


def sources_of(left: Subset, right: Subset) -> tuple[Subset, ...]:
    """A subset of each collection in the pair's table, in order. ArtExtractError if embeddings cannot be compared."""
    if left.collection.root == right.collection.root:
        return (left,)
    if left.embeddings.key != right.embeddings.key:
        raise ArtExtractError(
            f"The embeddings of {left.collection.name} ({left.embeddings.key}) and {right.collection.name} "
            f"({right.embeddings.key}) cannot be compared. Embed both with the same backbone on the same device."
        )
    # The smaller collection comes second: a map draws later rows above earlier ones.
    first, second = sorted((left, right), key=lambda subset: (-len(subset.works), subset.collection.name))
    return first, second


def common_backbone(left: Collection, right: Collection) -> str:
    """The best backbone by which both collections are embedded. Raises ArtExtractError if there is none."""
    of_left, of_right = embedded_by(left), embedded_by(right)
    if both := [name for name in of_left if name in of_right]:
        return both[0]
    lacking, backbone = (right, of_left[0]) if of_left else (left, next(iter(of_right), "paintings"))
    raise ArtExtractError(
        f"{left.name} and {right.name} have no embedding in common: run "
        f"`artextract embed {lacking.name} --backbone {backbone}`, or use the Collections screen."
    )


def _mask(subset: Subset, sources: tuple[Subset, ...]) -> np.ndarray:
    """The rows of the subset in the table, bool [works]."""
    own, passing = subset.collection.root, subset.filters.allowed(subset.works)
    parts = [passing if source.collection.root == own else np.zeros(len(source.works), bool) for source in sources]
    return np.concatenate(parts)


def _check_size(count: int, subject: str) -> None:
    if count < MIN_WORKS:
        raise ArtExtractError(f"{subject} has {count} works; a comparison needs at least {MIN_WORKS}.")
