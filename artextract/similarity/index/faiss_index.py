"""The index in this process: FAISS, which compares with every vector, or walks a graph of them."""

import contextlib
import hashlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.errors import ArtExtractError
from artextract.files import only_writer, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.similarity.index.flat_index import digest_of, flat_index, mapped_flat_index
from artextract.similarity.vectors import best_first, check_asked, checked_shape, checked_unit

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

SPARE = 128
"""Vectors fetched by an exact search beyond those asked for: equally near are hardly ever more."""
GRAPH_BLOCK = 1024
"""Vectors linked between two reports."""
DIGEST_BYTES = 32


class FaissIndex:
    """Vectors ready to be searched by cosine: all of them, or those a filter admits.

    A search compares the query with every vector, until there is a graph: with one it walks the
    graph (HNSW: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
    using hierarchical navigable small world graphs", IEEE TPAMI 42(4), 2020), which may miss a few;
    a filter that leaves no more than `exact_limit` vectors makes that search exact too. Searching
    is safe from many threads, also while the graph is built.
    """

    def __init__(
        self,
        vectors: np.ndarray,
        file: Path | None = None,
        exact_limit: int = EXACT_LIMIT,
        digest: bytes | None = None,
    ) -> None:
        """Take the vectors, and the graph if one was kept.

        Args:
            vectors: floats [n, d], of any length: they are scaled to unit length here. A zero
                vector has no direction and gets cosine 0 with every query.
            file: where `build` keeps the graph; None keeps none. Beside it more than `exact_limit`
                vectors are kept as they are searched, and mapped into memory.
            exact_limit: vectors above which a graph is worth building.
            digest: tells these vectors from all others; None makes one of all their numbers.

        Raises:
            ValueError: `vectors` isn't a finite array [n, d].
        """
        self._file = file
        self._exact_limit = exact_limit
        self._graph: Any = None
        if file is None or digest is None or checked_shape(vectors)[0] <= exact_limit:
            self._flat = flat_index(vectors)
        else:
            self._flat = mapped_flat_index(vectors, file, digest)
        self._digest = digest
        if file is not None and self.wants_building:
            with contextlib.suppress(ArtExtractError):  # none yet, damaged, or of other vectors
                self.load_graph(file)

    @property
    def wants_building(self) -> bool:
        """Whether there are so many vectors that a graph should be built, and none is there.

        Until it is, every search is exact.
        """
        return self._graph is None and self._flat.ntotal > self._exact_limit

    def build(self, report: Report = silent) -> None:
        """Build the graph, use it from now on, and keep it. It takes a minute for 100,000 vectors,
        on all cores, and holds a second copy of them meanwhile.

        Raises:
            Stopped: out of `report`; the index is as it was.
            StorageError: the graph could not be kept.
        """
        if self._file is None:
            self._build_graph(report)
            return
        with only_writer(self._file.parent, f"search graph {self._file.name}"):
            self._build_graph(report)
            self.save_graph(self._file)

    def _build_graph(self, report: Report) -> None:
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

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As `index.Index.search`.

        Raises:
            ValueError: `query` isn't a finite vector of the index's dimension, `k` is below 1, or
                `allowed` isn't one bool for each vector.
        """
        count = self._flat.ntotal
        check_asked(query, k, allowed, count, self._flat.d)
        available, selector = count, None
        if allowed is not None:
            available, selector = int(np.count_nonzero(allowed)), _selector(allowed)
        asked = checked_unit(query[np.newaxis])
        k = min(k, available)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if (graph := self._graph) is not None and available > self._exact_limit:
            positions, cosines = self._search_graph(graph, asked, k, selector, available)
            if len(positions) == k:
                return positions, cosines
        return self._search_exact(asked, k, selector)

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
        write_bytes(path, self._stamp(graph) + graph)

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
        if content[:DIGEST_BYTES] != self._stamp(graph):
            raise ArtExtractError(f"The search graph {path} is damaged or was made for other vectors: build it again.")
        self._attach(faiss.deserialize_index(np.frombuffer(graph, dtype=np.uint8)))

    def _stamp(self, graph: bytes) -> bytes:
        """Of a graph over these vectors: what its file begins with."""
        return hashlib.sha256((self._digest or digest_of(self._flat)) + graph).digest()

    def _search_exact(self, asked: np.ndarray, k: int, selector: Any) -> tuple[np.ndarray, np.ndarray]:
        # Always with a selector: without one faiss takes another path, which spins on every core,
        # is slower for a single query, and rounds differently.
        parameters = faiss.SearchParameters(  # type: ignore[call-arg]
            sel=faiss.IDSelectorAll() if selector is None else selector
        )
        # More than asked for, which costs nothing: if the last of them is as near as the last asked
        # for, faiss's choice among those equally near is arbitrary, and all of them are fetched to
        # take the first.
        cosines, positions = self._flat.search(asked, k + SPARE, params=parameters)
        ordered, nearness = best_first(positions[0], cosines[0])
        if len(ordered) == k + SPARE and nearness[-1] == nearness[k - 1]:
            radius = float(nearness[k - 1]) - 1e-6
            _, cosines, positions = self._flat.range_search(asked, radius, params=parameters)
            ordered, nearness = best_first(positions, cosines)
        return ordered[:k], nearness[:k]

    def _search_graph(
        self, graph: Any, asked: np.ndarray, k: int, selector: Any, available: int
    ) -> tuple[np.ndarray, np.ndarray]:
        # The walk passes through vectors that the filter leaves out: it must be as much wider as
        # they are more.
        width = max(SEARCH_WIDTH, k) * self._flat.ntotal // available
        parameters = faiss.SearchParametersHNSW(  # type: ignore[attr-defined]
            sel=selector, efSearch=width
        )
        cosines, positions = graph.search(asked, k, params=parameters)
        return best_first(positions[0], cosines[0])


def _selector(allowed: np.ndarray) -> Any:
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
