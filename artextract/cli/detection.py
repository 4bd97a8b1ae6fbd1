"""Commands on what is found in the pictures of a collection: faces, poses."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import (
    Address,
    Engine,
    Json,
    Name,
    WeightsFile,
    engine_called,
    errors_as_sentences,
    print_failures,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from artextract.collection import Collection
    from artextract.detection.detect import FindReport


@errors_as_sentences
def faces(name: Name, engine: Engine = None, address: Address = None, as_json: Json = False) -> None:
    """Find the faces in a collection's pictures, and what each looks like."""
    from artextract.collection import Collection
    from artextract.detection.face_similarity import find_faces

    spread = engine_called(engine, address)
    with progress() as report:
        done = find_faces(Collection.open(name), report, spread)
    _say(done, as_json)


@errors_as_sentences
def poses(
    name: Name,
    finder: Annotated[
        str, typer.Option(help="blazepose (its faces first), or keypointrcnn_resnet50_fpn.")
    ] = "blazepose",
    weights: WeightsFile = None,
    as_json: Json = False,
) -> None:
    """Find how the people in a collection's pictures hold themselves."""
    from artextract.collection import Collection
    from artextract.detection.pose_similarity import find_poses

    with progress() as report:
        done = find_poses(Collection.open(name), report, finder, weights)
    _say(done, as_json)


def search_faces(
    collection: "Collection",
    work: str | None,
    image: Path | None,
    number: int,
    k: int,
    as_json: bool,
) -> None:
    """Print the faces nearest to one of a work's, or of any picture's.

    Raises:
        ArtExtractError: the picture can't be read or shows no such face, or the collection's
            faces weren't looked for.
    """
    from artextract.detection.face_finder import face_finder
    from artextract.detection.face_similarity import load_faces
    from artextract.errors import ArtExtractError
    from artextract.vision.images import open_picture

    index = load_faces(collection)
    asked = work if work is not None else str(image)
    if image is not None:
        vectors = face_finder().look(open_picture(image).image)["vector"]
        there = len(vectors)
    else:
        there = len(index.of_work(asked))
    if not 1 <= number <= there:
        seen = "no face" if there == 0 else f"{there} face" + ("s" if there > 1 else "")
        raise ArtExtractError(f"In {asked} there is {seen} to be seen: face {number} isn't one.")
    if image is not None:
        near = index.near(vectors[number - 1], k)
    else:
        near = index.near_face(index.of_work(asked)[number - 1], k)
    works = collection.works().set_index("id")
    rows = [
        {
            "id": one.face.work,
            "face": one.face.number + 1,
            "distance": one.distance,
            "title": _text(works.loc[one.face.work, "title"]),
            "artist": _text(works.loc[one.face.work, "artist"]),
            "box": [one.face.face.x, one.face.face.y, one.face.face.width, one.face.face.height],
        }
        for one in near
    ]
    if as_json:
        print_json({"query": {"of": asked, "face": number}, "faces": rows})
        return
    print("distance ↓   face of")
    for row in rows:
        said = f"{row['title'] or 'untitled'} · {row['artist'] or 'unknown'} [{row['id']}]"
        print(f"{row['distance']:10.3f}   {row['face']} of {said}")


def _say(done: "FindReport", as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    print(done.sentence())
    if len(done.failed) > 1:
        print_failures(done.failed)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
