"""How fast a folder is read, beside the way that one writes first.

Both read the same pictures in turn in this process. The plain way takes one picture after the other through both
networks, by PyTorch in float32. Ours is `artextract.attributes.reader.read_files`.

Usage: python -m benchmarks.reading_speed FOLDER [--pictures 200] [--rounds 3]
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import CONTENT
from artextract.attributes.reader import Reader, open_to_read, read_files
from artextract.vision.backbones import Backbone, build, find_backbone, weights_of


def plain_network(backbone: Backbone, file: Path | None) -> torch.nn.Module:
    """The network by PyTorch, in evaluation mode."""
    return build(backbone, weights_of(backbone, file))


def read_plainly(reader: Reader, networks: Sequence[torch.nn.Module], path: Path) -> dict[str, np.ndarray]:
    """Probabilities of each attribute, float64 [classes], from the logits of the heads; without near paintings."""
    picture = reader.prepare(open_to_read(path))
    pooled = []
    with torch.inference_mode():
        for network, pixels in zip(networks, (picture.pixels, picture.small), strict=True):
            batch = torch.from_numpy(pixels[None]).permute(0, 3, 1, 2).float() / 127.5 - 1
            pooled.append(network(batch).numpy())
    logits = reader.heads.logits(np.concatenate(pooled, axis=1))
    return {name: reader.facts.calibration[name].probabilities(value)[0] for name, value in logits.items()}


def timed(
    reader: Reader, networks: Sequence[torch.nn.Module], paths: Sequence[Path], plainly: bool
) -> tuple[float, dict[str, list[np.ndarray]]]:
    """Pictures a second, and the probabilities of each attribute."""
    began = time.monotonic()
    if plainly:
        each = [read_plainly(reader, networks, path) for path in paths]
        found = {name: [one[name] for one in each] for name in LABELLED}
    else:
        predictions = read_files(reader, paths)
        found = {name: list(predictions.probabilities[name]) for name in LABELLED}
    return len(paths) / (time.monotonic() - began), found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    everything = sorted(options.folder.rglob("*.jpg"))
    paths = random.Random(0).sample(everything, min(options.pictures, len(everything)))
    reader = Reader()
    tuned, content = find_backbone(reader.facts.backbone), find_backbone(CONTENT)
    networks = [plain_network(tuned, reader.bundle.backbone_file), plain_network(content, None)]
    timed(reader, networks, paths[:8], plainly=True)
    timed(reader, networks, paths[:8], plainly=False)
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(options.rounds):
        for plainly in (True, False):
            rate, found = timed(reader, networks, paths, plainly)
            rates[plainly].append(rate)
            if plainly:
                before = found
    ratios = [ours / plain for plain, ours in zip(rates[True], rates[False], strict=True)]
    print(f"{len(paths)} pictures, {options.rounds} rounds in turn, on {reader.mapper.device}")
    print(f"the plain way: {statistics.median(rates[True]):.1f} pictures a second")
    print(f"ours:          {statistics.median(rates[False]):.1f} pictures a second")
    print(f"ratio:         {statistics.median(ratios):.2f} (of each round: {ratios})")
    for name in LABELLED:
        one, other = np.array(before[name]), np.array(found[name])
        same = (one.argmax(axis=1) == other.argmax(axis=1)).mean()
        off = np.abs(one.max(axis=1) - other.max(axis=1)).mean()
        print(f"{name}: the same answer for {same:.1%}, its probability {off:.3f} off on average")


if __name__ == "__main__":
    main()
