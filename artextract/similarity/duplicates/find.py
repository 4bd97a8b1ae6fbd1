"""The same picture twice in a collection, a detail of a larger one, a mirrored print: as a list.

    copies/part-<random>.safetensors

A part holds `pairs` uint8 [n, 64], the SHA-256 of two pictures that were compared, the smaller
first, and `verdicts` float32 [n, 4]: agreement (0: they don't show the same), mirrored, the shares
of the first and of the second that the other covers. Each is written whole or not at all, and never
changed, so that a killed run goes on from there.
"""

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.features.decoding_ahead import batches_ahead
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.progress import Report, Stage, silent
from artextract.similarity.descriptors.visual_descriptors import (
    VisualDescriptor,
    compute_descriptors,
    stored_descriptors,
)
from artextract.similarity.duplicates.alignment import SIDE, Match, Seen, match, see
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.neighbour_scores import neighbourly_order
from artextract.vision.embedding import load_embeddings
from artextract.vision.images import open_picture
from artextract.work_table import display_date

NEAREST = 10
"""Works near in the embedding with which each is compared."""
LIKE = 0.6
"""Correlation of small pictures, mirrored or not, from which two works are compared as well."""
BATCH = 8
PART = 128
"""Works between two writes."""
HELD = 1000
"""Pictures whose points are kept in memory: some 300 kB each."""
BLOCK = 1024


@dataclass(frozen=True)
class CopiesReport:
    """What a run did."""

    collection: str
    works: int
    compared: int
    """Pairs of pictures compared now."""
    reused: int
    """Pairs that had been."""
    pairs: int
    """Pairs of works that show the same."""

    def sentence(self) -> str:
        """What the run did."""
        return (
            f"Compared {self.compared:,} pairs of pictures of {self.collection} ({self.reused:,} were already "
            f"compared). {self.pairs:,} pairs of works show the same picture or a part of it."
        )


def find_duplicates(collection: Collection, report: Report = silent) -> CopiesReport:
    """Bring the list up to date: compares the pairs that may show the same and haven't been.

    Candidates are the nearest works in the collection's usual embedding and those whose small
    pictures correlate, mirrored or not. It can be stopped by raising `Stopped` in `report`, or
    killed: finished parts stay.

    Raises:
        NotReadyError: the collection has no embedding yet.
        StorageError: the disk is full.
    """
    embeddings = load_embeddings(collection)
    compute_descriptors(collection, report)
    looks = stored_descriptors(collection)
    first = {sha256: row for row, sha256 in reversed(list(enumerate(embeddings.hashes)))}
    hashes = [sha256 for sha256 in first if sha256 in looks]
    vectors = embeddings.vectors[[first[sha256] for sha256 in hashes]]
    images = collection.works().drop_duplicates("image_sha256").set_index("image_sha256")["image"]
    with only_writer(_folder(collection), f"list of copies of {collection.name}"):
        sweep_temporary(_folder(collection))
        known = _stored(collection)
        tasks = list(_tasks(hashes, vectors, looks, set(known), report))
        compared = _compare_all(collection, tasks, dict(images), report)
    return CopiesReport(collection.name, len(embeddings.ids), compared, len(known), len(list_duplicates(collection)))


def copies_version(collection: Collection) -> tuple[str, ...]:
    """Changes whenever more pairs were compared: the key of what screens remember; () before."""
    return tuple(sorted(file.name for file in _folder(collection).glob("part-*.safetensors")))


def list_duplicates(collection: Collection) -> pd.DataFrame:
    """The pairs of works that show the same, as far as they have been compared.

    Returns:
        One row a pair, the surest first: `kind` ("same file", "same picture", "detail": the first
        is a detail of the other, "overlap": each shows what the other doesn't), `mirrored` (bool),
        `agreement` (0…1), `share` (of the other that the first shows, 0…1), and of the first and,
        with `other_` before it, of the other: `work`, `title`, `artist`, `date`.
    """
    works = collection.works()
    by_hash = works.groupby("image_sha256").groups
    rows = [
        ("same file", False, 1.0, 1.0, one, other)
        for same in by_hash.values()
        for number, one in enumerate(same)
        for other in same[number + 1 :]
    ]
    for (first, second), found in _stored(collection).items():
        if found is None or first not in by_hash or second not in by_hash:
            continue
        for one in by_hash[first]:
            for other in by_hash[second]:
                rows.append(_pair(found, one, other))
    rows.sort(key=lambda row: -row[2])
    table = pd.DataFrame(rows, columns=["kind", "mirrored", "agreement", "share", "one", "other"])
    return table[["kind", "mirrored", "agreement", "share"]].join([
        _facts(works, table["one"], ""),
        _facts(works, table["other"], "other_"),
    ])


def _pair(found: Match, one: int, other: int) -> tuple[str, bool, float, float, int, int]:
    """A row: a detail comes first."""
    share = found.of_other
    if found.kind == "whole":
        one, other, share = other, one, found.of_one
    kind = {"same": "same picture", "whole": "detail"}.get(found.kind, found.kind)
    return kind, found.mirrored, found.agreement, share, one, other


