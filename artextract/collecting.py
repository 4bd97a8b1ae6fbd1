"""Collect: works from a source into a collection."""

import csv
import hashlib
import io
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artextract.collection import Collection
from artextract.errors import BadImageError, CollectionError, SourceError
from artextract.files import write_bytes
from artextract.progress import Report, Stage, silent
from artextract.sources.base import Source, SourceWork
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

THUMBNAIL_SIDE = 320  # Long side of a thumbnail in pixels: sharp in a grid, about 20 kB
AT_ONCE = 4  # Pictures that are read and decoded at once
AHEAD = 32  # Works that may wait: enough that one slow picture does not delay the others

_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2"}


@dataclass(frozen=True)
class CollectResult:
    """What a collecting run did."""

    collection: str
    works: int  # Works in the collection now
    new: int
    updated: int
    unchanged: int
    kept: int  # Works collected before that the source no longer has
    skipped: int  # Works without a picture that can be read
    report_file: Path | None  # CSV of what was skipped and why; None if nothing was
    remarks: list[str]  # Sentences about the source

    def sentence(self) -> str:
        """What the run did."""
        kept = f" Kept {self.kept:,} works that the source no longer has." if self.kept else ""
        skipped = (
            f" Skipped {self.skipped:,} pictures that are damaged or not available; {self.report_file} lists them. "
            "Collect again to retry."
            if self.skipped
            else ""
        )
        counts = f"{self.new:,} new, {self.updated:,} updated, {self.unchanged:,} unchanged"
        remarks = "".join(f" {remark}" for remark in self.remarks)
        return f"{self.collection} has {self.works:,} works: {counts}.{kept}{skipped}{remarks}"


_Columns = dict[str, object]
_WHAT = ("new", "unchanged", "failed")


@dataclass(frozen=True)
class _Taken:
    work: SourceWork
    row: _Columns | None
    why_not: str = ""

    def what(self, known: dict[str, _Columns]) -> str:
        """One of `_WHAT`."""
        if self.row is None:
            return "failed"
        return "unchanged" if self.row["image_sha256"] in known else "new"


