"""How fast a collection is embedded, beside the plain loop that one writes first.

Both run in this process on the processor, over the same pictures, in turn, from the files to the
vectors:

    plain     timm's transform and network, float32, batches of 16, one thing after another
    ours      artextract.vision.embedding: decoding overlapped with the network, batch norms
              folded, channels last, bfloat16 where the processor has it

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

from artextract.settings import CACHE_VARIABLE
from artextract.vision.backbones import BACKBONES, build, weights_of
from artextract.vision.device import find_device


def plain(paths: list[Path]) -> np.ndarray:
    """The loop that one writes first."""
    backbone = BACKBONES["efficientnet_lite2"]
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


def ours(folder: Path, name: str) -> float:
    """Embed the collection anew; pictures a second, as the report says."""
    from artextract.collection import Collection
    from artextract.vision.embedding import embed_collection

    done = embed_collection(Collection.open(name), "efficientnet_lite2", device=find_device("cpu"))
    return float(done.rate or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder of pictures, nested or not")
    parser.add_argument("--pictures", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    from artextract.collecting import collect
    from artextract.collection import Collection
    from artextract.sources.folder import FolderSource
    from artextract.vision.embedding import load_embeddings

    with tempfile.TemporaryDirectory() as cache:
        os.environ[CACHE_VARIABLE] = cache
        chosen = Path(cache) / "pictures"
        chosen.mkdir()
        every = sorted(path for path in options.folder.rglob("*.jpg"))
        step = max(1, len(every) // options.pictures)
        for number, path in enumerate(every[::step][: options.pictures]):
            (chosen / f"{number:05}.jpg").symlink_to(path.resolve())
        paths = sorted(chosen.iterdir())
        rows = []
        for round_number in range(options.rounds):
            name = f"round{round_number}"
            collect(FolderSource(chosen), name)
            began = time.monotonic()
            reference = plain(paths)
            plain_rate = len(paths) / (time.monotonic() - began)
            our_rate = ours(chosen, name)
            rows.append((plain_rate, our_rate, our_rate / plain_rate))
            print(f"round {round_number}: plain {plain_rate:.1f}, ours {our_rate:.1f} a second")
        embedded = Collection.open("round0")
        found = load_embeddings(embedded, "efficientnet_lite2", find_device("cpu"))
        of_path = dict(zip(found.ids, found.vectors, strict=True))
        ids = [path.name for path in paths if path.name in of_path]
        mine = np.stack([of_path[name] for name in ids])
        theirs = reference[[i for i, path in enumerate(paths) if path.name in of_path]]
        cosines = (mine * theirs).sum(1) / np.linalg.norm(mine, axis=1)
        cosines /= np.linalg.norm(theirs, axis=1)
    print(f"\n{'':8}{'images/s (median)':>20}{'ratio':>8}")
    print(f"{'plain':8}{statistics.median(r[0] for r in rows):20.1f}{1.0:8.1f}")
    ratio = statistics.median(r[2] for r in rows)
    print(f"{'ours':8}{statistics.median(r[1] for r in rows):20.1f}{ratio:8.1f}")
    print(f"cosine between the two, {len(ids)} pictures: {cosines.min():.4f} at the least")


if __name__ == "__main__":
    main()
