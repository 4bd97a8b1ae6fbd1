"""Layout methods: project embeddings to two dimensions by t-SNE or UMAP, and place new works on a map."""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from artextract.errors import missing_package
from artextract.progress import Report, Step

COMPONENTS = 50
"""Principal components that the methods start from. They make the neighbour search of t-SNE and UMAP several times as
fast, and change about a sixth of the fifteen nearest works."""
PERPLEXITY = 30.0
"""Effective number of neighbours in t-SNE. Van der Maaten and Hinton (2008) recommend 5 to 50; openTSNE's default."""
TSNE_ITERATIONS = 250 + 500  # Iterations with and without early exaggeration: openTSNE's defaults
UMAP_NEIGHBOURS = 15  # This and `MIN_DISTANCE` are umap-learn's defaults
MIN_DISTANCE = 0.1
SEED = 0
ONE_THREAD_UP_TO = 1000
"""Works up to which t-SNE runs on one thread: for so few, threads wait for each other longer than they work."""
REPORT_EVERY = 50  # Iterations
FEWEST = 5  # Different embeddings that the methods need


def principal_components(vectors: np.ndarray) -> np.ndarray:
    """The first `COMPONENTS` principal components of the unit-length embeddings, float [n, components]."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    units = normalize(vectors)
    count = min(COMPONENTS, *units.shape)
    return np.asarray(PCA(count, random_state=SEED).fit_transform(units))


def _tsne(components: np.ndarray, report: Report) -> np.ndarray:
    """t-SNE (van der Maaten and Hinton 2008) by openTSNE, initialized with the PCA."""
    from openTSNE import TSNE

    done = 0

    def on_iterations(_iteration: int, _error: float, _positions: np.ndarray) -> bool:
        nonlocal done  # openTSNE counts again from 0 after early exaggeration
        done = min(done + REPORT_EVERY, TSNE_ITERATIONS)
        report(Step("Laying out the map (t-SNE)", done, TSNE_ITERATIONS))
        return False

    report(Step("Laying out the map (t-SNE)", 0, TSNE_ITERATIONS))
    tsne = TSNE(
        perplexity=min(PERPLEXITY, (len(components) - 1) / 3),
        initialization="pca",
        metric="euclidean",
        n_jobs=-1 if len(components) > ONE_THREAD_UP_TO else 1,
        random_state=SEED,
        callbacks=on_iterations,
        callbacks_every_iters=REPORT_EVERY,
    )
    return np.asarray(tsne.fit(components))


class _ProgressBar(io.TextIOBase):
    """UMAP writes its progress bar here; each epoch is reported, and the report may stop the layout."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> int:
        if epoch := re.search(r"(\d+)/(\d+)", text):
            self._report(Step("Laying out the map (UMAP)", int(epoch[1]), int(epoch[2])))
        return len(text)


def _umap(components: np.ndarray, report: Report) -> np.ndarray:
    """UMAP (McInnes, Healy and Melville 2018), seeded and therefore on one thread.

    It can be stopped between epochs, not during the neighbour search and the spectral initialization.
    """
    try:
        from umap import UMAP
    except ImportError as error:
        raise missing_package("A UMAP layout", "umap-learn", "umap") from error

    report(Step("Searching neighbours (UMAP)", 0, 0))
    umap = UMAP(
        n_neighbors=min(UMAP_NEIGHBOURS, len(components) - 1),
        min_dist=MIN_DISTANCE,
        metric="euclidean",
        random_state=SEED,
        n_jobs=1,
        tqdm_kwds={
            "disable": False,
            "file": _ProgressBar(report),
            "mininterval": 0,
            "bar_format": "{n_fmt}/{total_fmt}",
        },
    )
    return np.asarray(umap.fit_transform(components))


@dataclass(frozen=True)
class LayoutMethod:
    """A method that lays out maps."""

    label: str
    project: Callable[[np.ndarray, Report], np.ndarray]
    """Principal components, float [n, components] → positions, float [n, 2]."""


METHODS = {"tsne": LayoutMethod("t-SNE", _tsne), "umap": LayoutMethod("UMAP", _umap)}


def lay_out(vectors: np.ndarray, method: str, report: Report) -> np.ndarray:
    """A map of n embeddings by a key of `METHODS`: positions within about ±1, float32 [n, 2].

    Works with the same embedding, such as copies, are at one point. Fewer different embeddings than the methods
    need (`FEWEST`) are shown by their two principal components.
    """
    first: dict[bytes, int] = {}  # Digest of an embedding → its point
    digests = (hashlib.sha256(row + 0.0).digest() for row in vectors)  # -0.0 becomes 0.0
    points = [first.setdefault(digest, len(first)) for digest in digests]
    distinct = vectors if len(first) == len(vectors) else vectors[np.unique(points, return_index=True)[1]]
    if len(first) < FEWEST:
        left, scales, _ = np.linalg.svd(distinct - distinct.mean(axis=0), full_matrices=False)
        positions = np.pad(left * scales, ((0, 0), (0, 2)))[:, :2]
    else:
        positions = METHODS[method].project(principal_components(distinct), report)
    return framed(positions)[points]


def framed(positions: np.ndarray) -> np.ndarray:
    """Positions centred and scaled to about ±1, float32 [n, 2].

    The farthest 0.5% are moved to the edge: one distant work would squeeze all others together.
    """
    centred = positions - np.median(positions, axis=0)
    reach = np.percentile(np.abs(centred), 99.5) * 1.02
    return np.clip(centred / max(float(reach), 1e-12), -1.05, 1.05).astype(np.float32)


NEIGHBOURS = 15  # A new work is placed in the middle of this many nearest works
SAME_PICTURE = 0.9999  # Cosine from which two embeddings belong to the same picture


def place(positions: np.ndarray, vectors: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The positions of m pictures among the works of a map, float [m, 2].

    A picture is placed at the median of its nearest works, as openTSNE initializes new points
    (Poličar, Stražar and Zupan 2021, "Embedding to reference t-SNE space"), but only of the half that is
    closest together: the median of two groups would be between them. It is placed on the work itself if the
    embedding is the same. All embeddings are float32 [·, dimension] by one backbone.
    """
    from sklearn.neighbors import NearestNeighbors

    works = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(vectors)), metric="cosine", algorithm="brute").fit(vectors)
    distances, nearest = works.kneighbors(new)
    same = distances[:, :1] <= 1 - SAME_PICTURE
    places = positions[nearest]
    apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    central = np.take_along_axis(apart, apart.sum(axis=2).argmin(axis=1)[:, None, None], axis=1)[:, 0]
    closest = central.argsort(axis=1, kind="stable")[:, : places.shape[1] // 2 + 1]
    median = np.median(np.take_along_axis(places, closest[..., None], axis=1), axis=1)
    return np.where(same, positions[nearest[:, 0]], median)
