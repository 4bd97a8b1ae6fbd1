"""Two sides: works of one collection that pass two filters, or works of two collections.

The works of both sides stand in one table, the **ground**: that of the collection, or of both, the
smaller after the larger. Rows of it are what everything here speaks of.

A work whose picture is on both sides tells nothing of their difference and is left out of both;
where that would leave nothing of a side, since the other holds all of it, it is compared with the
rest of the other.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity.filters import CATEGORIES, Filters
from artextract.vision.embedding import Embeddings, embedded_by

LEAST_WORKS = 5
"""Of a side: of fewer nothing is typical."""
ORDINALS = ("first", "second")


@dataclass(frozen=True)
class Side:
    """What a person chose: the works of a collection that pass filters."""

    collection: Collection
    works: pd.DataFrame
    """Its works that have an embedding, with what was read in them as columns, where it was."""
    embeddings: Embeddings
    """Theirs, row by row."""
    filters: Filters

    @property
    def name(self) -> str:
        """Such as "wikiart: Baroque, 1600–1700"."""
        chosen = filters_text(self.filters)
        return f"{self.collection.name}: {chosen}" if chosen else self.collection.name


@dataclass(frozen=True)
class Sides:
    """Both, on their ground."""

    one: Side
    other: Side
    parts: tuple[Side, ...]
    """Whose works the ground holds, one after the other: of one collection, or of two."""
    works: pd.DataFrame
    """The ground's works, rows from 0."""
    of_one: np.ndarray
    """int64, rising: the rows of the first side's works."""
    of_other: np.ndarray
    """int64, rising: of the second's; no row is in both."""
    on_both: int
    """Pictures that are on both sides."""
    contained: int | None
    """Which side (0 or 1) lay wholly within the other, so that it is compared with the rest of
    that; None if neither did."""

    @property
    def names(self) -> tuple[str, str]:
        """What the sides are called; of one collection's without its name, where that suffices."""
        if len(self.parts) > 1:
            return self.one.name, self.other.name
        one, other = (filters_text(side.filters) for side in (self.one, self.other))
        return one or self._whole(self.contained == 1), other or self._whole(self.contained == 0)

    @property
    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """`of_one` and `of_other`."""
        return self.of_one, self.of_other

    @property
    def vectors(self) -> np.ndarray:
        """The ground's embeddings, float32 [works, dimension]; not to be written to."""
        if len(self.parts) == 1:
            return self.one.embeddings.vectors
        return np.concatenate([side.embeddings.vectors for side in self.parts])

    @property
    def remark(self) -> str:
        """What was done with works that are on both sides; empty if there are none."""
        if not self.on_both:
            return ""
        if self.contained is not None:
            return (
                f"All works of the {ORDINALS[self.contained]} side are on the "
                f"{ORDINALS[1 - self.contained]} side, too: it is compared with the others of that."
            )
        are = "picture is" if self.on_both == 1 else "pictures are"
        return f"{self.on_both:,} {are} on both sides, and left out of both."

    def work(self, row: int) -> tuple[str, str]:
        """The collection's name and the id of the work in a row of the ground."""
        first = len(self.parts[0].works)
        part = self.parts[0] if row < first else self.parts[-1]
        return part.collection.name, str(self.works["id"].iloc[row])

    def _whole(self, rest: bool) -> str:
        return f"all others of {self.one.collection.name}" if rest else self.one.collection.name


def face(one: Side, other: Side) -> Sides:
    """Two sides on one ground.

    Raises:
        ArtExtractError: a side has fewer than `LEAST_WORKS` works, both have the same, or their
            embeddings can't be compared.
    """
    parts = parts_of(one, other)
    works = (
        one.works.reset_index(drop=True)
        if len(parts) == 1
        else pd.concat([side.works for side in parts], ignore_index=True)
    )
    inside = [_on_ground(side, parts) for side in (one, other)]
    for side, which, ordinal in zip((one, other), inside, ORDINALS, strict=True):
        _check_size(int(which.sum()), side, ordinal)
    pictures = works["image_sha256"]
    common = set(pictures[inside[0]]) & set(pictures[inside[1]])
    shared = pictures.isin(common).to_numpy(dtype=bool)
    within = [bool((shared >= which).all()) for which in inside]
    if all(within):
        raise ArtExtractError(
            "Both sides have the same works: choose another filter, or another collection, for one of them."
        )
    contained = within.index(True) if any(within) else None
    rows = [np.flatnonzero(which if number == contained else which & ~shared) for number, which in enumerate(inside)]
    for side, which, ordinal in zip((one, other), rows, ORDINALS, strict=True):
        if len(which) < LEAST_WORKS:
            raise ArtExtractError(
                f"Without the {len(common):,} pictures that are on both sides the {ordinal} side, "
                f"{side.name}, has {len(which)} works; {LEAST_WORKS} are needed at the least."
            )
    return Sides(one, other, parts, works, rows[0], rows[1], len(common), contained)


def parts_of(one: Side, other: Side) -> tuple[Side, ...]:
    """A side of each collection that the ground holds, in its order.

    Raises:
        ArtExtractError: their embeddings can't be compared.
    """
    if one.collection.root == other.collection.root:
        return (one,)
    if one.embeddings.key != other.embeddings.key:
        raise ArtExtractError(
            f"The embeddings of {one.collection.name} ({one.embeddings.key}) and of "
            f"{other.collection.name} ({other.embeddings.key}) can't be compared: embed both by "
            "the same backbone, on the same device."
        )
    # The smaller after the larger: a map draws what comes later over what comes first.
    first, second = sorted((one, other), key=lambda side: (-len(side.works), side.collection.name))
    return first, second


def common_backbone(one: Collection, other: Collection) -> str:
    """The best backbone by which both collections have been embedded.

    Raises:
        ArtExtractError: there is none.
    """
    theirs = embedded_by(other)
    for name in (own := embedded_by(one)):
        if name in theirs:
            return name
    lacking, backbone = (other, own[0]) if own else (one, next(iter(theirs), "paintings"))
    raise ArtExtractError(
        f"{one.name} and {other.name} have no embedding in common: run "
        f"`artextract embed {lacking.name} --backbone {backbone}`, or use the Collections screen."
    )


def filters_text(filters: Filters) -> str:
    """What filters choose, in a few words; empty for none."""
    chosen = [" or ".join(getattr(filters, column)) for column in CATEGORIES]
    chosen += [" or ".join(values) for _, values in filters.custom_labels]
    first, last = filters.year_from, filters.year_to
    if first is not None and last is not None:
        chosen.append(f"{first}–{last}")
    elif first is not None or last is not None:
        chosen.append(f"from {first}" if last is None else f"until {last}")
    if filters.text:
        chosen.append(f"“{filters.text}”")
    return ", ".join(filter(None, chosen))


def _on_ground(side: Side, parts: tuple[Side, ...]) -> np.ndarray:
    """The ground's works that are on the side, bool [works]."""
    passing = side.filters.allowed(side.works)
    return np.concatenate([
        passing if part.collection.root == side.collection.root else np.zeros(len(part.works), dtype=bool)
        for part in parts
    ])


def _check_size(count: int, side: Side, ordinal: str) -> None:
    if not count:
        raise ArtExtractError(f"No work of {side.collection.name} passes the filters of the {ordinal} side.")
    if count < LEAST_WORKS:
        raise ArtExtractError(
            f"The {ordinal} side, {side.name}, has {count} works; {LEAST_WORKS} are needed at the "
            "least to say what is typical of it."
        )
