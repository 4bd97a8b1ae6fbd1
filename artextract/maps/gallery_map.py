"""The map of a collection: computed by a layout method, stored, and kept up to date as works come and go."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.files import only_writer, say_damaged, write_atomic
from artextract.maps.layouts import COMPONENTS, METHODS, SEED, lay_out, place
from artextract.progress import Report, silent
from artextract.vision.embedding import Embeddings

MAX_PLACED = 0.25  # Share of a map's works that may be placed on it later; beyond this the map is laid out again


@dataclass(frozen=True)
class GalleryMap:
    """The position of each work."""

    method: str
    key: str  # Changes with the works and their positions
    ids: list[str]
    hashes: list[str]  # SHA-256 of each work's picture
    positions: np.ndarray  # float32 [n, 2], within about ±1, without a unit
    placed: np.ndarray  # bool [n]: works that were placed later on an existing layout


def compute_map(
    collection: Collection, embeddings: Embeddings, method: str, report: Report = silent, rebuild: bool = False
) -> GalleryMap:
    """The collection's map by `method`, a key of `METHODS`: stored, updated, or computed.

    If works came or went, the remaining works keep their positions and new ones are placed among them. The map is laid
    out again if more than `MAX_PLACED` of its works would be placed, or if `rebuild` is set. If `report` stops the job,
    nothing is stored. Raises ArtExtractError for an unknown method.
    """
    if method not in METHODS:
        raise ArtExtractError(f"Unknown map method {method!r}. Use one of: {', '.join(METHODS)}.")
    if not rebuild and (current := read_map(collection, embeddings, method)) is not None:
        return current
    with only_writer(collection.root / "maps", f"map of {collection.name}"):
        stored = None if rebuild else _read_stored(collection, embeddings, method)
        if stored is not None and _is_current(stored, embeddings):
            return stored
        updated = None if stored is None else _updated(stored, embeddings)
        if updated is None:
            positions = lay_out(embeddings.vectors, method, report)
            updated = _map_of(embeddings, method, positions, np.zeros(len(embeddings.ids), dtype=bool))
        _write_map(_map_path(collection, embeddings, method), updated, _settings(embeddings, method))
        return updated


def read_map(collection: Collection, embeddings: Embeddings, method: str) -> GalleryMap | None:
    """The stored map; None if it is missing, damaged, or of other works, embeddings or settings."""
    stored = _read_stored(collection, embeddings, method)
    return stored if stored is not None and _is_current(stored, embeddings) else None


def stored_maps(collection: Collection) -> list[str]:
    """The stored maps as "method-feature key", sorted, including outdated ones."""
    return sorted(path.stem for path in (collection.root / "maps").glob("*.parquet"))


def _read_stored(collection: Collection, embeddings: Embeddings, method: str) -> GalleryMap | None:
    """The stored map with the same embedding and settings, whatever its works."""
    path = _map_path(collection, embeddings, method)
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        metadata = table.schema.metadata or {}
        if metadata.get(b"settings", b"").decode() != _settings(embeddings, method):
            return None
        ids, hashes = table["id"].to_pylist(), table["sha256"].to_pylist()
        positions = np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1).astype(np.float32)
        key = metadata.get(b"key", b"").decode()
        if key != _key(_settings(embeddings, method), ids, hashes, positions):
            raise ValueError("another map than the one that was written")
        return GalleryMap(method, key, ids, hashes, positions, table["placed"].to_numpy())
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException, KeyError, ValueError):
        say_damaged(path, "It is computed again when it is needed.")
        return None


def _is_current(stored: GalleryMap, embeddings: Embeddings) -> bool:
    return stored.ids == embeddings.ids and stored.hashes == embeddings.hashes


def _updated(stored: GalleryMap, embeddings: Embeddings) -> GalleryMap | None:
    """The stored map with the present works; None if too many of them are new."""
    row_of = {pair: row for row, pair in enumerate(zip(stored.ids, stored.hashes, strict=True))}
    rows = np.array([row_of.get(pair, -1) for pair in zip(embeddings.ids, embeddings.hashes, strict=True)])
    new, kept = np.flatnonzero(rows < 0), np.flatnonzero(rows >= 0)
    placed = np.where(rows < 0, True, stored.placed[rows])
    if placed.mean() > MAX_PLACED:
        return None
    positions = stored.positions[rows]
    if len(new):
        positions[new] = place(positions[kept], embeddings.vectors[kept], embeddings.vectors[new])
    return _map_of(embeddings, stored.method, positions, placed)


def _map_of(embeddings: Embeddings, method: str, positions: np.ndarray, placed: np.ndarray) -> GalleryMap:
    key = _key(_settings(embeddings, method), embeddings.ids, embeddings.hashes, positions)
    return GalleryMap(method, key, embeddings.ids, embeddings.hashes, positions, placed)


def _key(settings: str, ids: Sequence[str], hashes: Sequence[str], positions: np.ndarray) -> str:
    digest = hashlib.sha256(settings.encode())
    digest.update(",".join([*ids, *hashes]).encode())
    digest.update(positions.astype(np.float32).tobytes())
    return digest.hexdigest()[:16]


def _settings(embeddings: Embeddings, method: str) -> str:
    """All that a map depends on, except the works."""
    settings = {"features": str(embeddings.key), "method": method, "pca": COMPONENTS, "seed": SEED}
    return json.dumps(settings, sort_keys=True)


def _map_path(collection: Collection, embeddings: Embeddings, method: str) -> Path:
    return collection.root / "maps" / f"{method}-{embeddings.key}.parquet"


def _write_map(path: Path, layout: GalleryMap, settings: str) -> None:
    columns = {
        "id": layout.ids,
        "sha256": layout.hashes,
        "x": pa.array(layout.positions[:, 0]),
        "y": pa.array(layout.positions[:, 1]),
        "placed": pa.array(layout.placed),
    }
    with write_atomic(path) as temporary:
        table = pa.table(columns).replace_schema_metadata({"key": layout.key, "settings": settings})
        pq.write_table(table, temporary, write_page_checksum=True)