def collect(source: Source, name: str, report: Report = silent) -> CollectResult:
    """Add the works of `source` to the collection `name`, which is created if it does not exist.

    Changed works are updated; works that the source no longer has stay. A picture that cannot be
    read is skipped and listed in `reports/skipped.csv`. A killed run leaves the collection unchanged;
    the next run uses the pictures that were copied.

    Raises:
        ArtExtractError: the name is not allowed, the source has no readable picture, or the disk is full.
    """
    if len(source) == 0:
        raise SourceError(f"{source.about.title} has no pictures. Choose another source.")
    collection = Collection.create_or_open(name, source.about)
    with collection.writing(), closing(source):
        try:
            old = collection.works()
        except CollectionError:
            old = pd.DataFrame({"id": []})
        taken = list(_take_all(collection, source, old, report))
        skipped = [item for item in taken if item.row is None]
        report_file = _write_report(collection, skipped)
        if len(skipped) == len(taken):
            raise SourceError(
                f"None of the {len(taken)} pictures of {source.about.title} can be read. The first: "
                f"{skipped[0].why_not} Nothing was added."
            )
        new = pd.DataFrame([item.row for item in taken if item.row is not None])
        if (twice := new["id"][new["id"].duplicated()]).any():
            raise SourceError(f"{source.about.title} has two works with the id {twice.iloc[0]!r}. Rename one of them.")
        stays = old[~old["id"].isin(new["id"])]
        collection.write_works(pd.concat([stays, new], ignore_index=True))
        counts = _changes(old, collection.works(), set(new["id"]))
        return CollectResult(
            collection=name,
            works=len(stays) + len(new),
            new=counts["new"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            kept=len(stays),
            skipped=len(skipped),
            report_file=report_file,
            remarks=source.remarks(),
        )


def _take_all(collection: Collection, source: Source, old: pd.DataFrame, report: Report) -> Iterator[_Taken]:
    known = _known_pictures(collection, old)
    stage = Stage(f"Collecting {source.about.title}", len(source), report)
    counts: Counter[str] = Counter()
    waiting: deque[Future[_Taken]] = deque()
    pool = ThreadPoolExecutor(AT_ONCE)

    def first() -> _Taken:
        item = waiting.popleft().result()
        counts[item.what(known)] += 1
        stage.advance(note=", ".join(f"{counts[what]:,} {what}" for what in _WHAT))
        return item

    try:
        for work in source.works():
            waiting.append(pool.submit(_take, collection, work, known))
            if len(waiting) >= AHEAD:
                yield first()
        while waiting:
            yield first()
    finally:  # when stopped: works in progress finish, waiting works are not started
        pool.shutdown(wait=False, cancel_futures=True)


def _known_pictures(collection: Collection, old: pd.DataFrame) -> dict[str, _Columns]:
    """The table's columns on the pictures that are stored with their thumbnails, by SHA-256."""
    if old.empty:
        return {}
    rows = old[["image", "image_sha256", "width", "height"]].to_dict("records")
    return {
        str(row["image_sha256"]): {str(column): value for column, value in row.items()}
        for row in rows
        if (collection.root / str(row["image"])).exists()
        and collection.thumbnail_path(str(row["image_sha256"])).exists()
    }


def _take(collection: Collection, work: SourceWork, known: dict[str, _Columns]) -> _Taken:
    """Copy one work's picture and make its thumbnail; returns the table row, or why the work has none."""
    try:
        content = work.read()
    except OSError as error:
        return _Taken(work, None, f"{work.origin} can't be read ({error.strerror or error}).")
    except SourceError as error:
        return _Taken(work, None, str(error))
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        picture = known.get(sha256) or _keep_picture(collection, sha256, content, work.origin)
    except BadImageError as error:
        return _Taken(work, None, str(error))
    described = {k: v for k, v in vars(work).items() if k not in ("read", "origin", "extra", "size")}
    return _Taken(work, {**described, **work.extra, **picture})


def _keep_picture(collection: Collection, sha256: str, content: bytes, origin: str) -> _Columns:
    """Check a picture and store it with its thumbnail; returns the columns that describe it."""
    # Decoded whole, so that a truncated picture fails here and not in the middle of a later job.
    picture = open_picture(content, Path(origin).name, at_least=2 * THUMBNAIL_SIDE)
    suffix = _SUFFIXES.get(picture.format, f".{picture.format.lower()}")
    image = f"images/{sha256[:2]}/{sha256}{suffix}"
    write_bytes(collection.root / image, content)
    small = encode_jpeg(thumbnail(picture.image, THUMBNAIL_SIDE), quality=82)
    write_bytes(collection.thumbnail_path(sha256), small)
    size = {"width": picture.width, "height": picture.height}
    return {"image": image, "image_sha256": sha256, **size}


def _write_report(collection: Collection, skipped: list[_Taken]) -> Path | None:
    path = collection.root / "reports" / "skipped.csv"
    if not skipped:
        path.unlink(missing_ok=True)
        return None
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "origin", "why"])
    writer.writerows((item.work.id, item.work.origin, item.why_not) for item in skipped)
    write_bytes(path, text.getvalue().encode("utf-8", "replace"))
    return path


def _changes(old: pd.DataFrame, new: pd.DataFrame, touched: set[str]) -> Counter[str]:
    """Counts of "new", "updated" and "unchanged" among the works whose ids were `touched`."""
    before = {} if old.empty else _rows_by_id(old)
    after = _rows_by_id(new)
    counts: Counter[str] = Counter()
    for work in touched:
        was = before.get(work)
        counts["new" if was is None else "unchanged" if was == after[work] else "updated"] += 1
    return counts


def _rows_by_id(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Each work's recorded values as text, without missing ones."""
    columns = sorted(frame.columns)
    return {
        str(row["id"]): {c: str(row[c]) for c in columns if not pd.isna(row[c])} for row in frame.to_dict("records")
    }
