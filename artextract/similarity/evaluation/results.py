"""The results of an evaluation, stored in their collection.

    evaluations/similarity.safetensors

The file's facts are the summary and the works' ids; the neighbours are tensors.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from artextract.collection import Collection
from artextract.similarity.evaluation.measures import Estimate
from artextract.tensor_files import read_cached, read_facts, write_tensors


class RankingResult(BaseModel):
    """One way to rank works, evaluated."""

    name: str
    label: str
    measures: dict[str, dict[str, Estimate]]
    """Relevance (a key of `RELEVANCES`) → `p1`, `p5`, `p10`, `map10`, each 0 to 1."""
    picture_scores: dict[str, float | None]
    """Mean of each of `PICTURE_METRICS` over the ten nearest works of 50 queries. None if all pictures are missing."""


class SimilaritySummary(BaseModel):
    """The results without the lists of works."""

    collection: str
    works_version: str  # `Collection.version` of the works that were evaluated
    sentence: str  # What was searched for what, and how to read the intervals
    counted: dict[str, int]  # Relevance → number of queries that count
    rankings: list[RankingResult]


class _ResultFacts(BaseModel):
    summary: SimilaritySummary
    ids: list[str]


@dataclass(frozen=True)
class SimilarityResults:
    """The summary, and the lists that its measures come from."""

    summary: SimilaritySummary
    ids: list[str]  # Works; `query_rows` and `neighbours` are rows of this list
    query_rows: np.ndarray  # int64 [q]
    neighbours: dict[tuple[str, str], np.ndarray]
    """Ranking and relevance ("" for all works, whatever their labels) → int32 [q, 10], the nearest
    first, -1 for none."""


def write_results(collection: Collection, results: SimilarityResults) -> None:
    """Store results in a collection, in place of earlier ones, which a StorageError leaves unchanged."""
    tensors = {".".join(key): rows for key, rows in results.neighbours.items()}
    facts = _ResultFacts(summary=results.summary, ids=results.ids)
    write_tensors(results_file(collection), tensors | {"query_rows": results.query_rows}, facts)


def read_results(collection: Collection) -> SimilarityResults | None:
    """The latest results; None if the collection was not evaluated, or the file is damaged."""
    file = results_file(collection)
    if (tensors := read_cached(file, ("query_rows",))) is None:
        return None
    try:
        facts = read_facts(file, _ResultFacts)
    except (OSError, ValueError):
        return None
    query_rows = tensors.pop("query_rows")
    parts = ((name.rpartition("."), rows) for name, rows in tensors.items())
    neighbours = {(name, key): rows for (name, _, key), rows in parts}
    return SimilarityResults(facts.summary, facts.ids, query_rows, neighbours)


def results_file(collection: Collection) -> Path:
    """The file of a collection's results."""
    return collection.root / "evaluations" / "similarity.safetensors"
