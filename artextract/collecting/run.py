"""A collecting run: takes the works of a source, merges them with the collection, and reports."""

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artextract.collecting.intake import REMARK, Intake, Taken, known_pictures
from artextract.collecting.merging import RENAMED, Merged, known_rows, merge, settled
from artextract.collecting.report import causes, write_report
from artextract.collection import Collection
from artextract.errors import CollectionError, SourceError, StorageError
from artextract.files import sweep_temporary
from artextract.progress import Report, silent
from artextract.settings import cache_dir
from artextract.sources.base import Source
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError
from artextract.work_table import years_left_out

CHECKPOINT = 60.0  # Seconds after which the works so far are stored
_MOST_REMARKS = 3  # Warnings about pictures that are listed
_MOST_COLUMNS = 6  # Columns that are named in a message


@dataclass(frozen=True)
class CollectResult:
    """What a collecting run did."""

    collection: str
    works: int  # Works in the collection now
    new: int
    updated: int
    unchanged: int
    kept: int  # Works collected before that the source no longer has
    renamed: int  # Works whose file was renamed or moved; they keep their IDs
    without_picture: int  # Works for which the source names no picture
    skipped: int  # Works whose picture is not available or damaged
    causes: list[str]  # Why pictures were skipped: one line for each host and cause
    report_file: Path | None  # CSV of the works without a picture and why; None if there are none
    remarks: list[str]  # Messages about the source, and about kept values

    def sentence(self) -> str:
        """What the run did."""
        counts = f"{self.new:,} new, {self.updated:,} updated, {self.unchanged:,} unchanged"
        sentences = {
            f"{self.collection} has {self.works:,} works: {counts}.": True,
            f"Kept although the source no longer has them: {self.kept:,}.": self.kept,
            f"Renamed files: {self.renamed:,}; their works keep their IDs, notes and trays.": self.renamed,
            f"Left out because the source names no picture: {self.without_picture:,}.": self.without_picture,
            f"Skipped {self.skipped:,} pictures that are damaged or not available; {self.report_file} lists them. "
            "Collect again to retry.": self.skipped,
        }
        return " ".join([*(sentence for sentence, is_so in sentences.items() if is_so), *self.remarks])


def collect(source: Source, name: str, report: Report = silent) -> CollectResult:
    """Add the works of `source` to the collection `name`, which is created if it does not exist.

    Changed works are updated. Works that the source no longer has stay, and so do values that it no longer gives. A
    renamed file stays the same work. A picture that cannot be read is skipped and listed in `reports/skipped.csv`. A
    run that is stopped keeps the works so far; after a kill, the works up to the last minute.

    Raises:
        ArtExtractError: the name is not allowed, the source has no readable picture, or the disk is full.
    """
    if len(source) == 0:
        raise SourceError(f"{source.about.title} has no pictures. Choose another source.")
    collection = Collection.create_or_open(name, source.about)
    with collection.writing(), closing(source):
        for pattern in ("reports", "images/*", "thumbs/*"):
            for folder in collection.root.glob(pattern):
                sweep_temporary(folder)
        for folder in (cache_dir() / "sources").glob("**/"):
            sweep_temporary(folder, abandoned=True)
        table = _Table(collection)
        intake = Intake(collection, source, known_pictures(collection, table.known), report)
        taken = _take(intake, table)
        failed = [(item, item.failure) for item in taken if item.failure is not None]
        report_file = write_report(collection, failed)
        failures = [failure for _, failure in failed]
        _check_some(source, taken, failures)
        merged = merge(table.known, taken)
        table.write(merged)
        ids = {str(row["id"]) for row in merged.rows}
        without_picture = sum(failure.cause == Cause.NOT_NAMED for failure in failures)
        return CollectResult(
            collection=name,
            works=len(ids | table.known.keys()),
            new=merged.counts["new"],
            updated=merged.counts["updated"],
            unchanged=merged.counts["unchanged"],
            kept=len(table.known.keys() - ids),
            renamed=merged.renamed,
            without_picture=without_picture,
            skipped=len(failed) - without_picture,
            causes=causes(failures),
            report_file=report_file,
            remarks=[
                *source.remarks(),
                *_remarks(intake, merged),
                *filter(None, [years_left_out(pd.DataFrame(merged.rows))]),
            ],
        )


class _Table:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        try:
            self._old = collection.works()
        except CollectionError:
            self._old = pd.DataFrame({"id": []})
        self.known = known_rows(self._old)

    def write(self, merged: Merged) -> None:
        """Store the merged works, after those that the source no longer has."""
        new = pd.DataFrame(merged.rows)
        stays = self._old[~self._old["id"].isin(new["id"])]
        table = pd.concat([stays, new], ignore_index=True)
        empty = [column for column in (RENAMED, REMARK) if column in table and table[column].isna().all()]
        self._collection.write_works(table.drop(columns=empty))

    def write_so_far(self, taken: dict[int, Taken]) -> None:
        """Store the works so far, by their index in the source."""
        if so_far := settled(self.known, (taken[number] for number in sorted(taken))):
            self.write(merge(self.known, so_far))


def _take(intake: Intake, table: _Table) -> list[Taken]:
    """All works in the order of the source. If the run ends early, the works so far are stored."""
    taken: dict[int, Taken] = {}
    checkpoint = time.monotonic() + CHECKPOINT
    try:
        for number, item in intake.taken():
            taken[number] = item
            if (began := time.monotonic()) >= checkpoint:
                table.write_so_far(taken)
                ended = time.monotonic()
                checkpoint = ended + max(CHECKPOINT, 20 * (ended - began))  # a large table is written less often
    except BaseException:
        with suppress(StorageError):  # the first error is raised
            table.write_so_far(taken)
        raise
    return [taken[number] for number in sorted(taken)]


def _check_some(source: Source, taken: list[Taken], failures: list[FetchError]) -> None:
    """Raise SourceError if no picture could be read."""
    if len(failures) < len(taken):
        return
    title = source.about.title
    if all(failure.cause == Cause.NOT_NAMED for failure in failures):
        raise SourceError(f"None of the {len(taken):,} works of {title} names a picture. Nothing was added.")
    first = next(failure for failure in failures if failure.cause != Cause.NOT_NAMED)
    raise SourceError(
        f"None of the {len(taken)} pictures of {title} can be read. The first: {first} Nothing was added. "
        f"{' '.join(causes(failures))}"
    )


def _remarks(intake: Intake, merged: Merged) -> Iterator[str]:
    yield from sorted(intake.remarks)[:_MOST_REMARKS]
    if (more := len(intake.remarks) - _MOST_REMARKS) > 0:
        yield f"More pictures like these: {more:,}."
    if merged.filled:
        named = ", ".join(merged.filled_columns[:_MOST_COLUMNS])
        ellipsis = " …" if len(merged.filled_columns) > _MOST_COLUMNS else ""
        yield f"Kept known values ({named}{ellipsis}) of {merged.filled:,} works for which the source gives none."
    if intake.doubled:
        first = "the first: {} is now {}".format(*intake.doubled[0])
        yield f"{len(intake.doubled):,} works have the ID of an earlier work; they got new IDs ({first})."
