"""Merges a source's current data with the rows of the collection.

A missing value never replaces a known one. A renamed file stays the same work: it keeps its ID, so notes and trays
still refer to it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from artextract.collecting.intake import PICTURE_COLUMNS, Columns, Taken, unique_id
from artextract.sources.names import title_from_slug

RENAMED = "renamed_to"  # Column: the file's current path, if it differs from the work's ID
_TOGETHER = (("date_text", "year_begin", "year_end"), ("iiif", "iiif_width", "iiif_height"))
"""Groups of columns that describe one fact: all values of a group come from the same description."""


@dataclass(frozen=True)
class Merged:
    """The merged rows of the source's works, in its order, and what changed."""

    rows: list[Columns]
    counts: Counter[str]  # "new", "updated" and "unchanged" works
    renamed: int  # Works whose file has another path than in the last run
    filled: int  # Works that keep a value which the source no longer gives
    filled_columns: list[str]  # The columns of these values, the most frequent first


def known_rows(works: pd.DataFrame) -> dict[str, Columns]:
    """Each work's recorded values by its ID, without missing ones."""
    records = works.astype(object).where(works.notna(), None).to_dict("records")
    return {str(row["id"]): {str(c): v for c, v in row.items() if v is not None} for row in records}


def merge(known: dict[str, Columns], taken: Sequence[Taken]) -> Merged:
    """Merge the works that were taken from a source with the known rows, by ID.

    A work whose picture is not available keeps its known row; a new one gets no row.
    """
    ids = _ids(known, taken)
    rows: list[Columns] = []
    counts: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    renamed = filled = 0
    for item, work in zip(taken, ids, strict=True):
        old = known.get(work, {})
        if item.row is None:
            rows += [old] if old else []
            continue
        row = _filled(item, old)
        if lacks := [c for c in old if row.get(c) != item.row.get(c) and c not in ("id", RENAMED)]:
            filled += 1
            columns.update(lacks)
        row |= {"id": work} | ({RENAMED: item.id} if item.id != work else {})
        renamed += bool(old) and row.get(RENAMED) != old.get(RENAMED)
        same = _as_text(row, but=RENAMED) == _as_text(old, but=RENAMED)
        counts["unchanged" if same else "updated" if old else "new"] += 1
        rows.append(row)
    return Merged(rows, counts, renamed, filled, [column for column, _ in columns.most_common()])


def settled(known: dict[str, Columns], taken: Iterable[Taken]) -> list[Taken]:
    """The works that can be stored before the run ends; the others may turn out to be renamed files."""
    places = _places(known)
    pictures = {row["image_sha256"] for row in known.values()}
    return [
        item
        for item in taken
        if item.row is not None
        and (
            not item.from_file
            or (item.id not in places and item.row["image_sha256"] not in pictures)
            or _same_picture(item, known.get(places.get(item.id, ""), {}))
        )
    ]


def _places(known: dict[str, Columns]) -> dict[str, str]:
    """The source's ID or current path of each work → its ID in the collection."""
    return {work: work for work in known} | {str(row[RENAMED]): work for work, row in known.items() if RENAMED in row}


def _ids(known: dict[str, Columns], taken: Sequence[Taken]) -> list[str]:
    """The ID of each work in the collection.

    A file belongs to the work that had the same bytes at the same path; else to a work whose bytes the source no longer
    has at the old path; else to the work that had this path.
    """
    places = _places(known)
    with_picture: defaultdict[object, list[str]] = defaultdict(list)
    for work, row in known.items():
        with_picture[row["image_sha256"]].append(work)
    own = {item.id: places.get(item.id, item.id) for item in taken}
    ids: dict[str, str] = {}
    used: set[str] = set()

    def give(candidates: Callable[[Taken], list[str]]) -> None:
        for item in taken:
            free = [work for work in candidates(item) if work not in used] if item.id not in ids else []
            if free:
                ids[item.id] = free[0]
                used.add(free[0])

    def moved(item: Taken) -> list[str]:
        return with_picture[item.row["image_sha256"]] if item.row else []

    give(lambda item: [own[item.id]] if _same_picture(item, known.get(own[item.id], {})) else [])
    give(lambda item: [] if item.row and item.from_file else [own[item.id]])
    # Of identical files, those with the same name belong together.
    give(lambda item: [work for work in moved(item) if _path(known[work]).name == PurePath(item.id).name])
    give(moved)
    give(lambda item: [own[item.id]])
    give(lambda item: [item.id if item.id not in known else unique_id(item.id, used | known.keys())])
    return [ids[item.id] for item in taken]


def _same_picture(item: Taken, old: Columns) -> bool:
    return item.row is not None and old.get("image_sha256") == item.row["image_sha256"]


def _filled(item: Taken, old: Columns) -> Columns:
    """The row that the source gives, with the known values that it lacks."""
    row = {c: v for c, v in (item.row or {}).items() if v is not None and str(v).strip()}
    base = {c: v for c, v in old.items() if c not in PICTURE_COLUMNS and c != RENAMED}
    if item.title_from_file and (title := old.get("title")) and title != title_from_slug(_path(old).stem):
        row["title"] = title
    for group in _TOGETHER:
        if any(str(row[c]) != str(base.get(c, row[c])) for c in group if c in row):
            base = {c: v for c, v in base.items() if c not in group}
    return base | row


def _path(old: Columns) -> PurePath:
    """The path that a work's file had in the last run, if its ID is a path."""
    return PurePath(str(old.get(RENAMED, old["id"])))


def _as_text(row: Columns, but: str) -> dict[str, str]:
    return {column: str(value) for column, value in row.items() if column != but}
