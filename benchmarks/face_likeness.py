"""Which vector of a face brings the same sitter's faces together, among faces by one painter.

    python -m benchmarks.face_likeness --images wikiart/images

Queries are Rembrandt's self-portraits and Warhol's sitters who stand twice, by their titles; the
gallery of a query is its own painter's faces, so that the painter's hand tells nothing. Of a work
the largest face counts.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from artextract.detection.face_crops import align, cut_out
from artextract.detection.face_detector import FaceEmbedder
from artextract.detection.faces import retinaface
from artextract.vision.backbones import find_backbone
from artextract.vision.feature_extractor import Embedder
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare

REMBRANDT = re.compile("portrait|old-man|woman|saskia|man-|hendrickje|head|titus|mother")
WARHOL = re.compile(
    "marilyn|mao|liz|jackie|mick-jagger|lenin|elvis|self-portrait|beethoven|goethe|grace-kelly|"
    "ingrid|debbie|muhammad|lana|judy|queen|kafka|einstein|alexander|siegfried|ethel|diana|"
    "michael-jackson|truman|brigitte"
)


def chosen_files(folder: Path) -> list[Path]:
    """All self-portraits by Rembrandt, 80 more heads by him, 90 works by Warhol, by lot."""
    lot = random.Random(1)
    rembrandt = sorted(folder.glob("*/rembrandt_*"))
    selves = [file for file in rembrandt if "self-portrait" in file.name]
    others = [f for f in rembrandt if f not in selves and REMBRANDT.search(f.name)]
    warhol = sorted(folder.glob("*/andy-warhol_*"))
    lot.shuffle(others)
    lot.shuffle(warhol)
    return selves + others[:80] + warhol[:90]


def sitter(name: str) -> str | None:
    """Who sits, where the file's name says so."""
    if name.startswith("rembrandt"):
        return "rembrandt" if "self-portrait" in name else None
    found = WARHOL.search(name)
    return found.group(0) if found else None


def figures(vectors: np.ndarray, sitters: list[str | None]) -> tuple[int, float, float, float]:
    """Queries, precision@5, mean average precision, and what chance would give."""
    counts = Counter(sitters)
    at_five, average, chance = [], [], []
    for query, who in enumerate(sitters):
        if who is None or counts[who] < 2:
            continue
        distances = np.linalg.norm(vectors - vectors[query], axis=1)
        order = [i for i in np.argsort(distances, kind="stable") if i != query]
        right = np.array([sitters[i] == who for i in order])
        at_five.append(right[:5].mean())
        precision = np.cumsum(right) / np.arange(1, len(right) + 1)
        average.append(precision[right].mean())
        chance.append(right.mean())
    return len(at_five), float(np.mean(at_five)), float(np.mean(average)), float(np.mean(chance))


def embedded(name: str, pictures: list[Image.Image]) -> np.ndarray:
    """Unit vectors by a backbone, centred."""
    embedder = Embedder(find_backbone(name))
    how = embedder.backbone.preprocessing
    parts = [
        embedder.embed_prepared(np.stack([prepare(one, how) for one in pictures[i : i + 8]]))
        for i in range(0, len(pictures), 8)
    ]
    vectors = np.concatenate(parts)
    vectors -= vectors.mean(axis=0)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--images", type=Path, required=True)
    folder = parser.parse_args().images
    names, chips, crops = [], [], []
    for file in chosen_files(folder):
        image = open_picture(file).image
        faces = retinaface().find(image)
        if faces:
            face = max(faces, key=lambda one: one.width * one.height)
            names.append(file.name)
            chips.append(align(image, face))
            crops.append(cut_out(image, face))
    aligned = [Image.fromarray(chip) for chip in chips]
    ways: dict[str, Callable[[], np.ndarray]] = {"dlib's face network": lambda: FaceEmbedder().embed(chips)}
    for name in ("paintings", "style", "efficientnet_lite2"):
        ways[f"{name}, aligned"] = lambda name=name: embedded(name, aligned)  # type: ignore[misc]
        ways[f"{name}, the crop"] = lambda name=name: embedded(name, crops)  # type: ignore[misc]
    print("| vector | painter | queries | precision@5 | mAP | chance |")
    print("| --- | --- | --- | --- | --- | --- |")
    for way, vectors_of in ways.items():
        vectors = vectors_of()
        for painter in ("rembrandt", "andy-warhol"):
            rows = [i for i, name in enumerate(names) if name.startswith(f"{painter}_")]
            count, five, mean, chance = figures(vectors[rows], [sitter(names[i]) for i in rows])
            print(f"| {way} | {painter} | {count} | {five:.3f} | {mean:.3f} | {chance:.3f} |")


if __name__ == "__main__":
    main()
