"""Whether a vector database finds what exact search here finds, and how long each takes.

    python -m benchmarks.index_backends NAME [--address vectors.db] [--backbone paintings]

The works of a collection are sent to Milvus: Milvus Lite in a new file, or the server that is
named. A hundred works are the queries, each left out of what is found, with filters that admit all,
a tenth and a hundredth of the works. A query counts where the ten are the very ten of the exact
index; two that are equally near, to a millionth, may change places.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.index.interface import Index
from artextract.similarity.index.milvus_index import MilvusIndex
from artextract.vision.embedding import load_embeddings

K = 10
QUERIES = 100


def asked(index: Index, query: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, float]:
    """The cosines of what is found, and milliseconds."""
    began = time.perf_counter()
    positions, cosines = index.search(query, K, allowed)
    took = 1000 * (time.perf_counter() - began)
    assert allowed[positions].all(), "a work that the filter leaves out was found"
    return cosines, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection")
    parser.add_argument("--address", help="of Milvus; else Milvus Lite in a new file")
    parser.add_argument("--backbone", help="the embedding; else the collection's best")
    options = parser.parse_args()
    collection = Collection.open(options.name)
    embeddings = load_embeddings(collection, options.backbone)
    vectors = embeddings.vectors
    here = FaissIndex(vectors, exact_limit=len(vectors))
    with tempfile.TemporaryDirectory() as folder:
        there = MilvusIndex(
            options.address or str(Path(folder) / "vectors.db"),
            f"{collection.name} {embeddings.key}",
            embeddings.hashes,
            vectors,
            Path(folder) / "sent",
        )
        began = time.monotonic()
        there.build()
        print(
            f"{len(vectors):,} × {vectors.shape[1]} by {embeddings.key.backbone}, sent in "
            f"{time.monotonic() - began:.0f} s\n\n"
            "| allowed by the filter | queries with the same ten | FAISS, ms | Milvus, ms | ratio |"
            "\n| --- | --- | --- | --- | --- |"
        )
        random = np.random.default_rng(0)
        rows = random.permutation(len(vectors))[:QUERIES]
        for share in (1.0, 0.1, 0.01):
            same, times = 0, []
            for row in rows:
                allowed = random.random(len(vectors)) < share
                allowed[row] = False
                true, exact_ms = asked(here, vectors[row], allowed)
                found, milvus_ms = asked(there, vectors[row], allowed)
                same += len(found) == len(true) and bool(np.allclose(found, true, atol=1e-6))
                times.append((exact_ms, milvus_ms))
            exact_ms, milvus_ms = np.median(times, axis=0)
            print(
                f"| {share:.0%} | {same} of {len(rows)} | {exact_ms:.1f} | {milvus_ms:.1f} | "
                f"{milvus_ms / exact_ms:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
