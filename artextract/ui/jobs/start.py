"""The jobs on a collection that screens can start: the label of each, and its function."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from artextract import settings
from artextract.attributes.collection_readings import read_collection
from artextract.attributes.custom_labels.fit import fit_labels
from artextract.collecting import collect
from artextract.collecting.looking import Look, look
from artextract.collecting.report import remember_source
from artextract.collection import Collection, check_name
from artextract.comparison.shared_map import compute_shared_map, map_folder
from artextract.comparison.subsets import Subset
from artextract.detection.detect import Detector, detect
from artextract.errors import WeightsError
from artextract.maps.gallery_map import compute_map
from artextract.maps.layouts import METHODS
from artextract.prepare import prepare_collection
from artextract.progress import Report
from artextract.similarity.descriptors.visual_descriptors import compute_descriptors
from artextract.similarity.duplicates.find import find_duplicates
from artextract.similarity.evaluation.evaluate import evaluate_similarity
from artextract.similarity.neighbour_scores import score_neighbours
from artextract.similarity.paths import neighbour_graph
from artextract.sources.recognise import source_at, values_for
from artextract.sources.registry import SOURCES, SourceEntry
from artextract.text.index import index_text, is_indexed
from artextract.ui import galleries
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.job_queue import Job, job_queue
from artextract.vision.embedding import load_embeddings

Found = Callable[[str, Look], None]
MAX_AHEAD = 200_000
"""Most works whose scores are computed in advance: this takes about four hours on two cores. Clicks work without."""


def start_look(source: str, place: str, values: Mapping[str, Any], contact: str, found: Found) -> Job:
    """Preview what a user entered, before anything is collected.

    `source` is the name of the source (`UNKNOWN` detects it from the address), `place` the folder, file, address or
    name, `values` are further options of the source. `contact` is the user's address for servers that ask for one
    ("" for that of the settings); `found` receives the name of the source and the preview.
    """

    def work(report: Report) -> str:
        with settings.contact_is(contact):
            name = source or source_at(place)
            seen = look(SOURCES[name].open({**values_for(name, place), **values}, report), report)
        found(name, seen)
        return f"{seen.preview.works:,} works."

    return job_queue().start(f"look:{uuid4()}", f"Previewing {place}", work, at_once=True)


def start_collecting(
    entry: SourceEntry, values: Mapping[str, Any] | None = None, name: str = "", contact: str = ""
) -> Job:
    """Collect from a source and prepare the collection; `values` are the source's options, by name.

    An empty `name` means the usual name of the collection; for `contact` see `start_look`.

    Raises ArtExtractError if a value or the name is missing or wrong.
    """
    name = check_name(name.strip() or entry.collection)
    given = values or {}
    opened = None if entry.fetches else entry.open(given)

    def work(report: Report) -> str:
        with settings.contact_is(contact):
            collected = collect(opened or entry.open(given, report), name, report)
        collection = Collection.open(name)
        remember_source(collection, entry.name, given)
        return f"{collected.sentence()} {prepare_collection(collection, report=report).sentence()}"

    return job_queue().start(f"collect:{name}", f"Adding {name} ({entry.label})", work)


def start_preparing(collection: Collection, backbone: str) -> Job:
    """Bring a collection's embedding by `backbone`, its t-SNE map and its scores up to date."""
    label = f"Embedding and mapping {collection.name} ({backbone})"
    return _start("embed", collection, label, lambda report: prepare_collection(collection, backbone, report), backbone)


def start_map(collection: Collection, backbone: str, method: str, rebuild: bool) -> Job:
    """Lay out a collection's map by `method`; `rebuild` also moves the works that are already on it."""
    label = METHODS[method].label

    def work(report: Report) -> str:
        layout = compute_map(collection, load_embeddings(collection, backbone), method, report, rebuild)
        return f"The {label} map of {collection.name} has {len(layout.ids):,} works."

    return _start("map", collection, f"Laying out {collection.name} ({label})", work, f"{backbone}:{method}")


def start_shared_map(sources: Sequence[Subset]) -> Job:
    """Lay out one map of the works of two collections, and find its regions."""
    names = " and ".join(source.collection.name for source in sources)

    def work(report: Report) -> str:
        layout, _ = compute_shared_map(sources, "tsne", report)
        return f"The map of {names} has {len(layout.ids):,} works."

    key = f"shared map:{map_folder(sources).root}:{sources[0].embeddings.key}"
    return job_queue().start(key, f"Laying out {names} on one map", work)


