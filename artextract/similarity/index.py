"""Which vectors of a collection are nearest to a query."""

import hashlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.errors import ArtExtractError
from artextract.files import write_bytes
from artextract.progress import Report, Stage, silent

EXACT_LIMIT = 100_000
"""Vectors up to which a search compares the query with every one. That takes some 30 ms at
this size and 1,408 numbers a vector; a graph would save most of it and find a little less."""

# faiss's own type stubs know only a part of it: hence each `type: ignore` below.

# HNSW, set with benchmarks/index_recall.py for a recall@10 of at least 0.95 at 120,000 × 128.
LINKS = 32
"""Neighbours that each vector is linked to (M of the paper)."""
BUILD_WIDTH = 100
"""Candidates held while a vector is linked (efConstruction)."""
SEARCH_WIDTH = 256
"""Candidates held while searching (efSearch)."""

BLOCK = 8192
"""Vectors normalised at once: the index is filled without a second copy of them all."""
GRAPH_BLOCK = 1024
"""Vectors linked between two reports."""
DIGEST_BYTES = 32


class VectorIndex:
    """Vectors ready to be searched by cosine: all of them, or those a filter admits.

    A search compares the query with every vector, until there is a graph: with one it walks the
    graph (HNSW: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
    using hierarchical navigable small world graphs", IEEE TPAMI 42(4), 2020), which may miss a few;
    a filter that leaves no more than `exact_limit` vectors makes that search exact too. Searching
    is safe from many threads, also while the graph is built.
    """

    def __init__(self, vectors: np.ndarray, exact_limit: int = EXACT_LIMIT) -> None:
        """Take the vectors.

        Args:
            vectors: floats [n, d], of any length: they are scaled to unit length here. A zero
                vector has no direction and gets cosine 0 with every query.
            exact_limit: vectors above which a graph is worth building.

        Raises:
            ValueError: `vectors` isn't a finite array [n, d].
        """
        self._flat = _empty_flat_index(vectors)
        self._exact_limit = exact_limit
        self._graph: Any = None
        for start in range(0, len(vectors), BLOCK):
            self._flat.add(_unit(vectors[start : start + BLOCK]))

    @property
    def wants_graph(self) -> bool:
        """Whether there are so many vectors that a graph should be built, and none is there."""
        return self._graph is None and self._flat.ntotal > self._exact_limit

    def build_graph(self, report: Report = silent) -> None:
        """Build the graph: a minute for 100,000 vectors, on all cores. It holds a second copy of
        the vectors meanwhile.

        Raises:
            Stopped: out of `report`; the index is as it was.
        """
        count = self._flat.ntotal
        flat = faiss.IndexFlatIP(self._flat.d)
        graph: Any = faiss.IndexHNSW(flat, LINKS)  # type: ignore[arg-type]
        graph.hnsw.efConstruction = BUILD_WIDTH
        stage = Stage("Building the search graph", count, report)
        for start in range(0, count, GRAPH_BLOCK):
            block = self._flat.reconstruct_n(start, min(GRAPH_BLOCK, count - start))
            graph.add(block)
            stage.advance(len(block))
        self._attach(graph)

    def _attach(self, graph: Any) -> None:
        """Take over a graph of the same vectors; it keeps to the copy of them that is here."""
        graph.storage = self._flat
        graph.own_fields = False
        graph.referenced_objects = [self._flat]  # lets go of the copy that it was built on
        self._graph = graph

    def search(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The `k` vectors nearest to `query`, nearest first; those equally near by position.

        Args:
            query: floats [d], of any length.
            k: how many; fewer are returned where fewer exist or are allowed.
            allowed: bool [n], which vectors may be found; None allows all.

        Returns:
            Their positions, int64 [≤ k], and their cosines, float32 [≤ k], -1 to 1.

        Raises:
            ValueError: `query` isn't a finite vector of the index's dimension, `k` is below 1, or
                `allowed` isn't one bool for each vector.
        """
        count, dimension = self._flat.ntotal, self._flat.d
        if query.shape != (dimension,):
            raise ValueError(
                f"The query has shape {list(query.shape)}, and the index holds vectors of "
                f"{dimension} numbers."
            )
        if k < 1:
            raise ValueError(f"At least 1 neighbour must be asked for, not {k}.")
        available, selector = count, None
        if allowed is not None:
            if allowed.shape != (count,) or allowed.dtype != np.bool_:
                raise ValueError(
                    f"The filter must be {count} bools, one for each vector, not "
                    f"{allowed.dtype} {list(allowed.shape)}."
                )
            available, selector = int(np.count_nonzero(allowed)), _selector(allowed)
        unit = _unit(query[np.newaxis])
        k = min(k, available)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if (graph := self._graph) is not None and available > self._exact_limit:
            positions, cosines = self._search_graph(graph, unit, k, selector, available)
            if len(positions) == k:
                return positions, cosines
        return self._search_exact(unit, k, selector)

    def cosines(self, query: np.ndarray) -> np.ndarray:
        """The cosine of every vector with `query` (floats [d]): float32 [n], by position."""
        positions, cosines = self._search_exact(_unit(query[np.newaxis]), self._flat.ntotal, None)
        found = np.empty(len(cosines), dtype=np.float32)
        found[positions] = cosines
        return found

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """The `k` nearest of each vector, itself left out: int64 [n, k], -1 where there are fewer.

        Many at once are far quicker than one by one; of those equally near any may come.

        Raises:
            Stopped: out of `report`.
        """
        count = self._flat.ntotal
        nearest = np.full((count, k), -1, dtype=np.int64)
        stage = Stage("Finding each work's nearest", count, report)
        for start in range(0, count, GRAPH_BLOCK):
            rows = np.arange(start, min(start + GRAPH_BLOCK, count))
            block = self._flat.reconstruct_n(start, len(rows))
            _, found = (self._graph or self._flat).search(block, min(k + 1, count))
            for row, positions in zip(rows, found, strict=True):
                others = positions[(positions != row) & (positions >= 0)][:k]
                nearest[row, : len(others)] = others
            stage.advance(len(rows))
        return nearest

    def save_graph(self, path: Path) -> None:
        """Write the graph, without the vectors, whole or not at all.

        Raises:
            ValueError: there is no graph.
            StorageError: the file can't be written.
        """
        if self._graph is None:
            raise ValueError("There is no graph to save: build it first.")
        graph = faiss.serialize_index(self._graph, faiss.IO_FLAG_SKIP_STORAGE).tobytes()
        write_bytes(path, _digest(self._flat, graph) + graph)

    def load_graph(self, path: Path) -> None:
        """Take the graph that `save_graph` wrote for the same vectors.

        Raises:
            ArtExtractError: the file is missing, damaged, or was written for other vectors: build
                the graph again.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArtExtractError(
                f"The search graph {path} can't be read ({error.strerror}): build it again."
            ) from error
        graph = content[DIGEST_BYTES:]
        # Checked before faiss reads it: faiss trusts the sizes that it finds in a file.
        if content[:DIGEST_BYTES] != _digest(self._flat, graph):
            raise ArtExtractError(
                f"The search graph {path} is damaged or was made for other vectors: build it again."
            )
        self._attach(faiss.deserialize_index(np.frombuffer(graph, dtype=np.uint8)))

    def _search_exact(
        self, unit: np.ndarray, k: int, selector: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        # Always with a selector: without one faiss takes another path, which spins on every core,
        # is slower for a single query, and rounds differently.
        parameters = faiss.SearchParameters(  # type: ignore[call-arg]
            sel=faiss.IDSelectorAll() if selector is None else selector
        )
        # One more than asked for: if it is as near as the last, faiss's choice among those equally
        # near is arbitrary, and all of them are fetched to take the first.
        cosines, positions = self._flat.search(unit, k + 1, params=parameters)
        ordered, nearness = _best_first(positions[0], cosines[0])
        if len(ordered) > k and nearness[k] == nearness[k - 1]:
            radius = float(nearness[k - 1]) - 1e-6
            _, cosines, positions = self._flat.range_search(unit, radius, params=parameters)
            ordered, nearness = _best_first(positions, cosines)
        return ordered[:k], nearness[:k]

    def _search_graph(
        self, graph: Any, unit: np.ndarray, k: int, selector: Any, available: int
    ) -> tuple[np.ndarray, np.ndarray]:
        # The walk passes through vectors that the filter leaves out: it must be as much wider as
        # they are more.
        width = max(SEARCH_WIDTH, k) * self._flat.ntotal // available
        parameters = faiss.SearchParametersHNSW(  # type: ignore[attr-defined]
            sel=selector, efSearch=width
        )
        cosines, positions = graph.search(unit, k, params=parameters)
        return _best_first(positions[0], cosines[0])


def _empty_flat_index(vectors: np.ndarray) -> Any:
    """An exact index without vectors, with memory set aside for `vectors`."""
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ValueError(f"An index needs vectors [n, d], not an array {list(vectors.shape)}.")
    flat = faiss.IndexFlatIP(vectors.shape[1])
    # There is no `reserve`. Without it the memory would double, and be copied, as blocks are added.
    flat.codes.resize(vectors.size * np.dtype(np.float32).itemsize)
    flat.codes.resize(0)
    return flat


def _unit(vectors: np.ndarray) -> np.ndarray:
    """`vectors` [n, d] at unit length, float32; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise ValueError("A vector holds a number that is not finite (NaN or infinity).")
    unit: np.ndarray = np.divide(vectors, np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _selector(allowed: np.ndarray) -> Any:
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]


def _best_first(positions: np.ndarray, cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted by falling cosine, then by position; without faiss's -1 for "no more"."""
    found = positions >= 0
    positions, cosines = positions[found], np.clip(cosines[found], -1.0, 1.0)
    order = np.lexsort((positions, -cosines))
    return positions[order], cosines[order]


def _digest(flat: Any, graph: bytes) -> bytes:
    """SHA-256 of the vectors and of the graph over them."""
    digest = hashlib.sha256(f"{flat.ntotal} × {flat.d}".encode())
    if flat.ntotal:
        vectors: Any = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d)
        digest.update(vectors)
    digest.update(graph)
    return digest.digest()
