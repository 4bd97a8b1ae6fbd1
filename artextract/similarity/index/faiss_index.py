"""The index in this process: FAISS compares the query with every vector, or searches a graph.

    index/<key>.hnsw                the graph, without the vectors, after a digest
    index/<key>-<digest>.vectors    a flat index of FAISS: a header, float32 [n, d], and the seal

Only more vectors than `EXACT_LIMIT` are stored. A mapped file opens at once, all processes of a machine share it, and
the system can free its memory.
"""

import hashlib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.errors import StorageError
from artextract.files import is_sealed, only_writer, remove, say_damaged, seal, write_atomic, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.similarity.vectors import BLOCK, best_first, checked_unit

# The type stubs of faiss are incomplete, which is the reason for each `type: ignore` below.

EXACT_LIMIT = 100_000
"""Vectors up to which a search compares the query with every vector. That takes about 30 ms at
this size and 1,408 dimensions; a graph is faster, and misses a few."""

# HNSW, tuned with benchmarks/index_recall.py for a recall@10 of at least 0.95 at 120,000 × 128.
LINKS = 32  # Links of each vector (M in the paper)
BUILD_WIDTH = 100  # Candidates while a vector is linked (efConstruction)
SEARCH_WIDTH = 256  # Candidates while searching (efSearch)

SPARE = 128  # Extra vectors of an exact search; more than this are hardly ever equally near
GRAPH_BLOCK = 1024  # Vectors linked between two reports
DIGEST_BYTES = 32


