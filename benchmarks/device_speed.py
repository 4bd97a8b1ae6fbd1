"""How fast each device of this machine is, beside its processor.

All in this process on the same made pictures, each device in turn, the processor first; the first
round warms up and isn't counted:

    embedding   artextract.vision.embedding: from the files to the vectors
    reading     artextract.attributes.reader: from opened pictures to answers
    backbone    train.backbone: one epoch
    sequence    train.sequence.fit: one epoch on features that are there

Usage: python -m benchmarks.device_speed [--pictures 96] [--rounds 3]
"""

import argparse
import io
import os
import statistics
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from PIL import Image

from artextract.attributes.reader import Reader
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import DeviceError
from artextract.settings import CACHE_VARIABLE
from artextract.sources.demo import DemoSource
from artextract.vision.device import KINDS, Device, find_device
from artextract.vision.embedding import embed_collection
from artextract.vision.images import open_picture
from tests.support.artgan_copy import make_copy
from train.backbone import BackboneTraining
from train.checkpoints import Run
from train.config import AttributeSettings, BackboneSettings
from train.data.sequences import read_sequences
from train.sequence.fit import fit

BACKBONE = "efficientnet_lite2"


def devices() -> list[Device]:
    """Those of this machine, the processor first."""
    found = []
    for kind in KINDS:
        with suppress(DeviceError):
            found.append(find_device(kind))
    return found


def rates(device: Device, cache: Path, copy: tuple[Path, Path], images: list[Image.Image]) -> dict[str, float]:
    """Pictures a second of each job, begun anew in the folder `cache`."""
    os.environ[CACHE_VARIABLE] = str(cache)
    collect(DemoSource(len(images)), "demo")
    embedding = embed_collection(Collection.open("demo"), BACKBONE, device=device)
    reader = Reader(device=device)
    began = time.monotonic()
    reader.readings(reader.predict(images))
    reading = len(images) / (time.monotonic() - began)

    data = {"copies": [{"images": copy[0], "labels": copy[1]}], "aside": 0.2, "artist_at_least": 4}
    common = {"name": "speed", "data": data, "backbone": BACKBONE, "device": device.kind}
    tuning = BackboneSettings.model_validate(
        common
        | {
            "stages": [{"epochs": 1, "size": 192}],
            "learning_rate": 1e-3,
            "batch": 16,
            "head_learning_rate": 1e-3,
            "output": cache / "backbone",
        }
    )
    training = BackboneTraining(tuning)
    began = time.monotonic()
    training.epoch()
    backbone = len(training.rows) / (time.monotonic() - began)

    asked = AttributeSettings.model_validate(
        common | {"size": 256, "epochs": 1, "batch": 16, "output": cache / "sequence"}
    )
    sequences = read_sequences(asked, device)
    began = time.monotonic()
    fit(sequences, asked, Run(asked.output, asked), device)
    sequence = len(sequences.paintings.rows("fit")) / (time.monotonic() - began)
    return {"embedding": embedding.rate or 0, "reading": reading, "backbone": backbone, "sequence": sequence}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    there = devices()
    found: dict[str, list[dict[str, float]]] = {device.kind: [] for device in there}
    images = [open_picture(work.read()).image for work in DemoSource(options.pictures).works()]
    with tempfile.TemporaryDirectory() as folder:
        copy = make_copy(Path(folder) / "copy", options.pictures // 3)
        for number in range(options.rounds + 1):
            for device in there:
                cache = Path(folder) / f"{number}-{device.kind}"
                with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                    found[device.kind].append(rates(device, cache, copy, images))
    print(f"{'pictures a second (median)':30}" + "".join(f"{d.kind:>20}" for d in there))
    print(f"{'in training':30}" + "".join(f"{d.torch_arithmetic:>20}" for d in there))
    for job in found["cpu"][0]:
        line = f"{job:30}"
        for device in there:
            counted = list(zip(found["cpu"][1:], found[device.kind][1:], strict=True))
            rate = statistics.median(own[job] for _, own in counted)
            ratio = statistics.median(own[job] / cpu[job] for cpu, own in counted)
            line += f"{rate:12.1f}{f'× {ratio:.1f}':>8}"
        print(line)


if __name__ == "__main__":
    main()
