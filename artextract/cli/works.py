"""Commands on a collection: list, prepare, embed, index, detect, export a manifest."""

from typing import Annotated

import typer

from artextract.cli.common import (
    Address,
    Backbone,
    DeviceName,
    Engine,
    Name,
    Output,
    WeightsFile,
    command,
    engine_option,
    errors_as_sentences,
    job_output,
    open_embeddings,
    open_searcher,
    print_json,
    progress,
)
from artextract.vision.backbones import DEFAULT_BACKBONE

NewBackbone = Annotated[str, typer.Option(help="Name of the backbone.")]


@command
def list_collections() -> Output:
    """List the collections with their embeddings and maps."""
    from artextract.collection import survey
    from artextract.maps.gallery_map import stored_maps
    from artextract.vision.feature_store import stored_keys

    listing = survey()
    rows, lines = [], []
    for collection in listing.collections:
        count, keys, maps = collection.count(), [str(key) for key in stored_keys(collection)], stored_maps(collection)
        about = {"name": collection.name, "title": collection.about.title, "source": collection.about.source}
        rows.append(about | {"works": count, "embeddings": keys, "maps": maps})
        lines.append(f"{collection.name}: {collection.about.title}, {count:,} works")
        lines.append(f"  embeddings: {', '.join(keys) or 'none'}")
        lines.append(f"  maps: {', '.join(maps) or 'none'}")
    lines += listing.damaged.values() or ([] if rows else ["No collections yet. Run `artextract collect demo`."])
    return Output({"collections": rows, "damaged": listing.damaged}, lines)


@command
def embed(
    name: Name,
    backbone: NewBackbone = DEFAULT_BACKBONE,
    weights: WeightsFile = None,
    device: DeviceName = None,
    engine: Engine = None,
    address: Address = None,
) -> Output:
    """Compute the missing embeddings of a collection. You can stop and resume."""
    from artextract.collection import Collection
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embed_collection

    spread = engine_option(engine, address)
    collection = Collection.open(name)
    with progress() as report:
        result = embed_collection(
            collection, backbone, weights, report, find_device(device) if device else None, spread
        )
    output = job_output(result)
    return Output(
        result, [*output.lines, f"Weights of {backbone}: {result.weights_from}. {result.seconds:.0f} seconds."]
    )


@command
def prepare(name: Name, backbone: NewBackbone = DEFAULT_BACKBONE) -> Output:
    """Embed a collection, lay out its map and compute its similarity scores, as the app does."""
    from artextract.collection import Collection
    from artextract.prepare import prepare_collection

    with progress() as report:
        result = prepare_collection(Collection.open(name), backbone, report)
    return Output(result, [result.sentence()])


@command
def score_neighbours(name: Name, backbone: Backbone = None) -> Output:
    """Precompute SSIM, RMSE and LPIPS between each work and its nearest works, for quick clicks."""
    from artextract.similarity import neighbour_scores

    searcher = open_searcher(name, backbone)
    with progress() as report:
        return job_output(neighbour_scores.score_neighbours(searcher, report))


@command
def build_index(name: Name, backbone: Backbone = None) -> Output:
    """Build the search index of a large collection, or fill the database that ARTEXTRACT_INDEX names."""
    from artextract.similarity.index.interface import open_index

    collection, embeddings = open_embeddings(name, backbone)
    index = open_index(collection, embeddings)
    built, works = index.needs_building, len(embeddings.ids)
    if built:
        with progress() as report:
            index.build(report)
    content = {"collection": name, "key": str(embeddings.key), "works": works, "built": built}
    return Output(content, [f"The index of {name} {'is ready' if built else 'was up to date'}: {works:,} works."])


@command
def detect_faces(name: Name, engine: Engine = None, address: Address = None) -> Output:
    """Detect the faces in the pictures of a collection."""
    return _detect("faces", name, engine, address)


@command
def detect_poses(name: Name, engine: Engine = None, address: Address = None) -> Output:
    """Detect the poses of people in the pictures of a collection, after the faces."""
    return _detect("poses", name, engine, address)


def _detect(detector: str, name: str, engine: str | None, address: str | None) -> Output:
    from artextract.collection import Collection
    from artextract.detection.detect import DETECTORS, detect

    spread = engine_option(engine, address)
    with progress() as report:
        return job_output(detect(Collection.open(name), DETECTORS[detector], report, spread))


@errors_as_sentences
def export_manifest(
    name: Name, work: Annotated[list[str] | None, typer.Option(help="ID of a work. Repeat for several.")] = None
) -> None:
    """Print a IIIF manifest of all or some works of a collection, for IIIF viewers."""
    from artextract.collection import Collection
    from artextract.errors import CollectionError
    from artextract.manifest import make_manifest

    collection = Collection.open(name)
    works = collection.works()
    if work:
        if absent := sorted(set(work) - set(works["id"])):
            raise CollectionError(f"{name} has no work {absent[0]!r}.")
        works = works[works["id"].isin(work)]
    print_json(make_manifest(collection, works))
