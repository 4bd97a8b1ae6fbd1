"""`artextract detect-faces` and `detect-poses`, and the search of faces."""

from pathlib import Path

from artextract.cli.common import Address, Engine, Name, Output, command, engine_option, job_output, progress


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
    from artextract.detection.detect import detect
    from artextract.detection.detectors import DETECTORS

    spread = engine_option(engine, address)
    with progress() as report:
        return job_output(detect(Collection.open(name), DETECTORS[detector], report, spread))


def search_faces(name: str, work: str | None, image: Path | None, number: int, k: int) -> Output:
    """The faces most similar to a face in a work or in a picture file.

    Raises ArtExtractError if the picture is not readable or does not show that face, or no faces were
    detected in the collection.
    """
    from artextract.collection import Collection
    from artextract.detection.detect import SIDE
    from artextract.detection.face_detector import face_detector
    from artextract.detection.face_similarity import load_faces
    from artextract.errors import ArtExtractError
    from artextract.vision.images import open_picture

    collection = Collection.open(name)
    index = load_faces(collection)
    query = work if work is not None else str(image)
    if image is not None:
        vectors = face_detector().detect(open_picture(image, at_least=SIDE).image)["vector"]
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
