"""Maps: 2-D projections of a collection's embeddings, and placing a new picture on one."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.files import only_writer, write_atomic
from artextract.progress import Report, Step, silent
from artextract.vision.embedding import Embeddings

COMPONENTS = 50
"""Principal components that the projections start from: they hold nearly all that tells paintings
apart, and make the neighbour search of t-SNE and UMAP several times as fast."""
SEED = 0
PLACING_NEIGHBOURS = 15
SAME_PICTURE = 0.9999
"""Cosine from which two embeddings are of one picture."""


@dataclass(frozen=True)
class GalleryMap:
    """Where each work lies."""

    method: str
    key: str
    """What it was computed from."""
    ids: list[str]
    positions: np.ndarray
    """float32 [n, 2]; the unit means nothing. Centred, and scaled to lie within about ±1."""


def compute_map(
    collection: Collection, embeddings: Embeddings, method: str, report: Report = silent
) -> GalleryMap:
    """The collection's map by `method` ("tsne" or "umap"): the stored one, or computed and stored.

    Raises:
        ArtExtractError: there is no such method, or fewer than 5 works to lay out.
        Stopped: out of `report`; nothing was stored.
    """
    if method not in METHODS:
        raise ArtExtractError(f"There is no map called {method!r}; there are {', '.join(METHODS)}.")
    if len(embeddings.ids) < 5:
        raise ArtExtractError(
            f"A map needs at least 5 works with an embedding; {collection.name} has "
            f"{len(embeddings.ids)}."
        )
    with only_writer(collection.root / "maps", f"map of {collection.name}"):
        stored = read_map(collection, embeddings, method)
        if stored is not None and stored.ids == embeddings.ids:
            return stored
        positions = METHODS[method].project(_principal_components(embeddings.vectors), report)
        fresh = GalleryMap(method, _map_key(embeddings, method), embeddings.ids, _framed(positions))
        _write_map(_map_path(collection, embeddings.key, method), fresh)
        return fresh


def read_map(collection: Collection, embeddings: Embeddings, method: str) -> GalleryMap | None:
    """The stored map of these embeddings; None if there is none, or it is damaged or outdated.

    A map of other works, other embeddings or other settings is outdated.
    """
    try:
        table = pq.read_table(_map_path(collection, embeddings.key, method))
        key = (table.schema.metadata or {}).get(b"key", b"").decode()
        ids = table["id"].to_pylist()
        positions = np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1)
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError, ValueError):
        return None
    if key != _map_key(embeddings, method):
        return None
    return GalleryMap(method, key, ids, positions.astype(np.float32))


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
    units = embeddings.vectors / np.linalg.norm(embeddings.vectors, axis=1, keepdims=True)
    cosines = units @ (vector / np.linalg.norm(vector))
    nearest = np.argsort(-cosines, kind="stable")[:PLACING_NEIGHBOURS]
    if cosines[nearest[0]] >= SAME_PICTURE:
        nearest = nearest[:1]
    x, y = np.median(gallery.positions[nearest], axis=0)
    return float(x), float(y)


def _project_tsne(components: np.ndarray, report: Report) -> np.ndarray:
    """t-SNE (van der Maaten and Hinton 2008) as openTSNE does it, started from the PCA."""
    from openTSNE import TSNE

    rounds = 250 + 500

    done = 0

    def told(iteration: int, _error: float, _positions: np.ndarray) -> bool:
        nonlocal done  # `iteration` starts anew after the first stage
        done += 50
        report(Step("Laying out the map (t-SNE)", min(done, rounds), rounds))
        return False

    report(Step("Laying out the map (t-SNE)", 0, rounds))
    fitted = TSNE(
        perplexity=min(30.0, (len(components) - 1) / 3),
        initialization="pca",
        metric="euclidean",
        n_jobs=-1,
        random_state=SEED,
        callbacks=told,
        callbacks_every_iters=50,
    ).fit(components)
    return np.asarray(fitted)


def _project_umap(components: np.ndarray, report: Report) -> np.ndarray:
    """UMAP (McInnes, Healy and Melville 2018), seeded and so on one thread."""
    from umap import UMAP

    report(Step("Laying out the map (UMAP)", 0, 0))
    neighbours = min(15, len(components) - 1)
    fitted = UMAP(
        n_neighbors=neighbours, min_dist=0.1, metric="euclidean", random_state=SEED, n_jobs=1
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

    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    count = min(COMPONENTS, *units.shape)
    return np.asarray(PCA(count, random_state=SEED).fit_transform(units))


def _framed(positions: np.ndarray) -> np.ndarray:
    """Centred, outliers drawn in to the frame, scaled to about ±1; one picture far off would
    otherwise squeeze all others into a corner."""
    centred = positions - np.median(positions, axis=0)
    reach = np.percentile(np.abs(centred), 99.5) * 1.02
    framed: np.ndarray = np.clip(centred / max(float(reach), 1e-12), -1.05, 1.05)
    return framed.astype(np.float32)


def _map_key(embeddings: Embeddings, method: str) -> str:
    """Names all that a map depends on: the pictures in their order, the features, the settings."""
    settings = {"features": embeddings.key, "method": method, "pca": COMPONENTS, "seed": SEED}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for work, sha256 in zip(embeddings.ids, embeddings.hashes, strict=True):
        digest.update(f"{work}\0{sha256}\0".encode())
    return digest.hexdigest()[:16]


def _map_path(collection: Collection, feature_key: str, method: str) -> Path:
    return collection.root / "maps" / f"{method}-{feature_key}.parquet"


def _write_map(path: Path, gallery: GalleryMap) -> None:
    columns = {
        "id": gallery.ids,
        "x": pa.array(gallery.positions[:, 0]),
        "y": pa.array(gallery.positions[:, 1]),
    }
    table = pa.table(columns).replace_schema_metadata({"key": gallery.key})
    with write_atomic(path) as temporary:
        pq.write_table(table, temporary)
