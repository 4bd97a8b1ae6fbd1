"""Commands on a collection: list, embed, map, search, manifest."""

from pathlib import Path
from typing import Annotated

import typer

from artextract.cli.common import (
    Address,
    Backbone,
    DeviceName,
    Engine,
    Json,
    Name,
    WeightsFile,
    engine_called,
    errors_as_sentences,
    print_json,
    print_result,
    progress,
)
from artextract.cli.detection import search_faces
from artextract.cli.text import TextQuery, search_text
from artextract.vision.backbones import DEFAULT_BACKBONE


@errors_as_sentences
def list_collections(as_json: Json = False) -> None:
    """List the collections, with their embeddings and maps."""
    from artextract.collection import survey
    from artextract.maps.gallery_map import stored_maps
    from artextract.vision.feature_store import stored_keys

    found = survey()
    listed = [
        {
            "name": collection.name,
            "title": collection.about.title,
            "source": collection.about.source,
            "works": collection.count(),
            "embeddings": [str(key) for key in stored_keys(collection)],
            "maps": stored_maps(collection),
        }
        for collection in found.collections
    ]
    if as_json:
        print_json({"collections": listed, "damaged": found.damaged})
        return
    for row in listed:
        print(f"{row['name']}: {row['title']}, {row['works']:,} works")
        print(f"  embeddings: {', '.join(row['embeddings']) or 'none'}")  # type: ignore[arg-type]
        print(f"  maps: {', '.join(row['maps']) or 'none'}")  # type: ignore[arg-type]
    for sentence in found.damaged.values():
        print(sentence)
    if not listed and not found.damaged:
        print("There are no collections yet: `artextract collect demo` makes one.")


