"""How fast a collection is embedded, beside the plain loop that one writes first.

All run in this process on the processor, over the same pictures, in turn, from the files to the vectors:

    plain       timm's transform and network, float32, batches of 16, one thing after another
    bfloat16    artextract.vision.embedding with PyTorch in bfloat16, where the processor has it
    ours        artextract.vision.embedding as it is: ONNX Runtime in float32, a picture on each core

Usage: python -m benchmarks.embedding_speed FOLDER [--pictures 512] [--rounds 3]
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.sources.folder import FolderSource
from artextract.vision.backbones import BACKBONES, build, weights_of
from artextract.vision.device import Device, fastest
from artextract.vision.embedding import embed_collection, load_embeddings

BACKBONE = "efficientnet_lite2"


def plain(paths: list[Path]) -> np.ndarray:
    """The loop that one writes first."""
    backbone = BACKBONES[BACKBONE]
    model = build(backbone, weights_of(backbone))
    config = timm.data.resolve_model_data_config(model)
    transform = timm.data.create_transform(**config, is_training=False)
    vectors = []
    with torch.inference_mode():
        for start in range(0, len(paths), 16):
            images = [Image.open(path).convert("RGB") for path in paths[start : start + 16]]
            batch = torch.stack([transform(image) for image in images])
            vectors.append(model(batch).numpy())
    return np.concatenate(vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder of pictures, nested or not")
    parser.add_argument("--pictures", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    devices = {"ours": Device("cpu")}
    if fastest("cpu") == "bfloat16":
        devices = {"bfloat16": Device("cpu", "bfloat16")} | devices
    with tempfile.TemporaryDirectory() as cache:
        os.environ[CACHE_VARIABLE] = cache
        chosen = Path(cache) / "pictures"
        chosen.mkdir()
        every = sorted(path for path in options.folder.rglob("*.jpg"))
        step = max(1, len(every) // options.pictures)
        for number, path in enumerate(every[::step][: options.pictures]):
            (chosen / f"{number:05}.jpg").symlink_to(path.resolve())
        paths = sorted(chosen.iterdir())
        rates: dict[str, list[float]] = {name: [] for name in ("plain", *devices)}
        for number in range(options.rounds):
            collect(FolderSource(chosen), f"round{number}")
            collection = Collection.open(f"round{number}")
            began = time.monotonic()
            reference = plain(paths)
            rates["plain"].append(len(paths) / (time.monotonic() - began))
            for name, device in devices.items():
                rates[name].append(embed_collection(collection, BACKBONE, device=device).rate or 0)
            print(f"round {number}: " + ", ".join(f"{name} {own[-1]:.1f}" for name, own in rates.items()))
        found = load_embeddings(collection, BACKBONE, devices["ours"])
    theirs = reference[[int(Path(work).stem) for work in found.ids]]
    cosines = (found.vectors * theirs).sum(1) / np.linalg.norm(found.vectors, axis=1) / np.linalg.norm(theirs, axis=1)
    print(f"\n{'pictures a second (median)':32}{'ratio':>8}")
    for name, own in rates.items():
        ratio = statistics.median(rate / base for rate, base in zip(own, rates["plain"], strict=True))
        print(f"{name:12}{statistics.median(own):20.1f}{ratio:8.1f}")
    print(f"least cosine of ours with plain, {len(theirs)} pictures: {cosines.min():.6f} (stored in float16)")


if __name__ == "__main__":
    main()
