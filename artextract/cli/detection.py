"""`artextract detect-faces` and `detect-poses`, and the search of faces."""

from pathlib import Path
from typing import Annotated

import typer

from artextract.cli.common import (
    Address,
    Engine,
    Name,
    Output,
    WeightsFile,
    command,
    engine_called,
    job_output,
    progress,
)


@command
def detect_faces(name: Name, engine: Engine = None, address: Address = None) -> Output:
    """Detect the faces in the pictures of a collection."""
    from artextract.collection import Collection
    from artextract.detection.face_similarity import find_faces

    spread = engine_called(engine, address)
    with progress() as report:
        return job_output(find_faces(Collection.open(name), report, spread))


@command
def detect_poses(
    name: Name,
    finder: Annotated[
        str, typer.Option(help="blazepose (needs the faces), or keypointrcnn_resnet50_fpn.")
    ] = "blazepose",
    weights: WeightsFile = None,
) -> Output:
    """Detect the poses of people in the pictures of a collection."""
    from artextract.collection import Collection
    from artextract.detection.pose_similarity import find_poses

    with progress() as report:
        return job_output(find_poses(Collection.open(name), report, finder, weights))


def search_faces(name: str, work: str | None, image: Path | None, number: int, k: int) -> Output:
    """The faces most similar to a face in a work or in a picture file.

    Raises:
        ArtExtractError: the picture is not readable or does not show that face, or no faces were
            detected in the collection.
    """
    from artextract.collection import Collection
    from artextract.detection.face_finder import face_finder
    from artextract.detection.face_similarity import load_faces
    from artextract.errors import ArtExtractError
    from artextract.vision.images import open_picture

    collection = Collection.open(name)
    index = load_faces(collection)
    query = work if work is not None else str(image)
    if image is not None:
        vectors = face_finder().look(open_picture(image).image)["vector"]
        count = len(vectors)
    else:
        count = len(index.of_work(query))
    if not 1 <= number <= count:
        seen = "no face" if count == 0 else f"{count} face" + ("s" if count > 1 else "")
        raise ArtExtractError(f"{query} shows {seen}, so it has no face {number}.")
    if image is not None:
        matches = index.near(vectors[number - 1], k)
    else:
        matches = index.near_face(index.of_work(query)[number - 1], k)
    works = collection.works().set_index("id")
    rows, lines = [], ["distance ↓   face of"]
    for match in matches:
        face, (title, artist) = match.face, works.loc[match.face.work, ["title", "artist"]].map(_text)
        rows.append({
            "id": face.work,
            "face": face.number + 1,
            "distance": match.distance,
            "title": title,
            "artist": artist,
            "box": [face.face.x, face.face.y, face.face.width, face.face.height],
        })
        label = f"{title or 'untitled'} · {artist or 'unknown'} [{face.work}]"
        lines.append(f"{match.distance:10.3f}   {face.number + 1} of {label}")
    return Output({"query": {"of": query, "face": number}, "faces": rows}, lines)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