@errors_as_sentences
def embed(
    name: Name,
    backbone: Annotated[str, typer.Option(help="By its name.")] = DEFAULT_BACKBONE,
    weights: WeightsFile = None,
    device: DeviceName = None,
    engine: Engine = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Embed a collection's pictures: computes what is missing, and goes on where it stopped."""
    from artextract.collection import Collection
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embed_collection

    spread = engine_called(engine, address)
    collection = Collection.open(name)
    on = find_device(device) if device else None
    with progress() as report:
        done = embed_collection(collection, backbone, weights, report, on, spread)
    if as_json:
        print_json(done)
        return
    print_result(done)
    print(f"Weights of {backbone} from: {done.weights_from}. Took {done.seconds:.0f} s.")


@errors_as_sentences
def prepare(
    name: Name,
    backbone: Annotated[str, typer.Option(help="By its name.")] = DEFAULT_BACKBONE,
    as_json: Json = False,
) -> None:
    """Embed a collection, lay out its map and compute its similarity scores, like the app does."""
    from artextract.collection import Collection
    from artextract.prepare import prepare_collection

    collection = Collection.open(name)
    with progress() as report:
        done = prepare_collection(collection, backbone, report)
    if as_json:
        print_json(done)
        return
    print(done.sentence())


@errors_as_sentences
def make_map(
    name: Name,
    method: Annotated[str, typer.Option(help="tsne or umap.")] = "tsne",
    backbone: Backbone = None,
    anew: Annotated[bool, typer.Option("--anew", help="Move the works that have a place already, too.")] = False,
    as_json: Json = False,
) -> None:
    """Lay out a collection's map; new works are placed among those that are on it."""
    from artextract.collection import Collection
    from artextract.maps.gallery_map import compute_map
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    with progress() as report:
        done = compute_map(collection, embeddings, method, report, anew)
    placed = int(done.placed.sum())
    if as_json:
        counts = {"works": len(done.ids), "placed": placed}
        print_json({"collection": name, "method": method, **counts, "key": done.key})
        return
    later = f", {placed:,} of them placed later (--anew lays it out anew)" if placed else ""
    print(f"The {method} map of {name} has {len(done.ids):,} works{later}.")


@errors_as_sentences
def neighbours(name: Name, backbone: Backbone = None, as_json: Json = False) -> None:
    """Compare each work with its nearest ahead, so that a click in the app needn't."""
    from artextract.collection import Collection
    from artextract.similarity.neighbour_scores import score_neighbours
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import embedder_like, load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    with progress() as report:
        done = score_neighbours(searcher, report)
    if as_json:
        print_json(done)
        return
    print(done.sentence())


@errors_as_sentences
def build_index(name: Name, backbone: Backbone = None, as_json: Json = False) -> None:
    """Get a large collection's search ready: its graph, or its vectors in ARTEXTRACT_INDEX."""
    from artextract.collection import Collection
    from artextract.similarity.index.interface import open_index
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    index = open_index(collection, embeddings)
    wanted = index.wants_building
    if wanted:
        with progress() as report:
            index.build(report)
    if as_json:
        works = len(embeddings.ids)
        print_json({"collection": name, "key": str(embeddings.key), "works": works, "built": wanted})
        return
    ready = "has been made ready" if wanted else "was ready"
    print(f"The search of {name} {ready}: {len(embeddings.ids):,} works.")


@errors_as_sentences
def manifest(
    name: Name,
    work: Annotated[list[str] | None, typer.Option(help="A work's id; give it as often as you like.")] = None,
) -> None:
    """Print a IIIF manifest of a collection's works, all or some, for any IIIF viewer."""
    from artextract.collection import Collection
    from artextract.errors import CollectionError
    from artextract.manifest import make_manifest

    collection = Collection.open(name)
    works = collection.works()
    if work:
        absent = sorted(set(work) - set(works["id"]))
        if absent:
            raise CollectionError(f"{name} has no work {absent[0]!r}.")
        works = works[works["id"].isin(work)]
    print_json(make_manifest(collection, works))


@errors_as_sentences
def search(
    name: Name,
    work: Annotated[str | None, typer.Option(help="Search by this work's id.")] = None,
    image: Annotated[Path | None, typer.Option(help="Search by this picture file.")] = None,
    words: Annotated[str | None, typer.Option(help="Search by words, alone or beside a work or picture.")] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also compare the words with the pictures themselves.")
    ] = False,
    weight: Annotated[float, typer.Option(min=0, max=1, help="How much words count beside a work or picture.")] = 0.5,
    k: Annotated[int, typer.Option("-k", min=1, help="How many neighbours.")] = 10,
    face: Annotated[
        int | None,
        typer.Option(min=1, help="Search by this face in it, from 1, the surest first."),
    ] = None,
    backbone: Backbone = None,
    device: DeviceName = None,
    as_json: Json = False,
) -> None:
    """Find the works most like a work of the collection, like any picture, or like words."""
    if words is None and (work is None) == (image is None):
        raise typer.BadParameter("give --work or --image, --words, or one of each")
    if work is not None and image is not None:
        raise typer.BadParameter("give either --work or --image")
    if words is not None:
        search_text(name, TextQuery(words, k, pictures, work, image, weight, backbone, device), as_json)
        return
    from artextract.collection import Collection
    from artextract.similarity.metrics.registry import METRICS
    from artextract.similarity.search import Searcher
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedder_like, load_embeddings
    from artextract.vision.images import open_picture, read_picture

    collection = Collection.open(name)
    if face is not None:
        search_faces(collection, work, image, face, k, as_json)
        return
    content = None
    if image is not None:
        content = read_picture(image)
        open_picture(content, image.name)  # says what is wrong with it before anything is loaded
    on = find_device(device)
    embeddings = load_embeddings(collection, backbone, on)
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings, on))
    if work is not None:
        neighbours = searcher.near_work(work, k)
    else:
        neighbours = searcher.near_image(content or b"", k, name=image.name if image else "")
    if as_json:
        query = {"work": work} if work is not None else {"image": str(image)}
        print_json({"query": query, "neighbours": [neighbour.record() for neighbour in neighbours]})
        return
    print("  ".join(f"{metric.name:>6} {metric.arrow}" for metric in METRICS.values()), "  work")
    for neighbour in neighbours:
        cells = "  ".join("       –" if score is None else f"{score:8.3f}" for score in neighbour.scores.values())
        print(f"{cells}   {neighbour.title or 'untitled'} · {neighbour.artist or 'unknown'} [{neighbour.id}]")
