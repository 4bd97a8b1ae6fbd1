"""Ways to search many vectors: recall, time, memory and building, with and without filters.

    python -m benchmarks.index_recall NAME --count 1000000 [--backbone paintings]

The vectors are real embeddings and perturbed copies of them: each copy lies at a random place
between a work and one of its ten nearest, moved by the difference of two random works scaled to the
distance of the work's nearest neighbour. So copies lie as near to each other as works do, in the
directions in which works differ. Embeddings of more than 512 numbers are brought to their 512
leading principal components, as many as the shipped embedding has. The queries are works that are
left out, asked one at a time. Vectors lie in a file that is mapped into memory, so that a way's own
need shows.

"+ 100 compared" looks up the hundred best by compressed vectors in the file and orders them by
their true cosines. A filter admits works at random. All run in this process, one after another.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.collection import Collection
from artextract.settings import cache_dir
from artextract.similarity.index.faiss_index import BUILD_WIDTH, LINKS
from artextract.similarity.vectors import checked_unit as unit
from artextract.vision.embedding import load_embeddings

K = 10
QUERIES = 50
BLOCK = 8192
DIMENSION = 512
LISTS = 1024
SHARES = (1.0, 0.1, 0.01)
Search = Callable[[np.ndarray, int, np.ndarray | None], np.ndarray]
"""A unit vector [1, d], k and which may be found, to positions, the nearest first."""


def real_vectors(name: str, backbone: str | None) -> tuple[np.ndarray, str]:
    """Unit vectors of a collection's works, each picture once, float32 [n, ≤ 512]; and of what."""
    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    first = np.unique(embeddings.hashes, return_index=True)[1]
    vectors = unit(embeddings.vectors[first])
    if vectors.shape[1] > DIMENSION:
        vectors -= vectors.mean(axis=0)
        axes = np.linalg.eigh(vectors.T @ vectors)[1][:, -DIMENSION:]
        vectors = unit(vectors @ axes)
    return vectors, embeddings.key.backbone


