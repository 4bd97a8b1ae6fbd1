"""The index in this process: FAISS compares the query with every vector, or searches a graph."""

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
"""Vectors up to which a search compares the query with every vector. That takes about 30 ms at
this size and 1,408 dimensions; a graph is faster, and misses a few."""

# The type stubs of faiss are incomplete: hence each `type: ignore` below.

# HNSW, tuned with benchmarks/index_recall.py for a recall@10 of at least 0.95 at 120,000 × 128.
LINKS = 32
"""Links of each vector (M in the paper)."""
BUILD_WIDTH = 100
"""Candidates while a vector is linked (efConstruction)."""
SEARCH_WIDTH = 256
"""Candidates while searching (efSearch)."""

SPARE = 128
"""Extra vectors of an exact search; more than this are hardly ever equally near."""
GRAPH_BLOCK = 1024
"""Vectors linked between two reports."""
DIGEST_BYTES = 32


class FaissIndex:
    """Searches vectors by cosine, all of them or those that a filter allows.

    Without a graph, a search compares the query with every vector. With a graph (HNSW: Malkov and
    Yashunin, "Efficient and robust approximate nearest neighbor search using hierarchical navigable
    small world graphs", IEEE TPAMI 42(4), 2020) it may miss a few, unless a filter allows at most
    `exact_limit` vectors. Searching is safe from many threads, also while the graph is built.
    """

    def __init__(
        self,
        vectors: np.ndarray,
        file: Path | None = None,
        exact_limit: int = EXACT_LIMIT,
        digest: bytes | None = None,
    ) -> None:
        """Take the vectors, and the stored graph if there is one.

        Args:
            vectors: floats [n, d], of any length. A zero vector has cosine 0 with every query.
            file: where `build` stores the graph; None stores none. More than `exact_limit` vectors
                are stored beside it, and mapped into memory.
            exact_limit: number of vectors above which a graph is built.
            digest: identifies these vectors; None computes it from all of their numbers.

        Raises:
            ValueError: `vectors` is not a finite array [n, d].
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
        """Whether these are enough vectors for a graph, and none is built. Until then, every search is exact."""
        return self._graph is None and self._flat.ntotal > self._exact_limit

    def build(self, report: Report = silent) -> None:
        """Build the graph, use it from now on, and store it.

        100,000 vectors take a minute on all cores, and twice their memory.

        Raises:
            Stopped: raised by `report`; the index is unchanged.
            StorageError: the graph could not be stored.
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
        """Use a graph of the same vectors, on the copy of them that is here."""
        graph.storage = self._flat
        graph.own_fields = False
        graph.referenced_objects = [self._flat]  # frees the copy that it was built on
        self._graph = graph

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As `Index.search`."""
        count = self._flat.ntotal
        check_asked(query, k, allowed, count, self._flat.d)
        available, selector = count, None
        if allowed is not None:
            available, selector = int(np.count_nonzero(allowed)), _selector(allowed)
        vector = checked_unit(query[np.newaxis])
        k = min(k, available)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if (graph := self._graph) is not None and available > self._exact_limit:
            positions, cosines = self._search_graph(graph, vector, k, selector, available)
            if len(positions) == k:
                return positions, cosines
        return self._search_exact(vector, k, selector)

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """As `Index.nearest_of_all`."""
        count = self._flat.ntotal
        nearest = np.full((count, k), -1, dtype=np.int64)
        stage = Stage("Finding each work's nearest", count, report)
        for start in range(0, count, GRAPH_BLOCK):
            rows = np.arange(start, min(start + GRAPH_BLOCK, count))
            block = self._flat.reconstruct_n(start, len(rows))
            _, neighbours = (self._graph or self._flat).search(block, min(k + 1, count))
            for row, positions in zip(rows, neighbours, strict=True):
                others = positions[(positions != row) & (positions >= 0)][:k]
                nearest[row, : len(others)] = others
            stage.advance(len(rows))
        return nearest

    def save_graph(self, path: Path) -> None:
        """Write the graph, without the vectors.

        Raises:
            ValueError: no graph is built.
            StorageError: the file can't be written.
        """
        if self._graph is None:
            raise ValueError("There is no graph to save: build it first.")
        graph = faiss.serialize_index(self._graph, faiss.IO_FLAG_SKIP_STORAGE).tobytes()
        write_bytes(path, self._stamp(graph) + graph)

    def load_graph(self, path: Path) -> None:
        """Use the graph that `save_graph` wrote for the same vectors.

        Raises:
            ArtExtractError: the file is missing, damaged, or was written for other vectors.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArtExtractError(
                f"The search graph {path} can't be read ({error.strerror}): build it again."
            ) from error
        graph = content[DIGEST_BYTES:]
        # Checked before faiss reads the file, because faiss trusts the sizes in it.
        if content[:DIGEST_BYTES] != self._stamp(graph):
            raise ArtExtractError(f"The search graph {path} is damaged or was made for other vectors: build it again.")
        self._attach(faiss.deserialize_index(np.frombuffer(graph, dtype=np.uint8)))

    def _stamp(self, graph: bytes) -> bytes:
        """The first bytes of the file of a graph of these vectors."""
        return hashlib.sha256((self._digest or digest_of(self._flat)) + graph).digest()

    def _search_exact(self, vector: np.ndarray, k: int, selector: Any) -> tuple[np.ndarray, np.ndarray]:
        # Always with a selector: without one, faiss uses all cores, is slower for a single query, and
        # rounds differently.
        parameters = faiss.SearchParameters(  # type: ignore[call-arg]
            sel=faiss.IDSelectorAll() if selector is None else selector
        )
        # The choice of faiss among equally near vectors is arbitrary. If the last of the extra vectors
        # is as near as the last wanted one, all equally near vectors are fetched.
        cosines, positions = self._flat.search(vector, k + SPARE, params=parameters)
        ordered, nearness = best_first(positions[0], cosines[0])
        if len(ordered) == k + SPARE and nearness[-1] == nearness[k - 1]:
            radius = float(nearness[k - 1]) - 1e-6
            _, cosines, positions = self._flat.range_search(vector, radius, params=parameters)
            ordered, nearness = best_first(positions, cosines)
        return ordered[:k], nearness[:k]

    def _search_graph(
        self, graph: Any, vector: np.ndarray, k: int, selector: Any, available: int
    ) -> tuple[np.ndarray, np.ndarray]:
        # The search passes through vectors that the filter excludes: it must be wider in proportion.
        width = max(SEARCH_WIDTH, k) * self._flat.ntotal // available
        parameters = faiss.SearchParametersHNSW(  # type: ignore[attr-defined]
            sel=selector, efSearch=width
        )
        cosines, positions = graph.search(vector, k, params=parameters)
        return best_first(positions[0], cosines[0])


def _selector(allowed: np.ndarray) -> Any:
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
