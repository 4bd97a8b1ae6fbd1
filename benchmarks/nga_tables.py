"""Reading and joining the National Gallery's tables at their real size: seconds and memory.

    python -m benchmarks.nga_tables --objects 144000 --images 200000

The rows are made, as long as the real ones; the join runs in a process of its own, whose peak
memory is that of the interpreter, its libraries and the tables. Beside it, what reading the whole
tables into pandas takes.
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.gallery_tables import HEADERS, OTHERS, SCHOOLS, STYLES, THEMES, TITLES  # noqa: E402

PAINTINGS = 4_430
PEOPLE = 27_438
OURS = """
import sys, resource
from pathlib import Path
from artextract.sources.nga.joining import join_tables
found = join_tables(Path(sys.argv[1]), "Painting")
print(len(found.works), found.objects, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
WHOLE = """
import sys, resource
from pathlib import Path
import pandas as pd
tables = [pd.read_csv(file, dtype=str) for file in sorted(Path(sys.argv[1]).glob("*.csv"))]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(len(tables[0]), sum(map(len, tables)), peak)
"""


def write(folder: Path, objects: int, images: int) -> None:
    """Tables of that size, with the long texts that the real ones have."""
    chance = random.Random(0)
    prose = "Possibly acquired from the artist by a dealer, Paris; (his sale, 12 May 1884, no. 7);\r\n"
    people = (
        {
            "constituentid": i,
            "preferreddisplayname": f"Person {i}",
            "forwarddisplayname": f"Person {i}",
            "visualbrowsernationality": chance.choice(SCHOOLS),
        }
        for i in range(PEOPLE)
    )
    things = (
        {
            "objectid": i,
            "uuid": f"{i:032x}",
            "title": chance.choice(TITLES),
            "displaydate": "c. 1884",
            "beginyear": 1880,
            "endyear": 1889,
            "medium": "oil on canvas",
            "attribution": f"Person {i}",
            "dimensions": "overall: 72.9 x 60.3 cm\r\nframed: 100.3 x 84.1 cm",
            "provenancetext": prose * chance.randint(0, 9),
            "creditline": "Chester Dale Collection",
            "classification": "Painting" if i < PAINTINGS else chance.choice(OTHERS),
            "isvirtual": 0,
            "lastdetectedmodification": "2026-04-13 11:15:14-04",
        }
        for i in range(objects)
    )
    pictures = (
        {
            "uuid": f"{i:032x}",
            "iiifurl": f"https://api.nga.gov/iiif/{i:032x}",
            "iiifthumburl": f"https://api.nga.gov/iiif/{i:032x}/full/!200,200/0/default.jpg",
            "viewtype": "primary" if i < objects else "alternate",
            "sequence": 0,
            "width": 4000,
            "height": 3000,
            "openaccess": i % 2,
            "depictstmsobjectid": i % objects,
            "assistivetext": "A landscape with trees by a river, painted in greens. " * 3,
        }
        for i in range(images)
    )
    links = (
        {
            "objectid": i % objects,
            "constituentid": chance.randrange(PEOPLE),
            "displayorder": 1 + i // objects,
            "roletype": ("artist", "donor", "owner")[i // objects],
        }
        for i in range(3 * objects)
    )
    kinds = {"Style": STYLES, "School": SCHOOLS, "Theme": THEMES, "Keyword": TITLES}
    terms = (
        {"termid": i, "objectid": chance.randrange(objects), "termtype": kind, "term": chance.choice(words)}
        for i in range(2 * objects)
        for kind, words in kinds.items()
    )
    for name, rows in (
        ("constituents", people),
        ("objects", things),
        ("published_images", pictures),
        ("objects_constituents", links),
        ("objects_terms", terms),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADERS[name].split(","), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def measure(code: str, folder: Path) -> tuple[float, list[int]]:
    start = time.perf_counter()
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, [int(part) for part in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=144_000)
    parser.add_argument("--images", type=int, default=200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, options.objects, options.images)
        size = sum(file.stat().st_size for file in folder.glob("*.csv")) / 2**20
        print(f"{options.objects:,} objects, {options.images:,} images, {size:.0f} MiB of tables\n")
        print("                          seconds   peak MiB")
        seconds, (works, objects, peak) = measure(OURS, folder)
        assert objects == options.objects
        print(f"ours: read and joined     {seconds:7.1f}   {peak:8,}   ({works:,} works)")
        whole, (_, _, most) = measure(WHOLE, folder)
        print(f"whole tables in pandas    {whole:7.1f}   {most:8,}")


if __name__ == "__main__":
    main()
