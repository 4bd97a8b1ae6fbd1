"""Fixtures: an own cache folder for each test, made pictures, a small embedded collection."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.data import astronaut

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.maps import compute_map
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.poses import find_poses
from artextract.sources.folder import FolderSource
from artextract.vision.embedding import embed_collection, load_embeddings

SMALL_COUNT = 24


def made_picture(seed: int, width: int = 96, height: int = 72) -> Image.Image:
    """A smooth random picture: four coarse colours enlarged, unlike any other seed's."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def somebody() -> Image.Image:
    """A photograph of one person (Eileen Collins, NASA), its hands in her lap."""
    return Image.fromarray(astronaut())


def two_people() -> Image.Image:
    """The same person twice, the second smaller and in a mirror."""
    canvas = Image.new("RGB", (900, 512), (70, 80, 90))
    canvas.paste(somebody(), (0, 0))
    canvas.paste(ImageOps.mirror(somebody()).resize((360, 360)), (530, 100))
    return canvas


def jpeg(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92, **options)
    return buffer.getvalue()


def fill_folder(folder: Path, count: int = SMALL_COUNT) -> Path:
    """Pictures at `folder`/a and `folder`/b, and a table that describes them."""
    lines = ["file,title,artist,year,style,genre,medium,source_url"]
    for number in range(count):
        part = folder / ("a" if number % 2 else "b")
        part.mkdir(parents=True, exist_ok=True)
        (part / f"work-{number:02}.jpg").write_bytes(jpeg(made_picture(number)))
        style = ("Cubism", "Fauvism", "Rococo")[number % 3]
        lines.append(
            f"work-{number:02}.jpg,Picture {number},Maker {number % 4},{1800 + number},{style},"
            f"{('portrait', 'landscape')[number % 2]},oil,https://example.org/{number}"
        )
    (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `SMALL_COUNT` pictures and a metadata table."""
    return fill_folder(tmp_path / "pictures")


@pytest.fixture
def collection(folder: Path) -> Collection:
    """The folder collected as "small"."""
    collect(FolderSource(folder, folder / "table.csv"), "small")
    return Collection.open("small")


@pytest.fixture(scope="session")
def ready_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache with the collection "small", embedded and mapped; not to be changed."""
    root = tmp_path_factory.mktemp("ready")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        folder = fill_folder(root / "pictures")
        collect(FolderSource(folder, folder / "table.csv"), "small")
        small = Collection.open("small")
        embed_collection(small, "efficientnet_lite2")
        embeddings = load_embeddings(small, "efficientnet_lite2")
        compute_map(small, embeddings, "tsne")
    yield root / "cache"


@pytest.fixture
def ready(ready_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "small", embedded and mapped; not to be changed."""
    monkeypatch.setenv(CACHE_VARIABLE, str(ready_cache))
    return Collection.open("small")


@pytest.fixture(scope="session")
def people_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache with the collection "people": one person, the same twice, and nobody; all found."""
    root = tmp_path_factory.mktemp("people")
    folder = root / "pictures"
    folder.mkdir()
    pictures = {"one": somebody(), "two": two_people(), "nobody": made_picture(7, 300, 200)}
    for name, image in pictures.items():
        (folder / f"{name}.jpg").write_bytes(jpeg(image))
    (folder / "table.csv").write_text(
        "file,title,artist,year\none.jpg,Alone,A,1990\ntwo.jpg,Two of them,B,1890\n"
        "nobody.jpg,Nothing,C,\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        collect(FolderSource(folder, folder / "table.csv"), "people")
        collection = Collection.open("people")
        embed_collection(collection, "efficientnet_lite2")
        find_poses(collection)
    yield root / "cache"
