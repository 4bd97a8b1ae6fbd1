"""What an evaluation found, kept in its collection.

    evaluations/likeness.safetensors

One file, written whole or not at all: the figures and the works' ids as JSON in its metadata, the
neighbours as tensors.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artextract.collection import Collection
from artextract.files import write_atomic
from artextract.similarity.corrections import Surroundings
from artextract.similarity.evaluation.figures import Figure, Hubness
from artextract.similarity.evaluation.trial import LEAST, QUESTIONS


@dataclass(frozen=True)
class Row:
    """One way to rank, measured."""

    name: str
    label: str
    kind: str
    """embedding, correction, fusion or floor."""
    embedding: str
    """The one embedding that it goes by, "" if it goes by none or several."""
    figures: dict[str, dict[str, Figure]]
    """By question (a key of `trial.QUESTIONS`): `p1`, `p5`, `p10`, `map10`, each 0…1."""
    against: str
    """The row that a correction or a fusion is compared with: its own embedding, or the usual one;
    "" for the others."""
    gains: dict[str, Figure]
    """By question: its `p10` less that row's."""
    hubness: Hubness
    pictures: dict[str, float | None]
    """The forerunner's table: mean `ssim`, `rmse`, `lpips`, `cosine` of the ten nearest."""

    @property
    def correction(self) -> str:
        """Which of `CORRECTIONS` it is, "" if none."""
        return self.name.removeprefix(f"{self.embedding}_") if self.kind == "correction" else ""

    @property
    def helps(self) -> bool:
        """Whether a correction or a fusion is better at some question, beyond its interval, and
        worse beyond it at none."""
        gains = self.gains.values()
        return any(one.low > 0 for one in gains) and not any(one.high < 0 for one in gains)

    def gained(self) -> str:
        """By how much a correction or a fusion is surely better, and at what."""
        sure = {name: gain for name, gain in self.gains.items() if gain.low > 0}
        told = ", ".join(f"{QUESTIONS[n].label.lower()} {gain.points()}" for n, gain in sure.items())
        return told if len(sure) == len(self.gains) else f"{told}; at the rest no sure difference"


@dataclass(frozen=True)
class Results:
    """All rows, and the lists that they come from."""

    collection: str
    works_version: str
    """`Collection.version` of what was measured."""
    embeddings: dict[str, str]
    """Name of each embedding → its feature key."""
    queries: int
    gallery: int
    artists: int
    """Hands that the queries come from, which the intervals draw; a work without an artist is one
    of its own."""
    kept_apart: bool
    """Whether queries are validation works and the gallery training works; otherwise each work was
    a query among the others."""
    asked: dict[str, int]
    """By question: how many queries count."""
    rows: list[Row]
    ids: list[str] = field(repr=False)
    """Of the works; `query_rows` and `neighbours` are places in it."""
    query_rows: np.ndarray = field(repr=False)
    """int64 [q]."""
    neighbours: dict[str, np.ndarray] = field(repr=False)
    """By "row.question": int32 [q, 10], the nearest first, -1 where there is none."""
    fused_ranks: dict[str, np.ndarray] = field(repr=False)
    """By "row.question" of the fusions: int32 [q, 10, embeddings], which each embedding alone gives
    that neighbour, 1 the nearest."""
    surroundings: dict[str, Surroundings] = field(repr=False)
    """By embedding: of the works `ids` in the gallery, what corrections go by."""

    def row(self, name: str) -> Row | None:
        """The row of that name; None if there is none."""
        return next((row for row in self.rows if row.name == name), None)

    def best_correction(self, embedding: str) -> Row | None:
        """Of the corrections of an embedding that help, the one that gains most over all questions;
        None if none does."""
        return max(
            (row for row in self.rows if row.kind == "correction" and row.embedding == embedding and row.helps),
            key=lambda row: sum(gain.value for gain in row.gains.values()),
            default=None,
        )

    def sentence(self) -> str:
        """What was asked of what."""
        if self.kept_apart:
            what = f"{self.queries:,} validation works are the queries, {self.gallery:,} training works the gallery"
        elif self.queries < self.gallery:
            what = f"{self.queries:,} works, drawn once, are the queries, each among the other {self.gallery - 1:,}"
        else:
            what = f"Each of {self.queries:,} works is a query among the others"
        return (
            f"{what}; a query counts where the gallery holds {LEAST} right answers or more. "
            f"Intervals (95 %) are over {self.artists:,} hands drawn with replacement, each with "
            "all its queries; a work without an artist is a hand of its own."
        )

    def summary(self) -> dict[str, Any]:
        """The figures without the lists, for JSON."""
        whole = {name: value for name, value in vars(self).items() if name not in _LISTS}
        return whole | {"rows": [asdict(row) for row in self.rows]}


_LISTS = ("ids", "query_rows", "neighbours", "fused_ranks", "surroundings")


def write_results(collection: Collection, results: Results) -> None:
    """Keep results in a collection, instead of those that were there.

    Raises:
        StorageError: they could not be written; those before are as they were.
    """
    tensors = {f"neighbours.{name}": value for name, value in results.neighbours.items()}
    tensors |= {f"ranks.{name}": value for name, value in results.fused_ranks.items()}
    tensors |= {
        f"around.{name}": np.stack([one.near, one.mean, one.deviation]) for name, one in results.surroundings.items()
    }
    tensors["query_rows"] = results.query_rows.astype(np.int64)
    metadata = {
        "figures": json.dumps(results.summary(), ensure_ascii=False),
        "ids": json.dumps(results.ids, ensure_ascii=False),
    }
    contiguous = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    with write_atomic(results_file(collection)) as temporary:
        save_file(contiguous, temporary, metadata)


def read_results(collection: Collection) -> Results | None:
    """What was found last; None if nothing was measured yet, or the file is damaged."""
    try:
        with safe_open(results_file(collection), "np") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        figures = json.loads(metadata["figures"])
        rows = [_row(row) for row in figures.pop("rows")]
        return Results(
            **figures,
            rows=rows,
            ids=json.loads(metadata["ids"]),
            query_rows=tensors.pop("query_rows"),
            neighbours=_under(tensors, "neighbours."),
            fused_ranks=_under(tensors, "ranks."),
            surroundings={name: Surroundings(*around) for name, around in _under(tensors, "around.").items()},
        )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None


def results_file(collection: Collection) -> Path:
    """Where a collection's results lie."""
    return collection.root / "evaluations" / "likeness.safetensors"


def _under(tensors: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _row(plain: dict[str, Any]) -> Row:
    figures = {
        question: {name: Figure(**figure) for name, figure in of.items()}
        for question, of in plain.pop("figures").items()
    }
    gains = {question: Figure(**figure) for question, figure in plain.pop("gains").items()}
    return Row(figures=figures, gains=gains, hubness=Hubness(**plain.pop("hubness")), **plain)
