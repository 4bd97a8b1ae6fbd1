"""The index in a vector database: Milvus, or Milvus Lite in a file, by its address.

A Milvus collection holds the pictures of one collection under one feature key: `picture` int64,
the first eight bytes of the file's SHA-256, and `vector`, at unit length. Vectors under other
weights are another Milvus collection. What is there is known by its content, so sending can be
stopped, and goes on; several machines may share what one has sent.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artextract.errors import ArtExtractError, missing_package
from artextract.files import only_writer, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.similarity.vectors import (
    best_first,
    check_asked,
    checked_shape,
    checked_unit,
    cosines_of,
    lengths_of,
)

if TYPE_CHECKING:
    from pymilvus import MilvusClient

EXACT_LIMIT = 100_000
"""Pictures up to which the database compares with every one; above, it is told to build a graph."""
LINKS, BUILD_WIDTH, SEARCH_WIDTH = 32, 200, 256
"""Of its graph (HNSW): neighbours linked, candidates held while linking and while searching."""
BLOCK = 1024
"""Pictures sent at once: what a killed run must ask for again."""
MOST = 16_384
"""Pictures that one search may return, and that one filter may name. Milvus returns no more."""
ADMITS_MUCH = 0.05
"""Share of the pictures that a filter must leave not to be sent along."""
SPARE = 16
"""Pictures fetched beyond what is asked for: equally near ones are put in order here."""
PATIENCE = 30.0
"""Seconds to wait for the server's answer."""

_clients: dict[str, "MilvusClient"] = {}
_clients_lock = threading.Lock()


