"""The results of an evaluation, stored in their collection: the facts of `evaluations/similarity.safetensors`."""

from pathlib import Path

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


class SimilarityResults(BaseModel):
    """The results of all rankings."""

    collection: str
    works_version: str  # `Collection.version` of the works that were evaluated
    sentence: str  # What was searched for what, and how to read the intervals
    counted: dict[str, int]  # Relevance → number of queries that count
    rankings: list[RankingResult]


def write_results(collection: Collection, results: SimilarityResults) -> None:
    """Store results in a collection, in place of earlier ones, which a StorageError leaves unchanged."""
    write_tensors(results_file(collection), {}, results)


def read_results(collection: Collection) -> SimilarityResults | None:
    """The latest results; None if the collection was not evaluated, or the file is damaged."""
    file = results_file(collection)
    if read_cached(file, ()) is None:
        return None
    try:
        return read_facts(file, SimilarityResults)
    except (OSError, ValueError):
        return None


def results_file(collection: Collection) -> Path:
    """The file of a collection's results."""
    return collection.root / "evaluations" / "similarity.safetensors"