def perturbed(works: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` [n, d] with the works and perturbed copies of them, at unit length."""
    random = np.random.default_rng(0)
    flat = faiss.IndexFlatIP(works.shape[1])
    flat.add(works)
    cosines, near = flat.search(works, K + 1)
    near = near[:, 1:]
    distance = np.sqrt(np.maximum(2 - 2 * cosines[:, 1], 1e-6))
    out[: len(works)] = works
    for start in range(len(works), len(out), BLOCK):
        count = min(BLOCK, len(out) - start)
        row, one, other = random.integers(0, len(works), (3, count))
        neighbour = near[row, random.integers(0, K, count)]
        between = random.random((count, 1), dtype=np.float32)
        moved = works[row] + between * (works[neighbour] - works[row])
        aside = works[one] - works[other]
        length = np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-6)
        out[start : start + count] = unit(moved + aside / length * distance[row, np.newaxis])


def truth(vectors: np.ndarray, queries: np.ndarray, allowed: np.ndarray | None) -> np.ndarray:
    """The ten nearest of each query, by comparing with all: int64 [queries, 10]."""
    best = np.full((len(queries), K), -2, dtype=np.float32)
    rows = np.zeros((len(queries), K), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK):
        cosines = queries @ vectors[start : start + BLOCK].T
        if allowed is not None:
            cosines[:, ~allowed[start : start + BLOCK]] = -2
        both = np.hstack([best, cosines])
        here = np.broadcast_to(np.arange(start, start + cosines.shape[1]), cosines.shape)
        order = np.argpartition(-both, K, axis=1)[:, :K]
        best = np.take_along_axis(both, order, axis=1)
        rows = np.take_along_axis(np.hstack([rows, here]), order, axis=1)
    return rows


@dataclass
class Way:
    """A way to search."""

    name: str
    search: Search
    built: float
    """Seconds."""
    size: float
    """Bytes that must lie in memory."""
    mapped: float = 0
    """Bytes of files that are read in parts as needed."""
    filters: bool = True
    """Whether it is asked with filters, too. The walk of a graph passes through what a filter
    leaves out and grows by as much: the app compares with each that passes instead."""


def selector(allowed: np.ndarray | None) -> Any:
    if allowed is None:
        return faiss.IDSelectorAll()
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]


def by_index(index: Any, **settings: int) -> Search:
    """Search a FAISS index; `efSearch` and `nprobe` are its own."""
    kind: Any = faiss.SearchParameters
    if "efSearch" in settings:
        kind = faiss.SearchParametersHNSW
    if "nprobe" in settings:
        kind = faiss.SearchParametersIVF

    def search(query: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
        found = index.search(query, k, params=kind(sel=selector(allowed), **settings))
        return found[1][0]

    return search


def compared(search: Search, vectors: np.ndarray) -> Search:
    """The hundred that `search` finds, ordered by their true cosines."""

    def again(query: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
        found = search(query, 10 * k, allowed)
        found = found[found >= 0]
        return found[np.argsort(-(vectors[found] @ query[0]), kind="stable")[:k]]

    return again


def gathered(vectors: np.ndarray) -> Search:
    """Compare with the rows that the filter admits, by NumPy."""

    def search(query: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
        rows = np.flatnonzero(allowed) if allowed is not None else np.arange(len(vectors))
        cosines = vectors[rows] @ query[0]
        best = np.argpartition(-cosines, k)[:k]
        return rows[best[np.argsort(-cosines[best])]]

    return search


def made(index: Any, vectors: np.ndarray) -> float:
    """Train and fill an index; seconds."""
    began = time.monotonic()
    if not index.is_trained:
        rows = np.sort(np.random.default_rng(1).permutation(len(vectors))[:80_000])
        index.train(vectors[rows])
    for start in range(0, len(vectors), BLOCK):
        index.add(np.ascontiguousarray(vectors[start : start + BLOCK]))
    return time.monotonic() - began


def ways(vectors: np.ndarray, folder: Path) -> Iterator[Way]:
    """Each way, made when it is asked for and let go of before the next; the graph, which takes
    longest, last."""
    count, dimension = vectors.shape
    product = faiss.METRIC_INNER_PRODUCT
    rows = vectors.nbytes
    flat: Any = faiss.IndexFlatIP(dimension)
    seconds = made(flat, vectors)
    yield Way("exact, float32", by_index(flat), seconds, rows)
    yield Way("exact, float32, rows gathered", gathered(vectors), 0, 0, rows)
    index: Any = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, product)
    seconds = made(index, vectors)
    yield Way("exact, float16", by_index(index), seconds, rows / 2)
    file = str(folder / "float16.faiss")
    faiss.write_index(index, file)
    index = faiss.read_index(file, faiss.IO_FLAG_MMAP_IFC)
    yield Way("exact, float16, mapped", by_index(index), seconds, 0, rows / 2)
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, product)
    seconds = made(index, vectors)
    yield Way("8-bit", by_index(index), seconds, rows / 4)
    search = compared(by_index(index), vectors)
    yield Way("8-bit + 100 compared", search, seconds, rows / 4, rows)
    for name, code in (("8-bit", "SQ8"), ("PQ of 64 bytes", "PQ64")):
        index = faiss.index_factory(dimension, f"IVF{LISTS},{code}", product)
        seconds = made(index, vectors)
        size = count * (index.code_size + 8) + LISTS * dimension * 4
        for probes in (32, 128):
            search = compared(by_index(index, nprobe=probes), vectors)
            label = f"IVF, {name}, {probes} of {LISTS} lists + 100 compared"
            yield Way(label, search, seconds, size, rows)
    index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, LINKS, product)
    index.hnsw.efConstruction = BUILD_WIDTH
    seconds = made(index, vectors)
    links = index.hnsw.neighbors.size() * 4 + index.hnsw.offsets.size() * 8
    for width in (64, 256):
        search = by_index(index, efSearch=width)
        label = f"HNSW, 8-bit, width {width}"
        yield Way(label, search, seconds, links + rows / 4, 0, False)
        search = compared(search, vectors)
        yield Way(f"{label} + 100 compared", search, seconds, links + rows / 4, rows, False)
    index.storage = flat
    index.own_fields = False
    for width in (64, 256):
        label = f"HNSW, float32, width {width}"
        yield Way(label, by_index(index, efSearch=width), seconds, links + rows, 0, False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection")
    parser.add_argument("--count", type=int, default=130_000, help="vectors in the index")
    parser.add_argument("--backbone", help="the embedding; else the collection's best")
    options = parser.parse_args()

    works, backbone = real_vectors(options.name, options.backbone)
    order = np.random.default_rng(2).permutation(len(works))
    queries, works = works[order[:QUERIES]], works[order[QUERIES:]]
    cache_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir()) as name:
        folder = Path(name)
        vectors = np.memmap(folder / "vectors", np.float32, "w+", shape=(options.count, works.shape[1]))
        perturbed(works, vectors)
        masks = [None if share == 1 else np.random.default_rng(3).random(options.count) < share for share in SHARES]
        true = [truth(vectors, queries, mask) for mask in masks]
        print(
            f"{options.count:,} × {works.shape[1]}, from {len(works):,} works by {backbone}; "
            f"{faiss.omp_get_max_threads()} threads\n\n"
            "| | built, s | in memory, MB | in files, MB | recall@10 at 100, 10, 1% | "
            "median ms at 100, 10, 1% |\n| --- | --- | --- | --- | --- | --- |",
            flush=True,
        )
        for way in ways(vectors, folder):
            recalls, medians = [], []
            for mask, nearest in zip(masks, true, strict=True):
                if mask is not None and not way.filters:
                    break
                hits, times = 0, []
                way.search(queries[:1], K, mask)
                for query, expected in zip(queries, nearest, strict=True):
                    began = time.perf_counter()
                    found = way.search(query[np.newaxis], K, mask)
                    times.append(1000 * (time.perf_counter() - began))
                    hits += len(np.intersect1d(found, expected))
                recalls.append(f"{hits / nearest.size:.3f}")
                medians.append(f"{np.median(times):.1f}")
            print(
                f"| {way.name} | {way.built:.0f} | {way.size / 1e6:,.0f} | {way.mapped / 1e6:,.0f} "
                f"| {', '.join(recalls)} | {', '.join(medians)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
