"""How fast a folder is read, beside the way that one writes first.

Both read the same pictures in turn in this process. The plain way takes one picture after the
other: it is opened once for the backbone and once for the Gabor filters, goes through the backbone
plain and mirrored, every filter answers at every pixel, and the two views' logits are averaged.
Ours is `artextract.attributes.reader.read_files`.

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
from torch.nn.functional import adaptive_avg_pool2d

from artextract.attributes.labels import LABELLED
from artextract.attributes.reader import Reader, open_to_read, read_files
from artextract.vision.images import LUMA
from artextract.vision.preprocessing import prepare_whole


def read_plainly(reader: Reader, path: Path) -> dict[str, np.ndarray]:
    """Probabilities of each attribute, float64 [classes]."""
    size, bank = reader.facts.size, reader.bank
    small = prepare_whole(open_to_read(path), bank.SIDE)
    pixels = reader.prepare(open_to_read(path)).pixels
    maps = reader.mapper.maps(np.stack([pixels, pixels[:, ::-1]]))
    grey = torch.from_numpy(small).float() @ torch.tensor(LUMA)
    grid = size // 32
    with torch.inference_mode():
        found = bank.magnitudes(grey[None])
        mean, square = (adaptive_avg_pool2d(one, grid) for one in (found, found.square()))
        deviation = (square - mean.square()).clamp(min=0).sqrt()
        plain = torch.cat([mean, deviation], dim=1).log1p().flatten(2).transpose(1, 2)
        mirrored = torch.from_numpy(bank.mirror(plain.numpy()).copy())
        logits = reader.model(torch.from_numpy(maps), torch.cat([plain, mirrored]))
    return {
        name: reader.facts.calibration[name].probabilities(value.numpy().mean(axis=0, keepdims=True))[0]
        for name, value in logits.items()
    }


def timed(reader: Reader, paths: Sequence[Path], plainly: bool) -> tuple[float, dict[str, list[np.ndarray]]]:
    """Pictures a second, and the probabilities of each attribute."""
    began = time.monotonic()
    if plainly:
        each = [read_plainly(reader, path) for path in paths]
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
    timed(reader, paths[:8], plainly=True)
    timed(reader, paths[:8], plainly=False)
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(options.rounds):
        for plainly in (True, False):
            rate, found = timed(reader, paths, plainly)
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