def start_reading(collection: Collection) -> Job:
    """Predict style, genre, artist and date of all works of a collection with the shipped model."""
    label, reader = f"Predicting attributes in {collection.name}", galleries.reader()
    return _start("read", collection, label, lambda report: read_collection(collection, reader, report))


def start_label_fit(collection: Collection, column: str) -> Job:
    """Fit custom labels to a column of a collection, on its usual embedding."""

    def work(report: Report) -> str:
        return fit_labels(collection, column, load_embeddings(collection), report).facts.sentence()

    return _start("fit-labels", collection, f"Fitting labels: {column} of {collection.name}", work, column)


def start_similarity_evaluation(collection: Collection) -> Job:
    """Measure how often the neighbours in a collection share a label."""

    def work(report: Report) -> str:
        rankings = len(evaluate_similarity(collection, report).rankings)
        return f"Evaluated {rankings} ways to rank the works of {collection.name}."

    return _start("evaluate-similarity", collection, f"Evaluating similar works in {collection.name}", work)


def start_duplicates(collection: Collection) -> Job:
    """Find the duplicates in a collection."""
    return _start(
        "duplicates", collection, f"Finding duplicates in {collection.name}", partial(find_duplicates, collection)
    )


def start_descriptors(collection: Collection) -> Job:
    """Compute the colours and textures of a collection's works."""
    label = f"Computing colours and textures of {collection.name}"
    return _start("descriptors", collection, label, partial(compute_descriptors, collection))


def start_detection(collection: Collection, detector: Detector) -> Job:
    """Find the faces, or the poses, in a collection's pictures."""
    label = f"Finding {detector.name} in {collection.name}"
    return _start(detector.name, collection, label, partial(detect, collection, detector))


def start_index(gallery: Gallery) -> None:
    """Build the search index of a gallery that needs one; until then searches compare every work."""
    name, searcher = gallery.collection.name, gallery.searcher

    def work(report: Report) -> str:
        searcher.index.build(report)
        return f"The search index of {name} is ready."

    if searcher.index.needs_building:
        _start_once("index", gallery, f"Building the search index of {name} (searches are slower until then)", work)


def start_scores(gallery: Gallery) -> None:
    """Compute the scores of a gallery's neighbours ahead; until then each click computes its own.

    More than `MAX_AHEAD` works are left to `artextract score-neighbours`.
    """
    name, searcher = gallery.collection.name, gallery.searcher
    searcher.refresh_scores()

    def work(report: Report) -> str:
        try:
            return score_neighbours(searcher, report).sentence()
        except WeightsError as error:  # everything else works without LPIPS
            return str(error)

    if searcher.needs_scores and len(gallery.works) <= MAX_AHEAD:
        label = f"Computing similarity scores for {name} (clicks are slower until this finishes)"
        _start_once("scores", gallery, label, work, low_priority=True)


def start_neighbour_graph(gallery: Gallery) -> None:
    """Find the nearest neighbours of all works of a gallery; paths between works need them."""
    name, searcher = gallery.collection.name, gallery.searcher

    def work(report: Report) -> str:
        neighbour_graph(searcher, report)
        return f"Paths through {name} are ready."

    key = f"paths:{gallery.collection.root}:{gallery.revision}"
    if not job_queue().has(key):
        job_queue().start(key, f"Preparing paths through {name}", work)


def start_text_index(gallery: Gallery) -> bool:
    """Index the new and changed texts of a gallery's works; returns whether all are already indexed."""
    collection = gallery.collection
    if is_indexed(collection):
        return True
    label = f"Indexing the texts of {collection.name}"
    _start_once("words", gallery, label, lambda report: index_text(collection, report).sentence())
    return False


def _start(kind: str, collection: Collection, label: str, work: Callable[[Report], Any], what: str = "") -> Job:
    """Start a job on a collection, or on one of its parts (`what`). `work` returns a result with a sentence, or one."""

    def sentence(report: Report) -> str:
        result = work(report)
        return result if isinstance(result, str) else str(result.sentence())

    key = ":".join(filter(None, (kind, str(collection.root), what)))
    return job_queue().start(key, label, sentence)


def _start_once(
    kind: str, gallery: Gallery, label: str, work: Callable[[Report], str], low_priority: bool = False
) -> None:
    """Start a job that nobody asked for, unless it was started before or this is a public server."""
    key = f"{kind}:{gallery.collection.root}:{gallery.revision}"
    if not settings.public() and not job_queue().has(key):
        job_queue().start(key, label, work, low_priority)
