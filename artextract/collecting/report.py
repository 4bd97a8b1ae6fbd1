"""The report of a collecting run: which works have no picture, and why."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from artextract.collecting.intake import Failure, Taken
from artextract.collection import Collection
from artextract.files import write_bytes
from artextract.sources.fetching.causes import Cause, summary

COLUMNS = ("id", "origin", "why", "host", "cause", "status")


def write_report(collection: Collection, failed: Sequence[tuple[Taken, Failure]]) -> Path | None:
    """Write `reports/skipped.csv`; returns its path, or None if nothing was skipped."""
    path = collection.root / "reports" / "skipped.csv"
    if not failed:
        path.unlink(missing_ok=True)
        return None
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item, failure in failed:
        status = failure.status or ""
        writer.writerow((item.id, item.origin, failure.why, failure.host, failure.cause, status))
    write_bytes(path, text.getvalue().encode("utf-8", "replace"))
    return path


def causes(failures: Sequence[Failure]) -> list[str]:
    """One line for each host and cause, the most frequent first: how many pictures, and what to do."""
    return summary((f.host or "This computer", f.cause) for f in failures if f.cause != Cause.NOT_NAMED)
