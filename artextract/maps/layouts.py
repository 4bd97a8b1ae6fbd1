"""Maps: 2-D projections of a collection's embeddings, and placing a new picture on one."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.collection import Collection
from artextract.errors import ArtExtractError, missing_package
from artextract.files import only_writer, write_atomic
from artextract.progress import Report, Step, silent
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_key import FeatureKey

COMPONENTS = 50
"""Principal components that the projections start from: they hold nearly all that tells paintings
apart, and make the neighbour search of t-SNE and UMAP several times as fast."""
SEED = 0
PLACING_NEIGHBOURS = 15
MOST_PLACED = 0.25
"""Part of a map's works that may be placed on it later; beyond, it is laid out anew."""
ALONE = 1000
"""Works up to which t-SNE runs on one thread: several would wait for each other, and on a busy
machine far longer than the work takes."""
SAME_PICTURE = 0.9999
"""Cosine from which two embeddings are of one picture."""


@dataclass(frozen=True)
class GalleryMap:
    """Where each work lies."""

    method: str
    key: str
    """Changes with its works or their places."""
    ids: list[str]
    hashes: list[str]
    """SHA-256 of each work's picture."""
    positions: np.ndarray
    """float32 [n, 2]; the unit means nothing. Centred, and scaled to lie within about ±1."""
    placed: np.ndarray
    """bool [n]: the works that came later, placed among those that were laid out."""


def compute_map(
    collection: Collection,
    embeddings: Embeddings,
    method: str,
    report: Report = silent,
    anew: bool = False,
) -> GalleryMap:
    """The collection's map by `method` ("tsne" or "umap"): the stored one, or computed and stored.

    If works came or went since it was laid out, those that stay keep their places and the new ones
    are placed among them; if more than `MOST_PLACED` would be such, or if `anew` is asked for, it
    is laid out anew.

    Raises:
        ArtExtractError: there is no such method, or fewer than 5 works to lay out.
        Stopped: out of `report`; nothing was stored.
    """
    if method not in METHODS:
        raise ArtExtractError(f"There is no map called {method!r}; there are {', '.join(METHODS)}.")
    if len(embeddings.ids) < 5:
        raise ArtExtractError(
            f"A map needs at least 5 works with an embedding; {collection.name} has {len(embeddings.ids)}."
        )
    with only_writer(collection.root / "maps", f"map of {collection.name}"):
        stored = _read_stored(collection, embeddings, method)
        if stored is not None and not anew:
            if _is_of(stored, embeddings):
                return stored
            fresh = _continued(stored, embeddings)
        else:
            fresh = None
        if fresh is None:
            positions = METHODS[method].project(_principal_components(embeddings.vectors), report)
            later = np.zeros(len(embeddings.ids), dtype=bool)
            fresh = _map_of(embeddings, method, _framed(positions), later)
        path = _map_path(collection, embeddings.key, method)
        _write_map(path, fresh, _settings(embeddings, method))
        return fresh


def read_map(collection: Collection, embeddings: Embeddings, method: str) -> GalleryMap | None:
    """The stored map of these embeddings; None if there is none, or it is damaged or outdated.

    A map of other works, other embeddings or other settings is outdated.
    """
    stored = _read_stored(collection, embeddings, method)
    return stored if stored is not None and _is_of(stored, embeddings) else None


def _read_stored(collection: Collection, embeddings: Embeddings, method: str) -> GalleryMap | None:
    """The stored map by the same embedding and settings, of whatever works."""
    try:
        table = pq.read_table(_map_path(collection, embeddings.key, method))
        metadata = table.schema.metadata or {}
        positions = np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1)
        found = GalleryMap(
            method,
            metadata.get(b"key", b"").decode(),
            table["id"].to_pylist(),
            table["sha256"].to_pylist(),
            positions.astype(np.float32),
            table["placed"].to_numpy(),
        )
        settings = metadata.get(b"settings", b"").decode()
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError, ValueError):
        return None
    return found if settings == _settings(embeddings, method) else None


def _is_of(stored: GalleryMap, embeddings: Embeddings) -> bool:
    return stored.ids == embeddings.ids and stored.hashes == embeddings.hashes


def _continued(stored: GalleryMap, embeddings: Embeddings) -> GalleryMap | None:
    """The stored map with the present works; None if too many are new to it."""
    row_of = {pair: row for row, pair in enumerate(zip(stored.ids, stored.hashes, strict=True))}
    pairs = zip(embeddings.ids, embeddings.hashes, strict=True)
    rows = np.array([row_of.get(pair, -1) for pair in pairs])
    new = np.flatnonzero(rows < 0)
    later = np.where(rows < 0, True, stored.placed[rows])
    if later.mean() > MOST_PLACED:
        return None
    kept = np.flatnonzero(rows >= 0)
    positions = stored.positions[rows]
    if len(new):
        vectors = embeddings.vectors
        positions[new] = _places_among(positions[kept], vectors[kept], vectors[new])
    return _map_of(embeddings, stored.method, positions, later)


def _map_of(embeddings: Embeddings, method: str, positions: np.ndarray, placed: np.ndarray) -> GalleryMap:
    digest = hashlib.sha256(_settings(embeddings, method).encode())
    digest.update(",".join([*embeddings.ids, *embeddings.hashes]).encode())
    digest.update(positions.astype(np.float32).tobytes())
    return GalleryMap(method, digest.hexdigest()[:16], embeddings.ids, embeddings.hashes, positions, placed)


def stored_maps(collection: Collection) -> list[str]:
    """The stored maps as "method-feature key", outdated ones too, by name."""
    return sorted(path.stem for path in (collection.root / "maps").glob("*.parquet"))


