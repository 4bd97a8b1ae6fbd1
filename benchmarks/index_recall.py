"""Recall and speed of the approximate index against exact search.

    python benchmarks/index_recall.py --count 120000 --dimension 128

The vectors are clustered: `count / 200` centres of deviation 1, each vector a centre plus noise.
Noise of 1 is easy; at 2.5 the clusters all but dissolve, which is near the worst for a graph. One
query at a time, as the app asks.
"""

import argparse
import time

import numpy as np

from artextract.similarity.index import BUILD_WIDTH, LINKS, SEARCH_WIDTH, VectorIndex

K = 10
QUERIES = 200


def clustered(count: int, dimension: int, spread: float) -> np.ndarray:
    random = np.random.default_rng(0)
    centres = random.normal(size=(max(1, count // 200), dimension)).astype(np.float32)
    noise = spread * random.normal(size=(count, dimension)).astype(np.float32)
    return centres[random.integers(0, len(centres), count)] + noise


def search_all(
    index: VectorIndex, queries: np.ndarray, allowed: np.ndarray | None
) -> tuple[list[np.ndarray], float]:
    """The positions found for each query, and milliseconds a query."""
    start = time.perf_counter()
    found = [index.search(query, K, allowed)[0] for query in queries]
    return found, 1000 * (time.perf_counter() - start) / len(queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=120_000, help="vectors in the index")
    parser.add_argument("--dimension", type=int, default=128, help="numbers in a vector")
    parser.add_argument("--noise", type=float, default=1.5, help="deviation about the centres")
    options = parser.parse_args()

    vectors = clustered(options.count + QUERIES, options.dimension, options.noise)
    vectors, queries = vectors[:-QUERIES], vectors[-QUERIES:]
    exact = VectorIndex(vectors, exact_limit=options.count)
    start = time.perf_counter()
    graph = VectorIndex(vectors, exact_limit=0)
    graph.build_graph()
    built = time.perf_counter() - start

    print(
        f"{options.count:,} × {options.dimension}, noise {options.noise:g}; HNSW of {LINKS} links, "
        f"width {BUILD_WIDTH} to build and {SEARCH_WIDTH} to search, built in {built:.0f} s\n"
    )
    print("allowed   recall@10   exact ms   HNSW ms   speed ratio")
    for share in (1.0, 0.5, 0.1):
        allowed = np.random.default_rng(1).random(options.count) < share if share < 1 else None
        truth, exact_ms = search_all(exact, queries, allowed)
        found, graph_ms = search_all(graph, queries, allowed)
        hits = sum(len(np.intersect1d(*pair)) for pair in zip(truth, found, strict=True))
        print(
            f"{share:7.0%}   {hits / sum(map(len, truth)):9.3f}   {exact_ms:8.2f}   "
            f"{graph_ms:7.2f}   {exact_ms / graph_ms:11.1f}"
        )


if __name__ == "__main__":
    main()
