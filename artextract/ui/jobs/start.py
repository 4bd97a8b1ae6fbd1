"""The jobs on a collection that screens can start: what each is called, and what it does."""

from artextract import settings
from artextract.attributes.collection_readings import read_collection
from artextract.attributes.custom_labels.fit import fit_labels
from artextract.collection import Collection
from artextract.comparison.shared_map import home, make_ground
from artextract.comparison.subsets import Side
from artextract.detection.detect import FindReport
from artextract.detection.face_similarity import find_faces
from artextract.detection.pose_similarity import find_poses
from artextract.errors import WeightsError
from artextract.features.compute_missing import JobResult
from artextract.maps.gallery_map import compute_map
from artextract.maps.layouts import METHODS
from artextract.progress import Report
from artextract.similarity.descriptors.visual_descriptors import compute_descriptors
from artextract.similarity.duplicates.find import find_duplicates
from artextract.similarity.evaluation.evaluate import evaluate_likeness
from artextract.similarity.neighbour_scores import score_neighbours
from artextract.similarity.paths.neighbour_graph import neighbour_graph
from artextract.similarity.search import Searcher
from artextract.text.index import index_words, is_ready
from artextract.ui import galleries
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.job_queue import Job, board
from artextract.vision.embedding import (
    embed_collection,
    embedder_like,
    load_embeddings,
)

MOST_AHEAD = 200_000
"""Works whose scores are computed unasked: two cores are some four hours at it, and a click among
more of them doesn't take longer."""


def start_embedding(collection: Collection, backbone: str) -> Job:
    """Bring a collection's embeddings by `backbone` and their t-SNE map up to date."""
    return board().start(
        f"embed:{collection.root}:{backbone}",
        f"Embedding and mapping {collection.name} ({backbone})",
        lambda report: embed_and_map(collection, backbone, report),
    )


def start_map(collection: Collection, backbone: str, method: str, anew: bool) -> Job:
    """Lay out a collection's map by `method`; `anew` moves the works that are on it, too."""

    def work(report: Report) -> str:
        embeddings = load_embeddings(collection, backbone)
        made = compute_map(collection, embeddings, method, report, anew)
        label = METHODS[method].label
        return f"The {label} map of {collection.name} has {len(made.ids):,} works."

    key = f"map:{collection.root}:{backbone}:{method}"
    return board().start(key, f"Laying out {collection.name} ({METHODS[method].label})", work)


def start_shared_map(parts: tuple[Side, ...]) -> Job:
    """Lay out the map that the works of two collections share, and find its regions."""
    names = " and ".join(side.collection.name for side in parts)

    def work(report: Report) -> str:
        made = make_ground(parts, "tsne", report)
        return f"The map of {names} has {len(made.ids):,} works."

    key = f"shared map:{home(parts).root}:{parts[0].embeddings.key}"
    return board().start(key, f"Laying out {names} on one map", work)


def start_reading(collection: Collection) -> Job:
    """Read all works of a collection with the shipped model."""
    reader = galleries.reader()

    def work(report: Report) -> str:
        done = read_collection(collection, reader, report)
        sentences = f"{done.computed:,} pictures of {collection.name} read, {done.reused:,} had been."
        if done.failed:
            first = next(iter(done.failed.values()))
            sentences += f" {len(done.failed):,} could not be read; the first: {first}"
        return sentences + " Explore can colour and filter by what was read."

    return board().start(f"read:{collection.root}", f"Reading {collection.name}", work)


def start_label_fit(collection: Collection, column: str) -> Job:
    """Fit custom labels to a column of a collection, on its usual embedding."""

    def work(report: Report) -> str:
        embeddings = load_embeddings(collection)
        return fit_labels(collection, column, embeddings, report).facts.sentence()

    key = f"fit-labels:{collection.root}:{column}"
    return board().start(key, f"Fitting labels: {column} of {collection.name}", work)


def start_likeness(collection: Collection) -> Job:
    """Measure how far the neighbours in a collection can be trusted."""

    def work(report: Report) -> str:
        rows = len(evaluate_likeness(collection, report).rows)
        return f"{rows} ways to rank were measured on {collection.name}."

    key = f"likeness:{collection.root}"
    return board().start(key, f"Measuring likeness in {collection.name}", work)


def start_duplicates(collection: Collection) -> Job:
    """List the works of a collection that show the same."""

    def work(report: Report) -> str:
        done = find_duplicates(collection, report)
        return f"{done.pairs:,} pairs of works of {collection.name} show the same."

    key = f"copies:{collection.root}"
    return board().start(key, f"Looking for copies in {collection.name}", work)


def start_descriptors(collection: Collection) -> Job:
    """Compute the colours and textures of a collection's works."""
    label = f"Computing colours and textures of {collection.name}"
    return board().start(
        f"descriptors:{collection.root}", label, lambda report: _summary(compute_descriptors(collection, report))
    )