def flat_index(vectors: np.ndarray) -> Any:
    """An exact index of vectors, floats [n, d], in memory; raises ValueError if one is not finite."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    # Reserves memory: otherwise it would double and be copied as blocks are added.
    flat.codes.resize(vectors.size * np.dtype(np.float32).itemsize)
    flat.codes.resize(0)
    for start in range(0, len(vectors), BLOCK):
        flat.add(checked_unit(vectors[start : start + BLOCK]))
    return flat


def mapped_flat_index(vectors: np.ndarray, graph_file: Path, digest: bytes) -> Any:
    """The index of `flat_index`, mapped from a file beside the graph. Writes the file if it does not exist."""
    file = graph_file.with_name(f"{graph_file.stem}-{digest.hex()[:16]}.vectors")
    if file.is_file() and not is_sealed(file):
        say_damaged(file, "It is written again.")
    if not is_sealed(file):
        flat = flat_index(vectors)
        try:
            with only_writer(file.parent, f"vectors {file.name}"):
                for old in file.parent.glob(f"{graph_file.stem}-*.vectors"):
                    remove(old)  # processes that have mapped it keep it
                with write_atomic(file) as temporary:
                    faiss.write_index(flat, str(temporary))
                    seal(temporary)
        except StorageError:  # the disk is full or read-only
            return flat
    return faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)


class FaissIndex:
    """Searches vectors by cosine, all of them or those that a filter allows.

    Without a graph, a search compares the query with every vector. With a graph (HNSW: Malkov and
    Yashunin, "Efficient and robust approximate nearest neighbor search using hierarchical navigable
    small world graphs", IEEE TPAMI 42(4), 2020) it may miss a few, unless a filter allows at most
    `exact_limit` vectors. Searching is safe from many threads, also while the graph is built.
    """

    def __init__(
        self, vectors: np.ndarray, file: Path | None = None, digest: bytes = b"", exact_limit: int = EXACT_LIMIT
    ) -> None:
        """Take vectors, finite floats [n, d], of any length, else ValueError. A zero vector has cosine 0 with all.

        More than `exact_limit` vectors get a graph, and are mapped into memory from beside `file`, where `build` stores
        the graph; without a file, nothing is stored. `digest` identifies the vectors.
        """
        self._file, self._digest, self._exact_limit = file, digest, exact_limit
        self._graph: Any = None
        if file is None or len(vectors) <= exact_limit:
            self._flat = flat_index(vectors)
        else:
            self._flat = mapped_flat_index(vectors, file, digest)
            content = file.read_bytes() if file.is_file() else b""
            stamp, graph = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
            # Checked before faiss reads the graph, because faiss trusts the sizes in it.
            if stamp == self._stamp(graph):
                self._attach(faiss.deserialize_index(np.frombuffer(graph, dtype=np.uint8)))

    @property
    def needs_building(self) -> bool:
        """Whether a graph is due: there are enough vectors, and none is built. Until then, every search is exact."""
        return self._graph is None and self._flat.ntotal > self._exact_limit

    def build(self, report: Report = silent) -> None:
        """Build the graph, use it from now on, and store it. If `report` stops it, the index is unchanged.

        100,000 vectors take a minute on all cores, and twice their memory. Raises StorageError.
        """
        file, count = self._file, self._flat.ntotal
        with only_writer(file.parent, f"search graph {file.name}") if file else nullcontext():
            graph: Any = faiss.IndexHNSW(faiss.IndexFlatIP(self._flat.d), LINKS)  # type: ignore[arg-type]
            graph.hnsw.efConstruction = BUILD_WIDTH
            stage = Stage("Building the search graph", count, report)
            for start in range(0, count, GRAPH_BLOCK):
                block = self._flat.reconstruct_n(start, min(GRAPH_BLOCK, count - start))
                graph.add(block)
                stage.advance(len(block))
            self._attach(graph)
            if file:
                content = faiss.serialize_index(graph, faiss.IO_FLAG_SKIP_STORAGE).tobytes()
                write_bytes(file, self._stamp(content) + content)

    def _attach(self, graph: Any) -> None:
        """Use a graph of the same vectors, with this index's own copy of the vectors."""
        graph.storage = self._flat
        graph.own_fields = False
        graph.referenced_objects = [self._flat]  # frees the copy of the vectors that the graph was built on
        self._graph = graph

    def _stamp(self, graph: bytes) -> bytes:
        """The first bytes of the file of a graph of these vectors."""
        return hashlib.sha256(self._digest + graph).digest()

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`."""
        allowed = np.ones(self._flat.ntotal, dtype=bool) if allowed is None else allowed
        available = int(np.count_nonzero(allowed))
        # Always with a selector: without one, faiss uses all cores, is slower for a single query, and
        # rounds differently.
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]
        vector, k = checked_unit(query[np.newaxis]), min(k, available)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if (graph := self._graph) is not None and available > self._exact_limit:
            # The search passes through vectors that the filter excludes: it must be wider in proportion.
            width = max(SEARCH_WIDTH, k) * self._flat.ntotal // available
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=width)  # type: ignore[attr-defined]
            cosines, positions = graph.search(vector, k, params=parameters)
            ordered, nearness = best_first(positions[0], cosines[0])
            if len(ordered) == k:
                return ordered, nearness
        exactly = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # The choice of faiss among equally near vectors is arbitrary. If the last of the extra vectors
        # is as near as the last wanted one, all equally near vectors are fetched.
        cosines, positions = self._flat.search(vector, k + SPARE, params=exactly)
        ordered, nearness = best_first(positions[0], cosines[0])
        if len(ordered) == k + SPARE and nearness[-1] == nearness[k - 1]:
            _, cosines, positions = self._flat.range_search(vector, float(nearness[k - 1]) - 1e-6, params=exactly)
            ordered, nearness = best_first(positions, cosines)
        return ordered[:k], nearness[:k]

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """See `Index.nearest_of_all`."""
        count = self._flat.ntotal
        nearest = np.full((count, k), -1, dtype=np.int64)
        searched, parameters = self._flat, None
        if self._graph is not None:
            searched = self._graph
            parameters = faiss.SearchParametersHNSW(efSearch=SEARCH_WIDTH)  # type: ignore[attr-defined]
        stage = Stage("Finding each work's nearest works", count, report)
        for start in range(0, count, GRAPH_BLOCK):
            rows = np.arange(start, min(start + GRAPH_BLOCK, count))
            block = self._flat.reconstruct_n(start, len(rows))
            _, neighbours = searched.search(block, min(k + 1, count), params=parameters)
            for row, positions in zip(rows, neighbours, strict=True):
                others = positions[(positions != row) & (positions >= 0)][:k]
                nearest[row, : len(others)] = others
            stage.advance(len(rows))
        return nearest
