"""How many faces of paintings are found: RetinaFace as it comes, tuned, and Haar's cascade.

    python -m pip install --no-deps --target cache/opencv4 opencv-python-headless==4.12.0.88
    python -m benchmarks.faces --images FOLDER --opencv4 cache/opencv4

FOLDER holds what `face_labels.csv` names: nga/images and wikiart/images. The labels were placed by
eye over numbered boxes of RetinaFace at a very low threshold (so boxes of its kind are at an
advantage), and by hand where it had none. "unclear" are faces that a person doubts, or that are
smaller than 4 % of the picture's long side: neither finding nor missing them counts. OpenCV 5 has
no Haar cascade any more, so one of OpenCV 4 runs in a process of its own. Its scores are the
cascade's level weights.
"""

import argparse
import csv
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from retinaface import detect_faces

from artextract.detection import faces as tuned
from artextract.detection.faces import Face, RetinaFace, overlap
from artextract.vision.images import open_picture

LABELS = Path(__file__).with_name("face_labels.csv")
PRECISION = 0.90
SHIPPED = tuned.THRESHOLD
HAAR = """
import json, sys
sys.path.insert(0, sys.argv[1])
import cv2
name = cv2.data.haarcascades + "haarcascade_frontalface_default.xml"
cascade = cv2.CascadeClassifier(name)
for path in sys.stdin.read().split("\\n"):
    grey = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2GRAY)
    scale = 640 / max(grey.shape)
    grey = cv2.equalizeHist(cv2.resize(grey, None, fx=scale, fy=scale))
    boxes, _, weights = cascade.detectMultiScale3(
        grey, scaleFactor=1.05, minNeighbors=1, outputRejectLevels=True)
    high, wide = grey.shape
    print(json.dumps([[float(w), x / wide, y / high, a / wide, b / high]
                      for (x, y, a, b), w in zip(boxes, weights)]))
"""


@dataclass
class Work:
    kind: str
    made: str
    faces: list[tuple[float, ...]] = field(default_factory=list)
    unclear: list[tuple[float, ...]] = field(default_factory=list)


def read_labels(half: str) -> dict[str, Work]:
    """The works of a half, boxes in pixels."""
    works: dict[str, Work] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["half"] != half:
                continue
            work = works.setdefault(row["file"], Work(row["kind"], row["made"]))
            if row["face"] != "none":
                box = tuple(float(row[name]) for name in ("x", "y", "width", "height"))
                (work.faces if row["face"] == "face" else work.unclear).append(box)
    return works


def face(score: float, x: float, y: float, width: float, height: float) -> Face:
    return Face(score, x, y, width, height, np.zeros((5, 2), np.float32))


def judged(found: list[Face], work: Work, size: tuple[int, int]) -> list[tuple[float, bool]]:
    """Each finding's score, and whether it is a face that is labelled and not found yet."""
    wide, high = size
    labels = [face(1, x / wide, y / high, w / wide, h / high) for x, y, w, h in work.faces]
    unclear = [face(1, x / wide, y / high, w / wide, h / high) for x, y, w, h in work.unclear]
    least, verdicts = tuned.SMALLEST * max(size), []
    for one in sorted(found, key=lambda f: -f.score):
        best = max(labels, key=lambda label: overlap(one, label), default=None)
        if best is not None and overlap(one, best) >= 0.5:
            labels.remove(best)
            verdicts.append((one.score, True))
        elif max(one.width * wide, one.height * high) >= least and not any(
            overlap(one, label) >= 0.3 for label in unclear
        ):
            verdicts.append((one.score, False))
    return verdicts


def figures(verdicts: list[tuple[float, bool]], there: int) -> tuple[float, float, float]:
    """Recall at `PRECISION`, average precision, and the score at which that recall is reached."""
    ranked = sorted(verdicts, key=lambda v: -v[0])
    right = np.cumsum([r for _, r in ranked])
    precision = right / np.arange(1, len(ranked) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    average = sum(precision[i] for i, (_, r) in enumerate(ranked) if r) / there
    if not len(enough):
        return 0.0, average, 1.0
    return right[enough[-1]] / there, average, ranked[enough[-1]][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--opencv4", type=Path, required=True)
    parser.add_argument("--half", choices=("tune", "measure"), default="measure")
    options = parser.parse_args()
    works = read_labels(options.half)
    paths = [str(options.images / file) for file in works]
    haar = subprocess.run(
        [sys.executable, "-c", HAAR, str(options.opencv4)],
        check=True,
        text=True,
        input="\n".join(paths),
        capture_output=True,
    ).stdout.splitlines()
    tuned.THRESHOLD = 0.0  # all findings: where to cut is what is measured
    detector = RetinaFace()
    found: dict[str, dict[str, list[Face]]] = {
        "Haar cascade": {},
        "RetinaFace, as it comes": {},
        "RetinaFace, tuned": {},
    }
    sizes = {}
    for file, line in zip(works, haar, strict=True):
        image = open_picture(options.images / file).image
        sizes[file] = image.size
        found["Haar cascade"][file] = [face(*numbers) for numbers in json.loads(line)]
        found["RetinaFace, as it comes"][file] = [
            face(f.score, f.x / image.width, f.y / image.height, f.width / image.width, f.height / image.height)
            for f in detect_faces(np.asarray(image), score_threshold=0.05)
        ]
        found["RetinaFace, tuned"][file] = detector.find(image)
    print(f"{len(works)} works of the {options.half} half, IoU 0.5\n")
    print("| detector | works | faces | recall at precision .90 | average precision | at score |")
    print("| --- | --- | --- | --- | --- | --- |")
    groups = {
        "all": list(works),
        "painted portraits": [f for f, w in works.items() if (w.kind, w.made) == ("portrait", "painted")],
        "other portraits": [f for f, w in works.items() if (w.kind, w.made) == ("portrait", "other")],
        "groups and genre": [f for f, w in works.items() if w.kind == "group"],
    }
    for name, findings in found.items():
        for group, files in groups.items():
            verdicts = [v for f in files for v in judged(findings[f], works[f], sizes[f])]
            there = sum(len(works[f].faces) for f in files)
            recall, average, cut = figures(verdicts, there)
            print(f"| {name} | {group} | {there} | {recall:.3f} | {average:.3f} | {cut:.2f} |")
    cut = SHIPPED
    for group, files in groups.items():
        verdicts = [v for f in files for v in judged(found["RetinaFace, tuned"][f], works[f], sizes[f])]
        kept = [right for score, right in verdicts if score >= cut]
        there = sum(len(works[f].faces) for f in files)
        print(
            f"As shipped (score {cut:.2f}), {group}: recall {sum(kept) / there:.3f}, "
            f"precision {sum(kept) / max(1, len(kept)):.3f}"
        )
    empty = [f for f, w in works.items() if w.kind == "none"]
    wrong = sum(
        any(s >= cut and not r for s, r in judged(found["RetinaFace, tuned"][f], works[f], sizes[f])) for f in empty
    )
    print(f"Works without faces in which one is seen: {wrong} of {len(empty)}")


if __name__ == "__main__":
    main()