def place(gallery: GalleryMap, embeddings: Embeddings, vector: np.ndarray) -> tuple[float, float]:
    """Where a picture falls on an existing map, which stays as it is.

    The middle (median) of its nearest works on the map, the start that openTSNE gives new points
    (Poličar, Stražar and Zupan 2021, "Embedding to reference t-SNE space"); the very point of a
    work that has the same embedding.

    Args:
        gallery: a map of `embeddings`.
        embeddings: the works' embeddings.
        vector: float [dimension], the picture's, by the same backbone.
    """
    x, y = _places_among(gallery.positions, embeddings.vectors, vector[None])[0]
    return float(x), float(y)


def _places_among(positions: np.ndarray, vectors: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The places of pictures among works, float [m, 2].

    Args:
        positions: of the works, float [n, 2].
        vectors: their embeddings, float32 [n, dimension].
        new: the pictures' embeddings, float32 [m, dimension].
    """
    from sklearn.neighbors import NearestNeighbors

    count = min(PLACING_NEIGHBOURS, len(vectors))
    works = NearestNeighbors(n_neighbors=count, metric="cosine", algorithm="brute").fit(vectors)
    distances, nearest = works.kneighbors(new)
    same = distances[:, :1] <= 1 - SAME_PICTURE
    middles = np.median(positions[nearest], axis=1)
    return np.where(same, positions[nearest[:, 0]], middles)


def _project_tsne(components: np.ndarray, report: Report) -> np.ndarray:
    """t-SNE (van der Maaten and Hinton 2008) as openTSNE does it, started from the PCA."""
    from openTSNE import TSNE

    rounds = 250 + 500

    done = 0

    def on_iteration(iteration: int, _error: float, _positions: np.ndarray) -> bool:
        nonlocal done  # `iteration` starts anew after the first stage
        done += 50
        report(Step("Laying out the map (t-SNE)", min(done, rounds), rounds))
        return False

    report(Step("Laying out the map (t-SNE)", 0, rounds))
    fitted = TSNE(
        perplexity=min(30.0, (len(components) - 1) / 3),
        initialization="pca",
        metric="euclidean",
        n_jobs=-1 if len(components) > ALONE else 1,
        random_state=SEED,
        callbacks=on_iteration,
        callbacks_every_iters=50,
    ).fit(components)
    return np.asarray(fitted)


class _Epochs(io.TextIOBase):
    """Where UMAP writes its progress bar: tells the report, which may stop the layout."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> int:
        if found := re.search(r"(\d+)/(\d+)", text):
            self._report(Step("Laying out the map (UMAP)", int(found[1]), int(found[2])))
        return len(text)


def _project_umap(components: np.ndarray, report: Report) -> np.ndarray:
    """UMAP (McInnes, Healy and Melville 2018), seeded and so on one thread.

    Its epochs are counted, and a stop comes with the next one; the search for neighbours and the
    start by eigenvectors, before them, run through.
    """
    try:
        from umap import UMAP
    except ImportError as error:
        raise missing_package("A UMAP layout", "umap-learn", "umap") from error

    report(Step("Looking for neighbours (UMAP)", 0, 0))
    neighbours = min(15, len(components) - 1)
    fitted = UMAP(
        n_neighbors=neighbours,
        min_dist=0.1,
        metric="euclidean",
        random_state=SEED,
        n_jobs=1,
        tqdm_kwds={
            "disable": False,
            "file": _Epochs(report),
            "bar_format": "{n_fmt}/{total_fmt}",
        },
    ).fit_transform(components)
    return np.asarray(fitted)


@dataclass(frozen=True)
class Method:
    """A way to lay out a map."""

    label: str
    project: Callable[[np.ndarray, Report], np.ndarray]


METHODS = {
    "tsne": Method("t-SNE", _project_tsne),
    "umap": Method("UMAP", _project_umap),
}


def _principal_components(vectors: np.ndarray) -> np.ndarray:
    """The first `COMPONENTS` principal components of the unit-length embeddings."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    units = normalize(vectors)
    count = min(COMPONENTS, *units.shape)
    return np.asarray(PCA(count, random_state=SEED).fit_transform(units))


def _framed(positions: np.ndarray) -> np.ndarray:
    """Centred, outliers drawn in to the frame, scaled to about ±1; one picture far off would
    otherwise squeeze all others into a corner."""
    centred = positions - np.median(positions, axis=0)
    reach = np.percentile(np.abs(centred), 99.5) * 1.02
    framed: np.ndarray = np.clip(centred / max(float(reach), 1e-12), -1.05, 1.05)
    return framed.astype(np.float32)


def _settings(embeddings: Embeddings, method: str) -> str:
    """All but the works that a map depends on."""
    settings = {"features": str(embeddings.key), "method": method, "pca": COMPONENTS, "seed": SEED}
    return json.dumps(settings, sort_keys=True)


def _map_path(collection: Collection, feature_key: FeatureKey, method: str) -> Path:
    return collection.root / "maps" / f"{method}-{feature_key}.parquet"


def _write_map(path: Path, gallery: GalleryMap, settings: str) -> None:
    columns = {
        "id": gallery.ids,
        "sha256": gallery.hashes,
        "x": pa.array(gallery.positions[:, 0]),
        "y": pa.array(gallery.positions[:, 1]),
        "placed": pa.array(gallery.placed),
    }
    metadata = {"key": gallery.key, "settings": settings}
    with write_atomic(path) as temporary:
        pq.write_table(pa.table(columns).replace_schema_metadata(metadata), temporary)
