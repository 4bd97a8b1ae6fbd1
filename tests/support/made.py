"""Pictures and folders that tests make."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from artextract.collection import Collection

SMALL_COUNT = 24
"""Works of the collection "small"."""
PLACES = 4
WORKS_A_PLACE = 30
"""Painters, and works of each, of the collection "places"."""


def made_picture(seed: int, width: int = 96, height: int = 72) -> Image.Image:
    """A smooth random picture: four coarse colours enlarged, unlike any other seed's."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def somebody() -> Image.Image:
    """A photograph of one person (Eileen Collins, NASA), its hands in her lap."""
    from skimage.data import astronaut

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


def collected(folder: Path, name: str) -> Collection:
    """The pictures and the table of a folder, collected."""
    from artextract.collecting import collect
    from artextract.sources.folder import FolderSource

    collect(FolderSource(folder, folder / "table.csv"), name)
    return Collection.open(name)