def _facts(works: pd.DataFrame, rows: pd.Series, prefix: str) -> pd.DataFrame:
    chosen = works.iloc[rows.astype(int)]
    return pd.DataFrame(
        {
            f"{prefix}work": chosen["id"].to_numpy(),
            f"{prefix}title": chosen["title"].to_numpy(),
            f"{prefix}artist": chosen["artist"].to_numpy(),
            f"{prefix}date": [display_date(work) for work in chosen.to_dict("records")],
        },
        index=rows.index,
    )


Task = tuple[str, list[str]]


def _tasks(
    hashes: list[str],
    vectors: np.ndarray,
    looks: dict[str, VisualDescriptor],
    known: set[tuple[str, str]],
    report: Report,
) -> Iterator[Task]:
    """Each picture, in a neighbourly order, with those that it must be compared with: no pair that
    is known, none twice."""
    if len(hashes) < 2:
        return
    near = FaissIndex(vectors).nearest_of_all(NEAREST)
    like = _alike(np.stack([looks[sha256].small for sha256 in hashes]), report)
    done = set(known)
    for row in neighbourly_order(vectors).tolist():
        wanted = []
        for other in sorted({*near[row].tolist(), *like[row]} - {row, -1}):
            pair = tuple(sorted((hashes[row], hashes[other])))
            if pair not in done:
                done.add(pair)
                wanted.append(hashes[other])
        if wanted:
            yield hashes[row], wanted


def _alike(small: np.ndarray, report: Report) -> list[list[int]]:
    """Of each small picture, uint8 [n, side, side, 3], the others that correlate with it or with
    its mirror image."""
    grey = small.astype(np.float32).mean(axis=3)
    plain, mirrored = (
        flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
        for flat in (_flat(grey), _flat(grey[:, :, ::-1]))
    )
    stage = Stage("Comparing small pictures", len(small), report)
    found = []
    for start in range(0, len(small), BLOCK):
        block = plain[start : start + BLOCK]
        near = np.maximum(block @ plain.T, block @ mirrored.T)
        found += [np.flatnonzero(row >= LIKE).tolist() for row in near]
        stage.advance(len(block))
    return found


def _flat(grey: np.ndarray) -> np.ndarray:
    """What stands out of each picture's broad light, float32 [n, side²]."""
    from scipy.ndimage import gaussian_filter

    fine: np.ndarray = grey - gaussian_filter(grey, sigma=(0, 3, 3))
    return (fine - fine.mean(axis=(1, 2), keepdims=True)).reshape(len(grey), -1)


def _compare_all(collection: Collection, tasks: list[Task], images: dict[str, str], report: Report) -> int:
    """Compare and write; how many pairs that were."""

    @lru_cache(maxsize=HELD)
    def seen(sha256: str) -> Seen | None:
        try:
            path = collection.image_path(str(images[sha256]))
            return see(open_picture(path, at_least=2 * SIDE).image)
        except BadImageError:
            return None

    def compare(task: Task) -> list[tuple[str, str, Match | None]]:
        one = seen(task[0])
        others = ((other, seen(other)) for other in task[1])
        return [(task[0], other, match(one, found) if one and found else None) for other, found in others]

    stage = Stage("Laying works on one another", len(tasks), report)
    compared = 0
    waiting: list[tuple[str, str, Match | None]] = []
    with closing(batches_ahead(compare, tasks, BATCH)) as batches:
        for number, batch in enumerate(batches, start=1):
            waiting += [pair for pairs in batch for pair in pairs]
            if number * BATCH % PART == 0 or number * BATCH >= len(tasks):
                _append(collection, waiting)
                compared += len(waiting)
                waiting = []
            stage.advance(len(batch))
    return compared


def _append(collection: Collection, pairs: list[tuple[str, str, Match | None]]) -> None:
    if not pairs:
        return
    joined, verdicts = [], []
    for one, other, found in pairs:
        shares = (0.0, 0.0) if found is None else (found.of_one, found.of_other)
        joined.append(min(one, other) + max(one, other))
        verdicts.append((
            0.0 if found is None else found.agreement,
            float(found is not None and found.mirrored),
            *(shares if one < other else shares[::-1]),
        ))
    tensors: dict[str, np.ndarray] = {
        "pairs": np.frombuffer(bytes.fromhex("".join(joined)), np.uint8).reshape(-1, 64),
        "verdicts": np.array(verdicts, np.float32),
    }
    with write_atomic(_folder(collection) / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
        save_file(tensors, temporary)


def _stored(collection: Collection) -> dict[tuple[str, str], Match | None]:
    """What is known of pairs of pictures, the smaller SHA-256 first; a damaged part counts as if it
    were not there."""
    known: dict[tuple[str, str], Match | None] = {}
    for file in sorted(_folder(collection).glob("part-*.safetensors")):
        try:
            tensors = load_file(file)
            pairs, verdicts = tensors["pairs"], tensors["verdicts"]
        except (SafetensorError, OSError, KeyError, ValueError):
            continue
        if pairs.shape != (len(verdicts), 64) or verdicts.shape != (len(pairs), 4):
            continue
        for pair, (agreement, mirrored, of_one, of_other) in zip(pairs, verdicts.tolist(), strict=True):
            both = bytes(pair).hex()
            found = Match(bool(mirrored), agreement, of_one, of_other) if agreement > 0 else None
            known[both[:64], both[64:]] = found
    return known


def _folder(collection: Collection) -> Path:
    return collection.root / "copies"
