"""The report of a collecting run (which works have no picture, and why), and the source that it used."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from artextract.collecting.intake import Taken
from artextract.collection import Collection
from artextract.files import write_bytes
from artextract.sources.fetching.causes import Cause, summary
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.tables.delimited import csv_bytes

COLUMNS = ("id", "origin", "why", "host", "cause", "status")


def write_report(collection: Collection, failed: Sequence[tuple[Taken, FetchError]]) -> Path | None:
    """Write `reports/skipped.csv`; returns its path, or None if nothing was skipped."""
    path = collection.root / "reports" / "skipped.csv"
    if not failed:
        path.unlink(missing_ok=True)
        return None
    rows = [(item.id, item.origin, str(f), f.host, f.cause, str(f.status or "")) for item, f in failed]
    write_bytes(path, csv_bytes(pd.DataFrame(rows, columns=COLUMNS, dtype=object)))
    return path


def read_report(collection: Collection) -> list[FetchError]:
    """The pictures that the last run skipped, without works for which the source names no picture."""
    try:
        text = (collection.root / "reports" / "skipped.csv").read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row.get("cause") != Cause.NOT_NAMED]
    return [FetchError(row["why"], row["cause"] or "", row["host"] or "") for row in rows if row.keys() >= {*COLUMNS}]


def remember_source(collection: Collection, name: str, values: Mapping[str, Any]) -> None:
    """Store the source of a collection: its name and its values, as in `SourceEntry.open`."""
    content = json.dumps({"source": name, "values": dict(values)}, ensure_ascii=False, default=str)
    write_bytes(collection.root / "reports" / "source.json", content.encode("utf-8", "replace"))


def remembered_source(collection: Collection) -> tuple[str, dict[str, Any]] | None:
    """The source of a collection that was added in the app; None if unknown."""
    try:
        kept = json.loads((collection.root / "reports" / "source.json").read_bytes())
        return str(kept["source"]), dict(kept["values"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def causes(failures: Sequence[FetchError]) -> list[str]:
    """One line for each host and cause, the most frequent first: how many pictures, and what to do."""
    return summary((f.host or "This computer", f.cause) for f in failures if f.cause != Cause.NOT_NAMED)