class MilvusIndex:
    """Vectors that a Milvus server searches. Safe to share between threads.

    Until all are there, searches are exact and done here. A filter that leaves few works is sent
    along as the pictures that may be found. One that leaves many isn't: as many more of the nearest
    are fetched as it leaves out, and what it admits of them is kept; where that finds too few, the
    pictures are sent after all, block by block. Either way no work that passes is missed, but those
    that the database's own graph misses.
    """

    def __init__(
        self,
        address: str,
        name: str,
        hashes: Sequence[str],
        vectors: np.ndarray,
        stamp: Path,
        exact_limit: int = EXACT_LIMIT,
    ) -> None:
        """Connect to the database.

        Args:
            address: of a Milvus server (`http://host:19530`), or a file (`….db`) for Milvus Lite.
            name: of the vectors: it changes when they do for another reason than a new picture.
            hashes: SHA-256 of each work's picture; several works may share one.
            vectors: floats [n, d], of any length.
            stamp: a file that remembers that all are there.
            exact_limit: pictures above which the database builds a graph.

        Raises:
            ArtExtractError: pymilvus isn't installed, or the database can't be reached.
            ValueError: `vectors` isn't a finite array [n, d].
        """
        count, self._dimension = checked_shape(vectors)
        self._vectors = vectors
        self._lengths = lengths_of(vectors)
        self._address = address
        self.name = f"artextract_{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        self._about = name
        self._exact_limit = exact_limit
        first_bytes = bytes.fromhex("".join(sha256[:16] for sha256 in hashes))
        keys = np.frombuffer(first_bytes, dtype=">i8").astype(np.int64)
        self._pictures, self._first_row, self._picture_of = np.unique(keys, return_index=True, return_inverse=True)
        # The rows of each picture: `_rows[_starts[p] : _starts[p + 1]]`, ascending.
        self._rows = np.argsort(self._picture_of, kind="stable")
        self._starts = np.searchsorted(self._picture_of[self._rows], np.arange(len(self._pictures) + 1))
        self._stamp = stamp
        self._client = _connect(address)
        self._there = count == 0 or self._is_there()

    @property
    def wants_building(self) -> bool:
        """Whether pictures are missing in the database. Until they are there, searches are exact
        and done here."""
        return not self._there

    def build(self, report: Report = silent) -> None:
        """Send the pictures that the database doesn't have, and let it search from now on.

        It can be stopped by raising `Stopped` in `report`, or killed: what was sent stays, and the
        next run goes on from there.

        Raises:
            ArtExtractError: the database can't be reached, or refuses.
            StorageError: another process is sending.
        """
        with only_writer(self._stamp.parent, f"search index {self._stamp.name}"), self._talking():
            self._make_collection()
            count = len(self._pictures)
            stage = Stage(f"Sending vectors to {self._address}", count, report)
            sent = 0
            for start in range(0, count, BLOCK):
                block = np.arange(start, min(start + BLOCK, count))
                sent += self._send(block)
                stage.advance(len(block), note=f"{sent:,} new")
            self._client.flush(self.name)
            self._choose_index_type()
            self._client.load_collection(self.name)
            write_bytes(self._stamp, f"{self._digest()} {self._count()}".encode())
        self._there = True

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As `faiss_index.FaissIndex.search`.

        Raises:
            ArtExtractError: the database can't be reached, or refuses.
            ValueError: the query, `k` or the filter isn't what it should be.
        """
        check_asked(query, k, allowed, len(self._vectors), self._dimension)
        mask = np.ones(len(self._vectors), dtype=bool) if allowed is None else allowed
        k = min(k, int(np.count_nonzero(mask)))
        asked = checked_unit(query[np.newaxis])
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if not self._there:
            return self._search_here(query, k, mask)
        pictures = np.unique(self._picture_of[mask])
        with self._talking():
            share = len(pictures) / len(self._pictures)
            if share >= ADMITS_MUCH or len(pictures) > MOST:
                rows = self._among_all(asked, k, mask, share)
                if rows is not None:
                    return self._in_order(asked[0], rows, k)
            found = [
                self._nearest(asked, k + SPARE, pictures[start : start + MOST])[0]
                for start in range(0, len(pictures), MOST)
            ]
        return self._in_order(asked[0], self._rows_of(np.concatenate(found), mask), k)

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """As `faiss_index.FaissIndex.nearest_of_all`.

        Raises:
            Stopped: out of `report`.
            ArtExtractError: the database can't be reached, or refuses.
        """
        count = len(self._vectors)
        nearest = np.full((count, k), -1, dtype=np.int64)
        everything = np.ones(count, dtype=bool)
        stage = Stage("Finding each work's nearest", count, report)
        for start in range(0, count, BLOCK):
            block = np.arange(start, min(start + BLOCK, count))
            asked = checked_unit(self._vectors[block])
            if self._there:
                with self._talking():
                    found = [self._rows_of(near, everything) for near in self._nearest(asked, k + 1)]
            else:
                found = [self._search_here(one, min(k + 1, count), everything)[0] for one in asked]
            for row, one, near in zip(block, asked, found, strict=True):
                others = self._in_order(one, near[near != row], k)[0]
                nearest[row, : len(others)] = others
            stage.advance(len(block))
        return nearest

    def _search_here(self, query: np.ndarray, k: int, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.flatnonzero(mask)
        cosines = cosines_of(self._vectors, self._lengths, query)[rows]
        if k < len(rows):
            near = cosines >= np.partition(cosines, -k)[-k]
            rows, cosines = rows[near], cosines[near]
        rows, cosines = best_first(rows, cosines)
        return rows[:k], cosines[:k]

    def _among_all(self, asked: np.ndarray, k: int, mask: np.ndarray, share: float) -> np.ndarray | None:
        """Rows that pass, among them the `k` nearest, found without telling the database of the
        filter; None if too few of its nearest pass. `share` of all pictures pass."""
        most = min(int(1.5 * k / share) + SPARE, MOST)
        while True:
            (near,) = self._nearest(asked, most)
            rows = self._rows_of(near, mask)
            if len(rows) >= k:
                return rows
            if most == MOST:
                return None
            most = min(8 * most, MOST)

    def _nearest(self, asked: np.ndarray, most: int, among: np.ndarray | None = None) -> list[np.ndarray]:
        """The pictures nearest to each of unit vectors, as the database says, int64 [≤ most].

        Args:
            asked: float32 [n, d].
            most: how many at the most.
            among: pictures that may be found, int64; None allows all.
        """
        most = min(most, MOST)
        expression = "" if among is None else f"picture in {self._pictures[among].tolist()}"
        found = self._client.search(
            self.name,
            data=list(asked),
            limit=most,
            filter=expression,
            output_fields=["picture"],
            search_params={"params": self._width(most)},
            timeout=PATIENCE,
        )
        nearest = []
        for hits in found:
            keys = np.fromiter((hit["picture"] for hit in hits), dtype=np.int64, count=len(hits))
            places = np.searchsorted(self._pictures, keys).clip(max=len(self._pictures) - 1)
            # What the collection holds no longer may still be there.
            nearest.append(places[self._pictures[places] == keys])
        return nearest

    def _width(self, most: int) -> dict[str, int]:
        return {"ef": max(SEARCH_WIDTH, most)} if len(self._pictures) > self._exact_limit else {}

    def _rows_of(self, pictures: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The rows that show these pictures and pass, int64."""
        if len(self._pictures) == len(self._rows):
            rows = self._first_row[pictures]
        else:
            spans = [self._rows[self._starts[p] : self._starts[p + 1]] for p in pictures]
            rows = np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)
        return rows[mask[rows]]

    def _in_order(self, asked: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` nearest of rows. The cosines are this collection's own, whatever the database
        rounds or compresses."""
        positions, cosines = best_first(rows, checked_unit(self._vectors[rows]) @ asked)
        return positions[:k], cosines[:k]

    def _send(self, block: np.ndarray) -> int:
        """Add those of these pictures that the database doesn't have; how many that were."""
        keys = self._pictures[block]
        there = self._client.get(self.name, ids=keys.tolist(), output_fields=["picture"])
        missing = ~np.isin(keys, [one["picture"] for one in there])
        if missing.any():
            vectors = checked_unit(self._vectors[self._first_row[block[missing]]])
            rows = [
                {"picture": key, "vector": vector} for key, vector in zip(keys[missing].tolist(), vectors, strict=True)
            ]
            self._client.insert(self.name, rows)
        return int(missing.sum())

    def _make_collection(self) -> None:
        """Make the Milvus collection if it isn't there, and see that pictures can be looked for."""
        from pymilvus import DataType

        if not self._client.has_collection(self.name):
            schema = self._client.create_schema(auto_id=False, description=self._about)
            schema.add_field("picture", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dimension)
            self._client.create_collection(
                self.name,
                schema=schema,
                index_params=self._index_type(),
                consistency_level="Strong",
            )
        self._client.load_collection(self.name)

    def _choose_index_type(self) -> None:
        """Build another index where the pictures have become too many for the one there is."""
        (wanted,) = self._index_type()
        if self._client.describe_index(self.name, "vector")["index_type"] != wanted.index_type:
            self._client.release_collection(self.name)
            self._client.drop_index(self.name, "vector")
            self._client.create_index(self.name, self._index_type())

    def _index_type(self) -> Any:
        parameters = self._client.prepare_index_params()
        if len(self._pictures) <= self._exact_limit:
            parameters.add_index("vector", index_type="FLAT", metric_type="IP")
        else:
            parameters.add_index(
                "vector",
                index_type="HNSW",
                metric_type="IP",
                params={"M": LINKS, "efConstruction": BUILD_WIDTH},
            )
        return parameters

    def _is_there(self) -> bool:
        """Whether all was sent once, and as much is still there."""
        try:
            stamp = self._stamp.read_text()
        except OSError:
            return False
        with self._talking():
            if not self._client.has_collection(self.name):
                return False
            self._client.load_collection(self.name)
            return stamp == f"{self._digest()} {self._count()}"

    def _count(self) -> int:
        counted = self._client.query(self.name, filter="", output_fields=["count(*)"])
        return int(counted[0]["count(*)"])

    def _digest(self) -> str:
        """Changes with the database, the vectors' name and the pictures."""
        digest = hashlib.sha256(f"{self._address} {self._about}".encode())
        digest.update(self._pictures.tobytes())
        return digest.hexdigest()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Turn what the database's client raises into a sentence."""
        with _sentences(self._address):
            yield


def _connect(address: str) -> "MilvusClient":
    """The client of a database: one for all who ask in this process.

    Raises:
        ArtExtractError: pymilvus isn't installed, or the database can't be reached.
    """
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise missing_package(f"The vector database {address} (ARTEXTRACT_INDEX)", "pymilvus", "milvus") from error
    # It logs each failure with its traceback; here a sentence says it.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    with _clients_lock, _sentences(address):
        if address not in _clients:
            _clients[address] = MilvusClient(address, timeout=PATIENCE)
        return _clients[address]


@contextmanager
def _sentences(address: str) -> Iterator[None]:
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        why = " ".join(error.message.split())
        raise ArtExtractError(
            f"The vector database {address} can't be used ({why}): start it, or unset "
            "ARTEXTRACT_INDEX to search in this process."
        ) from error
