"""Collections as the screens use them: loaded once for all visitors, and again when they change.

All sessions share what these functions return. Do not modify it.
"""

import contextlib
import gc
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from artextract.attributes.collection_readings import reading_store, stored_readings, with_readings
from artextract.attributes.custom_labels.linear_head import Head, head_files, heads_for, with_custom_labels
from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import Reader
from artextract.collection import Collection
from artextract.errors import WeightsError
from artextract.files import stamp
from artextract.maps.gallery_map import GalleryMap, read_map
from artextract.maps.grid import spread
from artextract.maps.layouts import METHODS
from artextract.regions.regions import Region, find_regions, name_regions
from artextract.similarity.metrics.lpips import load_lpips
from artextract.similarity.search import Searcher
from artextract.ui import work_text
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import Embeddings, embedder_like, find_key, load_embeddings
from artextract.vision.feature_extractor import Embedder
from artextract.vision.feature_store import FeatureStore

VIEW_SIDE = 1200  # Long side in pixels of a picture shown large


class Texts:
    """One text per work, made on demand: a screen shows only a few of up to a million texts."""

    def __init__(self, text: Callable[[int], str]) -> None:
        self._text = text

    def __getitem__(self, row: int) -> str:
        return self._text(row)


@dataclass(frozen=True)
class Gallery:
    """A collection under one embedding: rows of `works`, embeddings and map points match."""

    collection: Collection
    backbone: str
    works: pd.DataFrame
    searcher: Searcher
    labels: Texts  # "Title — artist, date" of each work
    alternatives: Texts  # The alternative text of each work's picture
    thumbnails: Texts  # File name of each work's thumbnail
    revision: str  # Changes with the works, their embeddings, readings and custom labels
    heads: tuple[Head, ...]  # The custom labels that were fitted on this embedding

    def find(self, work: str) -> int | None:
        """The row of a work; None if the gallery does not have it."""
        return self.searcher.find(work)


def open_gallery(name: str, backbone: str) -> Gallery:
    """The collection `name` with its embeddings by `backbone`; ArtExtractError if either is missing or damaged."""
    collection = Collection.open(name)
    key = find_key(collection, backbone)
    parts = () if key is None else FeatureStore(collection, key).version()
    read = "-".join(reading_store(collection, bundle()).version())
    labels = [stamp(file) for file in head_files(collection)]
    version = (collection.version(), str(key), *parts, read, *labels)
    revision = hashlib.sha256(repr(version).encode()).hexdigest()[:12]
    return _open_gallery(name, find_backbone(backbone).name, revision, str(collection.root), read)


def open_map(gallery: Gallery, method: str) -> GalleryMap | None:
    """The gallery's map by `method`, spread over its frame; None if there is none for its current works."""
    layout = _layout(gallery, method)
    return None if layout is None else _spread(layout)


def _layout(gallery: Gallery, method: str) -> GalleryMap | None:
    """The stored map, in which regions are found; None if there is none for the current works."""
    if method not in METHODS:
        return None
    file = gallery.collection.root / "maps" / f"{method}-{gallery.searcher.embeddings.key}.parquet"
    return _read_layout(gallery, method, stamp(file)) if file.exists() else None


BY_GALLERY: dict[str | type[Any], Callable[[Any], Any]] = {
    GalleryMap: lambda layout: layout.key,
    Gallery: lambda gallery: (str(gallery.collection.root), gallery.revision),
    Collection: lambda collection: str(collection.root),
}
"""`hash_funcs` of functions cached by gallery or collection. Another cache folder may hold a collection of the name."""


@st.cache_resource(show_spinner=False)
def bundle() -> Bundle:
    """The shipped attribute model."""
    return Bundle.open()


@st.cache_resource(show_spinner="Loading the model…")
def reader() -> Reader:
    """The shipped attribute model with its networks, loaded once."""
    return Reader(bundle())


@st.cache_resource(show_spinner="Loading the model…", max_entries=3, hash_funcs={Embeddings: lambda e: e.key})
def embedder(embeddings: Embeddings) -> Embedder:
    """The backbone that computed these embeddings, loaded once."""
    return embedder_like(embeddings)


@st.cache_resource(show_spinner="Opening the collection…", max_entries=8)
def _open_gallery(name: str, backbone: str, revision: str, root: str, readings_stamp: str) -> Gallery:
    """`root` is in the key because another cache folder may hold a collection of the name."""
    _warm_up()
    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    searcher = Searcher(collection, embeddings, lambda: embedder(embeddings))
    readings = stored_readings(collection, bundle()) if readings_stamp else None
    heads = heads_for(collection, str(embeddings.key))
    searcher.works = with_custom_labels(with_readings(searcher.works, readings), heads, embeddings.vectors)
    works = searcher.works.reset_index(drop=True)
    gallery = Gallery(
        collection=collection,
        backbone=backbone,
        works=works,
        searcher=searcher,
        labels=Texts(lambda row: work_text.label(works.iloc[row])),
        alternatives=Texts(lambda row: work_text.alt_text(works.iloc[row])),
        thumbnails=Texts(lambda row: f"{works['image_sha256'].iloc[row]}.jpg"),
        revision=revision,
        heads=tuple(heads),
    )
    _freeze_garbage_collector()
    return gallery


def _freeze_garbage_collector() -> None:
    """Exclude everything loaded so far from garbage collection.

    Streamlit collects after every script run, and Python's lock is held until it has finished: 0.3 s per click for
    loaded galleries.
    """
    gc.unfreeze()  # frees galleries that were closed
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def _warm_up() -> threading.Thread:
    """Load LPIPS in the background, so that the first click does not wait for it."""

    def load() -> None:
        with contextlib.suppress(WeightsError):  # screens explain missing scores
            load_lpips()

    thread = threading.Thread(target=load, name="warm-up", daemon=True)
    thread.start()
    return thread


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _read_layout(gallery: Gallery, method: str, version: str) -> GalleryMap | None:
    """`version` is in the key because a map may be laid out again."""
    layout = read_map(gallery.collection, gallery.searcher.embeddings, method)
    return layout if layout is not None and layout.ids == list(gallery.works["id"]) else None


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _spread(layout: GalleryMap) -> GalleryMap:
    return replace(layout, positions=spread(layout.positions))


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def regions_of(gallery: Gallery, layout: GalleryMap) -> list[Region]:
    """The regions of the gallery's map with their names, cached; StorageError if they cannot be stored."""
    stored = _layout(gallery, layout.method)
    if stored is None:  # removed since the map was drawn
        return []
    levels = find_regions(gallery.collection, stored, gallery.searcher.embeddings.key)
    return name_regions(levels, layout.positions, gallery.works)