def start_faces(collection: Collection) -> Job:
    """Find the faces in a collection's pictures."""
    return board().start(
        f"faces:{collection.root}",
        f"Finding the faces of {collection.name}",
        lambda report: _found(find_faces(collection, report)),
    )


def start_poses(collection: Collection, finder: str) -> Job:
    """Find the poses of the people in a collection's pictures by one of `pose_finder.FINDERS`."""
    return board().start(
        f"poses:{collection.root}",
        f"Finding the poses of {collection.name}",
        lambda report: _found(find_poses(collection, report, finder)),
    )


def start_index(gallery: Gallery) -> None:
    """Build the search index of a gallery that wants one, once; meanwhile searches are exact.

    A public server starts nothing by itself, here and below: what it has was made before.
    """
    name, searcher = gallery.collection.name, gallery.searcher
    key = f"index:{gallery.collection.root}:{gallery.revision}"
    if settings.public() or not searcher.wants_index or board().has(key):
        return

    def work(report: Report) -> str:
        searcher.build_index(report)
        return f"Searching {name} goes by its index now."

    label = f"Preparing the search of {name} (until then it compares with every work)"
    board().start(key, label, work)


def start_scores(gallery: Gallery) -> None:
    """Compute the scores of a gallery's neighbours ahead, once; until then each click does.

    Of more than `MOST_AHEAD` works that is left to `artextract neighbours`.
    """
    searcher = gallery.searcher
    searcher.refresh_scores()
    key = f"scores:{gallery.collection.root}:{gallery.revision}"
    ahead = searcher.wants_scores and len(gallery.works) <= MOST_AHEAD
    if settings.public() or not ahead or board().has(key):
        return
    board().start(
        key,
        f"Comparing the works of {gallery.collection.name} (until then a click takes longer)",
        lambda report: _score_neighbours(searcher, report),
        gives_way=True,
    )


def start_neighbour_graph(gallery: Gallery) -> None:
    """Find out which works of a gallery are near which, once; paths between works need it."""
    name, searcher = gallery.collection.name, gallery.searcher
    key = f"paths:{gallery.collection.root}:{gallery.revision}"
    if board().has(key):
        return

    def work(report: Report) -> str:
        neighbour_graph(searcher, report)
        return f"Paths can lead through {name} now."

    board().start(key, f"Preparing paths through {name}", work)


def start_words(gallery: Gallery) -> bool:
    """Read the texts of a gallery's works where they are new or changed, once; whether all are."""
    collection = gallery.collection
    if is_ready(collection):
        return True
    key = f"words:{collection.root}:{gallery.revision}"
    if not settings.public() and not board().has(key):
        label = f"Reading what was written of the works of {collection.name}"
        board().start(key, label, lambda report: _index_words(collection, report))
    return False


def embed_and_map(collection: Collection, backbone: str, report: Report) -> str:
    """Embed a collection, lay out its map, compare neighbours; what was done, in sentences."""
    done = embed_collection(collection, backbone, report=report)
    embeddings = load_embeddings(collection, backbone)
    made = compute_map(collection, embeddings, "tsne", report)
    sentences = f"{done.computed:,} pictures embedded by {backbone}, {done.reused:,} were already."
    if done.failed:
        first = next(iter(done.failed.values()))
        sentences += f" {len(done.failed):,} could not be embedded; the first: {first}"
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    sentences += f" {_score_neighbours(searcher, report)}"
    if placed := int(made.placed.sum()):
        sentences += f" {placed:,} works were placed on the map as it was; Lay out makes it anew with all."
    return sentences


def _index_words(collection: Collection, report: Report) -> str:
    done = index_words(collection, report)
    rate = f", {done.works_per_second:,.0f} a second" if done.works_per_second else ""
    return (
        f"The texts of {done.computed:,} works were read{rate}; {done.reused:,} had been, "
        f"{done.described:,} have a description of their picture."
    )


def _score_neighbours(searcher: Searcher, report: Report) -> str:
    try:
        done = score_neighbours(searcher, report)
    except WeightsError as error:  # all else works without
        return str(error)
    return f"{done.computed:,} pairs of neighbours were compared, {done.reused:,} had been."


def _summary(result: JobResult, what: str = "pictures") -> str:
    """What a job did, in sentences."""
    sentences = f"{result.collection}: {result.computed:,} {what} computed, {result.reused:,} already done."
    if result.failed:
        first = next(iter(result.failed.values()))
        sentences += f" {len(result.failed):,} failed; the first: {first}"
    return sentences


def _found(done: FindReport) -> str:
    sentences = (
        f"{done.computed:,} pictures of {done.collection} looked at, {done.reused:,} had been: "
        f"{done.found:,} {done.kind} are known."
    )
    if done.failed:
        first = next(iter(done.failed.values()))
        sentences += f" {len(done.failed):,} could not be looked at; the first: {first}"
    return sentences
