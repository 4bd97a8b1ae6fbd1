"""The job that adds a collection: collects from a source and prepares the collection."""

from collections.abc import Mapping
from typing import Any

from artextract.collecting import collect
from artextract.collection import Collection, check_name
from artextract.prepare import prepare_collection
from artextract.progress import Report
from artextract.sources.registry import SourceEntry
from artextract.ui.jobs.job_queue import Job, job_queue


def start_collecting(entry: SourceEntry, values: Mapping[str, Any] | None = None, name: str = "") -> Job:
    """Collect from a source and prepare the collection.

    Args:
        entry: the source.
        values: what the source needs, by the name of the option.
        name: of the collection; empty for the usual one.

    Raises:
        ArtExtractError: a value or the name is missing or wrong.
    """
    name = check_name(name.strip() or entry.collection)
    opened = None if entry.fetches else entry.open(values or {})

    def work(report: Report) -> str:
        source = opened if opened is not None else entry.open(values or {}, report)
        collected = collect(source, name, report)
        prepared = prepare_collection(Collection.open(name), report=report)
        return f"{collected.sentence()} {prepared.sentence()}"

    return job_queue().start(f"collect:{name}", f"Adding {name} ({entry.label})", work)
