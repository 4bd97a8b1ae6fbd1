"""A small made copy of the ArtGAN data: pictures that show their style, lists with its quirks."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.made import jpeg, made_picture

STYLES = ("Cubism", "Impressionism", "Ukiyo_e")
PAINTERS = ("claude-monet", "hiroshige", "juan-gris", "anna-boch")
GENRES = ("landscape", "portrait")


def styled_picture(style: int, seed: int, side: int = 64) -> Image.Image:
    """Upright stripes, level stripes or large blots, coloured at random."""
    random = np.random.default_rng([style, seed])
    y, x = np.mgrid[:side, :side]
    waves = (x % 8 < 4, y % 8 < 4, (x - side / 2) ** 2 + (y - side / 2) ** 2 < (side / 3) ** 2)
    light, dark = random.integers(130, 256, 3), random.integers(0, 110, 3)
    pixels = np.where(waves[style][..., None], light, dark) + random.normal(0, 8, (side, side, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def make_copy(folder: Path, each: int = 24) -> tuple[Path, Path]:
    """`each` pictures a style, a quarter for validation; the folders of images and labels."""
    lists: dict[str, list[str]] = {}
    for style, name in enumerate(STYLES):
        for number in range(each):
            painter = PAINTERS[(style + number % 2) % len(PAINTERS)]
            genre = number % len(GENRES)
            year = 1700 + 100 * style + number
            file = f"{name}/{painter}_picture-{number}-{year}.jpg"
            path = folder / "images" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg(styled_picture(style, number)))
            split = "val" if number % 4 == 3 else "train"
            lists.setdefault(f"Style/style_{split}.csv", []).append(f"{file},{style}")
            if number % 3:
                lists.setdefault(f"Genre/genre_{split}.csv", []).append(f"{file},{genre}")
            if painter in PAINTERS[:2]:
                index = PAINTERS.index(painter)
                lists.setdefault(f"Artist/artist_{split}", []).append(f"{file},,{index}")
    classes = {
        "Style/style_class.txt": STYLES,
        "Genre/genre_class": GENRES,
        "Artist/artist_class": ("Claude_Monet", "Hiroshige"),
    }
    for name, names in classes.items():
        lists[name] = [f"{index} {one}" for index, one in enumerate(names)]
    for name, lines in lists.items():
        file_path = folder / "labels" / name
        file_path.parent.mkdir(parents=True, exist_ok=True)
        header = ["(Path to image),, (Groundtruth class)"] if name.startswith("Artist/artist_t") else []
        file_path.write_text("\n".join([*header, *lines, ""]), encoding="utf-8")
    return folder / "images", folder / "labels"


def write_images(folder: Path, *files: str) -> Path:
    content = jpeg(made_picture(1, 24, 16))
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return folder
